/* The activations that layers apply, and kernels compute. */
#ifndef SCALESTUDY_WORKLOADS_NN_KERNELS_ACTIVATIONS_H
#define SCALESTUDY_WORKLOADS_NN_KERNELS_ACTIVATIONS_H

enum activation {
    ACT_NONE,
    ACT_RELU,
    ACT_RELU6,
    ACT_SILU,
    ACT_SIGMOID,
};

#endif
