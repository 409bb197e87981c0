/* Means, Student's t, tests of two means, quantiles, and Holm's correction. */
#include "statistics.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define KEPT_QUANTILES 1024

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
        if (fabs(factor - 1) <= DBL_EPSILON)
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

/* Density of Student's t (Abramowitz & Stegun 26.7.1, differentiated). */
static double density(double t, double freedom)
{
    return exp(lgamma((freedom + 1) / 2) - lgamma(freedom / 2) -
               (freedom + 1) / 2 * log1p(t * t / freedom)) /
           sqrt(freedom * M_PI);
}

static double search_t_quantile(double probability, double freedom)
{
    double tail = probability < 0.5 ? probability : 1 - probability, low = 0, high = 1, t;

    /* The tail falls with t: bracket it, then Newton's steps, halving where one leaves the bracket. */
    while (upper_tail(high, freedom) > tail && high < 1e300) {
        low = high;
        high *= 2;
    }
    t = low + (high - low) / 2;
    for (int i = 0; i < 200; i++) {
        double rest = upper_tail(t, freedom) - tail, next;

        if (rest > 0)
            low = t;
        else
            high = t;
        next = t + rest / density(t, freedom);
        if (!(next > low && next < high))
            next = low + (high - low) / 2;
        if (fabs(next - t) <= 1e-15 * fabs(t) || next == low || next == high)
            break;
        t = next;
    }
    return probability < 0.5 ? -t : t;
}

/* Tables ask for the same few quantiles thousands of times: each thread keeps the last ones. */
double statistics_t_quantile(double probability, double freedom)
{
    static _Thread_local struct {
        double probability, freedom, t;
    } kept[KEPT_QUANTILES];
    int place;

    if (!(probability > 0 && probability < 1 && freedom > 0))
        return NAN;
    place = (int)fmod(freedom + floor(probability * 1e6), KEPT_QUANTILES);
    if (kept[place].probability != probability || kept[place].freedom != freedom) {
        kept[place].t = search_t_quantile(probability, freedom);
        kept[place].probability = probability;
        kept[place].freedom = freedom;
    }
    return kept[place].t;
}

double statistics_ci95(const double *x, int n)
{
    if (n < 2)
        return NAN;
    return statistics_t_quantile(0.975, n - 1) * sqrt(statistics_variance(x, n) / n);
}

double statistics_quantile(const double *sorted, int n, double probability)
{
    double at = probability * (n - 1);
    int below = (int)floor(at);

    if (n < 1 || !(probability >= 0 && probability <= 1))
        return NAN;
    if (below >= n - 1)
        return sorted[n - 1];
    return sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]);
}

/* ---- two means ---- */

static struct mean_test mean_test(double difference, double error, double freedom, double spread)
{
    struct mean_test test = {.difference = difference, .freedom = freedom, .spread = spread};
    double half = statistics_t_quantile(0.975, freedom) * error;

    test.low = difference - half;
    test.high = difference + half;
    test.t = error > 0 ? difference / error : NAN;
    test.p = error > 0 ? 2 * upper_tail(fabs(test.t), freedom) : NAN;
    return test;
}

static const struct mean_test undefined = {NAN, NAN, NAN, NAN, NAN, NAN, NAN};

struct mean_test statistics_paired(const double *a, const double *b, int n)
{
    double mean = 0, sum = 0;

    if (n < 1)
        return undefined;
    for (int i = 0; i < n; i++)
        mean += (b[i] - a[i]) / n;
    if (n < 2) {
        struct mean_test test = undefined;

        test.difference = mean;
        return test;
    }
    for (int i = 0; i < n; i++)
        sum += (b[i] - a[i] - mean) * (b[i] - a[i] - mean);
    sum = sqrt(sum / (n - 1));
    /* Differences of accuracies are rounded numbers: what is left of equal ones is no spread. */
    if (sum < 1e-12 * (1 + fabs(mean)))
        sum = 0;
    return mean_test(mean, sum / sqrt(n), n - 1, sum);
}

struct mean_test statistics_welch(const double *a, int n_a, const double *b, int n_b)
{
    double variance_a = statistics_variance(a, n_a), variance_b = statistics_variance(b, n_b);
    double share_a = variance_a / n_a, share_b = variance_b / n_b, sum = share_a + share_b;
    double difference = statistics_mean(b, n_b) - statistics_mean(a, n_a);

    if (n_a < 2 || n_b < 2) {
        struct mean_test test = undefined;

        test.difference = difference;
        return test;
    }
    return mean_test(difference, sqrt(sum),
        sum > 0 ? sum * sum / (share_a * share_a / (n_a - 1) + share_b * share_b / (n_b - 1))
                : n_a + n_b - 2,
        sqrt(variance_a + variance_b));
}

static bool enough(int n, double difference, double spread, double alpha, double power)
{
    double t = statistics_t_quantile(1 - alpha / 2, n - 1) + statistics_t_quantile(power, n - 1);

    return t * spread <= fabs(difference) * sqrt(n);
}

int statistics_seeds_needed(double difference, double spread, double alpha, double power, int most)
{
    const double normal = 1e9; /* degrees of freedom, as good as infinite */
    double least;
    int low, high;

    if (!(fabs(difference) > 0 && spread >= 0 && isfinite(difference) && isfinite(spread) &&
            alpha > 0 && alpha < 1 && power > 0 && power < 1))
        return 0;
    /* The normal distribution's answer is a little too small: up from there. */
    least = (statistics_t_quantile(1 - alpha / 2, normal) + statistics_t_quantile(power, normal)) *
            spread / fabs(difference);
    if (least * least >= most)
        return most;
    low = least * least > 2 ? (int)(least * least) : 1;
    high = low + 1;
    while (high < most && !enough(high, difference, spread, alpha, power)) {
        int step = 2 * (high - low);

        low = high;
        high = step > most - high ? most : high + step;
    }
    while (high - low > 1) {
        int middle = low + (high - low) / 2;

        if (enough(middle, difference, spread, alpha, power))
            high = middle;
        else
            low = middle;
    }
    return high;
}

/* ---- several tests ---- */

struct numbered {
    double p;
    int number;
};

static int by_p(const void *a, const void *b)
{
    const struct numbered *x = a, *y = b;

    return x->p < y->p ? -1 : x->p > y->p;
}

int statistics_holm(const double *p, int n, double *adjusted, struct err *err)
{
    struct numbered *tests = malloc(sizeof(*tests) * (size_t)(n > 0 ? n : 1));
    double largest = 0;
    int n_tests = 0;

    if (!tests)
        return err_set(err, ERR_MEMORY, "no memory for %d comparisons", n);
    for (int i = 0; i < n; i++) {
        if (!isnan(p[i]))
            tests[n_tests++] = (struct numbered){p[i], i};
        adjusted[i] = p[i];
    }
    qsort(tests, (size_t)n_tests, sizeof(*tests), by_p);
    for (int i = 0; i < n_tests; i++) {
        largest = fmax(largest, fmin(1, (n_tests - i) * tests[i].p));
        adjusted[tests[i].number] = largest;
    }
    free(tests);
    return 0;
}
