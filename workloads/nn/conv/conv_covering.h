/*
 * Convolutions whose window covers the whole map wherever it stands: 3x3 on maps of 1x1 and 2x2, as
 * the last stages of a ResNet have at 32 pixels. Every output pixel sees every input pixel, so that
 * it is a linear layer from all of a map to all of the next one, without the taps that lie in the
 * padding: of nine, one remains on 1x1 and four on 2x2.
 *
 *     if (conv_covering_takes(config, in, out)) conv_covering_forward(run);
 *
 * Multiply-adds are counted as those of the direct way. Called by conv.c; nothing is owned.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_CONV_CONV_COVERING_H
#define SCALESTUDY_WORKLOADS_NN_CONV_CONV_COVERING_H

#include <stdbool.h>
#include <stddef.h>

#include "workloads/nn/graph/layer.h"
#include "workloads/nn/graph/layer_configs.h"

bool conv_covering_takes(
    const struct conv_config *config, const struct shape *in, const struct shape *out);
size_t conv_covering_scratch(
    const struct conv_config *config, const struct shape *in, const struct shape *out, int batch);

void conv_covering_forward(const struct layer_run *run);
void conv_covering_backward(const struct layer_run *run);

#endif
