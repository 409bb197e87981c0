/* Fitting the power law by least squares over a grid of exponents, with bootstrap intervals. */
#include "fit.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/rng.h"
#include "statistics.h"

#define BILLION 1e9

/* Exponents that are tried, evenly spaced by their logarithm, in two passes. */
#define N_GRID 129
#define COARSE 8

#define MOST_WORK       400000 /* points times resamples */
#define LEAST_RESAMPLES 400
#define NEARLY_THE_SAME 1e-6 /* sizes that differ by less, relatively, are one */
#define REFINING_STEPS  60
#define QUICK_STEPS     15 /* to 0.01 % of the exponent */

const char *const fit_shape_names[] = {
    [FIT_LAW] = "law", [FIT_NO_FLOOR] = "no floor", [FIT_FLAT] = "flat", [FIT_EDGE] = "edge"};

/* C^-c of all points for one exponent c, scaled to be 1 at `reference`. */
struct basis {
    double *x, mean, spread; /* spread: sum of squares about the mean */
    double squares;          /* sum of squares */
};

/* The points as the search sees them: what depends on their sizes alone is computed once. */
struct problem {
    int n;
    double reference; /* their geometric mean, in billions */
    double *logs;     /* of C over the reference */
    double *y;        /* errors to be fitted */
    double *memory;
    struct basis grid[N_GRID], own; /* own: for any exponent */
};

/* Best floor and scale for one exponent, and what is left. */
struct solution {
    double floor, scale, exponent, rest;
};

static double exponent_at(double place)
{
    return FIT_LEAST_EXPONENT *
           pow(FIT_MOST_EXPONENT / FIT_LEAST_EXPONENT, place / (double)(N_GRID - 1));
}

static void basis_fill(struct basis *basis, const struct problem *problem, double exponent)
{
    basis->mean = basis->spread = basis->squares = 0;
    for (int i = 0; i < problem->n; i++) {
        basis->x[i] = exp(-exponent * problem->logs[i]);
        basis->mean += basis->x[i] / problem->n;
        basis->squares += basis->x[i] * basis->x[i];
    }
    for (int i = 0; i < problem->n; i++)
        basis->spread += (basis->x[i] - basis->mean) * (basis->x[i] - basis->mean);
}

static void problem_release(struct problem *problem)
{
    free(problem->memory);
}

static int problem_init(
    struct problem *problem, const struct fit_point *points, int n, struct err *err)
{
    double *next = malloc(sizeof(double) * (size_t)n * (N_GRID + 3)), sum = 0;

    *problem = (struct problem){.n = n, .memory = next};
    if (!next)
        return err_set(err, ERR_MEMORY, "no memory to fit a curve to %d networks", n);
    problem->logs = next;
    problem->y = next + n;
    problem->own.x = next + 2 * (size_t)n;
    for (int i = 0; i < n; i++) {
        problem->logs[i] = log(points[i].macs / BILLION);
        problem->y[i] = 100 - points[i].top1;
        sum += problem->logs[i];
    }
    problem->reference = exp(sum / n);
    for (int i = 0; i < n; i++)
        problem->logs[i] -= sum / n;
    for (int k = 0; k < N_GRID; k++) {
        problem->grid[k].x = next + (size_t)n * (size_t)(k + 3);
        basis_fill(&problem->grid[k], problem, exponent_at(k));
    }
    return 0;
}

/* ---- least squares ---- */

/* Of errors: their mean, sum of squares, and sum of squares about the mean. */
struct moments {
    double mean, squares, spread;
};

static struct moments moments_of(const struct problem *problem)
{
    struct moments y = {0};

    for (int i = 0; i < problem->n; i++) {
        y.mean += problem->y[i] / problem->n;
        y.squares += problem->y[i] * problem->y[i];
    }
    for (int i = 0; i < problem->n; i++)
        y.spread += (problem->y[i] - y.mean) * (problem->y[i] - y.mean);
    return y;
}

/* A line with both coefficients at least 0: the free one, or the better of the two edges. */
static struct solution solve(
    const struct problem *problem, const struct basis *basis, const struct moments *y)
{
    struct solution flat = {.floor = y->mean, .rest = y->spread}, found = flat, none = flat;
    double products = 0;

    for (int i = 0; i < problem->n; i++)
        products += basis->x[i] * problem->y[i];
    none.floor = 0;
    none.scale = products / basis->squares;
    none.rest = y->squares - products * none.scale;
    products -= problem->n * basis->mean * y->mean; /* about the means */
    found.scale = basis->spread > 0 ? products / basis->spread : 0;
    found.floor = y->mean - found.scale * basis->mean;
    found.rest = y->spread - products * found.scale;
    if (found.scale < 0)
        return flat;
    return found.floor < 0 ? none : found;
}

/* The same with the rest from the residuals themselves: exact when it is next to nothing. */
static struct solution solve_exactly(
    struct problem *problem, double exponent, const struct moments *y)
{
    struct solution found;

    basis_fill(&problem->own, problem, exponent);
    found = solve(problem, &problem->own, y);
    found.exponent = exponent;
    found.rest = 0;
    for (int i = 0; i < problem->n; i++) {
        double residual = problem->y[i] - found.floor - found.scale * problem->own.x[i];

        found.rest += residual * residual;
    }
    return found;
}

/* Place of the best exponent of the grid: among every eighth, then around it. */
static int search_grid(const struct problem *problem, const struct moments *y, double rests[N_GRID])
{
    int best = 0, first, last;

    for (int k = 0; k < N_GRID; k++)
        rests[k] = INFINITY;
    for (int k = 0; k < N_GRID; k += COARSE) {
        rests[k] = solve(problem, &problem->grid[k], y).rest;
        if (rests[k] < rests[best])
            best = k;
    }
    first = best - COARSE < 0 ? 0 : best - COARSE;
    last = best + COARSE > N_GRID - 1 ? N_GRID - 1 : best + COARSE;
    for (int k = first; k <= last; k++) {
        if (isinf(rests[k]))
            rests[k] = solve(problem, &problem->grid[k], y).rest;
        if (rests[k] < rests[best])
            best = k;
    }
    return best;
}

/* Golden section between the neighbours of the grid's best. */
static struct solution refine(struct problem *problem, const struct moments *y, int best, int steps)
{
    const double golden = (sqrt(5) - 1) / 2;
    double low = fmax(0, best - 1), high = fmin(N_GRID - 1, best + 1);
    struct solution left, right, edge = solve_exactly(problem, exponent_at(best), y);

    left = solve_exactly(problem, exponent_at(high - golden * (high - low)), y);
    right = solve_exactly(problem, exponent_at(low + golden * (high - low)), y);
    for (int i = 0; i < steps; i++) {
        if (left.rest <= right.rest) {
            high = low + golden * (high - low);
            right = left;
            left = solve_exactly(problem, exponent_at(high - golden * (high - low)), y);
        } else {
            low = high - golden * (high - low);
            left = right;
            right = solve_exactly(problem, exponent_at(low + golden * (high - low)), y);
        }
    }
    if (right.rest < left.rest)
        left = right;
    return edge.rest <= left.rest ? edge : left;
}

static struct solution search(struct problem *problem)
{
    const struct moments y = moments_of(problem);
    double rests[N_GRID];

    return refine(problem, &y, search_grid(problem, &y, rests), REFINING_STEPS);
}

/*
 * Top of the parabola through three neighbours: to about 0.1 % of the exponent, enough for a draw.
 * Below some exponent the floor is held at 0; there what is left grows so much faster than above
 * that no parabola goes through both sides.
 */
static struct solution search_quickly(struct problem *problem)
{
    const struct moments y = moments_of(problem);
    double rests[N_GRID], place, bend;
    int best = search_grid(problem, &y, rests);

    if (best == 0 || best == N_GRID - 1)
        return solve_exactly(problem, exponent_at(best), &y);
    if (solve(problem, &problem->grid[best - 1], &y).floor <= 0)
        return refine(problem, &y, best, QUICK_STEPS);
    place = best;
    bend = rests[best - 1] - 2 * rests[best] + rests[best + 1];
    if (bend > 0)
        place += fmax(-0.5, fmin(0.5, (rests[best - 1] - rests[best + 1]) / (2 * bend)));
    return solve_exactly(problem, exponent_at(place), &y);
}

static struct fit_law law_of(const struct problem *problem, const struct solution *solution)
{
    return (struct fit_law){.floor = solution->floor,
        .scale = solution->scale * pow(problem->reference, solution->exponent),
        .exponent = solution->exponent};
}

static enum fit_shape shape_of(const struct fit_law *law)
{
    const double edge = 1 + 1e-6;

    if (law->scale <= 0)
        return FIT_FLAT;
    if (law->exponent <= FIT_LEAST_EXPONENT * edge || law->exponent >= FIT_MOST_EXPONENT / edge)
        return FIT_EDGE;
    return law->floor <= 0 ? FIT_NO_FLOOR : FIT_LAW;
}

/* ---- bootstrap ---- */

static double draw_sigma(const struct fit *fit, struct rng *rng)
{
    double chi = 0;

    for (int i = 0; i < fit->freedom; i++) {
        double z = rng_normal(rng);

        chi += z * z;
    }
    return fit->sigma * sqrt(fit->freedom / chi);
}

static int bootstrap(struct fit *fit, struct problem *problem, const struct solution *found,
    int resamples, uint64_t seed, struct err *err)
{
    double *curve = malloc(sizeof(double) * (size_t)fit->n);

    fit->draws = malloc(sizeof(*fit->draws) * (size_t)resamples);
    if (!curve || !fit->draws) {
        free(curve);
        return err_set(err, ERR_MEMORY, "no memory for %d resamples of a curve", resamples);
    }
    for (int i = 0; i < fit->n; i++)
        curve[i] = found->floor + found->scale * exp(-found->exponent * problem->logs[i]);
    for (int k = 0; k < resamples; k++) {
        struct rng rng = rng_open(seed, RNG_BOOTSTRAP, (uint64_t)k, 0);
        double sigma = draw_sigma(fit, &rng);
        struct solution again;

        for (int i = 0; i < fit->n; i++)
            problem->y[i] = curve[i] + sigma * rng_normal(&rng);
        again = search_quickly(problem);
        fit->draws[k] = (struct fit_draw){.law = law_of(problem, &again), .sigma = sigma};
    }
    fit->n_draws = resamples;
    free(curve);
    return 0;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* The middle 95 % of values, which are sorted by it. */
static struct fit_range middle(double *values, int n)
{
    qsort(values, (size_t)n, sizeof(*values), ascending);
    return (struct fit_range){
        statistics_quantile(values, n, 0.025), statistics_quantile(values, n, 0.975)};
}

static int add_intervals(struct fit *fit, struct err *err)
{
    const struct {
        size_t field;
        struct fit_range *range;
    } parameters[FIT_PARAMETERS] = {{offsetof(struct fit_law, floor), &fit->floor},
        {offsetof(struct fit_law, scale), &fit->scale},
        {offsetof(struct fit_law, exponent), &fit->exponent}};
    double *values = malloc(sizeof(double) * (size_t)fit->n_draws);

    if (!values)
        return err_set(err, ERR_MEMORY, "no memory for the intervals of a curve");
    for (int p = 0; p < FIT_PARAMETERS; p++) {
        for (int k = 0; k < fit->n_draws; k++)
            memcpy(
                &values[k], (const char *)&fit->draws[k].law + parameters[p].field, sizeof(double));
        *parameters[p].range = middle(values, fit->n_draws);
    }
    free(values);
    return 0;
}

/* ---- for others ---- */

static int by_macs(const void *a, const void *b)
{
    const struct fit_point *p = a, *q = b;

    return p->macs < q->macs ? -1 : p->macs > q->macs;
}

/* Checked, and in the order of their sizes, so that the order they come in changes nothing. */
static struct fit_point *prepare(const struct fit_point *points, int n, struct err *err)
{
    struct fit_point *sorted = malloc(sizeof(*sorted) * (size_t)(n > 0 ? n : 1));
    int sizes = 0;

    if (!sorted) {
        err_set(err, ERR_MEMORY, "no memory to fit a curve to %d networks", n);
        return NULL;
    }
    for (int i = 0; i < n; i++) {
        if (!(points[i].macs > 0 && isfinite(points[i].macs) && points[i].top1 >= 0 &&
                points[i].top1 <= 100)) {
            err_set(err, ERR_INPUT,
                "a network of %g multiply-adds with an accuracy of %g %% cannot be fitted",
                points[i].macs, points[i].top1);
            free(sorted);
            return NULL;
        }
        sorted[i] = points[i];
    }
    qsort(sorted, (size_t)n, sizeof(*sorted), by_macs);
    for (int i = 0; i < n; i++)
        sizes += i == 0 || sorted[i].macs > sorted[i - 1].macs * (1 + NEARLY_THE_SAME);
    if (sizes < FIT_PARAMETERS) {
        err_set(err, ERR_INPUT,
            "a saturating power law needs networks of at least %d different multiply-adds, and %d "
            "networks for intervals; there %s %d",
            FIT_PARAMETERS, FIT_PARAMETERS + 1, sizes == 1 ? "is" : "are", sizes);
        free(sorted);
        return NULL;
    }
    return sorted;
}

static int resamples_for(int n, int resamples)
{
    int most = MOST_WORK / n > LEAST_RESAMPLES ? MOST_WORK / n : LEAST_RESAMPLES;

    return resamples < most ? resamples : most;
}

int fit_points(struct fit *fit, const struct fit_point *points, int n, int resamples, uint64_t seed,
    struct err *err)
{
    const struct fit_range unknown = {NAN, NAN};
    struct fit_point *sorted = prepare(points, n, err);
    struct problem problem = {0};
    struct solution found;
    int result = -1;

    *fit = (struct fit){.n = n,
        .freedom = n - FIT_PARAMETERS,
        .sigma = NAN,
        .floor = unknown,
        .scale = unknown,
        .exponent = unknown};
    if (!sorted || problem_init(&problem, sorted, n, err) < 0)
        goto done;
    fit->least_macs = sorted[0].macs;
    fit->most_macs = sorted[n - 1].macs;
    found = search(&problem);
    fit->law = law_of(&problem, &found);
    fit->shape = shape_of(&fit->law);
    if (fit->freedom > 0) {
        fit->sigma = sqrt(found.rest / fit->freedom);
        if (resamples > 0 &&
            (bootstrap(fit, &problem, &found, resamples_for(n, resamples), seed, err) < 0 ||
                add_intervals(fit, err) < 0))
            goto done;
    }
    result = 0;
done:
    free(sorted);
    problem_release(&problem);
    if (result < 0)
        fit_release(fit);
    return result;
}

void fit_release(struct fit *fit)
{
    free(fit->draws);
    fit->draws = NULL;
    fit->n_draws = 0;
}

static double between(double top1)
{
    return fmax(0, fmin(100, top1));
}

double fit_top1(const struct fit_law *law, double macs)
{
    return between(100 - law->floor - law->scale * pow(macs / BILLION, -law->exponent));
}

int fit_interval(const struct fit *fit, double macs, enum fit_kind kind, struct fit_range *range,
    struct err *err)
{
    /* Other numbers than those of the fit, but always the same. */
    struct rng rng = rng_open(0, RNG_BOOTSTRAP, UINT64_MAX, 0);
    double *values;

    *range = (struct fit_range){NAN, NAN};
    if (fit->n_draws == 0)
        return 0;
    values = malloc(sizeof(double) * (size_t)fit->n_draws);
    if (!values)
        return err_set(err, ERR_MEMORY, "no memory for the interval of a curve");
    for (int k = 0; k < fit->n_draws; k++) {
        values[k] = fit_top1(&fit->draws[k].law, macs);
        if (kind == FIT_NETWORK)
            values[k] = between(values[k] + fit->draws[k].sigma * rng_normal(&rng));
    }
    *range = middle(values, fit->n_draws);
    free(values);
    return 0;
}

int fit_compare(const struct fit *a, const struct fit *b, double macs,
    struct fit_difference *difference, struct err *err)
{
    int n = a->n_draws < b->n_draws ? a->n_draws : b->n_draws, above = 0, below = 0;
    double *values;

    *difference =
        (struct fit_difference){.difference = fit_top1(&b->law, macs) - fit_top1(&a->law, macs),
            .range = {NAN, NAN},
            .p = NAN};
    if (n == 0)
        return 0;
    values = malloc(sizeof(double) * (size_t)n);
    if (!values)
        return err_set(err, ERR_MEMORY, "no memory to compare two curves");
    for (int k = 0; k < n; k++) {
        values[k] = fit_top1(&b->draws[k].law, macs) - fit_top1(&a->draws[k].law, macs);
        above += values[k] >= 0;
        below += values[k] <= 0;
    }
    difference->range = middle(values, n);
    difference->p = fmin(1, fmax(1, 2.0 * (above < below ? above : below)) / n);
    free(values);
    return 0;
}
