/* The net's own structures, all inside the block that net_plan.h describes. Private to net.c and
 * net_run.c. */
#ifndef SCALESTUDY_WORKLOADS_NN_NET_NET_PRIVATE_H
#define SCALESTUDY_WORKLOADS_NN_NET_NET_PRIVATE_H

#include "harness/base/arena.h"
#include "net.h"

/* One layer, ready to run at the full batch: all but batch, training and step is filled in. */
struct net_layer {
    const struct layer_algorithm *algorithm; /* NULL: computed inside its neighbours */
    struct layer_run forward, backward;
    struct layer_run again; /* forward once more, before the backward of its segment */
    bool runs_again;
    int segment; /* first node of the segment that ends here, if its layers run again; else -1 */
    bool timed;  /* makes a pass of its own over a map */
    bool output_kept; /* it has one, and nothing is written over it before the next forward */
};

struct net {
    struct arena arena; /* holds this struct too */
    const struct graph *graph;
    struct net_options options;
    struct net_layer *layers; /* [n_nodes] */
    struct parameter *parameters;
    struct parameter_info *infos; /* [n_parameters] both */
    int n_parameters;
    float *input;       /* [batch][H][W][C] */
    float *logits;      /* [batch][classes] */
    float *logits_grad; /* NULL in inference */
    float *grads;       /* all gradients, one piece */
    size_t grad_bytes;
    int classes;
    uint64_t step; /* of the last forward: backward draws the same random numbers */
    int64_t macs;
    net_observer *observer; /* or NULL */
    void *observer_context;
};

#endif
