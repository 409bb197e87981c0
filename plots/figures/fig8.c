/* The paper's Figure 8: EfficientNet-B0 scaled in four ways. */
#include <string.h>

#include "gains.h"
#include "harness/base/str.h"
#include "plots/plot.h"
#include "results/query/query.h"
#include "plots/draw/style.h"
#include "results/published/paper.h"

#define MODEL        "efficientnet_b0"
#define MAX_VARIANTS 3

static void add_paper(struct chart_panel *panel)
{
    static const char *const methods[] = {"baseline", "width", "depth", "resolution", "compound"};
    int n;
    const struct paper_point *points = paper_points(8, &n);

    gains_axes(panel, 0);
    str_copy(panel->title, sizeof(panel->title), "ImageNet, the paper's Figure 8");
    for (int m = 0; m < 5; m++) {
        struct chart_series *series = chart_series(
            panel, methods[m], style_find(methods[m]), m ? CHART_LINE | CHART_MARKS : CHART_MARKS);
        int last = -1;

        /* Of compound scaling the figure shows the beginning itself. */
        if (m > 0 && m < 4) {
            gains_paper_point(series, points[0].x * 1e9, points[0].top1, "");
            if (series)
                series->n_shared = 1;
        }
        for (int i = 0; i < n; i++)
            if (strcmp(points[i].series, methods[m]) == 0)
                last = i;
        for (int i = 0; i < n; i++)
            if (strcmp(points[i].series, methods[m]) == 0)
                gains_paper_point(
                    series, points[i].x * 1e9, points[i].top1, i == last ? methods[m] : "");
    }
}

static int draw(struct store *store, const struct plot_options *options, struct err *err)
{
    struct gains gains = GAINS_INIT;
    struct chart chart = CHART_INIT;
    int columns[MAX_VARIANTS], n = 0, result = -1;

    if (store && (gains_load(&gains, store, options->study, err) < 0 ||
                     (n = gains_columns(&gains, MODEL, "fig8", MAX_VARIANTS, columns, err)) < 0))
        goto done;
    if (chart_grid(&chart, n + 1, 1, err) < 0)
        goto done;
    chart_title(&chart, "EfficientNet-B0 scaled in four ways", gains_study(&gains, options->study));
    str_copy(chart.headings[0], CHART_TITLE_BYTES,
        store ? "Measured here (left); in the paper, read off its figure (right)"
              : "In the paper, read off its figure");
    for (int c = 0; c < n; c++)
        gains_chart(chart_panel(&chart, c, 0), &gains.columns[columns[c]].measured, 0);
    add_paper(chart_panel(&chart, n, 0));
    chart_panel(&chart, 0, 0)->tallness = 1.4;
    if (store)
        gains_heading(&gains, chart.note);
    result = chart_draw(&chart, options, "fig8", err);
done:
    chart_release(&chart);
    gains_release(&gains);
    return result;
}

const struct plot plot_fig8 = {
    .name = "fig8",
    .summary = "EfficientNet-B0 scaled in four ways, measured and in the paper's Figure 8",
    .takes_no_results = true,
    .draw = draw,
};
