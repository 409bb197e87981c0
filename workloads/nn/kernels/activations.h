/*
 * The activations that layers apply and kernels compute: one line in activations.def and two plain functions in
 * activation_functions.h each. Kernels that know an activation have it in vectors (vector/activation.h); where they do
 * not, the plain functions do: right, and slow.
 *
 *     activation_kind(ACT_SILU)->name         "silu"
 */
#ifndef SCALESTUDY_WORKLOADS_NN_KERNELS_ACTIVATIONS_H
#define SCALESTUDY_WORKLOADS_NN_KERNELS_ACTIVATIONS_H

enum activation {
#define ACTIVATION(NAME, name, summary) ACT_##NAME,
#include "activations.def"
#undef ACTIVATION
    ACT_COUNT
};

struct activation_kind {
    const char *name;      /* in canonical texts of jobs: never changed */
    const char *summary;   /* what it is */
    float (*value)(float); /* the plain definition */
    float (*slope)(float); /* its derivative; at a kink one of both */
};

const struct activation_kind *activation_kind(enum activation activation);

/* In the order of the enum, ended by NULL. */
const char *const *activation_names(void);

#endif
