/* The paper's Figure 5: FLOPs against accuracy, of what was measured here and of the networks that
 * the paper compares. */
#include "family_chart.h"
#include "plots/plot.h"

static int draw(struct store *store, const struct plot_options *options, struct err *err)
{
    return family_chart_draw(5, store, options, err);
}

const struct plot plot_fig5 = {
    .name = "fig5",
    .summary = "FLOPs against accuracy of all networks, measured and in the paper's Figure 5",
    .takes_no_results = true,
    .draw = draw,
};
