/* Scaling by depth alone: more blocks in every stage. */
#include "scaler_private.h"

static int factors(const struct scaling_request *request, struct scaling *scaling, struct err *err)
{
    if (request_takes_only(request, TAKES_DEPTH | TAKES_FACTOR, err) < 0)
        return -1;
    return request_single_factor(request, request->depth, "d", &scaling->depth, err);
}

static void along(const struct scaling_request *request, double t, struct scaling *scaling)
{
    (void)request;
    scaling->depth = exp2(t);
}

const struct scaler scaler_depth = {
    .name = "depth",
    .summary = "more blocks in every stage",
    .source = "FLOPs grow as d: Tan & Le 2019, Section 3.2; He et al. 2016",
    .factors = factors,
    .along = along,
};
