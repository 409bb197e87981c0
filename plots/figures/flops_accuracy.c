/*
 * Accuracy against FLOPs: what each way of scaling a baseline gains, measured here and in the paper
 * (Tan & Le 2019, Tables 3 and 7; the question of its Figures 3 and 8). A column a baseline; in
 * each, a line from the baseline to what it was scaled to, a colour a method; where a method has
 * networks enough, its fitted law.
 */
#include <stdio.h>

#include "gains.h"
#include "harness/base/str.h"
#include "plots/plot.h"

/* Names the paper's tables that the figure shows. */
static void paper_heading(const struct gains *gains, char to[CHART_TITLE_BYTES])
{
    bool three = false, seven = false;

    for (int c = 0; c < gains->n_columns; c++) {
        three |= gains->columns[c].paper_table == 3;
        seven |= gains->columns[c].paper_table == 7;
    }
    snprintf(to, CHART_TITLE_BYTES, "In the paper, on ImageNet: Tan & Le (2019), %s",
        three && seven ? "Tables 3 and 7"
        : seven        ? "Table 7"
                       : "Table 3");
}

static int fill(struct chart *chart, const struct gains *gains, const char *study, struct err *err)
{
    bool has_laws = false;

    chart_title(chart, "Accuracy against FLOPs", study);
    if (chart_grid(chart, gains->n_columns, gains->has_paper ? 2 : 1, err) < 0)
        return -1;
    gains_heading(gains, chart->headings[0]);
    chart->front = "Pareto front";
    if (gains->has_paper)
        paper_heading(gains, chart->headings[1]);
    for (int c = 0; c < gains->n_columns; c++) {
        has_laws |= gains_chart(
            chart_panel(chart, c, 0), &gains->columns[c].measured, GAINS_FRONT | GAINS_LAWS);
        if (!gains->has_paper || gains_is_repeated(gains, c))
            continue; /* the paper has each model once */
        gains_chart(chart_panel(chart, c, 1), &gains->columns[c].paper, GAINS_FRONT);
        str_copy(chart_panel(chart, c, 1)->empty, CHART_TITLE_BYTES,
            "not in the paper's Tables 3 and 7");
    }
    str_copy(chart->note, sizeof(chart->note),
        has_laws ? "FLOPs are multiply-adds. " GAINS_LAWS_NOTE
                 : "FLOPs (multiply-adds, as the paper counts)");
    return 0;
}

static int draw(struct store *store, const struct plot_options *options, struct err *err)
{
    struct gains gains = GAINS_INIT;
    struct chart chart = CHART_INIT;
    int result = -1;

    if (gains_load(&gains, store, options->study, err) < 0)
        goto done;
    if (fill(&chart, &gains, gains_study(&gains, options->study), err) == 0)
        result = chart_draw(&chart, options, "flops_accuracy", err);
done:
    chart_release(&chart);
    gains_release(&gains);
    return result;
}

const struct plot plot_flops_accuracy = {
    .name = "flops-accuracy",
    .summary = "accuracy against FLOPs of each way of scaling, measured and in the paper",
    .in_report = true,
    .draw = draw,
};
