/*
 * A graph: the layers of one network at one input size, with every shape known and nothing
 * allocated but the list itself. Counting, memory planning, running, weight files and listings all
 * read this one graph, so that what is counted is what is run.
 *
 *     struct graph graph;
 *     graph_init(&graph, (struct shape){224, 224, 3});
 *     int x = graph_add(&graph, &layer_conv, &config, "features.0", GRAPH_INPUT, GRAPH_NONE, err);
 *     ...                                        -1 on error, else the node's index
 *     graph_release(&graph);
 *
 * Nodes are in order of execution: inputs come before their readers. The last node gives the
 * logits.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_GRAPH_GRAPH_H
#define SCALESTUDY_WORKLOADS_NN_GRAPH_GRAPH_H

#include <stdint.h>

#include "harness/base/err.h"
#include "layer.h"

#define GRAPH_INPUT      (-2) /* the images themselves */
#define GRAPH_NONE       (-1) /* no second input */
#define GRAPH_NAME_BYTES 64

struct node {
    const struct layer *layer;
    _Alignas(8) unsigned char config[LAYER_CONFIG_BYTES];
    char name[GRAPH_NAME_BYTES]; /* prefix of its parameters in weight files, or "" */
    int inputs[LAYER_MAX_INPUTS];
    struct shape in_shape[LAYER_MAX_INPUTS], shape;
    int64_t macs, parameters; /* of one image, forward; trained parameters */
    int64_t activations;      /* outputs of its products, of one image */
    int stage, block; /* where it comes from in the spec, from 0; stage -1: the classifier */
};

struct graph {
    struct node *nodes; /* owned */
    int n_nodes, capacity;
    struct shape input;
    int64_t macs, parameters;
    int64_t activations; /* outputs of convolutions and linear layers */
    int stage, block;    /* given to the next node */
};

void graph_init(struct graph *graph, struct shape input);
void graph_release(struct graph *graph);

/* ERR_INPUT for shapes that cannot be, ERR_NUMERIC for counts beyond 64 bits. */
int graph_add(struct graph *graph, const struct layer *layer, const void *config, const char *name,
    int input0, int input1, struct err *err) MUST_CHECK;

#endif
