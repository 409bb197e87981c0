/*
 * Every activation and its derivative as plain functions of a number, name_value and name_slope: the definition. They
 * are inline, so that loops of the reference kernels call nothing:
 *
 *     y[i] = activation_value(ACT_SILU, x[i]);
 *
 * A NaN stays one.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_KERNELS_ACTIVATION_FUNCTIONS_H
#define SCALESTUDY_WORKLOADS_NN_KERNELS_ACTIVATION_FUNCTIONS_H

#include <math.h>

#include "activations.h"

static inline float none_value(float x)
{
    return x;
}

static inline float none_slope(float x)
{
    (void)x;
    return 1;
}

static inline float relu_value(float x)
{
    return x < 0 ? 0 : x;
}

static inline float relu_slope(float x)
{
    return x > 0;
}

static inline float relu6_value(float x)
{
    return x < 0 ? 0 : x > 6 ? 6 : x;
}

static inline float relu6_slope(float x)
{
    return x > 0 && x < 6;
}

static inline float sigmoid_value(float x)
{
    return 1.0f / (1.0f + expf(-x));
}

static inline float sigmoid_slope(float x)
{
    float s = sigmoid_value(x);

    return s * (1 - s);
}

static inline float silu_value(float x)
{
    return x * sigmoid_value(x);
}

static inline float silu_slope(float x)
{
    float s = sigmoid_value(x);

    return s * (1 + x * (1 - s));
}

static inline float activation_value(enum activation activation, float x)
{
    switch (activation) {
#define ACTIVATION(NAME, name, summary)                                                            \
    case ACT_##NAME:                                                                               \
        return name##_value(x);
#include "activations.def"
#undef ACTIVATION
    case ACT_COUNT:
        break;
    }
    return x;
}

static inline float activation_slope(enum activation activation, float x)
{
    switch (activation) {
#define ACTIVATION(NAME, name, summary)                                                            \
    case ACT_##NAME:                                                                               \
        return name##_slope(x);
#include "activations.def"
#undef ACTIVATION
    case ACT_COUNT:
        break;
    }
    return 1;
}

#endif
