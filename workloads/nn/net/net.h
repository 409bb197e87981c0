/*
 * A net: a graph with memory, that runs.
 *
 *     struct net_options options = {.batch = 32, .training = true, .seed = 1};
 *     struct net *net;
 *     if (net_create(&net, &graph, &options, err) < 0) return -1;   all memory is taken here
 *     memcpy(net_input(net), images, ...);                          [batch][H][W][C]
 *     net_forward(net, 32, true, step);
 *     double loss = net_loss(net, labels, 32, 0.1);                 and its gradient
 *     net_backward(net, 32);
 *     optimizer_step(...);                                          over net_parameter(net, i)
 *     net_free(net);
 *
 * The graph must outlive the net. After net_create nothing allocates. A net is used by one thread,
 * which uses the threads of parallel.h inside.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_NET_NET_H
#define SCALESTUDY_WORKLOADS_NN_NET_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workloads/nn/graph/graph.h"
#include "harness/base/err.h"

struct net;

struct net_options {
    int batch;         /* images at most in one call */
    bool training;     /* room for gradients and what backward needs */
    uint64_t seed;     /* initial weights, dropout, stochastic depth */
    bool recompute;    /* training: forget outputs and compute them again in backward (recompute.h):
                          the same bits in less memory and more time */
    bool keep_outputs; /* no output is overwritten before the next forward: to look at them */
    bool no_fusion;    /* every layer by itself (fusion.h), slower: for comparison */
};

struct parameter {
    const struct parameter_info *info;
    char name[GRAPH_NAME_BYTES + LAYER_SUFFIX_BYTES]; /* in weight files */
    float *value;                                     /* in the layout of layer.h */
    float *grad; /* NULL for running statistics and in inference */
    size_t count;
};

/* Bytes that net_create takes for the graph, without taking them; and so the peak. */
int net_plan_bytes(const struct graph *graph, const struct net_options *options, size_t *bytes,
    struct err *err) MUST_CHECK;

int net_create(struct net **net, const struct graph *graph, const struct net_options *options,
    struct err *err) MUST_CHECK;
void net_free(struct net *net); /* NULL is fine */

/* ERR_INPUT if the plan and extra_bytes are more than the machine has, naming both and the batch
 * that would fit. net_create asks it too, with 0. */
int net_check_memory(const struct graph *graph, const struct net_options *options,
    size_t extra_bytes, struct err *err) MUST_CHECK;

float *net_input(struct net *net); /* [batch][H][W][C] */
/* Copy the first n images there. */
void net_set_input(struct net *net, const float *images, int n);
const float *net_logits(const struct net *net); /* [batch][classes] */
int net_classes(const struct net *net);

/* The instruction set of the kernels that nets use: "reference", "avx2" or "avx512"; static. */
const char *net_isa(void);

/* Run the first n <= batch images. Training: batch statistics, dropout; `step` numbers its random
 * draws. */
void net_forward(struct net *net, int n, bool training, uint64_t step);

/* Mean cross-entropy with label smoothing (Szegedy et al. 2016: 1 - eps + eps / classes on the
 * label), and its gradient for net_backward. NaN labels cannot be: labels are 0 .. classes - 1. */
double net_loss(struct net *net, const int *labels, int n, double label_smoothing);

/* The same where a share of each label is that of another image (loss.h). */
double net_loss_mixed(struct net *net, const int *labels, const int *others, double share, int n,
    double label_smoothing);

/* Sets every parameter's gradient (of the mean loss of net_loss). */
void net_backward(struct net *net, int n);

int net_parameter_count(const struct net *net);
const struct parameter *net_parameter(const struct net *net, int index);

/* Called after each node with the seconds that it took: for measurements. What is computed inside a
 * neighbour is not called for. NULL: nobody. */
typedef void net_observer(void *context, int node, bool backward, double seconds);
void net_observe(struct net *net, net_observer *observer, void *context);
/* How a node's layer is computed, if it has several ways ("winograd"), or NULL. Static. */
const char *net_algorithm(const struct net *net, int node);

#endif
