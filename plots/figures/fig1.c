/* The paper's Figure 1: parameters against accuracy, of what was measured here and of the networks
 * that the paper compares. */
#include "family_chart.h"
#include "plots/plot.h"

static int draw(struct store *store, const struct plot_options *options, struct err *err)
{
    return family_chart_draw(1, store, options, err);
}

const struct plot plot_fig1 = {
    .name = "fig1",
    .summary = "parameters against accuracy, measured and in the paper's Figure 1",
    .takes_no_results = true,
    .draw = draw,
};
