/*
 * The statistics that results need: means, intervals, tests of two means, and Holm's correction.
 *
 *     mean = statistics_mean(x, n);
 *     half = statistics_ci95(x, n);       the 95 % interval of the mean is mean - half, mean + half
 *
 *     test = statistics_paired(a, b, n);  b - a, seed by seed
 *     if (test.p < 0.05) ...
 *
 * Samples are assumed to be independent and normal (Student 1908). Pure functions, safe for threads;
 * NaN where a value is not defined: a mean of nothing, a variance or an interval of fewer than two.
 */
#ifndef SCALESTUDY_RESULTS_STATS_STATISTICS_H
#define SCALESTUDY_RESULTS_STATS_STATISTICS_H

#include "harness/base/err.h"

double statistics_mean(const double *x, int n);
double statistics_variance(const double *x, int n); /* of a sample: divided by n - 1 */

/* The t with P(T <= t) = probability, 0 < probability < 1, of Student's t with `freedom` > 0 degrees,
 * which need not be a whole number. Accurate to about 1e-10, relative. */
double statistics_t_quantile(double probability, double freedom);

/* Quantile of a sample in ascending order, linear between its values (type 7 of Hyndman & Fan
 * 1996, the default of R and numpy). */
double statistics_quantile(const double *sorted, int n, double probability);

/* Half width of the two-sided 95 % interval of the mean. */
double statistics_ci95(const double *x, int n);

/* The difference of two means, and whether it can be chance. */
struct mean_test {
    double difference;    /* mean of b less mean of a */
    double low, high;     /* 95 % interval of it */
    double t, freedom, p; /* two-sided */
    double spread; /* the standard error of `difference` is spread / sqrt(n) with n seeds each */
};

/* a[i] and b[i] belong together (one seed): Student's test of their differences. Fields are NaN with
 * n < 2; t and p also if all differences are equal, since their spread is then unknown. */
struct mean_test statistics_paired(const double *a, const double *b, int n);

/* Two independent samples, whose variances may differ: Welch 1947. Both need two values. */
struct mean_test statistics_welch(const double *a, int n_a, const double *b, int n_b);

/*
 * Seeds of each that a test at level alpha needs to find `difference` with probability `power`, if
 * differences have the standard deviation `spread` (mean_test); at least 2, at most `most`. By the
 * usual approximation n >= ((t_{1-alpha/2} + t_power) spread / difference)^2, t with the freedom
 * that n gives. 0 if the arguments are not numbers.
 */
int statistics_seeds_needed(double difference, double spread, double alpha, double power, int most);

/*
 * Holm's correction (1979): adjusted[i] < alpha for those tests that may be called significant
 * together, at a chance of alpha that any of them is wrong. NaN in p is no test: it stays NaN, and
 * does not count. `adjusted` may be `p`.
 */
int statistics_holm(const double *p, int n, double *adjusted, struct err *err) MUST_CHECK;

#endif
