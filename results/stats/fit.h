/*
 * Accuracy against compute as a saturating power law:
 *
 *     error = floor + scale * C^-exponent        floor, scale >= 0
 *
 * with error = 100 - top-1 in per cent and C multiply-adds in billions, as the paper writes them
 * (Hestness et al. 2017, "Deep Learning Scaling is Predictable, Empirically", with a floor).
 *
 *     struct fit_point points[] = {{.macs = 3e8, .top1 = 72.0}, ...};
 *     struct fit fit = FIT_INIT;
 *     if (fit_points(&fit, points, n, FIT_RESAMPLES, 0, err) < 0) goto done;
 *     top1 = fit_top1(&fit.law, 6e8);
 *     if (fit_interval(&fit, 6e8, FIT_CURVE, &range, err) < 0) goto done;
 * done:
 *     fit_release(&fit);
 *
 * A point is a network, its seeds averaged: seeds of one network share its distance from
 * the law, so counting each would make intervals too narrow. Least squares; floor and scale are linear, so
 * only the exponent is searched for (variable projection, Golub & Pereyra 1973), over
 * FIT_LEAST_EXPONENT to FIT_MOST_EXPONENT.
 *
 * Intervals are 95 % percentiles of a parametric bootstrap (Efron & Tibshirani 1993, 6.5): the law
 * is fitted again to its own curve with normal noise. How large the noise is, is itself known only
 * from `freedom` residuals, so each time its variance is drawn too, as the residual variance times
 * freedom / chi-squared: with few networks the intervals are as wide as Student's, not as the
 * normal's. The same points and seed give the same bits.
 *
 * A `struct fit` owns its draws. Reading one from several threads is safe.
 */
#ifndef SCALESTUDY_RESULTS_STATS_FIT_H
#define SCALESTUDY_RESULTS_STATS_FIT_H

#include <stdint.h>

#include "harness/base/err.h"

#define FIT_RESAMPLES      2000 /* fewer with many networks: see fit_points */
#define FIT_LEAST_EXPONENT 0.01
#define FIT_MOST_EXPONENT  4.0
#define FIT_PARAMETERS     3

struct fit_point {
    double macs; /* > 0 */
    double top1; /* per cent */
};

struct fit_law {
    double floor;    /* per cent */
    double scale;    /* per cent, above the floor at 1e9 multiply-adds */
    double exponent; /* > 0 */
};

struct fit_range {
    double low, high; /* both NaN: unknown */
};

enum fit_shape {
    FIT_LAW,      /* all three parameters inside of their bounds */
    FIT_NO_FLOOR, /* the floor is 0: the points do not show one yet */
    FIT_FLAT,     /* the scale is 0: more compute does not help here */
    FIT_EDGE,     /* the exponent is at its bound: the points do not determine the curve */
};
extern const char *const fit_shape_names[]; /* "law", "no floor", "flat", "edge" */

struct fit_draw {
    struct fit_law law;
    double sigma; /* of the noise */
};

struct fit {
    struct fit_law law;
    struct fit_range floor, scale, exponent; /* 95 %; NaN with freedom 0 */
    enum fit_shape shape;
    int n, freedom; /* points; points less parameters */
    double sigma;   /* standard deviation of the residuals, per cent; NaN with freedom 0 */
    double least_macs, most_macs; /* of the points: beyond it is extrapolation */
    struct fit_draw *draws;
    int n_draws; /* 0 with freedom 0, or without resamples */
};

#define FIT_INIT                                                                                   \
    {                                                                                              \
        0                                                                                          \
    }

/*
 * ERR_INPUT if the points are of fewer than FIT_PARAMETERS different sizes. With just so many points
 * the curve goes through all of them, and there are no intervals. Time grows with points times
 * resamples, so that from 200 points on there are only 400000 / n resamples, but at least 400.
 * With `resamples` 0 there are no intervals and no draws, and nothing to release.
 * `seed`: of the bootstrap; use different seeds for curves that are compared.
 */
int fit_points(struct fit *fit, const struct fit_point *points, int n, int resamples, uint64_t seed,
    struct err *err) MUST_CHECK;
void fit_release(struct fit *fit);

/* Top-1 by the law, between 0 and 100. */
double fit_top1(const struct fit_law *law, double macs);

enum fit_kind {
    FIT_CURVE,   /* where the curve lies: the mean of many networks of that size */
    FIT_NETWORK, /* where one more network of that size would lie */
};

/* 95 % interval of top-1 at `macs`; NaN without draws. */
int fit_interval(const struct fit *fit, double macs, enum fit_kind kind, struct fit_range *range,
    struct err *err) MUST_CHECK;

/* Two curves at the same multiply-adds: b less a. */
struct fit_difference {
    double difference; /* per cent of top-1 */
    struct fit_range range;
    double p; /* two-sided, by the share of draws on the other side; at least 1 / draws */
};
int fit_compare(const struct fit *a, const struct fit *b, double macs,
    struct fit_difference *difference, struct err *err) MUST_CHECK;

#endif
