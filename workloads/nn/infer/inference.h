/*
 * A network compiled for inference: batch norm folded into the convolutions before it, bias,
 * activation and residual done while outputs are in registers, expansion, depthwise convolution and
 * projection of a block done band by band in cache.
 *
 *     struct inference_options options = {.batch = 16};
 *     struct inference *inference;
 *     if (inference_create(&inference, &graph, &options, net, err) < 0) return -1;
 *     net_free(net);                                         its values have been copied
 *     memcpy(inference_input(inference), images, ...);       [batch][H][W][C]
 *     inference_run(inference, 16);
 *     inference_logits(inference);                           [16][classes]
 *     inference_free(inference);
 *
 * It computes what net_forward without training computes, rounded otherwise: weights are scaled in
 * double and rounded once. The bits of an image's outputs depend neither on the number of threads
 * nor on the images beside it; on how many there are in a call they may (step_conv_winograd.c).
 *
 * The graph must outlive it. After inference_create nothing allocates. Set the threads of
 * parallel.h before; used by one thread, which uses those inside.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_INFER_INFERENCE_H
#define SCALESTUDY_WORKLOADS_NN_INFER_INFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workloads/nn/graph/graph.h"
#include "harness/base/err.h"
#include "workloads/nn/net/net.h"

struct inference;

struct inference_options {
    int batch;          /* images at most in one call */
    bool keep_features; /* for inference_features: what its buffer would be used for again */
};

/* Bytes that inference_create takes, without taking them; and so the peak. */
int inference_plan_bytes(const struct graph *graph, const struct inference_options *options,
    size_t *bytes, struct err *err) MUST_CHECK;

/* `net` is of the same graph; its parameters are copied. */
int inference_create(struct inference **inference, const struct graph *graph,
    const struct inference_options *options, const struct net *net, struct err *err) MUST_CHECK;
void inference_free(struct inference *inference); /* NULL is fine */

float *inference_input(struct inference *inference); /* [batch][H][W][C] */
/* Copy the first n images there. */
void inference_set_input(struct inference *inference, const float *images, int n);
const float *inference_logits(const struct inference *inference); /* [batch][classes] */
int inference_classes(const struct inference *inference);

/* With keep_features, the map of the last run of which the last layer sees the mean over its pixels,
 * [batch][h][w][c], and its shape. NULL if the network does not end in a global pool and a linear
 * layer. */
const float *inference_features(const struct inference *inference, struct shape *shape);

/* Run the first n <= batch images. */
void inference_run(struct inference *inference, int n);

/* Called after each step with the last node with weights of those that it computes, and the seconds
 * that it took. NULL: nobody. */
void inference_observe(struct inference *inference, net_observer *observer, void *context);
/* The node that the observer is called with for the step that computes this one. */
int inference_node_of_step(const struct inference *inference, int node);
/* How the step is computed that the observer is called with this node for ("winograd"; "block" for one
 * that fuses several layers); NULL: there is no such step, or its layer has one way alone. Static. */
const char *inference_algorithm(const struct inference *inference, int node);

#endif
