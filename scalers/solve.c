/*
 * A method with one size t: cost is a rising staircase in t, so the two networks around the budget
 * are found by bisection. Free factors: depth and width on a grid, and for each pair the input by
 * bisection over whole pixels.
 */
#include "solve.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/array.h"
#include "harness/base/str.h"
#include "scaler_private.h"

#define LEAST_T     -12.0
#define MOST_T      14.0
#define LEAST_TENTH 5 /* of the grid of depth and width */
#define MOST_TENTH  40
#define MOST_INPUT  8192 /* pixels */
#define FARTHEST    2.0  /* from the budget, as a ratio, that is still an answer */

struct search {
    const struct spec *base;
    const struct solve_request *request;
    struct solution *list;
    int n;
};

/* The network of these factors and its cost; false if there can be no such network. */
static bool build(const struct search *search, const struct scaling *scaling, struct solution *made)
{
    struct err err = {0};

    made->scaling = *scaling;
    if (scaling_apply(search->base, scaling, &made->spec, &err) < 0 ||
        search->request->measure(search->request->context, &made->spec, &made->cost, &err) < 0)
        return false;
    made->ratio = (double)made->cost / search->request->budget;
    return made->cost > 0;
}

static double distance(const struct solution *solution)
{
    return fabs(log(solution->ratio));
}

static int add(struct search *search, const struct solution *solution, struct err *err)
{
    if (distance(solution) > log(FARTHEST))
        return 0;
    if (!array_grow(&search->list, search->n, sizeof(*search->list)))
        return err_set(err, ERR_MEMORY, "no memory for %d networks", search->n + 1);
    search->list[search->n++] = *solution;
    return 0;
}

static bool same_network(const struct spec *a, const struct spec *b)
{
    if (a->input != b->input || a->n_stages != b->n_stages)
        return false;
    for (int s = 0; s < a->n_stages; s++)
        if (a->stages[s].channels != b->stages[s].channels ||
            a->stages[s].repeats != b->stages[s].repeats)
            return false;
    return true;
}

static double to_unit(double (*rounded)(double), double factor, double unit)
{
    return rounded(factor / unit) * unit;
}

/* The same cost with the fewest decimals in its factors. */
static void shorten_factors(const struct search *search, struct solution *solution)
{
    static double (*const ways[])(double) = {round, ceil, floor};

    for (double unit = 0.1; unit > 1e-7; unit /= 10)
        for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
            struct scaling shorter = solution->scaling;
            struct solution made;

            shorter.depth = to_unit(ways[i], shorter.depth, unit);
            shorter.width = to_unit(ways[i], shorter.width, unit);
            shorter.resolution = to_unit(ways[i], shorter.resolution, unit);
            if (build(search, &shorter, &made) && made.cost == solution->cost) {
                *solution = made;
                return;
            }
        }
}

/* ---- a method with one size ---- */

/* Whether the network at t is at most the budget; one that cannot be is on its side of t = 0. */
static bool fits_at(const struct search *search, const struct scaler *scaler, double t,
    struct solution *made, bool *exists)
{
    struct scaling_request coefficients;
    struct scaling scaling = {.depth = 1, .width = 1, .resolution = 1};

    scaling_request_init(&coefficients, scaler->name);
    coefficients.alpha = search->request->alpha;
    coefficients.beta = search->request->beta;
    coefficients.gamma = search->request->gamma;
    str_copy(scaling.method, sizeof(scaling.method), scaler->name);
    scaler->along(&coefficients, t, &scaling);
    *exists = build(search, &scaling, made);
    return *exists ? made->ratio <= 1 : t <= 0;
}

/* The networks on both sides of the budget. */
struct bracket {
    double low, high;
    struct solution below, above;
    bool has_below, has_above;
};

static void narrow(
    const struct search *search, const struct scaler *scaler, double t, struct bracket *bracket)
{
    struct solution made;
    bool exists;

    if (fits_at(search, scaler, t, &made, &exists)) {
        bracket->low = t;
        bracket->has_below = exists;
        bracket->below = exists ? made : bracket->below;
    } else {
        bracket->high = t;
        bracket->has_above = exists;
        bracket->above = exists ? made : bracket->above;
    }
}

/* From the baseline outwards: the largest networks take long to build. */
static void bracket_budget(
    const struct search *search, const struct scaler *scaler, struct bracket *bracket)
{
    *bracket = (struct bracket){.low = -INFINITY, .high = INFINITY};
    narrow(search, scaler, 0, bracket);
    while (isinf(bracket->high) && bracket->low < MOST_T)
        narrow(search, scaler, bracket->low + 1, bracket);
    while (isinf(bracket->low) && bracket->high > LEAST_T)
        narrow(search, scaler, bracket->high - 1, bracket);
}

static int solve_along(struct search *search, const struct scaler *scaler, struct err *err)
{
    struct bracket bracket;
    struct solution *nearest;

    bracket_budget(search, scaler, &bracket);
    while (isfinite(bracket.high - bracket.low) && bracket.high - bracket.low > 1e-9)
        narrow(search, scaler, (bracket.low + bracket.high) / 2, &bracket);
    if (!bracket.has_below && !bracket.has_above)
        return 0;
    nearest = &bracket.above;
    if (!bracket.has_above ||
        (bracket.has_below && distance(&bracket.below) <= distance(&bracket.above)))
        nearest = &bracket.below;
    shorten_factors(search, nearest);
    return add(search, nearest, err);
}

/* ---- free factors ---- */

/* The input whose cost at this depth and width is nearest to the budget. */
static int solve_input(struct search *search, const struct scaling *scaling, struct err *err)
{
    int low = 0, high = MOST_INPUT;
    struct solution made, best = {.ratio = 0};
    bool found = false;

    while (high - low > 1) {
        int input = low + (high - low) / 2;
        struct scaling at = *scaling;

        at.resolution = (double)input / search->base->input;
        if (!build(search, &at, &made)) {
            low = input; /* too small to be one */
            continue;
        }
        if (!found || distance(&made) < distance(&best))
            best = made;
        found = true;
        *(made.ratio <= 1 ? &low : &high) = input;
    }
    if (!found)
        return 0;
    shorten_factors(search, &best);
    return add(search, &best, err);
}

static int solve_pair(struct search *search, double depth, double width, struct err *err)
{
    const struct solve_request *request = search->request;
    struct scaling scaling = {.method = "dwr", .depth = depth, .width = width};
    struct solution made;

    if (isnan(request->resolution) && !request->ignores_input)
        return solve_input(search, &scaling, err);
    scaling.resolution = given_or(request->resolution, 1);
    return build(search, &scaling, &made) ? add(search, &made, err) : 0;
}

static int solve_free(struct search *search, struct err *err)
{
    const struct solve_request *request = search->request;
    bool any_depth = isnan(request->depth), any_width = isnan(request->width);

    for (int d = LEAST_TENTH; d <= (any_depth ? MOST_TENTH : LEAST_TENTH); d++)
        for (int w = LEAST_TENTH; w <= (any_width ? MOST_TENTH : LEAST_TENTH); w++)
            if (solve_pair(search, any_depth ? d / 10.0 : request->depth,
                    any_width ? w / 10.0 : request->width, err) < 0)
                return -1;
    return 0;
}

/* ---- all of them ---- */

/* Nearest first; of equals the shallower, then the narrower. */
static int nearer(const void *left, const void *right)
{
    const struct solution *a = left, *b = right;
    double differences[] = {distance(a) - distance(b), a->scaling.depth - b->scaling.depth,
        a->scaling.width - b->scaling.width};

    for (int i = 0; i < 3; i++)
        if (differences[i] != 0)
            return differences[i] < 0 ? -1 : 1;
    return strcmp(a->scaling.method, b->scaling.method);
}

/* One of each network that free factors found: the first of equal cost. */
static void drop_twins(struct search *search)
{
    int kept = 0;

    for (int i = 0; i < search->n; i++) {
        bool twin = false;

        for (int k = kept - 1; k >= 0 && search->list[k].cost == search->list[i].cost; k--)
            twin = twin ||
                   (same_network(&search->list[k].spec, &search->list[i].spec) &&
                       strcmp(search->list[k].scaling.method, search->list[i].scaling.method) == 0);
        if (!twin)
            search->list[kept++] = search->list[i];
    }
    search->n = kept;
}

static int solve_methods(struct search *search, struct err *err)
{
    const struct solve_request *request = search->request;
    bool fixed = !isnan(request->depth) || !isnan(request->width) || !isnan(request->resolution);
    const char *method = request->method;

    if (fixed && !method[0])
        return err_set(err, ERR_INPUT,
            "only the method dwr takes a fixed depth, width or resolution: ask for it (--method "
            "dwr), or leave the factor out");
    if (method[0] && !scaler_find(method, err))
        return -1;
    if (strcmp(method, "dwr") == 0)
        return solve_free(search, err);
    if (fixed)
        return err_set(err, ERR_INPUT,
            "%s scaling has one size, so that no factor can be fixed; use the method dwr", method);
    if (request->ignores_input && strcmp(method, scaler_resolution.name) == 0)
        return err_set(err, ERR_INPUT,
            "that budget does not change with resolution; use width, depth, compound or dwr");
    if (method[0] && !scaler_find(method, err)->along)
        return err_set(err, ERR_INPUT,
            "the scaling method %s has nothing to solve for; use width, depth, resolution, "
            "compound or dwr",
            method);
    for (const char *const *name = scaler_names(); *name; name++) {
        const struct scaler *scaler = scaler_find(*name, err);

        if (request->ignores_input && scaler == &scaler_resolution)
            continue;
        if (scaler->along && (!method[0] || strcmp(method, *name) == 0) &&
            solve_along(search, scaler, err) < 0)
            return -1;
    }
    return 0;
}

int scaling_solve(const struct spec *base, const struct solve_request *request,
    struct solution **list, int *n, struct err *err)
{
    struct search search = {.base = base, .request = request};

    *list = NULL;
    *n = 0;
    if (!(request->budget > 0))
        return err_set(err, ERR_INPUT, "the budget is %g; it must be above 0", request->budget);
    if (solve_methods(&search, err) < 0) {
        free(search.list);
        return -1;
    }
    if (search.n == 0) {
        free(search.list);
        return err_set(err, ERR_INPUT,
            "no such scaling of %s comes near a budget of %.4g, to a factor of two; choose one "
            "nearer "
            "to its own",
            base->name, request->budget);
    }
    qsort(search.list, (size_t)search.n, sizeof(*search.list), nearer);
    drop_twins(&search);
    *list = search.list;
    *n = search.n;
    return 0;
}
