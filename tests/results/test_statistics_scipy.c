#include "tests/lib/test.h"

#include <stdlib.h>

#include "results/stats/statistics.h"
#include "scipy.h"

#define ROOM 16

static void test_statistics__quantiles_are_scipys(void **state)
{
    json_t *rows = scipy_section("t_quantiles"), *row;
    size_t i;

    (void)state;
    json_array_foreach(rows, i, row)
    {
        double t = statistics_t_quantile(scipy_item(row, 0), scipy_item(row, 1));

        /* scipy 1.10 itself is off by up to 2e-9 where there is a formula (2 degrees of freedom). */
        assert_true(fabs(t / scipy_item(row, 2) - 1) < 1e-8);
    }
    json_decref(rows);
}

static void test_statistics__quantiles_of_a_sample_are_numpys(void **state)
{
    json_t *section = scipy_section("quantiles"), *row;
    double sorted[ROOM];
    int n = scipy_numbers(section, "sorted", sorted, ROOM);
    size_t i;

    (void)state;
    json_array_foreach(json_object_get(section, "rows"), i, row)
        scipy_near(statistics_quantile(sorted, n, scipy_item(row, 0)), scipy_item(row, 1), 1e-12);
    assert_true(isnan(statistics_quantile(sorted, 0, 0.5)));
    assert_true(isnan(statistics_quantile(sorted, n, 1.5)));
    json_decref(section);
}

static void check_test(const struct mean_test *test, json_t *expected, double difference)
{
    scipy_near(test->difference, difference, 1e-9);
    scipy_near(test->t, scipy_number(expected, "t"), 1e-9);
    scipy_near(test->p, scipy_number(expected, "p"), 1e-9);
    scipy_near(test->freedom, scipy_number(expected, "freedom"), 1e-9);
    scipy_near(test->low, scipy_number(expected, "low"), 1e-9);
    scipy_near(test->high, scipy_number(expected, "high"), 1e-9);
}

static void test_statistics__intervals_and_tests_of_means_are_scipys(void **state)
{
    json_t *cases = scipy_section("means"), *row;
    int n_paired = 0;
    size_t i;

    (void)state;
    json_array_foreach(cases, i, row)
    {
        double a[ROOM], b[ROOM];
        int n_a = scipy_numbers(row, "a", a, ROOM), n_b = scipy_numbers(row, "b", b, ROOM);
        double difference = statistics_mean(b, n_b) - statistics_mean(a, n_a);
        struct mean_test welch = statistics_welch(a, n_a, b, n_b);

        scipy_near(statistics_mean(a, n_a), scipy_number(row, "mean"), 1e-12);
        scipy_near(statistics_variance(a, n_a), scipy_number(row, "variance"), 1e-9);
        scipy_near(statistics_ci95(a, n_a), scipy_number(row, "ci95"), 1e-9);
        check_test(&welch, json_object_get(row, "welch"), difference);
        if (json_object_get(row, "paired")) {
            struct mean_test paired = statistics_paired(a, b, n_a);

            check_test(&paired, json_object_get(row, "paired"), difference);
            n_paired++;
        }
    }
    assert_true(n_paired > 2);
    json_decref(cases);
}

static void test_statistics__seeds_needed_are_those_of_the_noncentral_t_within_one(void **state)
{
    json_t *rows = scipy_section("seeds"), *row;
    size_t i;

    (void)state;
    json_array_foreach(rows, i, row)
    {
        int n = statistics_seeds_needed(scipy_number(row, "effect"), 1, scipy_number(row, "alpha"),
            scipy_number(row, "power"), 100000);

        if (abs(n - (int)scipy_number(row, "n")) > 1)
            fail_msg("effect %g: %d seeds, not %g", scipy_number(row, "effect"), n,
                scipy_number(row, "n"));
    }
    json_decref(rows);
}

static void test_statistics__seeds_needed_are_bounded(void **state)
{
    (void)state;
    assert_int_equal(statistics_seeds_needed(1e-9, 1, 0.05, 0.8, 1000), 1000);
    assert_int_equal(statistics_seeds_needed(100, 1, 0.05, 0.8, 1000), 2);
    assert_int_equal(statistics_seeds_needed(1, 0, 0.05, 0.8, 1000), 2);
    assert_int_equal(statistics_seeds_needed(0, 1, 0.05, 0.8, 1000), 0);
    assert_int_equal(statistics_seeds_needed(NAN, 1, 0.05, 0.8, 1000), 0);
    assert_int_equal(statistics_seeds_needed(1, NAN, 0.05, 0.8, 1000), 0);
}

static void test_statistics__one_seed_and_equal_differences_are_no_test(void **state)
{
    /* 0.1 cannot be written in binary: their differences differ in the last digits only. */
    const double a[] = {70.1, 71.2, 73.3}, b[] = {70.2, 71.3, 73.4};
    struct mean_test test = statistics_paired(a, b, 1);

    (void)state;
    assert_true(fabs(test.difference - 0.1) < 1e-9 && isnan(test.p) && isnan(test.low));
    test = statistics_paired(a, b, 3);
    assert_true(isnan(test.p) && isnan(test.t) && fabs(test.difference - 0.1) < 1e-9);
    test = statistics_welch(a, 1, b, 3);
    assert_true(isnan(test.p) && !isnan(test.difference));
    test = statistics_paired(a, a, 3);
    assert_true(isnan(test.p) && test.difference == 0);
}

static void test_statistics__holm_is_worked_out_by_hand(void **state)
{
    /* Sorted 0.005 0.01 0.03 0.04, times 4 3 2 1, none less than the one before. */
    const double p[] = {0.01, NAN, 0.04, 0.03, 0.005}, expected[] = {0.03, NAN, 0.06, 0.06, 0.02};
    struct err err = {0};
    double adjusted[5], one = 0.04, large[] = {0.9, 0.8};

    (void)state;
    assert_int_equal(statistics_holm(p, 5, adjusted, &err), 0);
    for (int i = 0; i < 5; i++)
        assert_true(
            isnan(expected[i]) ? isnan(adjusted[i]) : fabs(adjusted[i] - expected[i]) < 1e-12);
    assert_int_equal(statistics_holm(&one, 1, &one, &err), 0);
    assert_true(one == 0.04);
    assert_int_equal(statistics_holm(large, 2, large, &err), 0);
    assert_true(large[0] == 1 && large[1] == 1);
    assert_int_equal(statistics_holm(NULL, 0, NULL, &err), 0);
}
