/*
 * Figures: one file and one line in plots.def each; drawn by gnuplot from a script and data that
 * stay beside the figure (F.svg.gp, F.svg.dat), so that `gnuplot F.svg.gp` redraws it without us.
 *
 *     const struct plot *plot = plot_find("flops-accuracy", err);
 *     struct plot_options options = {.output = "out/table3.svg"};
 *     if (!plot || plot->draw(store, &options, err) < 0) return -1;
 *
 * A figure appears under its name whole or not at all. Names of studies and models are untrusted:
 * they are shown as text, whatever is in them.
 */
#ifndef SCALESTUDY_PLOTS_PLOT_H
#define SCALESTUDY_PLOTS_PLOT_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/base/err.h"
#include "harness/system/file.h"
#include "results/store/store.h"

/* A network, stage by stage, from its spec and its costs; the command fills it, since figures do not
 * use the engine. */
struct plot_stage {
    char name[48]; /* "6 x MBConv, k5" */
    int blocks, channels;
    int side; /* pixels of its output, height and width */
    int64_t params, macs, activations;
};
#define PLOT_MAX_STAGES 20
struct plot_network {
    int input;
    struct plot_stage stages[PLOT_MAX_STAGES];
    int n_stages;
};
typedef int plot_network_of(const char *model, double depth, double width, double resolution,
    struct plot_network *network, struct err *err);

struct plot_options {
    const char *study;                      /* NULL: all of the database */
    const char *model;                      /* of figures of one network; NULL: the figure's own */
    double depth, width_factor, resolution; /* of that network; 0: 1 */
    plot_network_of *network;
    const char *output; /* F.svg, F.png, F.pdf or F.txt: the ending chooses */
    bool dark;          /* for dark pages and terminals */
    /* Pixels (of a PDF: 96 to the inch; of F.txt characters, of one panel); 0: the figure's own. */
    int width, height;
};

struct plot {
    const char *name;      /* REQUIRED, as typed: the one in plots.def with - for _ */
    const char *summary;   /* REQUIRED, one line */
    bool in_report;        /* it is part of every report */
    bool takes_no_results; /* it can be drawn without a database: `store` may be NULL */
    bool takes_a_model;    /* `model` and its factors mean something */
    /* REQUIRED. ERR_INPUT if nothing is measured yet, or for an output that cannot be written. */
    int (*draw)(struct store *store, const struct plot_options *options, struct err *err);
};

/* Paths of a figure, its script and its data. ERR_INPUT if the output has none of the endings above, or
 * its folder is missing. */
struct plot_files {
    char figure[PATH_BYTES], script[PATH_BYTES], data[PATH_BYTES];
};
int plot_files(struct plot_files *files, const char *output, struct err *err) MUST_CHECK;

/* The plots in plots.def, ended by NULL; the plot of a name, or NULL and ERR_INPUT with all names. */
const struct plot *const *plot_all(void);
const struct plot *plot_find(const char *name, struct err *err);

#endif
