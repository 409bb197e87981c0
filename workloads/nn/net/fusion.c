/* Decides which batch norms, activations and squeeze-excitations a neighbour computes. */
#include "fusion.h"

#include "workloads/nn/graph/layer_configs.h"

/* The only reader of a node, or -1. */
static int only_reader(const struct graph *graph, int node)
{
    int reader = -1;

    for (int i = node + 1; i < graph->n_nodes; i++)
        for (int j = 0; j < graph->nodes[i].layer->n_inputs; j++)
            if (graph->nodes[i].inputs[j] == node) {
                if (reader >= 0)
                    return -1;
                reader = i;
            }
    return reader;
}

static bool reads_view(const struct node *node, int input)
{
    const struct layer_algorithm *algorithm =
        layer_algorithm_of(node->layer, node->config, node->in_shape, &node->shape);

    return algorithm->reads_views &&
           algorithm->reads_views(node->config, node->in_shape, &node->shape, input);
}

/* Whether there are readers and all of them read views; one that reads it twice does not count. */
static bool all_read_views(const struct graph *graph, int node)
{
    bool any = false;

    for (int i = node + 1; i < graph->n_nodes; i++) {
        const struct node *reader = &graph->nodes[i];
        int times = 0;

        for (int j = 0; j < reader->layer->n_inputs; j++) {
            if (reader->inputs[j] != node)
                continue;
            any = true;
            if (times++ > 0 || !reads_view(reader, j))
                return false;
        }
    }
    return any;
}

static enum activation act_of(const struct node *node)
{
    return ((const struct activation_config *)(const void *)node->config)->act;
}

/* A batch norm behind a layer that takes its factors, and an activation behind that alone. */
static void fuse_norm(const struct graph *graph, int norm, struct fusion_node *fused)
{
    int before = graph->nodes[norm].inputs[0], after = only_reader(graph, norm), end = norm;
    enum activation act = ACT_NONE;

    if (before < 0 || !graph->nodes[before].layer->takes_factors ||
        only_reader(graph, before) != norm)
        return;
    if (after >= 0 && graph->nodes[after].layer == &layer_activation) {
        end = after;
        act = act_of(&graph->nodes[after]);
        fused[after].role = FUSION_SKIP;
    }
    if (all_read_views(graph, end)) {
        fused[norm].role = FUSION_VIEW;
        fused[norm].value = (struct fusion_value){before, norm, ACT_NONE, GRAPH_NONE};
        fused[end].value = (struct fusion_value){before, norm, act, GRAPH_NONE};
    } else {
        fused[norm].role = FUSION_WRITES;
        fused[norm].target = end;
        fused[norm].act = act;
        fused[norm].value = fused[end].value;
    }
}

static void fuse_activation(const struct graph *graph, int node, struct fusion_node *fused)
{
    int before = graph->nodes[node].inputs[0];

    if (fused[node].role != FUSION_PLAIN || before < 0 || fused[before].value.data != before ||
        graph->nodes[before].layer->keeps_output || only_reader(graph, before) != node ||
        !all_read_views(graph, node))
        return;
    fused[node].role = FUSION_SKIP;
    fused[node].value =
        (struct fusion_value){before, GRAPH_NONE, act_of(&graph->nodes[node]), GRAPH_NONE};
}

static void fuse_gate(const struct graph *graph, int node, struct fusion_node *fused)
{
    int before = graph->nodes[node].inputs[0], after = only_reader(graph, node);
    const struct fusion_value *read;
    const struct layer *reader;

    if (before < 0 || after < 0)
        return;
    read = &fused[before].value;
    reader = graph->nodes[after].layer;
    if (read->norm == GRAPH_NONE || only_reader(graph, before) != node || !reader->reads_gates ||
        !reader->reads_gates(graph->nodes[after].config, &graph->nodes[node].shape))
        return;
    fused[node].role = FUSION_GATE;
    fused[node].value = *read;
    fused[node].value.gate = node;
}

void fusion_none(const struct graph *graph, struct fusion_node *fused)
{
    for (int i = 0; i < graph->n_nodes; i++)
        fused[i] = (struct fusion_node){
            .role = FUSION_PLAIN, .target = i, .value = {i, GRAPH_NONE, ACT_NONE, GRAPH_NONE}};
}

void fusion_find(const struct graph *graph, struct fusion_node *fused)
{
    fusion_none(graph, fused);
    for (int i = 0; i < graph->n_nodes; i++)
        if (graph->nodes[i].layer == &layer_batch_norm)
            fuse_norm(graph, i, fused);
        else if (graph->nodes[i].layer == &layer_activation)
            fuse_activation(graph, i, fused);
        else if (graph->nodes[i].layer == &layer_squeeze_excitation)
            fuse_gate(graph, i, fused);
}

int fusion_data(const struct graph *graph, const struct fusion_node *fused, int i, int input)
{
    int node = graph->nodes[i].inputs[input];

    return node < 0 ? node : fused[node].value.data;
}

bool fusion_is_view(const struct fusion_value *value, int node)
{
    return value->data != node;
}
