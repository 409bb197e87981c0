/* Whether factors are those of a baseline: for groups.h. */
#include "groups.h"

#include <math.h>

static bool is_one(double factor)
{
    return fabs(factor - 1) <= GROUP_FACTOR_TOLERANCE;
}

bool group_is_baseline(double depth, double width, double resolution)
{
    return is_one(depth) && is_one(width) && is_one(resolution);
}
