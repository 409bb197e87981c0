/* The grid of step 1 of compound scaling. */
#include "tests/lib/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scalers/grid.h"
#include "scalers/scaler.h"

static bool has(const struct grid_point *points, int n, double alpha, double beta, double gamma)
{
    for (int i = 0; i < n; i++)
        if (points[i].alpha == alpha && points[i].beta == beta && points[i].gamma == gamma)
            return true;
    return false;
}

static void test_grid__has_the_papers_coefficients_at_steps_of_a_twentieth(void **state)
{
    struct grid_options options = GRID_DEFAULTS;
    struct grid_point *points;
    struct err err = {0};
    int n;

    (void)state;
    options.step = 0.05;
    assert_int_equal(compound_grid(&options, &points, &n, &err), 0);
    assert_int_equal(n, 111);
    assert_true(has(points, n, COMPOUND_ALPHA, COMPOUND_BETA, COMPOUND_GAMMA));
    free(points);
}

/* Against every point of the cube, one by one. */
static void test_grid__is_all_points_near_the_constraint_and_no_other(void **state)
{
    struct grid_options options = GRID_DEFAULTS;
    struct grid_point *points;
    struct err err = {0};
    int n, expected = 0;

    (void)state;
    assert_int_equal(compound_grid(&options, &points, &n, &err), 0);
    for (int i = 10; i <= 30; i++)
        for (int j = 10; j <= 30; j++)
            for (int k = 10; k <= 30; k++) {
                int product = i * j * j * k * k; /* of tenths: 1e5 times alpha beta^2 gamma^2 */

                if (product < 190000 || product > 210000)
                    continue;
                assert_true(has(points, n, i / 10.0, j / 10.0, k / 10.0));
                expected++;
            }
    assert_int_equal(n, expected);
    assert_int_equal(n, 22);
    assert_true(has(points, n, 2, 1, 1));
    free(points);
}

static void check_refused(double step, double times, double within, const char *words)
{
    const struct grid_options options = {.step = step, .times = times, .within = within};
    struct grid_point *points;
    struct err err = {0};
    int n;

    assert_int_equal(compound_grid(&options, &points, &n, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    if (!strstr(err.message, words))
        fail_msg("'%s' does not say '%s'", err.message, words);
    assert_null(points);
}

static void test_grid__what_cannot_be_is_refused(void **state)
{
    (void)state;
    check_refused(0, 2, 0.1, "steps of 0");
    check_refused(NAN, 2, 0.1, "steps of");
    check_refused(0.1, 1, 0.1, "above 1");
    check_refused(0.1, 2, 1, "above 1");
    check_refused(0.1, 2, -1, "at least 0");
    check_refused(0.7, 2, 0.01, "a smaller step or a wider margin");
    check_refused(0.01, 3, 0.5, "more than 10000");
    check_refused(0.01, 100, 90, "more than 10000");
}
