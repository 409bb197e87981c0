/*
 * Figures: one file and one line in plots.def each; drawn by gnuplot from a script and data that
 * stay beside the figure (F.gp, F.dat), so that `gnuplot F.gp` redraws it without us.
 *
 *     const struct plot *plot = plot_find("flops-accuracy", err);
 *     struct plot_options options = {.output = "out/table3.svg"};
 *     if (!plot || plot->draw(store, &options, err) < 0) return -1;
 *
 * A figure appears under its name whole or not at all. Names of studies and models are untrusted:
 * they come out as text, whatever is in them.
 */
#ifndef SCALESTUDY_PLOTS_PLOT_H
#define SCALESTUDY_PLOTS_PLOT_H

#include <stdbool.h>

#include "harness/base/err.h"
#include "harness/base/file.h"
#include "results/store.h"

struct plot_options {
    const char *study;  /* NULL: all of the database */
    const char *output; /* F.svg, F.png or F.pdf: the ending chooses */
    bool dark;          /* for dark pages and terminals */
    int width, height;  /* pixels (of a PDF: 96 to the inch); 0: the figure's own */
};

struct plot {
    const char *name;    /* REQUIRED, as typed: the one in plots.def with - for _ */
    const char *summary; /* REQUIRED, one line */
    bool in_report;      /* it is part of every report */
    /* REQUIRED. ERR_INPUT if nothing is measured yet, or for an output that cannot be. */
    int (*draw)(struct store *store, const struct plot_options *options, struct err *err);
};

/* Where a figure and what it is drawn from lie; ERR_INPUT for an output that cannot be: its ending
 * is none of those above, its folder is missing. */
struct plot_files {
    char figure[PATH_BYTES], script[PATH_BYTES], data[PATH_BYTES];
};
int plot_files(struct plot_files *files, const char *output, struct err *err) MUST_CHECK;

/* The plots in plots.def, ended by NULL; the one of a name, or NULL with an ERR_INPUT that lists
 * them. */
const struct plot *const *plot_all(void);
const struct plot *plot_find(const char *name, struct err *err);

#endif
