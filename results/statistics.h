/*
 * The few statistics that results need.
 *
 *     mean = statistics_mean(x, n);
 *     half = statistics_ci95(x, n);       the 95 % interval of the mean is [mean - half, mean +
 * half]
 *
 * Samples are taken for independent and normal (Student 1908). Pure functions; NaN where a value is
 * not defined: a mean of nothing, a variance or an interval of fewer than two.
 */
#ifndef SCALESTUDY_RESULTS_STATISTICS_H
#define SCALESTUDY_RESULTS_STATISTICS_H

double statistics_mean(const double *x, int n);
double statistics_variance(const double *x, int n); /* of a sample: divided by n - 1 */

/* P(T <= t) of Student's t with `freedom` > 0 degrees; need not be a whole number. */
double statistics_t_cdf(double t, double freedom);
/* The t with P(T <= t) = probability, 0 < probability < 1. Accurate to about 1e-10, relative. */
double statistics_t_quantile(double probability, double freedom);

/* Half width of the two-sided 95 % interval of the mean. */
double statistics_ci95(const double *x, int n);

#endif
