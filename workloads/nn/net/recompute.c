/*
 * Cuts a graph into segments, and finds the layers that run again because backward needs an output
 * that was not kept.
 */
#include "recompute.h"

#include <stdlib.h>

/* What becomes of the output of a node that writes one, or of the target of one that does. */
struct output {
    int writer;      /* node, or -1: nothing is written there */
    int last_reader; /* node */
    bool wanted;     /* by backward, or by a layer that runs again */
};

static int64_t floats_of(const struct graph *graph, int i)
{
    const struct shape *shape = &graph->nodes[i].shape;

    return (int64_t)shape->h * shape->w * shape->c;
}

static bool writes(const struct fusion_node *fused, int i)
{
    return fused[i].role == FUSION_PLAIN || fused[i].role == FUSION_WRITES;
}

int64_t recompute_total_floats(const struct graph *graph, const struct fusion_node *fused)
{
    int64_t total = 0;

    for (int i = 0; i < graph->n_nodes; i++)
        total += writes(fused, i) ? floats_of(graph, i) : 0;
    return total;
}

bool recompute_backward_reads(
    const struct graph *graph, const struct fusion_node *fused, int i, int j)
{
    int input = graph->nodes[i].inputs[j];

    return graph->nodes[i].layer->keeps_input ||
           (input >= 0 && fusion_is_view(&fused[input].value, input));
}

static void find_outputs(
    const struct graph *graph, const struct fusion_node *fused, struct output *outputs)
{
    for (int i = 0; i < graph->n_nodes; i++)
        outputs[i] = (struct output){.writer = -1, .last_reader = i};
    for (int i = 0; i < graph->n_nodes; i++) {
        const struct node *node = &graph->nodes[i];

        if (writes(fused, i))
            outputs[fused[i].target].writer = i;
        if (node->layer->keeps_output)
            outputs[i].wanted = true;
        for (int j = 0; j < node->layer->n_inputs && fused[i].role != FUSION_SKIP; j++) {
            int data = fusion_data(graph, fused, i, j);

            if (data < 0)
                continue;
            outputs[data].last_reader = i;
            /* a batch norm's factors need the output before it in that layer's backward */
            if (recompute_backward_reads(graph, fused, i, j) || fused[i].role != FUSION_PLAIN)
                outputs[data].wanted = true;
        }
    }
}

/* crossing [n_nodes]: floats that are read behind node i and written before or by it. */
static void find_crossings(
    const struct graph *graph, const struct output *outputs, int64_t *crossing)
{
    for (int i = 0; i < graph->n_nodes; i++)
        crossing[i] = 0;
    for (int d = 0; d < graph->n_nodes; d++)
        for (int i = outputs[d].writer; i >= 0 && i < outputs[d].last_reader; i++)
            crossing[i] += floats_of(graph, d);
}

/* From one cut to the next: of the places up to which no more than `floats` are forgotten, the one
 * with least to keep, the farthest of equals. */
static int next_cut(const struct graph *graph, const struct fusion_node *fused,
    const int64_t *crossing, int from, int64_t floats)
{
    int64_t written = 0;
    int best = from;

    for (int i = from; i < graph->n_nodes - 1; i++) {
        written += writes(fused, i) ? floats_of(graph, i) : 0;
        if (i > from && written - crossing[i] > floats)
            break;
        if (crossing[i] <= crossing[best])
            best = i;
    }
    return best;
}

static bool is_kept(const struct output *output, const int *segment, int last_segment)
{
    return segment[output->writer] == last_segment ||
           segment[output->writer] != segment[output->last_reader];
}

/* From the last to the first: by then it is known what is wanted of a layer. */
static void find_runs(const struct graph *graph, const struct fusion_node *fused,
    const int *segment, struct output *outputs, struct recompute_node *nodes)
{
    for (int i = graph->n_nodes - 1; i >= 0; i--) {
        int to = fused[i].target;

        if (!writes(fused, i) || !outputs[to].wanted ||
            is_kept(&outputs[to], segment, segment[graph->n_nodes - 1]))
            continue;
        nodes[i].runs_again = true;
        nodes[to].output_again = true;
        for (int j = 0; j < graph->nodes[i].layer->n_inputs; j++) {
            int data = fusion_data(graph, fused, i, j);

            if (data >= 0)
                outputs[data].wanted = true;
        }
    }
}

int recompute_find(const struct graph *graph, const struct fusion_node *fused, int64_t floats,
    struct recompute_node *nodes, struct err *err)
{
    size_t n = (size_t)graph->n_nodes;
    struct output *outputs = calloc(n, sizeof(*outputs));
    int64_t *crossing = calloc(n, sizeof(*crossing));
    int *segment = calloc(n, sizeof(*segment)), result = -1;

    if (!outputs || !crossing || !segment) {
        err_set(err, ERR_MEMORY, "no memory to plan a network of %d layers", graph->n_nodes);
        goto done;
    }
    find_outputs(graph, fused, outputs);
    find_crossings(graph, outputs, crossing);
    for (int from = 0, s = 0; from < graph->n_nodes; s++) {
        int to = next_cut(graph, fused, crossing, from, floats);

        if (from >= graph->n_nodes - 1)
            to = graph->n_nodes - 1;
        for (int i = from; i <= to; i++)
            segment[i] = s;
        nodes[to].ends_segment = true;
        from = to + 1;
    }
    find_runs(graph, fused, segment, outputs, nodes);
    result = 0;
done:
    free(outputs);
    free(crossing);
    free(segment);
    return result;
}
