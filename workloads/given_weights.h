/*
 * The weights that a job is given (workload.init_weights), under any of the names that files have
 * for its network: ours, or another library's. Private to workloads/.
 */
#ifndef SCALESTUDY_WORKLOADS_GIVEN_WEIGHTS_H
#define SCALESTUDY_WORKLOADS_GIVEN_WEIGHTS_H

#include "harness/base/err.h"
#include "workloads/nn/net/net.h"
#include "workloads/models/spec.h"

/* Into a net of that spec; errors are those of weights_load. */
int given_weights_load(
    struct net *net, const struct spec *spec, const char *path, struct err *err) MUST_CHECK;

/* Outputs of the network that the file is of; classes of the spec do not matter. */
int given_weights_classes(
    const struct spec *spec, const char *path, int *classes, struct err *err) MUST_CHECK;

#endif
