/*
 * Which layers run again in backward, so that their outputs need not be kept from forward: a pure
 * function of the graph (Chen et al. 2016, arXiv 1604.06174, "Training Deep Nets with Sublinear
 * Memory Cost").
 *
 * The graph is cut into segments. What crosses a cut is kept; the outputs inside of a segment are
 * forgotten, and computed again just before the segment's backward. The last segment is not: its
 * backward comes right after its forward.
 *
 *     struct recompute_node *nodes = calloc(graph->n_nodes, sizeof(*nodes));
 *     if (recompute_find(graph, fused, floats, nodes, err) < 0) return -1;
 */
#ifndef SCALESTUDY_WORKLOADS_NN_NET_RECOMPUTE_H
#define SCALESTUDY_WORKLOADS_NN_NET_RECOMPUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "fusion.h"
#include "workloads/nn/graph/graph.h"

struct recompute_node {
    bool ends_segment;
    bool runs_again;
    bool output_again; /* its output is what a layer that runs again writes */
};

/* Segments with at most `floats` an image inside where the graph lets itself be cut so; nodes
 * [n_nodes]. */
int recompute_find(const struct graph *graph, const struct fusion_node *fused, int64_t floats,
    struct recompute_node *nodes, struct err *err) MUST_CHECK;

/* Of all outputs that are written, an image. */
int64_t recompute_total_floats(const struct graph *graph, const struct fusion_node *fused);

/* Whether backward of node i reads the data of its input j. */
bool recompute_backward_reads(
    const struct graph *graph, const struct fusion_node *fused, int i, int j);

#endif
