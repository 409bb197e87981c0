/* Scaling by resolution alone: larger input images. */
#include "scaler_private.h"

static int factors(const struct scaling_request *request, struct scaling *scaling, struct err *err)
{
    if (request_takes_only(request, TAKES_RESOLUTION | TAKES_FACTOR, err) < 0)
        return -1;
    return request_single_factor(request, request->resolution, "r", &scaling->resolution, err);
}

static void along(const struct scaling_request *request, double t, struct scaling *scaling)
{
    (void)request;
    scaling->resolution = exp2(t / 2);
}

const struct scaler scaler_resolution = {
    .name = "resolution",
    .summary = "larger images",
    .source = "FLOPs grow as r^2: Tan & Le 2019, Section 3.2",
    .factors = factors,
    .along = along,
};
