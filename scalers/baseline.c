/* No scaling: the network that all others are compared with. */
#include "scaler_private.h"

static int factors(const struct scaling_request *request, struct scaling *scaling, struct err *err)
{
    (void)scaling;
    return request_takes_only(request, 0, err);
}

const struct scaler scaler_baseline = {
    .name = "baseline",
    .summary = "the network as it is",
    .source = "d = w = r = 1",
    .factors = factors,
};
