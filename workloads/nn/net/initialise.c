/* Initial values of parameters: each draws from a random stream of its own, chosen by its index. */
#include "initialise.h"

#include <math.h>

#include "harness/base/rng.h"

static double dimension(const struct parameter_info *info, int index)
{
    return index < info->n_dims ? info->dims[index] : 1;
}

/* He et al. 2015, arXiv 1502.01852, equation 14: 2 / n with n the uses of an input. A depthwise
 * filter (one input channel, more than one pixel) is used by one output channel, G = K. */
static double fan_out_variance(const struct parameter_info *info)
{
    double window = dimension(info, 2) * dimension(info, 3);
    bool is_depthwise = info->n_dims == 4 && info->dims[1] == 1 && window > 1;

    return 2 / (window * (is_depthwise ? 1 : dimension(info, 0)));
}

static void fill(float *value, size_t count, float constant)
{
    for (size_t i = 0; i < count; i++)
        value[i] = constant;
}

static void fill_normal(float *value, size_t count, double deviation, struct rng *rng)
{
    for (size_t i = 0; i < count; i++)
        value[i] = (float)(deviation * rng_normal(rng));
}

static void fill_uniform(float *value, size_t count, double bound, struct rng *rng)
{
    for (size_t i = 0; i < count; i++)
        value[i] = (float)rng_between(rng, -bound, bound);
}

void initialise_parameter(const struct parameter_info *info, float *value, uint64_t seed, int index)
{
    struct rng rng = rng_open(seed, RNG_INIT, (uint64_t)index, 0);
    enum initialisation init = info->init;
    size_t count = 1;

    for (int i = 0; i < info->n_dims; i++)
        count *= (size_t)info->dims[i];
    if (info->kind == PARAMETER_RUNNING_MEAN)
        init = INIT_ZERO;
    if (info->kind == PARAMETER_RUNNING_VAR)
        init = INIT_ONE;
    switch (init) {
    case INIT_ZERO:
        fill(value, count, 0);
        break;
    case INIT_ONE:
        fill(value, count, 1);
        break;
    case INIT_KAIMING_FAN_OUT:
        fill_normal(value, count, sqrt(fan_out_variance(info)), &rng);
        break;
    case INIT_UNIFORM_FAN_OUT:
        fill_uniform(value, count, 1 / sqrt(dimension(info, 0)), &rng);
        break;
    case INIT_NORMAL_001:
        fill_normal(value, count, 0.01, &rng);
        break;
    case INIT_UNIFORM_FAN_IN:
        fill_uniform(value, count,
            1 / sqrt(dimension(info, 1) * dimension(info, 2) * dimension(info, 3)), &rng);
        break;
    }
}
