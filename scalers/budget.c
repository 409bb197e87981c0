/*
 * Solving a request for a FLOPs budget: cost is a rising staircase in the size t of a scaling, so
 * the two steps around the budget are found by bisection, and the nearer one (as a ratio) is taken.
 */
#include "scaler_private.h"

#include <stdint.h>

#include "harness/base/str.h"

#define LEAST_T -12.0
#define MOST_T  14.0

struct budget {
    const struct spec *base;
    const struct scaling_request *request;
    const struct scaler *scaler;
    scaler_cost *cost;
};

static int cost_of(
    const struct budget *budget, const struct scaling *scaling, int64_t *macs, struct err *err)
{
    struct spec scaled;

    if (scaling_apply(budget->base, scaling, &scaled, err) < 0)
        return -1;
    return budget->cost(&scaled, macs, err);
}

/* Cost at t. A network that cannot be is beyond the budget on its side of t = 0: 0 or INT64_MAX. */
static int64_t cost_at(const struct budget *budget, double t, struct scaling *scaling)
{
    struct err err = {0};
    int64_t macs;

    budget->scaler->along(budget->request, t, scaling);
    if (cost_of(budget, scaling, &macs, &err) < 0)
        return t > 0 ? INT64_MAX : 0;
    return macs;
}

/* The same network with the fewest decimals in its factors. */
static void shorten_factors(const struct budget *budget, int64_t macs, struct scaling *scaling)
{
    for (double unit = 0.1; unit > 1e-7; unit /= 10) {
        struct scaling shorter = *scaling;
        struct err err = {0};
        int64_t shorter_macs;

        shorter.depth = round(scaling->depth / unit) * unit;
        shorter.width = round(scaling->width / unit) * unit;
        shorter.resolution = round(scaling->resolution / unit) * unit;
        if (cost_of(budget, &shorter, &shorter_macs, &err) == 0 && shorter_macs == macs) {
            *scaling = shorter;
            return;
        }
    }
}

static int solve(
    const struct budget *budget, double target, struct scaling *scaling, struct err *err)
{
    struct scaling below = *scaling, above = *scaling;
    double low = LEAST_T, high = MOST_T;
    int64_t low_macs, high_macs, macs;

    low_macs = cost_at(budget, low, &below);
    high_macs = cost_at(budget, high, &above);
    if ((double)low_macs > target || (double)high_macs < target)
        return err_set(err, ERR_INPUT,
            "no %s scaling of %s comes near %.3g multiply-adds; choose a budget nearer to its own",
            budget->request->method, budget->base->name, target);
    while (high - low > 1e-9) {
        double t = (low + high) / 2;
        struct scaling middle = *scaling;

        macs = cost_at(budget, t, &middle);
        if ((double)macs <= target) {
            low = t;
            low_macs = macs;
            below = middle;
        } else {
            high = t;
            high_macs = macs;
            above = middle;
        }
    }
    if (low_macs > 0 &&
        (high_macs == INT64_MAX || target / (double)low_macs <= (double)high_macs / target)) {
        *scaling = below;
        macs = low_macs;
    } else {
        *scaling = above;
        macs = high_macs;
    }
    shorten_factors(budget, macs, scaling);
    return 0;
}

static int resolve_budget(const struct budget *budget, struct scaling *scaling, struct err *err)
{
    const struct scaling_request *request = budget->request;
    double target = request->flops;
    int64_t macs;

    if (!isnan(request->flops) && !isnan(request->flops_ratio))
        return err_set(err, ERR_INPUT,
            "the FLOPs budget was given twice; give multiply-adds or a multiple of the baseline");
    if (!budget->scaler->along)
        return err_set(err, ERR_INPUT,
            "the scaling method %s takes no FLOPs budget; use width, depth, resolution or compound",
            request->method);
    if (request_takes_only(request, budget->scaler == &scaler_compound ? TAKES_PHI : 0, err) < 0 ||
        !isnan(request->phi))
        return err_set(err, ERR_INPUT,
            "%s scaling was given both a FLOPs budget and its size; give one of them",
            request->method);
    if (!isnan(request->flops_ratio)) {
        if (budget->cost(budget->base, &macs, err) < 0)
            return -1;
        target = request->flops_ratio * (double)macs;
    }
    if (!(target > 0))
        return err_set(err, ERR_INPUT, "the FLOPs budget is %g; it must be above 0", target);
    return solve(budget, target, scaling, err);
}

int scaling_resolve(const struct spec *base, const struct scaling_request *request,
    scaler_cost *cost, struct scaling *scaling, struct err *err)
{
    const struct budget budget = {base, request, scaler_find(request->method, err), cost};
    struct scaling result = {.depth = 1, .width = 1, .resolution = 1};

    if (!budget.scaler)
        return -1;
    str_copy(result.method, sizeof(result.method), request->method);
    if (!isnan(request->flops) || !isnan(request->flops_ratio)) {
        if (resolve_budget(&budget, &result, err) < 0)
            return -1;
    } else if (budget.scaler->factors(request, &result, err) < 0) {
        return -1;
    }
    *scaling = result;
    return 0;
}
