/*
 * Where everything of a net lies in its one block of memory, decided before the block is taken.
 *
 * Time is counted in runs of layers: node i runs forward at time i, the loss at n_nodes, and then
 * backward, from the last node to the first, each at its moment `back`; with recompute.h, the layers
 * of a segment run again, at their moments `again`, before the segment's backward. Every piece of
 * memory has a first and a last moment at which its contents matter; pieces that are never needed
 * at the same moment may share bytes. So in inference outputs take turns, and in training the
 * gradients take the room of outputs that backward does not read.
 *
 *     struct net_plan plan = {0};
 *     if (net_plan_make(&plan, graph, &options, err) < 0) goto done;
 *     ... plan.bytes; plan.buffers[plan.nodes[i].out].offset ...
 * done:
 *     net_plan_release(&plan);                    on failure too
 *
 * Private to net.c, net_run.c, inference_plan.c and their tests. Offsets and sizes are bytes, multiples of
 * ARENA_ALIGN.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_NET_NET_PLAN_H
#define SCALESTUDY_WORKLOADS_NN_NET_NET_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "fusion.h"
#include "workloads/nn/graph/graph.h"
#include "harness/base/err.h"
#include "net.h"
#include "recompute.h"

#define PLAN_NONE (-1)
/* No single piece is larger; so offsets and sums of pieces that fit stay far from overflow. */
#define PLAN_MAX_BYTES ((size_t)1 << 46)

struct plan_buffer {
    size_t bytes, offset;
    int first, last; /* moments, both included */
};

/* Indices into buffers, or PLAN_NONE. Two nodes share one where a layer works in place; what is
 * computed inside a neighbour (fusion.h) has none of its own. */
struct plan_node {
    const struct layer_algorithm *algorithm; /* how its layer is computed */
    int out, out_grad;
    int out_again; /* what backward reads in place of out, written by a layer that runs again */
    int back;      /* moment of its backward */
    int again;     /* moment at which it runs again, or PLAN_NONE */
    int segment;   /* first node of the segment that ends here, or PLAN_NONE */
    int saved;
    int out_sums;                 /* given by this node and taken by its only reader */
    int grad_sums;                /* of a batch norm that is a view, by its readers */
    int gate_sums, gate_constant; /* of a squeeze-excitation that gives its gate */
    int scratch_forward, scratch_backward, scratch_again; /* one moment each */
    int first_parameter, n_parameters;
    bool add_grad[LAYER_MAX_INPUTS];
};

struct net_plan {
    struct plan_buffer *buffers;
    int n_buffers, capacity;
    struct plan_node *nodes;          /* [n_nodes] */
    struct fusion_node *fused;        /* [n_nodes] */
    struct recompute_node *recompute; /* [n_nodes] */
    int n_nodes;
    int end;    /* last moment */
    int input;  /* buffer of the images */
    int fixed;  /* buffer of the net's own structures */
    int values; /* buffer of all parameters, each on ARENA_ALIGN */
    int grads;  /* buffer of the gradients of the trained ones, or PLAN_NONE */
    int n_parameters;
    size_t bytes; /* of the whole block */
};

/* `fixed_bytes` for a graph of so many nodes and parameters: what net.c keeps at the start of the
 * block. */
typedef size_t plan_fixed_bytes(int n_nodes, int n_parameters);

int net_plan_make(struct net_plan *plan, const struct graph *graph,
    const struct net_options *options, plan_fixed_bytes *fixed_bytes, struct err *err) MUST_CHECK;
void net_plan_release(struct net_plan *plan);

/* ---- for inference_plan.c, whose moments are its steps ---- */

/* Room for so many floats from moment `first` to `last`; *index: its number, PLAN_NONE for none. */
int net_plan_buffer(struct net_plan *plan, size_t floats, int first, int last, int *index,
    struct err *err) MUST_CHECK;
/* Offsets of all buffers, and plan->bytes: net_place.c. */
int net_plan_place(struct net_plan *plan, struct err *err) MUST_CHECK;
int net_plan_too_large(struct err *err); /* -1: more than PLAN_MAX_BYTES */

/* Elements of a parameter. */
size_t parameter_count(const struct parameter_info *info);
bool parameter_is_trained(const struct parameter_info *info);

#endif
