/* Requests for a FLOPs budget: the network along the method that is nearest to it (solve.c). */
#include "scaler_private.h"

#include <stdint.h>
#include <stdlib.h>

#include "harness/base/str.h"
#include "solve.h"

struct macs {
    scaler_cost *cost;
};

static int measure_macs(void *context, const struct spec *spec, int64_t *macs, struct err *err)
{
    const struct macs *of = context;

    return of->cost(spec, macs, err);
}

/* The budget in multiply-adds. */
static int budget_of(const struct spec *base, const struct scaling_request *request,
    scaler_cost *cost, double *budget, struct err *err)
{
    int64_t macs;

    *budget = request->flops;
    if (isnan(request->flops_ratio))
        return 0;
    if (!isnan(request->flops))
        return err_set(err, ERR_INPUT,
            "the FLOPs budget was given twice; give multiply-adds or a multiple of the baseline");
    if (cost(base, &macs, err) < 0)
        return -1;
    *budget = request->flops_ratio * (double)macs;
    return 0;
}

static int resolve_budget(const struct spec *base, const struct scaling_request *request,
    scaler_cost *cost, struct scaling *scaling, struct err *err)
{
    struct macs macs = {cost};
    struct solve_request wanted = SOLVE_REQUEST_INIT;
    const struct scaler *scaler = scaler_find(request->method, err);
    struct solution *list;
    int n;

    wanted.method = request->method;
    wanted.alpha = request->alpha;
    wanted.beta = request->beta;
    wanted.gamma = request->gamma;
    wanted.measure = measure_macs;
    wanted.context = &macs;
    if (budget_of(base, request, cost, &wanted.budget, err) < 0)
        return -1;
    if (!scaler->along)
        return err_set(err, ERR_INPUT,
            "the scaling method %s takes no FLOPs budget; use width, depth, resolution or compound",
            request->method);
    if (request_takes_only(request, scaler == &scaler_compound ? TAKES_PHI : 0, err) < 0 ||
        !isnan(request->phi))
        return err_set(err, ERR_INPUT,
            "%s scaling was given both a FLOPs budget and its size; give one of them",
            request->method);
    if (scaling_solve(base, &wanted, &list, &n, err) < 0)
        return -1;
    *scaling = list[0].scaling;
    free(list);
    return 0;
}

int scaling_resolve(const struct spec *base, const struct scaling_request *request,
    scaler_cost *cost, struct scaling *scaling, struct err *err)
{
    const struct scaler *scaler = scaler_find(request->method, err);
    struct scaling result = {.depth = 1, .width = 1, .resolution = 1};

    if (!scaler)
        return -1;
    str_copy(result.method, sizeof(result.method), request->method);
    if (!isnan(request->flops) || !isnan(request->flops_ratio)) {
        if (resolve_budget(base, request, cost, &result, err) < 0)
            return -1;
    } else if (scaler->factors(request, &result, err) < 0) {
        return -1;
    }
    *scaling = result;
    return 0;
}
