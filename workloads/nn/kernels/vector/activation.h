/* Activations and their gradients in vectors: of those that is_fast_act() has. Kernels hand others to the
 * reference. */
#ifndef SCALESTUDY_WORKLOADS_NN_KERNELS_VECTOR_ACTIVATION_H
#define SCALESTUDY_WORKLOADS_NN_KERNELS_VECTOR_ACTIVATION_H

#include "vector.h"

/* 2^r, r = -0.5 .. 0.5, by the polynomial of least largest error, 1.1e-7. */
INLINE vf vexp2_fraction(vf r)
{
    vf p = vfma(vset(0.0013264727f), r, vset(0.0096715126f));

    p = vfma(p, r, vset(0.0555073374f));
    p = vfma(p, r, vset(0.2402224209f));
    p = vfma(p, r, vset(0.6931469776f));
    return vfma(p, r, vset(1.0f));
}

/* numerator / (1 + 2^(k + r)) */
INLINE vf vlogistic(vf numerator, vf k, vf r)
{
    return numerator / (vset(1.0f) + vscale2(vexp2_fraction(r), k));
}

/* numerator / (1 + e^-x), with -x / ln 2 in two pieces, so that small results are as exact as others:
 * 2e-7 of themselves. Of a NaN it may make a number: the numerator has to tell. */
INLINE vf vsigmoid(vf numerator, vf x)
{
    vf bounded = vbound(x, vset(87.0f)), k = vround(bounded * vset(-1.44269504f));
    vf r = vfms(bounded, vset(-1.44269504f), k);

    return vlogistic(numerator, k, vfma(bounded, vset(-1.925963e-8f), r));
}

/* 1, of a NaN NaN, of infinities too 1. */
INLINE vf vone_or_nan(vf x)
{
    vf bounded = vmin(vset(1.0f), vmax(vset(-1.0f), x)); /* x last: a NaN stays */

    return vfma(bounded, vset(0.0f), vset(1.0f));
}

INLINE bool is_fast_act(enum activation act)
{
    switch (act) {
    case ACT_NONE:
    case ACT_RELU:
    case ACT_RELU6:
    case ACT_SILU:
    case ACT_SIGMOID:
        return true;
    default:
        return false;
    }
}

INLINE vf vact(enum activation act, vf x)
{
    switch (act) {
    case ACT_RELU:
        return vmax(vset(0.0f), x);
    case ACT_RELU6:
        return vmin(vset(6.0f), vmax(vset(0.0f), x));
    case ACT_SILU:
        return vsigmoid(x, x);
    case ACT_SIGMOID:
        return vsigmoid(vone_or_nan(x), x);
    default:
        break;
    }
    return x;
}

/* dy act'(x) */
INLINE vf vact_gradient(enum activation act, vf x, vf dy)
{
    vf zero = vset(0.0f), s;

    switch (act) {
    case ACT_RELU:
        return vselect_greater(x, zero, dy, zero);
    case ACT_RELU6:
        return vselect_greater(x, zero, vselect_greater(vset(6.0f), x, dy, zero), zero);
    case ACT_SILU:
        s = vsigmoid(vset(1.0f), x);
        return dy * s * vfma(x, vset(1.0f) - s, vset(1.0f));
    case ACT_SIGMOID:
        s = vsigmoid(vone_or_nan(x), x);
        return dy * s * (vset(1.0f) - s);
    default:
        break;
    }
    return dy;
}

/* vsigmoid with t in one piece: exact to 2e-7 of 1 rather than of itself. */
INLINE vf infer_sigmoid(vf numerator, vf x)
{
    vf bounded = vbound(x, vset(87.0f)), k = vround(bounded * vset(-1.44269504f));

    return vlogistic(numerator, k, vfms(bounded, vset(-1.44269504f), k));
}

INLINE vf infer_act(enum activation act, vf x)
{
    if (act == ACT_SILU)
        return infer_sigmoid(x, x);
    return act == ACT_SIGMOID ? infer_sigmoid(vone_or_nan(x), x) : vact(act, x);
}

/* Bounds of the outputs: all that relu and relu6 do, and no bounds for others. */
INLINE vf infer_low(enum activation act)
{
    return vset(act == ACT_RELU || act == ACT_RELU6 ? 0.0f : -__builtin_inff());
}

INLINE vf infer_high(enum activation act)
{
    return vset(act == ACT_RELU6 ? 6.0f : __builtin_inff());
}

/* The statement for each activation, which is thus known when it is compiled. */
#define FOR_ACT(act, statement)                                                                    \
    switch (act) {                                                                                 \
    case ACT_RELU: {                                                                               \
        const enum activation a = ACT_RELU;                                                        \
        statement;                                                                                 \
    } break;                                                                                       \
    case ACT_RELU6: {                                                                              \
        const enum activation a = ACT_RELU6;                                                       \
        statement;                                                                                 \
    } break;                                                                                       \
    case ACT_SILU: {                                                                               \
        const enum activation a = ACT_SILU;                                                        \
        statement;                                                                                 \
    } break;                                                                                       \
    case ACT_SIGMOID: {                                                                            \
        const enum activation a = ACT_SIGMOID;                                                     \
        statement;                                                                                 \
    } break;                                                                                       \
    default: {                                                                                     \
        const enum activation a = ACT_NONE;                                                        \
        statement;                                                                                 \
    } break;                                                                                       \
    }

#endif
