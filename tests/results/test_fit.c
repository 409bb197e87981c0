#include "tests/lib/test.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/rng.h"
#include "results/stats/fit.h"
#include "scipy.h"

#define ROOM 32

static double error_at(double floor, double scale, double exponent, double macs)
{
    return floor + scale * pow(macs / 1e9, -exponent);
}

/* n sizes over two and a half decades, with normal noise. */
static void synthesize(
    struct fit_point *points, int n, const struct fit_law *law, double sigma, uint64_t seed)
{
    struct rng rng = rng_open(seed, RNG_TEST, 0, 0);

    for (int i = 0; i < n; i++) {
        double macs = 5e7 * pow(400, (double)i / (n - 1));

        points[i] = (struct fit_point){macs,
            100 - error_at(law->floor, law->scale, law->exponent, macs) - sigma * rng_normal(&rng)};
    }
}

static int read_case(json_t *row, struct fit_point points[ROOM])
{
    double macs[ROOM], top1[ROOM];
    int n = scipy_numbers(row, "macs_b", macs, ROOM);

    assert_int_equal(scipy_numbers(row, "top1", top1, ROOM), n);
    for (int i = 0; i < n; i++)
        points[i] = (struct fit_point){macs[i] * 1e9, top1[i]};
    return n;
}

/* Ends of such an interval, from 2000 draws with 3 degrees of freedom, scatter by up to 15 % of its
 * width from one seed to the next, here and in scipy's. */
static void check_range(const struct fit_range *range, json_t *expected)
{
    double low = scipy_item(expected, 0), high = scipy_item(expected, 1),
           tolerance = 0.2 * (high - low);

    if (!(fabs(range->low - low) <= tolerance && fabs(range->high - high) <= tolerance))
        fail_msg("[%g, %g] is not [%g, %g]", range->low, range->high, low, high);
}

/* Whether scipy found the same minimum. */
static bool check_case(json_t *row)
{
    struct fit_point points[ROOM];
    struct fit fit = FIT_INIT;
    struct err err = {0};
    struct fit_range at;
    double found[3], rest;
    bool same;
    int n = read_case(row, points);

    if (fit_points(&fit, points, n, FIT_RESAMPLES, 1, &err) < 0)
        fail_msg("%s", err.message);
    assert_int_equal(scipy_numbers(row, "found", found, 3), 3);
    /* Least squares: no worse than the other's, which may have stopped in a valley. */
    rest = fit.sigma * fit.sigma * fit.freedom;
    assert_true(rest <= scipy_number(row, "rest") * (1 + 1e-9) + 1e-9);
    same = rest > scipy_number(row, "rest") * 0.9999 - 1e-9;
    if (same) {
        scipy_near(fit.law.floor, found[0], 1e-4);
        scipy_near(fit.law.scale, found[1], 1e-4);
        scipy_near(fit.law.exponent, found[2], 1e-4);
    }
    if (json_object_get(row, "ranges")) {
        json_t *ranges = json_object_get(row, "ranges");

        check_range(&fit.floor, json_array_get(ranges, 0));
        check_range(&fit.scale, json_array_get(ranges, 1));
        check_range(&fit.exponent, json_array_get(ranges, 2));
        assert_int_equal(fit_interval(&fit, 2e9, FIT_CURVE, &at, &err), 0);
        check_range(&at, json_object_get(row, "top1_at_2b"));
    }
    fit_release(&fit);
    return same;
}

static void test_fit__laws_and_bootstrap_intervals_are_scipys(void **state)
{
    json_t *cases = scipy_section("fits"), *row;
    int same = 0;
    size_t i;

    (void)state;
    json_array_foreach(cases, i, row) same += check_case(row);
    assert_true(same >= 5); /* of 6 */
    json_decref(cases);
}

static void test_fit__a_law_without_noise_is_found_to_the_digits(void **state)
{
    const struct fit_law laws[] = {{20, 15, 0.5}, {0.5, 40, 0.1}, {30, 1, 2}, {10, 80, 0.8}};

    (void)state;
    for (size_t i = 0; i < sizeof(laws) / sizeof(laws[0]); i++) {
        struct fit_point points[10];
        struct fit fit = FIT_INIT;
        struct err err = {0};

        for (int k = 0; k < 10; k++) {
            points[k].macs = 1e9 * pow(2, k);
            points[k].top1 =
                100 - error_at(laws[i].floor, laws[i].scale, laws[i].exponent, points[k].macs);
        }
        assert_int_equal(fit_points(&fit, points, 10, 400, 0, &err), 0);
        scipy_near(fit.law.exponent, laws[i].exponent, 1e-5);
        scipy_near(fit.law.scale, laws[i].scale, 1e-4);
        scipy_near(fit.law.floor, laws[i].floor, 1e-3);
        assert_int_equal(fit.shape, FIT_LAW);
        scipy_near(fit_top1(&fit.law, points[3].macs), points[3].top1, 1e-7);
        fit_release(&fit);
    }
}

/* Of 200 synthetic studies, how many have the truth in the interval. */
static void coverage(const struct fit_law *law, double sigma, int n)
{
    int exponents = 0, curves = 0, networks = 0, floors = 0;

    for (uint64_t seed = 0; seed < 200; seed++) {
        struct fit_point points[ROOM];
        struct fit fit = FIT_INIT;
        struct err err = {0};
        struct fit_range range;
        struct rng rng = rng_open(seed, RNG_TEST, 1, 0);
        double truth = 100 - error_at(law->floor, law->scale, law->exponent, 4e10), one;

        synthesize(points, n, law, sigma, seed);
        assert_int_equal(fit_points(&fit, points, n, 400, seed, &err), 0);
        exponents += fit.exponent.low <= law->exponent && law->exponent <= fit.exponent.high;
        floors += fit.floor.low <= law->floor && law->floor <= fit.floor.high;
        assert_int_equal(fit_interval(&fit, 4e10, FIT_CURVE, &range, &err), 0);
        curves += range.low <= truth && truth <= range.high;
        one = truth + sigma * rng_normal(&rng);
        assert_int_equal(fit_interval(&fit, 4e10, FIT_NETWORK, &range, &err), 0);
        networks += range.low <= one && one <= range.high;
        fit_release(&fit);
    }
    print_message("%d networks: of 200 intervals %d have the exponent, %d the floor, %d the curve, "
                  "%d a new network\n",
        n, exponents, floors, curves, networks);
    /* 92 to 98 %. */
    assert_in_range(exponents, 184, 196);
    assert_in_range(floors, 184, 196);
    assert_in_range(curves, 184, 196);
    assert_in_range(networks, 184, 196);
}

static void test_fit__intervals_of_95_percent_cover_between_92_and_98(void **state)
{
    (void)state;
    coverage(&(const struct fit_law){20, 15, 0.5}, 0.3, 12);
    coverage(&(const struct fit_law){20, 15, 0.5}, 0.3, 6);
}

/* Where the floor is held at 0 what is left has an edge, and draws must find both of its sides. */
static void test_fit__without_a_floor_intervals_hold_the_law(void **state)
{
    const struct fit_law law = {.floor = 0, .scale = 4.7, .exponent = 0.42};
    struct fit_point points[5];
    int n = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 40; seed++) {
        struct fit fit = FIT_INIT;
        struct err err = {0};

        synthesize(points, 5, &law, 0.1, seed);
        assert_int_equal(fit_points(&fit, points, 5, 1000, seed, &err), 0);
        if (fit.shape == FIT_NO_FLOOR) {
            n++;
            assert_true(fit.floor.low == 0);
            assert_true(fit.exponent.low <= fit.law.exponent);
            assert_true(fit.exponent.high >= fit.law.exponent);
        }
        fit_release(&fit);
    }
    assert_true(n >= 10);
}

static void test_fit__the_same_points_and_seed_give_the_same_bits(void **state)
{
    struct fit_point points[8], turned[8];
    struct fit a = FIT_INIT, b = FIT_INIT, c = FIT_INIT;
    struct err err = {0};

    (void)state;
    synthesize(points, 8, &(const struct fit_law){20, 15, 0.5}, 0.5, 7);
    for (int i = 0; i < 8; i++)
        turned[i] = points[7 - i];
    assert_int_equal(fit_points(&a, points, 8, 500, 3, &err), 0);
    assert_int_equal(fit_points(&b, turned, 8, 500, 3, &err), 0);
    assert_int_equal(fit_points(&c, points, 8, 500, 4, &err), 0);
    assert_int_equal(a.n_draws, 500);
    assert_memory_equal(a.draws, b.draws, sizeof(a.draws[0]) * 500);
    assert_memory_equal(&a.law, &b.law, sizeof(a.law));
    assert_memory_equal(&a.law, &c.law, sizeof(a.law));
    assert_memory_not_equal(a.draws, c.draws, sizeof(a.draws[0]) * 500);
    fit_release(&a);
    fit_release(&b);
    fit_release(&c);
}

static void test_fit__three_networks_have_a_curve_and_no_interval(void **state)
{
    const struct fit_point points[] = {{1e8, 50}, {4e8, 70}, {16e8, 78}};
    struct fit fit = FIT_INIT;
    struct err err = {0};
    struct fit_range range;

    (void)state;
    assert_int_equal(fit_points(&fit, points, 3, 400, 0, &err), 0);
    for (int i = 0; i < 3; i++)
        scipy_near(fit_top1(&fit.law, points[i].macs), points[i].top1, 1e-6);
    assert_int_equal(fit.n_draws, 0);
    assert_true(isnan(fit.sigma) && isnan(fit.exponent.low));
    assert_int_equal(fit_interval(&fit, 1e9, FIT_CURVE, &range, &err), 0);
    assert_true(isnan(range.low) && isnan(range.high));
    fit_release(&fit);
}

static void refused(const struct fit_point *points, int n, const char *said)
{
    struct fit fit = FIT_INIT;
    struct err err = {0};

    assert_int_equal(fit_points(&fit, points, n, 400, 0, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.message, said));
    assert_null(fit.draws);
}

static void test_fit__what_cannot_be_fitted_is_refused(void **state)
{
    const struct fit_point same[] = {{1e8, 50}, {1e8, 51}, {2e8, 60}, {2e8, 61}},
                           zero[] = {{0, 50}, {1e8, 51}, {2e8, 60}},
                           strange[] = {{1e8, NAN}, {2e8, 51}, {3e8, 60}},
                           beyond[] = {{1e8, 101}, {2e8, 51}, {3e8, 60}};

    (void)state;
    refused(
        same, 4, "at least 3 different multiply-adds, and 4 networks for intervals; there are 2");
    refused(same, 1, "there is 1");
    refused(NULL, 0, "there are 0");
    refused(zero, 3, "cannot be fitted");
    refused(strange, 3, "cannot be fitted");
    refused(beyond, 3, "cannot be fitted");
}

static void test_fit__the_shape_says_what_the_points_do_not(void **state)
{
    struct fit_point worse[] = {{1e8, 60}, {2e8, 59}, {4e8, 58}, {8e8, 57}},
                     full[] = {{1e8, 100}, {2e8, 100}, {4e8, 100}, {8e8, 100}}, line[6];
    struct fit fit = FIT_INIT;
    struct err err = {0};

    (void)state;
    assert_int_equal(fit_points(&fit, worse, 4, 400, 0, &err), 0);
    assert_int_equal(fit.shape, FIT_FLAT);
    scipy_near(fit_top1(&fit.law, 1e12), 58.5, 1e-9);
    fit_release(&fit);
    assert_int_equal(fit_points(&fit, full, 4, 400, 0, &err), 0);
    assert_true(fit_top1(&fit.law, 1e9) == 100);
    fit_release(&fit);
    for (int i = 0; i < 6; i++)
        line[i] = (struct fit_point){1e8 * pow(2, i), 40 + 5 * i}; /* never slows down */
    assert_int_equal(fit_points(&fit, line, 6, 400, 0, &err), 0);
    assert_int_equal(fit.shape, FIT_NO_FLOOR);
    fit_release(&fit);
}

static void test_fit__curves_are_compared_at_equal_macs(void **state)
{
    struct fit_point low[10], high[10];
    struct fit a = FIT_INIT, b = FIT_INIT;
    struct err err = {0};
    struct fit_difference difference;

    (void)state;
    synthesize(low, 10, &(const struct fit_law){20, 15, 0.5}, 0.2, 1);
    synthesize(high, 10, &(const struct fit_law){17, 15, 0.5}, 0.2, 2);
    assert_int_equal(fit_points(&a, low, 10, 1000, 1, &err), 0);
    assert_int_equal(fit_points(&b, high, 10, 1000, 2, &err), 0);
    assert_int_equal(fit_compare(&a, &b, 1e9, &difference, &err), 0);
    assert_true(difference.range.low < 3 && 3 < difference.range.high);
    assert_true(difference.p <= 0.002 && difference.p > 0);
    assert_int_equal(fit_compare(&a, &a, 1e9, &difference, &err), 0);
    assert_true(difference.difference == 0 && difference.p == 1);
    fit_release(&a);
    fit_release(&b);
}
