/*
 * Table 3 as a picture: for each network and scaling a dumbbell, from the baseline's accuracy to the
 * scaled one's; measured on the left, the paper's on the right.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gains.h"
#include "harness/base/str.h"
#include "plots/plot.h"
#include "plots/draw/style.h"

#define MAX_DUMBBELLS 60

static bool is_baseline(const struct gain_point *point)
{
    return point->method == style_find("baseline");
}

static bool has_model(const struct gain_column *column, const char *model)
{
    return strcmp(column->model, model) == 0;
}

/* What tells a column from others of its model: the study, its label; "" without any. */
static void add_difference(
    struct str *to, const struct gains *gains, const struct gain_column *column)
{
    bool studies = false;

    for (int c = 0; c < gains->n_columns; c++)
        studies |= has_model(&gains->columns[c], column->model) &&
                   strcmp(gains->columns[c].study, column->study) != 0;
    if (studies)
        str_addf(to, ", %.12s", column->study);
    if (column->label[0])
        str_addf(to, ", %s", column->label);
}

/* "MobileNetV2 w=2"; of several variants "MobileNetV2 w=2, 3M FLOPs". */
static void row_name(const struct gains *gains, const struct gain_column *column, bool is_paper,
    const struct gain_point *point, char to[CHART_LABEL_BYTES])
{
    struct str name = STR_INIT;
    char model[GAINS_NAME_BYTES];

    gains_display_name(column->model, model);
    str_addf(
        &name, "%.20s %.12s", model, point->label[0] ? point->label : style_name(point->method));
    if (!is_paper)
        add_difference(&name, gains, column);
    str_copy(to, CHART_LABEL_BYTES, name.text);
    str_release(&name);
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
static void add_column(struct chart_panel *panel, const struct gains *gains,
    const struct gain_column *column, bool is_paper)
{
    const struct gain_panel *curve = is_paper ? &column->paper : &column->measured;

    for (int i = 1; i < curve->n_points && is_baseline(&curve->points[0]); i++) {
        const struct gain_point *base = &curve->points[0], *point = &curve->points[i];
        char name[CHART_LABEL_BYTES], gain[CHART_LABEL_BYTES];
        struct chart_series *series;
        double y;

        if (is_baseline(point) || panel->n_names == MAX_DUMBBELLS)
            continue;
        row_name(gains, column, is_paper, point, name);
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

/* Rows without a name, so that what stands below is beside its own in the other panel. */
static void pad(struct chart_panel *panel, int n_rows)
{
    while (panel->n_names < n_rows)
        chart_name(panel, "");
}

static void fill(struct chart *chart, const struct gains *gains)
{
    struct chart_panel *measured = chart_panel(chart, 0, 0), *paper = NULL;

    str_copy(measured->title, sizeof(measured->title), "Measured here");
    if (gains->has_paper) {
        paper = chart_panel(chart, 1, 0);
        str_copy(paper->title, sizeof(paper->title), "In the paper, on ImageNet (Tables 3 and 7)");
    }
    for (int c = 0; c < gains->n_columns; c++) {
        add_column(measured, gains, &gains->columns[c], false);
        if (!paper)
            continue;
        if (!gains_is_repeated(gains, c))
            add_column(paper, gains, &gains->columns[c], true);
        pad(measured, paper->n_names);
        pad(paper, measured->n_names);
    }
    for (int p = 0; p < chart->n_columns; p++) {
        struct chart_panel *panel = chart_panel(chart, p, 0);

        panel->x = (struct chart_axis){.kind = CHART_PERCENT, .title = "Top-1 accuracy (%)"};
        panel->y = (struct chart_axis){.kind = CHART_NAMES};
        str_copy(panel->empty, sizeof(panel->empty),
            "nothing is scaled from a baseline that is measured");
        panel->tallness = fmax(1, 0.14 * panel->n_names + 0.1);
    }
}

static int draw(struct store *store, const struct plot_options *options, struct err *err)
{
    struct gains gains = GAINS_INIT;
    struct chart chart = CHART_INIT;
    char heading[GAINS_TITLE_BYTES];
    int result = -1;

    if (gains_load(&gains, store, options->study, err) < 0 ||
        chart_grid(&chart, gains.has_paper ? 2 : 1, 1, err) < 0)
        goto done;
    chart_title(
        &chart, "What each scaling gains over its baseline", gains_study(&gains, options->study));
    fill(&chart, &gains);
    gains_heading(&gains, heading);
    snprintf(chart.note, sizeof(chart.note),
        "%.120s. Numbers are gains in points: compare gains, as data and networks' sizes differ.",
        heading);
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
