/* The paper's Figure 4: a network at growing widths, for each depth and resolution that a study has
 * it at. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gains.h"
#include "harness/base/str.h"
#include "plots/plot.h"
#include "results/query/query.h"
#include "plots/draw/style.h"
#include "results/published/paper.h"

#define MODEL     "efficientnet_b0"
#define MAX_LINES 8 /* pairs of depth and resolution in a panel */

/* The colour of what was scaled besides the width. */
static int style_of(double depth, double resolution)
{
    bool deeper = depth > 1.001, larger = resolution > 1.001;

    return style_find(deeper && larger ? "compound"
                      : deeper         ? "depth"
                      : larger         ? "resolution"
                                       : "width");
}

static void name_of(double depth, double resolution, const char *label, char to[CHART_LABEL_BYTES])
{
    snprintf(to, CHART_LABEL_BYTES, "d=%.3g r=%.3g%s%.18s", depth, resolution, label[0] ? ", " : "",
        label);
}

static void add_paper(struct chart_panel *panel)
{
    static const double pairs[][2] = {{1, 1}, {1, 1.3}, {2, 1}, {2, 1.3}};
    int n;
    const struct paper_point *points = paper_points(4, &n);

    gains_axes(panel, 0);
    str_copy(panel->title, sizeof(panel->title), "EfficientNet-B0, the paper's Figure 4");
    for (int p = 0; p < 4; p++) {
        char name[CHART_LABEL_BYTES];
        struct chart_series *series;
        int last = -1;

        name_of(pairs[p][0], pairs[p][1], "", name);
        series =
            chart_series(panel, name, style_of(pairs[p][0], pairs[p][1]), CHART_LINE | CHART_MARKS);
        for (int i = 0; i < n; i++)
            if (points[i].depth == pairs[p][0] && points[i].resolution == pairs[p][1])
                last = i;
        for (int i = 0; i <= last; i++)
            if (points[i].depth == pairs[p][0] && points[i].resolution == pairs[p][1])
                gains_paper_point(series, points[i].x * 1e9, points[i].top1, i == last ? name : "");
    }
}

static int compare_groups(const void *a, const void *b)
{
    const struct accuracy_group *p = a, *q = b;
    int order = strcmp(p->study, q->study);

    if (order == 0)
        order = strcmp(p->label, q->label);
    if (order)
        return order;
    if (p->depth != q->depth)
        return p->depth < q->depth ? -1 : 1;
    if (p->resolution != q->resolution)
        return p->resolution < q->resolution ? -1 : 1;
    return p->macs < q->macs ? -1 : p->macs > q->macs;
}

static bool is_same_line(const struct accuracy_group *a, const struct accuracy_group *b)
{
    return a->depth == b->depth && a->resolution == b->resolution &&
           strcmp(a->study, b->study) == 0 && strcmp(a->label, b->label) == 0;
}

/* The groups of a model, ordered, as lines; those of one width only are no line. */
static void add_measured(struct chart_panel *panel, const struct accuracy_group *groups, int n)
{
    int lines = 0;

    gains_axes(panel, 0);
    str_copy(panel->title, sizeof(panel->title), "EfficientNet-B0, measured");
    str_copy(panel->empty, sizeof(panel->empty), "EfficientNet-B0 has no two widths in this study");
    for (int from = 0, to; from < n && lines < MAX_LINES; from = to) {
        const struct accuracy_group *first = &groups[from];
        struct chart_series *series;
        char name[CHART_LABEL_BYTES];

        for (to = from + 1; to < n && is_same_line(first, &groups[to]); to++)
            ;
        if (to - from < 2)
            continue;
        lines++;
        name_of(first->depth, first->resolution, first->label, name);
        series = chart_series(
            panel, name, style_of(first->depth, first->resolution), CHART_LINE | CHART_MARKS);
        for (int i = from; i < to; i++) {
            struct chart_point point = {.x = (double)groups[i].macs,
                .y = groups[i].top1,
                .low = groups[i].top1 - groups[i].top1_ci95,
                .high = groups[i].top1 + groups[i].top1_ci95};

            snprintf(point.label, sizeof(point.label), "%.30s%sw=%.3g", i + 1 < to ? "" : name,
                i + 1 < to ? "" : " ", groups[i].width);
            chart_point(series, &point);
        }
    }
}

/* Those of the model, to the front. */
static int keep_model(struct accuracy_group *groups, int n)
{
    int kept = 0;

    for (int i = 0; i < n; i++)
        if (strcmp(groups[i].model, MODEL) == 0 && isfinite(groups[i].top1))
            groups[kept++] = groups[i];
    if (kept > 1)
        qsort(groups, (size_t)kept, sizeof(*groups), compare_groups);
    return kept;
}

static int draw(struct store *store, const struct plot_options *options, struct err *err)
{
    struct accuracy_group *groups = NULL;
    struct chart chart = CHART_INIT;
    int n = 0, columns = store ? 2 : 1, result = -1;

    if (store && query_accuracy(store, options->study, &groups, &n, err) < 0)
        goto done;
    n = keep_model(groups, n);
    if (store && n == 0) {
        gains_lack("EfficientNet-B0", "fig4", err);
        goto done;
    }
    if (chart_grid(&chart, columns, 1, err) < 0)
        goto done;
    chart_title(&chart, "Width at different depths and resolutions", options->study);
    chart.no_key = true;
    str_copy(chart.headings[0], CHART_TITLE_BYTES,
        store ? "Measured here (left); in the paper, read off its figure (right)"
              : "In the paper, read off its figure");
    if (store)
        add_measured(chart_panel(&chart, 0, 0), groups, n);
    add_paper(chart_panel(&chart, columns - 1, 0));
    chart_panel(&chart, 0, 0)->tallness = 1.5;
    str_copy(chart.note, sizeof(chart.note),
        "Each line grows in width only. The paper: Tan & Le (2019); it does not state the widths "
        "of "
        "its points.");
    result = chart_draw(&chart, options, "fig4", err);
done:
    chart_release(&chart);
    free(groups);
    return result;
}

const struct plot plot_fig4 = {
    .name = "fig4",
    .summary = "EfficientNet-B0 at growing widths for several depths and resolutions, as the "
               "paper's Figure 4",
    .takes_no_results = true,
    .draw = draw,
};
