/* A model's stages with their exact costs, for figures (the plot_network_of of plots/plot.h). */
#ifndef SCALESTUDY_HARNESS_VIEWS_PLOT_NETWORK_H
#define SCALESTUDY_HARNESS_VIEWS_PLOT_NETWORK_H

#include "plots/plot.h"

int plot_network(const char *model, double depth, double width, double resolution,
    struct plot_network *network, struct err *err) MUST_CHECK;

#endif
