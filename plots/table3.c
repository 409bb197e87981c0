/*
 * Table 3 as a picture: for each network and scaling a dumbbell, from the baseline's accuracy to the
 * scaled one's; measured on the left, the paper's on the right.
 */
#include <math.h>
#include <stdio.h>

#include "gains.h"
#include "harness/base/str.h"
#include "plot.h"
#include "style.h"

#define MAX_DUMBBELLS 60

static bool is_baseline(const struct gain_point *point)
{
    return point->method == style_find("baseline");
}

/* "MobileNetV2 w=2". */
static void row_name(
    const struct gain_column *column, const struct gain_point *point, char to[CHART_LABEL_BYTES])
{
    char model[GAINS_NAME_BYTES];

    gains_display_name(column->model, model);
    snprintf(to, CHART_LABEL_BYTES, "%.24s %.22s", model,
        point->label[0] ? point->label : style_name(point->method));
}

static void add_end(
    struct chart_series *series, const struct gain_point *point, double y, const char *label)
{
    struct chart_point to = {.x = point->top1,
        .y = y,
        .low = point->top1 - point->interval,
        .high = point->top1 + point->interval};

    str_copy(to.label, sizeof(to.label), label);
    chart_point(series, &to);
}

/* What was scaled from the baseline of a column, a line each. */
static void add_column(
    struct chart_panel *panel, const struct gain_column *column, const struct gain_panel *curve)
{
    for (int i = 1; i < curve->n_points && is_baseline(&curve->points[0]); i++) {
        const struct gain_point *base = &curve->points[0], *point = &curve->points[i];
        char name[CHART_LABEL_BYTES], gain[CHART_LABEL_BYTES];
        struct chart_series *series;
        double y;

        if (is_baseline(point) || panel->n_names == MAX_DUMBBELLS)
            continue;
        row_name(column, point, name);
        y = chart_name(panel, name);
        series = chart_series(panel, name, point->method, CHART_LINE | CHART_MARKS | CHART_ACROSS);
        snprintf(gain, sizeof(gain), "%+.1f", point->top1 - base->top1);
        add_end(series, base, y, "");
        if (series)
            series->n_shared = 1;
        add_end(series, point, y, gain);
        series = chart_series(panel, "baseline", base->method, CHART_MARKS);
        if (series)
            chart_point(
                series, &(struct chart_point){.x = base->top1, .y = y, .low = NAN, .high = NAN});
    }
}

static void fill(struct chart *chart, const struct gains *gains)
{
    char heading[GAINS_TITLE_BYTES];

    gains_heading(gains, heading);
    for (int p = 0; p < chart->n_columns; p++) {
        struct chart_panel *panel = chart_panel(chart, p, 0);

        panel->x = (struct chart_axis){.kind = CHART_PERCENT, .title = "Top-1 accuracy (%)"};
        panel->y = (struct chart_axis){.kind = CHART_NAMES};
        str_copy(panel->title, sizeof(panel->title),
            p ? "In the paper, on ImageNet (Tables 3 and 7)" : heading);
        str_copy(panel->empty, sizeof(panel->empty),
            "nothing is scaled from a baseline that is measured");
        for (int c = 0; c < gains->n_columns; c++)
            add_column(panel, &gains->columns[c],
                p ? &gains->columns[c].paper : &gains->columns[c].measured);
        panel->tallness = fmax(1, 0.14 * panel->n_names + 0.1);
    }
}

static int draw(struct store *store, const struct plot_options *options, struct err *err)
{
    struct gains gains = GAINS_INIT;
    struct chart chart = CHART_INIT;
    int result = -1;

    if (gains_load(&gains, store, options->study, err) < 0 ||
        chart_grid(&chart, gains.has_paper ? 2 : 1, 1, err) < 0)
        goto done;
    chart_title(
        &chart, "What each scaling gains over its baseline", gains_study(&gains, options->study));
    fill(&chart, &gains);
    str_copy(chart.note, sizeof(chart.note),
        "Numbers are gains in points of accuracy. Compare gains with gains: data and sizes of the "
        "networks differ.");
    result = chart_draw(&chart, options, "table3", err);
done:
    chart_release(&chart);
    gains_release(&gains);
    return result;
}

const struct plot plot_table3 = {
    .name = "table3",
    .summary = "the gain of each scaling over its baseline, measured and in the paper",
    .in_report = true,
    .draw = draw,
};
