/*
 * Direct convolution, for small filters: first layers (3 channels), narrow ResNets. Bands of rows are
 * copied with their padding, and windows are read where they lie there: a window is R lines of S C
 * neighbouring numbers. Copying whole windows, as conv.c otherwise does, takes as long for such
 * layers as their products.
 *
 *     if (conv_direct_takes(config, in, out)) conv_direct_forward(run);
 *
 * Reads views if it is conv_direct_turns, since it writes their padding itself. Called by conv.c;
 * nothing is owned.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_CONV_CONV_DIRECT_H
#define SCALESTUDY_WORKLOADS_NN_CONV_CONV_DIRECT_H

#include <stdbool.h>
#include <stddef.h>

#include "workloads/nn/graph/layer.h"
#include "workloads/nn/graph/layer_configs.h"

bool conv_direct_takes(
    const struct conv_config *config, const struct shape *in, const struct shape *out);

/* Whether the gradient of its input is done here too: as a convolution, with stride 1. */
bool conv_direct_turns(
    const struct conv_config *config, const struct shape *in, const struct shape *out);

size_t conv_direct_scratch(
    const struct conv_config *config, const struct shape *in, const struct shape *out, int batch);

void conv_direct_forward(const struct layer_run *run);

/* The gradients of the parameters; that of the output is settled then (view.h), if that of the input
 * is wanted. */
void conv_direct_dw(const struct layer_run *run);

/* Then that of the input, if conv_direct_turns. */
void conv_direct_dx(const struct layer_run *run);

#endif
