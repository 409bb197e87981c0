/* Charts in characters, for terminals: the panels below one another, drawn by gnuplot's dumb terminal. */
#ifndef SCALESTUDY_PLOTS_DRAW_CHART_TEXT_H
#define SCALESTUDY_PLOTS_DRAW_CHART_TEXT_H

#include "chart.h"
#include "gnuplot.h"

/* Width and height of the options are in characters, the height of one panel; 0: 80 and 18. */
int chart_text_draw(const struct chart *chart, const struct plot_options *options,
    struct gnuplot *plot, struct err *err) MUST_CHECK;

#endif
