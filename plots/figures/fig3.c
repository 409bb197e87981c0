/* The paper's Figure 3: EfficientNet-B0 scaled by width, depth or resolution alone, further and
 * further. */
#include <stdio.h>
#include <string.h>

#include "gains.h"
#include "harness/base/str.h"
#include "plots/plot.h"
#include "results/query/query.h"
#include "plots/draw/style.h"
#include "results/published/paper.h"

#define MODEL        "efficientnet_b0"
#define MAX_VARIANTS (CHART_ROWS - 1)

static const char *const methods[] = {"width", "depth", "resolution"};

static void add_paper(struct chart_panel *panel, const char *method)
{
    int n;
    const struct paper_point *points = paper_points(3, &n);
    struct chart_series *series =
        chart_series(panel, method, style_find(method), CHART_LINE | CHART_MARKS);

    gains_axes(panel, 0);
    snprintf(panel->title, sizeof(panel->title), "by %s", method);
    for (int i = 0; i < n; i++)
        if (strcmp(points[i].series, method) == 0)
            gains_paper_point(series, points[i].x * 1e9, points[i].top1, points[i].label);
}

/* The baseline and one method of a column. */
static int add_measured(struct chart_panel *panel, const struct gain_column *column,
    const char *method, struct err *err)
{
    struct gain_panel only = {0};

    for (int i = 0; i < column->measured.n_points; i++) {
        const struct gain_point *point = &column->measured.points[i];

        if ((point->method == style_find("baseline") || point->method == style_find(method)) &&
            gains_add_point(&only, point, err) < 0)
            return -1;
    }
    if (only.n_points > 1)
        gains_chart(panel, &only, 0);
    gains_panel_release(&only);
    snprintf(panel->title, sizeof(panel->title), "by %s%s%s", method, column->label[0] ? ", " : "",
        column->label);
    snprintf(panel->empty, sizeof(panel->empty), "EfficientNet-B0 by %s is not measured", method);
    return 0;
}

static int draw(struct store *store, const struct plot_options *options, struct err *err)
{
    struct gains gains = GAINS_INIT;
    struct chart chart = CHART_INIT;
    int columns[MAX_VARIANTS], n = 0, result = -1;

    if (store && (gains_load(&gains, store, options->study, err) < 0 ||
                     (n = gains_columns(&gains, MODEL, "fig3", MAX_VARIANTS, columns, err)) < 0))
        goto done;
    if (chart_grid(&chart, 3, n + 1, err) < 0)
        goto done;
    chart_title(
        &chart, "EfficientNet-B0 scaled by one dimension", gains_study(&gains, options->study));
    if (store)
        gains_heading(&gains, chart.headings[0]);
    str_copy(chart.headings[n], CHART_TITLE_BYTES,
        "In the paper, on ImageNet: Tan & Le (2019), read off its Figure 3");
    for (int c = 0; c < 3; c++) {
        for (int v = 0; v < n; v++)
            if (add_measured(
                    chart_panel(&chart, c, v), &gains.columns[columns[v]], methods[c], err) < 0)
                goto done;
        add_paper(chart_panel(&chart, c, n), methods[c]);
    }
    result = chart_draw(&chart, options, "fig3", err);
done:
    chart_release(&chart);
    gains_release(&gains);
    return result;
}

const struct plot plot_fig3 = {
    .name = "fig3",
    .summary = "EfficientNet-B0 scaled along width, depth and resolution, as the paper's Figure 3",
    .takes_no_results = true,
    .draw = draw,
};
