/*
 * The gradient of a convolution's input where the stride is not 1: rows of out_grad times W^T are added
 * to the pixels that their windows read. As a convolution with the rotated filter it would multiply
 * zeros.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_CONV_CONV_SCATTER_H
#define SCALESTUDY_WORKLOADS_NN_CONV_CONV_SCATTER_H

#include <stddef.h>
#include "workloads/nn/graph/layer.h"
#include "workloads/nn/graph/layer_configs.h"

size_t conv_scatter_scratch(
    const struct conv_config *config, const struct shape *in, const struct shape *out);
void conv_scatter(const struct layer_run *run);

#endif
