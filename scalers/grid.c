/* The coefficients that step 1 of compound scaling tries. */
#include "grid.h"

#include <math.h>
#include <stdlib.h>

#define LEAST_STEP 0.01
#define MOST_TIMES 100

/* Coefficients have six decimals: 1 + 3 steps of 0.05 is 1.15 and no neighbour of it. */
static double coefficient(const struct grid_options *options, int steps)
{
    return round((1 + steps * options->step) * 1e6) / 1e6;
}

static double times(const struct grid_point *point)
{
    return point->alpha * point->beta * point->beta * point->gamma * point->gamma;
}

static int check(const struct grid_options *options, struct err *err)
{
    if (!(options->step >= LEAST_STEP && options->step <= MOST_TIMES))
        return err_set(err, ERR_INPUT, "a grid in steps of %g; they must be from %g to %d",
            options->step, LEAST_STEP, MOST_TIMES);
    if (!(options->times > 1 && options->times <= MOST_TIMES))
        return err_set(err, ERR_INPUT,
            "a grid of %g times the FLOPs; it must be above 1 and at most %d", options->times,
            MOST_TIMES);
    if (!(options->within >= 0 && options->within < options->times - 1))
        return err_set(err, ERR_INPUT,
            "a grid within %g of %g times the FLOPs; it must be at least 0, and leave all of them "
            "above 1",
            options->within, options->times);
    return 0;
}

/* Steps to the least gamma that may be large enough, or one less. */
static int first_gamma(const struct grid_options *options, const struct grid_point *point)
{
    double least = (options->times - options->within) / times(point);

    return least <= 1 ? 0 : (int)((sqrt(least) - 1) / options->step);
}

/* Points are counted first, `points` NULL, and then put there. */
static int list(const struct grid_options *options, struct grid_point *points)
{
    double most = options->times + options->within + 1e-9;
    int n = 0;

    for (int i = 0; coefficient(options, i) <= most; i++)
        for (int j = 0; n <= GRID_MOST_POINTS; j++) {
            struct grid_point point = {coefficient(options, i), coefficient(options, j), 1};

            if (times(&point) > most)
                break;
            for (int k = first_gamma(options, &point); n <= GRID_MOST_POINTS; k++) {
                point.gamma = coefficient(options, k);
                if (times(&point) > most)
                    break;
                if (times(&point) < 2 * options->times - most)
                    continue;
                if (points)
                    points[n] = point;
                n++;
            }
        }
    return n;
}

int compound_grid(
    const struct grid_options *options, struct grid_point **points, int *n, struct err *err)
{
    *points = NULL;
    *n = 0;
    if (check(options, err) < 0)
        return -1;
    *n = list(options, NULL);
    if (*n == 0)
        return err_set(err, ERR_INPUT,
            "no alpha, beta and gamma in steps of %g have alpha beta^2 gamma^2 within %g of %g; a "
            "smaller step or a wider margin would do",
            options->step, options->within, options->times);
    if (*n > GRID_MOST_POINTS)
        return err_set(err, ERR_INPUT,
            "more than %d alpha, beta and gamma in steps of %g fit; a larger step or a narrower "
            "margin would do",
            GRID_MOST_POINTS, options->step);
    *points = malloc((size_t)*n * sizeof(**points));
    if (!*points)
        return err_set(err, ERR_MEMORY, "no memory for a grid of %d points", *n);
    list(options, *points);
    return 0;
}
