/*
 * Pixels with texts around them, as a PNG, SVG or PDF by gnuplot: a sheet of images.
 *
 *     const struct picture_text texts[] = {{.x = 10, .y = 20, .text = "tench", .size = 13}};
 *     const struct picture picture = {.width = 600, .height = 400, .x = 200, .y = 40, .pixels = rgb,
 *         .pixels_wide = 300, .pixels_high = 300, .texts = texts, .n_texts = 1, .title = "images"};
 *     if (picture_draw(&picture, "sheet.png", err) < 0) return -1;
 *
 * Sizes are pixels of the figure, from its upper left; one pixel of the pixels is one of a PNG.
 * Script and data stay beside the figure (gnuplot.h). Errors are those of gnuplot.h.
 */
#ifndef SCALESTUDY_PLOTS_DRAW_PICTURE_H
#define SCALESTUDY_PLOTS_DRAW_PICTURE_H

#include <stdbool.h>

#include "harness/base/err.h"

struct picture_text {
    double x, y; /* its left end, and its middle */
    const char *text;
    double size, width; /* longer than width: cut, with an ellipsis; 0: never */
    bool muted;
};

struct picture {
    int width, height, x, y;     /* x, y: where the pixels begin */
    const unsigned char *pixels; /* [pixels_high][pixels_wide][3] */
    int pixels_wide, pixels_high;
    const struct picture_text *texts;
    int n_texts;
    const char *title; /* of the document: a word */
};

int picture_draw(const struct picture *picture, const char *output, struct err *err) MUST_CHECK;

#endif
