/*
 * Which layers of a graph are computed inside their neighbours (layer.h, "Seam for fusion"): a pure
 * function of the graph, made before memory is planned.
 *
 * A batch norm behind a convolution, with the activation behind it if there is one, is a view: it
 * writes nothing, and its readers apply it. Where a reader cannot, the batch norm writes the result
 * of both in one pass. An activation behind anything else is a view too if its readers can. A
 * squeeze-excitation that alone reads such a view of a batch norm only works its gate out, if its
 * reader can apply that.
 *
 *     struct fusion_node *fused = calloc(graph->n_nodes, sizeof(*fused));
 *     fusion_find(graph, fused);
 *     fused[i].value                    what readers of node i's output read
 */
#ifndef SCALESTUDY_WORKLOADS_NN_NET_FUSION_H
#define SCALESTUDY_WORKLOADS_NN_NET_FUSION_H

#include <stdbool.h>

#include "workloads/nn/graph/graph.h"

enum fusion_role {
    FUSION_PLAIN,  /* runs, and writes its output */
    FUSION_VIEW,   /* a batch norm that only prepares what its readers apply */
    FUSION_WRITES, /* a batch norm that writes the output of `target`, itself or an activation */
    FUSION_SKIP,   /* an activation that others compute */
    FUSION_GATE,   /* squeeze-excitation whose gate its reader applies */
};

/* gate act(norm(output of node `data`)). */
struct fusion_value {
    int data;
    int norm; /* node of the batch norm, or GRAPH_NONE */
    enum activation act;
    int gate; /* node of the squeeze-excitation, or GRAPH_NONE; only with norm */
};

struct fusion_node {
    enum fusion_role role;
    int target;          /* FUSION_WRITES */
    enum activation act; /* FUSION_WRITES: what it applies */
    struct fusion_value value;
};

/* fused [n_nodes]. */
void fusion_find(const struct graph *graph, struct fusion_node *fused);
/* As if nothing could be fused. */
void fusion_none(const struct graph *graph, struct fusion_node *fused);

/* The node whose output input `input` of node i is a view of, or GRAPH_INPUT. */
int fusion_data(const struct graph *graph, const struct fusion_node *fused, int i, int input);
bool fusion_is_view(const struct fusion_value *value, int node);

#endif
