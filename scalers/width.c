/* Scaling by width alone: more channels in every layer. */
#include "scaler_private.h"

static int factors(const struct scaling_request *request, struct scaling *scaling, struct err *err)
{
    if (request_takes_only(request, TAKES_WIDTH | TAKES_FACTOR, err) < 0)
        return -1;
    return request_single_factor(request, request->width, "w", &scaling->width, err);
}

static void along(const struct scaling_request *request, double t, struct scaling *scaling)
{
    (void)request;
    scaling->width = exp2(t / 2);
}

const struct scaler scaler_width = {
    .name = "width",
    .summary = "more channels in every layer",
    .source = "FLOPs grow as w^2: Tan & Le 2019, Section 3.2; Zagoruyko & Komodakis 2016",
    .factors = factors,
    .along = along,
};
