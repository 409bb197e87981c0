#include "tests/lib/test.h"

#include <math.h>

#include "results/stats/statistics.h"

static void near(double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        fail_msg("%.15g is not %.15g", value, expected);
}

static void test_statistics__quantiles_are_those_of_printed_tables(void **state)
{
    /* Two-sided 5 % points of Student's t, to the 3 decimals of printed tables. */
    static const struct {
        double freedom, t;
    } rows[] = {{1, 12.706}, {2, 4.303}, {3, 3.182}, {4, 2.776}, {5, 2.571}, {6, 2.447}, {7, 2.365},
        {8, 2.306}, {9, 2.262}, {10, 2.228}, {15, 2.131}, {20, 2.086}, {25, 2.060}, {30, 2.042},
        {40, 2.021}, {60, 2.000}, {120, 1.980}, {1e9, 1.960}};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_true(fabs(statistics_t_quantile(0.975, rows[i].freedom) - rows[i].t) < 0.0005001);
}

static void test_statistics__quantiles_are_exact_where_there_is_a_formula(void **state)
{
    static const double probabilities[] = {0.001, 0.025, 0.3, 0.6, 0.975, 0.9999};

    (void)state;
    for (size_t i = 0; i < sizeof(probabilities) / sizeof(probabilities[0]); i++) {
        double p = probabilities[i];

        near(statistics_t_quantile(p, 1), tan(M_PI * (p - 0.5)), 1e-10); /* Cauchy */
        near(statistics_t_quantile(p, 2), (2 * p - 1) * sqrt(2 / (4 * p * (1 - p))), 1e-10);
    }
    assert_true(fabs(statistics_t_quantile(0.5, 7)) < 1e-12);
}

static void test_statistics__gossets_sleep_has_its_interval(void **state)
{
    /* Hours of sleep gained (Student 1908, difference of the two drugs): mean 1.58, s = 1.230, n
     * = 10. */
    static const double hours[] = {1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4};

    (void)state;
    near(statistics_mean(hours, 10), 1.58, 1e-12);
    near(sqrt(statistics_variance(hours, 10)), 1.22999548, 1e-8);
    /* Printed as [0.7001142, 2.4598858]. */
    near(statistics_ci95(hours, 10), (2.4598858 - 0.7001142) / 2, 1e-7);
}

static void test_statistics__one_seed_has_no_interval(void **state)
{
    const double one = 50;

    (void)state;
    assert_true(statistics_mean(&one, 1) == 50);
    assert_true(isnan(statistics_variance(&one, 1)));
    assert_true(isnan(statistics_ci95(&one, 1)));
    assert_true(isnan(statistics_mean(&one, 0)));
}

static void test_statistics__equal_seeds_have_an_interval_of_nothing(void **state)
{
    const double same[] = {8.59375, 8.59375, 8.59375};

    (void)state;
    assert_true(statistics_ci95(same, 3) == 0);
}

static void test_statistics__what_is_not_defined_is_nan(void **state)
{
    (void)state;
    assert_true(isnan(statistics_t_quantile(0, 3)));
    assert_true(isnan(statistics_t_quantile(1, 3)));
    assert_true(isnan(statistics_t_quantile(NAN, 3)));
    assert_true(isnan(statistics_t_quantile(0.975, 0)));
}
