#include "baselines.h"

#include <math.h>
#include <string.h>

/* Factors are stored as they were asked for: 1 is 1, but for what a division left. */
#define FACTOR_TOLERANCE 1e-3

static bool is_one(double factor)
{
    return fabs(factor - 1) <= FACTOR_TOLERANCE;
}

bool baseline_is(const struct scaled_network *network)
{
    return is_one(network->depth) && is_one(network->width) && is_one(network->resolution);
}

double baseline_distance(const struct scaled_network *network, const struct scaled_network *other)
{
    double promised = (double)other->macs * network->depth * network->width * network->width *
                      network->resolution * network->resolution;

    if (!baseline_is(other) || strcmp(network->model, other->model) != 0 || !(promised > 0) ||
        network->macs <= 0)
        return INFINITY;
    return fabs(log((double)network->macs / promised));
}
