/*
 * How figures look: the same colour and the same marker for a method in every figure, after Okabe
 * and Ito's palette, which people with any kind of colour vision can tell apart
 * (https://jfly.uni-koeln.de/color/); marker shapes tell the methods apart without any colour.
 *
 * Sizes are pixels of the figure at its own size. All of it is constant and thread safe.
 */
#ifndef SCALESTUDY_PLOTS_DRAW_STYLE_H
#define SCALESTUDY_PLOTS_DRAW_STYLE_H

#include <stdbool.h>
#include <stddef.h>

#define STYLE_FONT "DejaVu Sans" /* Debian's fonts-dejavu-core */

#define STYLE_TITLE_SIZE 17.0
#define STYLE_HEAD_SIZE  13.0 /* of a row, of a panel */
#define STYLE_TEXT_SIZE  12.0
#define STYLE_SMALL_SIZE 11.0 /* numbers on axes, labels at points */

enum style_theme {
    STYLE_LIGHT,
    STYLE_DARK,
    STYLE_THEMES,
};

struct style_page {
    const char *background, *text, *muted, *axis, *grid; /* #rrggbb */
};

struct style_method {
    const char *method; /* as in scalers.def; NULL: any other */
    const char *colour[STYLE_THEMES];
    const char *text[STYLE_THEMES]; /* the colour, with the contrast that small letters need */
    int point;                      /* gnuplot's number of the marker */
    double size;                    /* so that all markers look equally large */
};

const struct style_page *style_page(enum style_theme theme);

/* Every method that has a style, in the order of keys, ended by the one whose method is NULL. */
const struct style_method *style_methods(void);
/* Place of a method in that list; the last one for a method without a style of its own. */
int style_find(const char *method);
/* What keys call it: its name, or "other". */
const char *style_name(int method);

/* Width of a UTF-8 text in STYLE_FONT, or in its bold. Outside ASCII a guess on the wide side. */
double style_text_width(const char *text, double size, bool bold);

/* Copy a text, cut with an ellipsis where it would be wider than `width`. */
void style_fit_text(char *to, size_t bytes, const char *text, double size, bool bold, double width);

#endif
