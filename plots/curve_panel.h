/*
 * One panel of curves: axes, a line from the baseline along each method, 95 % intervals, markers,
 * and labels at the points.
 */
#ifndef SCALESTUDY_PLOTS_CURVE_PANEL_H
#define SCALESTUDY_PLOTS_CURVE_PANEL_H

#include "canvas.h"
#include "curves.h"

/*
 * Draw a panel with at least one point at the box's place; its axes are chosen here. `row` says in
 * the data's comments where the numbers are from. Each curve becomes a block of the data file, from
 * number *next_index on, which is advanced.
 */
int curve_panel_draw(struct canvas *canvas, const struct curve_panel *panel, const char *row,
    struct canvas_panel *box, int *next_index, struct err *err) MUST_CHECK;

#endif
