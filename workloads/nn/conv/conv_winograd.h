/*
 * Dense 3x3 convolutions with stride 1 as a layer, by winograd.h: input read through a view, output
 * and gradients summed while in cache. Private to conv.c, whose configuration it shares; all of what
 * layer.h says of a layer holds.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_CONV_CONV_WINOGRAD_H
#define SCALESTUDY_WORKLOADS_NN_CONV_CONV_WINOGRAD_H

#include <stdbool.h>

#include "workloads/nn/graph/layer.h"
#include "workloads/nn/graph/layer_configs.h"

/* Whether such a convolution goes this way; batches do not matter. */
bool conv_winograd_takes(
    const struct conv_config *config, const struct shape *in, const struct shape *out);
size_t conv_winograd_scratch(
    const struct conv_config *config, const struct shape *in, const struct shape *out, int batch);
void conv_winograd_forward(const struct layer_run *run);
void conv_winograd_backward(const struct layer_run *run);

#endif
