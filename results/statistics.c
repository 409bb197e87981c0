#include "statistics.h"

#include <math.h>

double statistics_mean(const double *x, int n)
{
    double sum = 0;

    if (n < 1)
        return NAN;
    for (int i = 0; i < n; i++)
        sum += x[i];
    return sum / n;
}

double statistics_variance(const double *x, int n)
{
    double mean = statistics_mean(x, n), sum = 0;

    if (n < 2)
        return NAN;
    for (int i = 0; i < n; i++)
        sum += (x[i] - mean) * (x[i] - mean);
    return sum / (n - 1);
}

/*
 * Continued fraction of the incomplete beta function, by Lentz's method (Abramowitz &
 * Stegun 26.5.8; Press et al., Numerical Recipes, 6.4). Converges fast for x < (a + 1) / (a + b +
 * 2).
 */
static double beta_fraction(double a, double b, double x)
{
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1), value;

    d = 1 / (fabs(d) < tiny ? tiny : d);
    value = d;
    for (int m = 1; m < 10000; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        const double terms[] = {even, odd};
        double factor = 1;

        for (int i = 0; i < 2; i++) {
            d = 1 + terms[i] * d;
            c = 1 + terms[i] / c;
            d = 1 / (fabs(d) < tiny ? tiny : d);
            c = fabs(c) < tiny ? tiny : c;
            factor = c * d;
            value *= factor;
        }
        if (fabs(factor - 1) < 1e-16)
            break;
    }
    return value;
}

/* Regularised incomplete beta function I_x(a, b), 0 <= x <= 1; `rest` is 1 - x, given apart so that
 * it keeps its digits near 0. */
static double incomplete_beta(double a, double b, double x, double rest)
{
    double front;

    if (x <= 0 || rest <= 0)
        return x <= 0 ? 0 : 1;
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(rest));
    if (x < (a + 1) / (a + b + 2))
        return front * beta_fraction(a, b, x) / a;
    return 1 - front * beta_fraction(b, a, rest) / b;
}

/* P(T > t) for t >= 0 (Abramowitz & Stegun 26.7.1). */
static double upper_tail(double t, double freedom)
{
    double x = freedom / (freedom + t * t), rest = t * t / (freedom + t * t);

    return 0.5 * incomplete_beta(freedom / 2, 0.5, x, rest);
}

double statistics_t_cdf(double t, double freedom)
{
    if (isnan(t) || !(freedom > 0))
        return NAN;
    return t < 0 ? upper_tail(-t, freedom) : 1 - upper_tail(t, freedom);
}

double statistics_t_quantile(double probability, double freedom)
{
    double tail = probability < 0.5 ? probability : 1 - probability, low = 0, high = 1;

    if (!(probability > 0 && probability < 1 && freedom > 0))
        return NAN;
    /* The tail falls with t: bracket, then halve until neighbouring numbers are reached. */
    while (upper_tail(high, freedom) > tail && high < 1e300)
        high *= 2;
    for (int i = 0; i < 200 && low < high; i++) {
        double middle = low + (high - low) / 2;

        if (middle == low || middle == high)
            break;
        if (upper_tail(middle, freedom) > tail)
            low = middle;
        else
            high = middle;
    }
    return probability < 0.5 ? -high : high;
}

double statistics_ci95(const double *x, int n)
{
    if (n < 2)
        return NAN;
    return statistics_t_quantile(0.975, n - 1) * sqrt(statistics_variance(x, n) / n);
}
