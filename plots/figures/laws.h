/*
 * The fitted law of a method's points in a panel of accuracy against FLOPs (results/stats/fit.h): what
 * `scalestudy fit` finds where a model has one baseline; of several variants each has its own here.
 *
 *     if (law_find(panel, curve, method, &law)) law_draw(panel, method, &law);
 *
 * A method has one if its networks and the baselines have LAW_SIZES different sizes, so that the
 * curve does not go through all points whatever they are, and if the law's exponent is not at its
 * bound. Memory that runs out fails the panel.
 */
#ifndef SCALESTUDY_PLOTS_FIGURES_LAWS_H
#define SCALESTUDY_PLOTS_FIGURES_LAWS_H

#include "gains.h"
#include "results/stats/fit.h"

#define LAW_SIZES  (FIT_PARAMETERS + 1)
#define LAW_BEYOND 4.0 /* times the largest network's FLOPs: as far as a law is extrapolated */

/* `law` holds nothing to be released. */
bool law_find(
    struct chart_panel *panel, const struct gain_panel *curve, int method, struct fit *law);
/* Solid between the smallest and the largest network, dashed beyond. */
void law_draw(struct chart_panel *panel, int method, const struct fit *law);

#endif
