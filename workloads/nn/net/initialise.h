/* Values of a new network's parameters. */
#ifndef SCALESTUDY_WORKLOADS_NN_NET_INITIALISE_H
#define SCALESTUDY_WORKLOADS_NN_NET_INITIALISE_H

#include <stdint.h>

#include "workloads/nn/graph/layer.h"

/*
 * Fill the values of a parameter as info->init (layer.h) says; running statistics start at mean 0,
 * variance 1. A function of info, seed and index alone, `index` being the parameter's place in its
 * net. Thread-safe.
 */
void initialise_parameter(
    const struct parameter_info *info, float *value, uint64_t seed, int index);

#endif
