/*
 * The compiled network of a spec with its given weights (nn/inference.h). Private to workloads/:
 * what eval, predict and bench share.
 */
#ifndef SCALESTUDY_WORKLOADS_COMPILED_H
#define SCALESTUDY_WORKLOADS_COMPILED_H

#include "harness/base/err.h"
#include "workloads/models/spec.h"
#include "workloads/nn/infer/inference.h"

/*
 * Into *inference, for batches of up to `batch`; `graph` is of the spec and must outlive it.
 * weights: a safetensors file, or NULL for those of a new network of that seed. Set the threads of
 * parallel.h before. ERR_INPUT if the memory is not there, naming the batch that would fit, or as
 * given_weights_load says.
 */
int compiled_open(struct inference **inference, const struct graph *graph, const struct spec *spec,
    int batch, const char *weights, uint64_t seed, struct err *err) MUST_CHECK;

/* Copies of what the last layer has: logits = mean of the features x weight + bias. */
struct classifier {
    float *weight; /* [C][classes], owned */
    float *bias;   /* [classes], owned */
};
void classifier_release(struct classifier *classifier);

/* The same, for inference_features, with given weights. ERR_INPUT too for a network that does not end
 * in a global pool and a linear layer. */
int compiled_open_features(struct inference **inference, struct classifier *classifier,
    const struct graph *graph, const struct spec *spec, int batch, const char *weights,
    struct err *err) MUST_CHECK;

/* Bytes at the peak of that: the compiled network, and while it is made its weights once more. */
int compiled_plan_bytes(const struct graph *graph, const struct spec *spec, int batch,
    int64_t *bytes, struct err *err) MUST_CHECK;

#endif
