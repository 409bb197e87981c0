/*
 * Figures inside an HTML page: SVG that gnuplot wrote for light pages, rewritten so that any number of
 * figures share a page that may be light or dark.
 *
 *     inline_svg_style(&html);                                   once, inside of <style>
 *     if (inline_svg_add(&html, svg.text, "f1", "Accuracy against FLOPs", err) < 0) return -1;
 *
 * Colours become variables of CSS that have their dark counterpart (style.h) where the page is dark:
 * by the reader's preference, or by data-theme="dark" or "light" of the root element. Names of
 * elements get the prefix. Elements that gnuplot does not use are an ERR_BUG, so that a figure
 * cannot bring in anything else.
 */
#ifndef SCALESTUDY_PLOTS_DRAW_INLINE_SVG_H
#define SCALESTUDY_PLOTS_DRAW_INLINE_SVG_H

#include "harness/base/err.h"
#include "harness/base/str.h"

/* `label` is the text for screen readers; it is escaped here. */
int inline_svg_add(struct str *to, const char *svg, const char *prefix, const char *label,
    struct err *err) MUST_CHECK;

void inline_svg_style(struct str *to);

#endif
