/*
 * Figures: one file and one line in plots.def each; drawn by gnuplot from a script and data that stay
 * beside the figure (F.gp, F.dat), so that `gnuplot F.gp` redraws it without us.
 */
#ifndef SCALESTUDY_PLOTS_PLOT_H
#define SCALESTUDY_PLOTS_PLOT_H

#include <stdbool.h>

#include "harness/base/err.h"
#include "results/store.h"

struct plot_options {
    const char *study;  /* NULL: all of the database */
    const char *output; /* F.svg, F.png or F.pdf: the ending chooses */
    bool dark;          /* for dark pages and terminals */
    int width, height;  /* pixels; 0: the figure's own */
};

struct plot {
    const char *name;    /* REQUIRED, as in plots.def */
    const char *summary; /* REQUIRED, one line */
    int (*draw)(struct store *store, const struct plot_options *options, struct err *err); /* REQUIRED */
};

/* The plots in plots.def, ended by NULL; the one of a name, or NULL with an ERR_INPUT that lists them. */
const struct plot *const *plot_all(void);
const struct plot *plot_find(const char *name, struct err *err);

#endif
