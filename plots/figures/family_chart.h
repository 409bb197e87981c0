/* The paper's Figures 1 and 5: all networks of a study in one panel, and the paper's beside it. */
#ifndef SCALESTUDY_PLOTS_FIGURES_FAMILY_CHART_H
#define SCALESTUDY_PLOTS_FIGURES_FAMILY_CHART_H

#include "plots/plot.h"

/* figure: 1 (parameters) or 5 (FLOPs). */
int family_chart_draw(int figure, struct store *store, const struct plot_options *options,
    struct err *err) MUST_CHECK;

#endif
