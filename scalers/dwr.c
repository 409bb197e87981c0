/* Scaling by any three factors, as tables of papers give them. */
#include "scaler_private.h"

static int factors(const struct scaling_request *request, struct scaling *scaling, struct err *err)
{
    if (request_takes_only(request, TAKES_DEPTH | TAKES_WIDTH | TAKES_RESOLUTION, err) < 0)
        return -1;
    scaling->depth = given_or(request->depth, 1);
    scaling->width = given_or(request->width, 1);
    scaling->resolution = given_or(request->resolution, 1);
    return 0;
}

const struct scaler scaler_dwr = {
    .name = "dwr",
    .summary = "any depth, width and resolution, as given",
    .source = "d, w and r chosen freely",
    .factors = factors,
};
