/*
 * Drawing on a figure in pixels: titles, texts, markers and panels, as lines of a gnuplot script.
 *
 *     struct canvas canvas = {.plot = &plot, .width = 1080, .height = 720, .theme = STYLE_LIGHT};
 *     canvas_begin(&canvas);
 *     canvas_text(&canvas, &(struct canvas_text){.x = 20, .y = 30, .text = "...", .size = 17});
 *     canvas_panel(&canvas, &panel);            margins, axes, grid
 *     str_addf(&plot.script, "plot data ...");  what was put on the canvas so far appears with it
 *     canvas_end_panel(&canvas);
 *
 * Pixels at scale 1, x to the right, y down, from the figure's top left corner. If memory runs
 * out, gnuplot_draw fails.
 */
#ifndef SCALESTUDY_PLOTS_DRAW_CANVAS_H
#define SCALESTUDY_PLOTS_DRAW_CANVAS_H

#include "axis.h"
#include "gnuplot.h"

struct canvas {
    struct gnuplot *plot;
    double width, height;
    double scale;
    enum style_theme theme;
};

enum canvas_align {
    CANVAS_LEFT,
    CANVAS_CENTRE,
    CANVAS_RIGHT,
};

struct canvas_text {
    double x, y; /* y of its middle */
    const char *text;
    double size;
    const char *colour; /* NULL: the page's text colour */
    enum canvas_align align;
    bool bold, upward; /* upward: rotated by 90 degrees */
};

struct canvas_panel {
    double left, top, width, height;
    struct axis x, y;
    const char *name; /* of its comment in the script */
    bool bare;        /* neither border nor grid */
};

/* Terminal, multiplot, and a line style for each method: N for style_methods()[N - 1]. */
void canvas_begin(struct canvas *canvas, const char *title);

void canvas_text(struct canvas *canvas, const struct canvas_text *text);
/* A line of one pixel's width, or of a method's style. */
void canvas_line(struct canvas *canvas, double x0, double y0, double x1, double y1, int style,
    const char *colour);
/* Dashed, of one pixel's width. */
void canvas_dashes(
    struct canvas *canvas, double x0, double y0, double x1, double y1, const char *colour);
void canvas_marker(struct canvas *canvas, double x, double y, int style);

void canvas_panel(struct canvas *canvas, const struct canvas_panel *panel);
/* After the panel's plot command: clears its texts and lines. */
void canvas_end_panel(struct canvas *canvas);
void canvas_end(struct canvas *canvas);

#endif
