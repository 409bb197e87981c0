/* The integer formula from which make_references.py and the tests compute the same weights and
 * images, and what is recorded of a tensor. */
#ifndef SCALESTUDY_TESTS_PARITY_FORMULA_H
#define SCALESTUDY_TESTS_PARITY_FORMULA_H

#include <math.h>
#include <stdint.h>

#include "workloads/nn/net/net.h"

static inline uint32_t formula_hash(const char *prefix, const char *name)
{
    uint32_t h = 2166136261u;

    for (; *prefix; prefix++)
        h = (h ^ (unsigned char)*prefix) * 16777619u;
    for (; *name; name++)
        h = (h ^ (unsigned char)*name) * 16777619u;
    return h;
}

/* Element i of the sequence that a name has: 24 bits in [0, 1). */
static inline double formula_uniform(uint32_t hash, size_t i)
{
    uint32_t x = hash + (uint32_t)i * 2654435761u;

    x ^= x >> 16;
    x *= 0x85EBCA6Bu;
    x ^= x >> 13;
    x *= 0xC2B2AE35u;
    x ^= x >> 16;
    return (x >> 8) / 16777216.0;
}

/* Our position of PyTorch's element i: [K][C/G][R][S] against [R][S][C/G][K]. */
static inline size_t formula_position(const struct parameter_info *info, size_t i)
{
    size_t dims[4] = {1, 1, 1, 1}, at[4];

    for (int d = 0; d < info->n_dims; d++)
        dims[d] = (size_t)info->dims[d];
    for (int d = 3; d >= 0; d--) {
        at[d] = i % dims[d];
        i /= dims[d];
    }
    return ((at[2] * dims[3] + at[3]) * dims[1] + at[1]) * dims[0] + at[0];
}

static inline double formula_value(const struct parameter *parameter, uint32_t hash, size_t i)
{
    const struct parameter_info *info = parameter->info;
    double u = formula_uniform(hash, i), fan_in = 1;

    switch (info->kind) {
    case PARAMETER_RUNNING_VAR:
    case PARAMETER_NORM_SCALE:
        return 0.5 + u;
    case PARAMETER_RUNNING_MEAN:
        return 0.2 * (u - 0.5);
    case PARAMETER_NORM_SHIFT:
    case PARAMETER_BIAS:
        return 0.4 * (u - 0.5);
    case PARAMETER_WEIGHT:
        break;
    }
    for (int d = 1; d < info->n_dims; d++)
        fan_in *= info->dims[d];
    return (2 * u - 1) * (double)(float)sqrt(6.0 / fan_in);
}

static inline void formula_fill(struct net *net)
{
    for (int p = 0; p < net_parameter_count(net); p++) {
        const struct parameter *parameter = net_parameter(net, p);
        uint32_t hash = formula_hash("", parameter->name);

        for (size_t i = 0; i < parameter->count; i++)
            parameter->value[formula_position(parameter->info, i)] =
                (float)formula_value(parameter, hash, i);
    }
}

/* Norm, and dot product with a pseudo-random vector. */
static inline void formula_norm_and_dot(
    const struct parameter *parameter, const float *values, double *norm, double *dot)
{
    uint32_t hash = formula_hash("dot ", parameter->name);
    double squares = 0;

    *dot = 0;
    for (size_t i = 0; i < parameter->count; i++) {
        double value = (double)values[formula_position(parameter->info, i)];

        squares += value * value;
        *dot += value * (formula_uniform(hash, i) - 0.5);
    }
    *norm = sqrt(squares);
}

#endif
