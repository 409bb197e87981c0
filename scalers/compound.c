/* Compound scaling: depth, width and resolution together (Tan & Le 2019). */
#include "scaler_private.h"

static void from_phi(const struct scaling_request *request, double phi, struct scaling *scaling)
{
    scaling->depth = pow(given_or(request->alpha, COMPOUND_ALPHA), phi);
    scaling->width = pow(given_or(request->beta, COMPOUND_BETA), phi);
    scaling->resolution = pow(given_or(request->gamma, COMPOUND_GAMMA), phi);
}

static bool has_factors(const struct scaling_request *request)
{
    return !isnan(request->depth) && !isnan(request->width) && !isnan(request->resolution);
}

static int factors(const struct scaling_request *request, struct scaling *scaling, struct err *err)
{
    if (request_takes_only(request, TAKES_DEPTH | TAKES_WIDTH | TAKES_RESOLUTION | TAKES_PHI, err) <
        0)
        return -1;
    if (isnan(request->phi)) {
        if (!has_factors(request))
            return err_set(err, ERR_INPUT,
                "compound scaling needs phi, all three of d, w and r, or a budget in FLOPs; give "
                "one of them");
        scaling->depth = request->depth;
        scaling->width = request->width;
        scaling->resolution = request->resolution;
        return 0;
    }
    if (!isnan(request->depth) || !isnan(request->width) || !isnan(request->resolution))
        return err_set(
            err, ERR_INPUT, "compound scaling takes phi or the factors d, w and r, not both");
    from_phi(request, request->phi, scaling);
    return 0;
}

const struct scaler scaler_compound = {
    .name = "compound",
    .summary = "depth, width and resolution together, by one coefficient",
    .source = "d = alpha^phi, w = beta^phi, r = gamma^phi, alpha beta^2 gamma^2 = 2: Tan & Le "
              "2019, Equation 3",
    .factors = factors,
    .along = from_phi,
};
