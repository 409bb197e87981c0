/*
 * The grid of step 1 of compound scaling (Tan & Le 2019, Section 3.3): with phi = 1, all alpha, beta,
 * gamma >= 1 in even steps whose alpha beta^2 gamma^2 is about `times`, the FLOPs over the baseline's.
 * The paper has times = 2 and does not say its steps.
 *
 *     struct grid_options options = GRID_DEFAULTS;
 *     struct grid_point *points;
 *     int n;
 *     if (compound_grid(&options, &points, &n, err) < 0) return -1;
 *     free(points);
 *
 * Pure; in the order of alpha, then beta, then gamma.
 */
#ifndef SCALESTUDY_SCALERS_GRID_H
#define SCALESTUDY_SCALERS_GRID_H

#include "harness/base/err.h"

#define GRID_MOST_POINTS 10000

struct grid_options {
    double step;  /* between values of each coefficient */
    double times; /* above 1 */
    double
        within; /* what alpha beta^2 gamma^2 may be off, at most; 0.1 at 2 has the paper's 1.92 */
};

#define GRID_DEFAULTS                                                                              \
    {                                                                                              \
        .step = 0.1, .times = 2, .within = 0.1                                                     \
    }

struct grid_point {
    double alpha, beta, gamma;
};

/* ERR_INPUT for options out of range, and where no point or more than GRID_MOST_POINTS fit. */
int compound_grid(const struct grid_options *options, struct grid_point **points, int *n,
    struct err *err) MUST_CHECK;

#endif
