/*
 * The activations that layers apply and kernels compute: one line in activations.def and two plain functions in
 * activation_functions.h each. Kernels that know an activation have it in vectors (vector/activation.h); where they do
 * not, the plain functions do: right, and slow.
 *
 *     activation_names()[ACT_SILU]            "silu"
 */
#ifndef SCALESTUDY_WORKLOADS_NN_KERNELS_ACTIVATIONS_H
#define SCALESTUDY_WORKLOADS_NN_KERNELS_ACTIVATIONS_H

enum activation {
#define ACTIVATION(NAME, name, summary) ACT_##NAME,
#include "activations.def"
#undef ACTIVATION
    ACT_COUNT
};

/* As canonical texts of jobs have them, so that none is ever changed; in the order of the enum, ended by NULL. */
const char *const *activation_names(void);

#endif
