/* From a spec to a graph of layers, at the spec's own input size. */
#ifndef SCALESTUDY_WORKLOADS_MODELS_MODEL_H
#define SCALESTUDY_WORKLOADS_MODELS_MODEL_H

#include "harness/base/err.h"
#include "spec.h"
#include "workloads/nn/graph/graph.h"

/* Initialises `graph`; the caller releases it with graph_release, on failure too. */
int model_build(const struct spec *spec, struct graph *graph, struct err *err) MUST_CHECK;

/* The same nodes in the same order, under the other names of naming_other. */
int model_build_renamed(const struct spec *spec, struct graph *graph, struct err *err) MUST_CHECK;

#endif
