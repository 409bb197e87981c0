/*
 * One panel of a chart on a canvas: axes, bands, boxes, lines, intervals, markers, and labels at the
 * points; and its data, a block for each series.
 */
#ifndef SCALESTUDY_PLOTS_DRAW_CHART_PANEL_H
#define SCALESTUDY_PLOTS_DRAW_CHART_PANEL_H

#include "canvas.h"
#include "chart.h"

/*
 * Draw a panel with at least one point at the box's place; its axes are chosen here. `row` is
 * the source of the numbers, for comments in the data. Blocks of the data file are counted by
 * *next_index.
 */
int chart_panel_draw(struct canvas *canvas, const struct chart_panel *panel, const char *row,
    struct canvas_panel *box, int *next_index, struct err *err) MUST_CHECK;

/* Only its data, from block *next_index on. */
void chart_panel_data(
    struct str *data, const struct chart_panel *panel, const char *row, int *next_index);

/* Its axes for a box of that many pixels. */
void chart_panel_axes(const struct chart_panel *panel, struct canvas_panel *box);

#endif
