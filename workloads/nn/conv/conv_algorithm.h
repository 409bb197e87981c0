/*
 * The ways to compute a dense convolution: one file and one line of conv_algorithms.def each. conv.c
 * takes the first that fits when a net is planned (struct layer_algorithm in layer.h). Batches do not
 * matter for that. Those that gather windows read no views: act(0) in the padding would be wrong. Multiply-adds are counted as those of the direct way by all of them.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_CONV_CONV_ALGORITHM_H
#define SCALESTUDY_WORKLOADS_NN_CONV_CONV_ALGORITHM_H

#include "workloads/nn/graph/layer.h"
#include "workloads/nn/graph/layer_configs.h"
#include "workloads/nn/graph/window.h"

#define CONV_ALGORITHM(name) extern const struct layer_algorithm conv_##name;
#include "conv_algorithms.def"
#undef CONV_ALGORITHM

/* The window that slides over the input. */
static inline struct kernel_window conv_window(
    const struct conv_config *config, const struct shape *in, const struct shape *out)
{
    const struct window window = {
        .kernel = config->kernel, .stride = config->stride, .padding = config->padding};

    return window_over(&window, in, out);
}

/* Whether the gradient of the input is itself a convolution: of out_grad, with the rotated filter. */
static inline bool conv_has_rotated_gradient(
    const struct conv_config *config, const struct shape *in, const struct shape *out)
{
    return config->stride == 1 && in->h == out->h && in->w == out->w;
}

#endif
