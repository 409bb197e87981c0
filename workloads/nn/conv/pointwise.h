/*
 * 1x1 convolutions, any stride: products of rows of pixels with a C x K matrix. Forward reads its
 * input through a view and sums its output while that is in cache; backward does all that belongs
 * to a block of rows at once: the gradient of the output, that of the input, and what both give to
 * the gradient of the weights. Private to conv.c, whose configuration it shares; all of what
 * layer.h says of a layer holds.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_CONV_POINTWISE_H
#define SCALESTUDY_WORKLOADS_NN_CONV_POINTWISE_H

#include "workloads/nn/graph/layer.h"
#include "workloads/nn/graph/layer_configs.h"

size_t pointwise_scratch(
    const struct conv_config *config, const struct shape *in, const struct shape *out, int batch);
void pointwise_forward(const struct layer_run *run);
void pointwise_backward(const struct layer_run *run);

#endif
