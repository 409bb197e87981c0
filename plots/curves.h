/*
 * What the figures of accuracy against FLOPs show: for each baseline the points that were measured,
 * and beside them the paper's.
 *
 *     struct curves curves = CURVES_INIT;
 *     if (curves_load(&curves, store, study, err) < 0) goto done;
 * done:
 *     curves_release(&curves);
 *
 * The paper's rows: Tan & Le, ICML 2019 (arXiv 1905.11946), Table 3, and Table 7 for
 * EfficientNet-B0.
 */
#ifndef SCALESTUDY_PLOTS_CURVES_H
#define SCALESTUDY_PLOTS_CURVES_H

#include <stdbool.h>

#include "harness/base/err.h"
#include "results/store.h"

#define CURVES_LABEL_BYTES 40
#define CURVES_NAME_BYTES  128
#define CURVES_TITLE_BYTES 320

struct curve_point {
    int method;                     /* in style_methods() */
    double macs, top1;              /* per cent */
    double interval;                /* half width of the 95 % interval; NaN where there is none */
    char label[CURVES_LABEL_BYTES]; /* "w=2"; empty where none is needed */
};

/* Points in the order of methods, each method's by FLOPs; the baseline first. */
struct curve_panel {
    char title[CURVES_TITLE_BYTES];
    struct curve_point *points;
    int n_points;
};

/* A baseline, and all that was scaled from it. */
struct curve_column {
    char study[CURVES_NAME_BYTES], model[CURVES_NAME_BYTES];
    int input;                          /* of the baseline */
    struct curve_panel measured, paper; /* the paper's is empty if it has no such model */
    int paper_table;                    /* 3 or 7; 0 */
};

struct curves {
    struct curve_column *columns; /* in Table 3's order, other models after them */
    int n_columns;
    int least_seeds, most_seeds; /* behind a measured point */
    bool has_paper;              /* some column has */
    bool has_studies;            /* more than one */
};

#define CURVES_INIT                                                                                \
    {                                                                                              \
        0                                                                                          \
    }

/* study NULL: all of the database, a column for each study and model. ERR_INPUT if no job is
 * finished. */
int curves_load(
    struct curves *curves, struct store *store, const char *study, struct err *err) MUST_CHECK;
void curves_release(struct curves *curves);

#endif
