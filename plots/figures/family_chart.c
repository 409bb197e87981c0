/* The figures that compare families of networks, with the paper's points beside ours. */
#include "family_chart.h"

#include <stdio.h>
#include <string.h>

#include "gains.h"
#include "harness/base/str.h"
#include "results/query/query.h"
#include "plots/draw/style.h"
#include "results/published/paper.h"

/* A line for EfficientNet, which is scaled by all three; the others are points. */
static void add_paper(struct chart_panel *panel, int figure, unsigned flags)
{
    static const char *const kinds[] = {"family", "compared"};
    double unit = figure == 1 ? 1e6 : 1e9;
    int n;
    const struct paper_point *points = paper_points(figure, &n);

    snprintf(panel->title, sizeof(panel->title), "ImageNet, the paper's Figure %d", figure);
    gains_axes(panel, flags);
    for (int k = 0; k < 2; k++) {
        struct chart_series *series =
            k == 0 ? chart_series(
                         panel, "EfficientNet", style_find("compound"), CHART_LINE | CHART_MARKS)
                   : chart_series(panel, "compared networks", style_find(""), CHART_MARKS);

        for (int i = 0; i < n; i++)
            if (strcmp(points[i].series, kinds[k]) == 0) {
                const char *label = points[i].label;

                gains_paper_point(series, points[i].x * unit, points[i].top1,
                    str_starts_with(label, "EfficientNet-") ? label + strlen("EfficientNet-")
                                                            : label);
            }
    }
}

/* A baseline is labelled by its network, what was scaled from it by how. */
static int add_measured(
    struct chart_panel *panel, struct gains *gains, unsigned flags, bool *has_laws, struct err *err)
{
    struct gain_panel all = {0};
    int result = 0;

    for (int c = 0; c < gains->n_columns; c++) {
        struct gain_column *column = &gains->columns[c];
        char name[GAINS_NAME_BYTES];

        gains_display_name(column->model, name);
        if (column->label[0])
            snprintf(name + strlen(name), sizeof(name) - strlen(name), ", %s", column->label);
        for (int i = 0; i < column->measured.n_points; i++)
            if (column->measured.points[i].method == style_find("baseline"))
                str_copy(column->measured.points[i].label, GAINS_LABEL_BYTES, name);
        *has_laws |= gains_chart(panel, &column->measured, flags);
        for (int i = 0; i < column->measured.n_points && result == 0; i++)
            result = gains_add_point(&all, &column->measured.points[i], err);
    }
    if (!(flags & GAINS_PARAMS))
        gains_front(panel, &all);
    gains_panel_release(&all);
    str_copy(panel->title, sizeof(panel->title), "Networks of the study");
    return result;
}

int family_chart_draw(
    int figure, struct store *store, const struct plot_options *options, struct err *err)
{
    unsigned flags = figure == 1 ? GAINS_PARAMS : GAINS_LAWS;
    bool has_laws = false;
    struct gains gains = GAINS_INIT;
    struct chart chart = CHART_INIT;
    char heading[GAINS_TITLE_BYTES], name[16];
    int result = -1;

    if (store && gains_load(&gains, store, options->study, err) < 0)
        goto done;
    if (chart_grid(&chart, gains.n_columns > 0 ? 2 : 1, 1, err) < 0)
        goto done;
    chart_title(&chart, figure == 1 ? "Accuracy against parameters" : "Accuracy against FLOPs",
        gains_study(&gains, options->study));
    if (gains.n_columns > 0) {
        gains_heading(&gains, heading);
        snprintf(chart.headings[0], CHART_TITLE_BYTES,
            "%.150s (left); in the paper, read off its figure (right)", heading);
        if (add_measured(chart_panel(&chart, 0, 0), &gains, flags, &has_laws, err) < 0)
            goto done;
        chart.front = figure == 5 ? "Pareto front" : NULL;
    } else {
        str_copy(chart.headings[0], CHART_TITLE_BYTES, "In the paper, read off its figure");
    }
    add_paper(chart_panel(&chart, chart.n_columns - 1, 0), figure, flags);
    chart_panel(&chart, 0, 0)->tallness = 1.7;
    str_copy(chart.note, sizeof(chart.note),
        has_laws ? "The paper's line is EfficientNets, points are others. " GAINS_LAWS_NOTE
                 : "The paper: Tan & Le (2019); its line is EfficientNets, points are others.");
    snprintf(name, sizeof(name), "fig%d", figure);
    result = chart_draw(&chart, options, name, err);
done:
    chart_release(&chart);
    gains_release(&gains);
    return result;
}
