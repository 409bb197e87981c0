/*
 * A network as a list of layers: each node gets its shape, its parameters and its multiply-adds
 * when it is added.
 */
#include "graph.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"

void graph_init(struct graph *graph, struct shape input)
{
    *graph = (struct graph){.input = input};
}

void graph_release(struct graph *graph)
{
    free(graph->nodes);
    *graph = (struct graph){0};
}

static int reserve_node(struct graph *graph, struct err *err)
{
    struct node *nodes;
    int capacity;

    if (graph->n_nodes < graph->capacity)
        return 0;
    capacity = graph->capacity ? 2 * graph->capacity : 64;
    nodes = realloc(graph->nodes, (size_t)capacity * sizeof(*nodes));
    if (!nodes)
        return err_set(err, ERR_MEMORY, "no memory for a network of %d layers", capacity);
    graph->nodes = nodes;
    graph->capacity = capacity;
    return 0;
}

static struct shape shape_of(const struct graph *graph, int input)
{
    return input == GRAPH_INPUT ? graph->input : graph->nodes[input].shape;
}

static bool is_trained(enum parameter_kind kind)
{
    return kind != PARAMETER_RUNNING_MEAN && kind != PARAMETER_RUNNING_VAR;
}

/*
 * Parameters and multiply-adds of a node, added to the graph's. A weight of [K, ...] is used at
 * macs / weights positions (H x W of a convolution, 1 of a linear layer) and gives K outputs at
 * each.
 */
static bool count_node(struct graph *graph, struct node *node)
{
    struct parameter_info info[LAYER_MAX_PARAMETERS];
    const struct layer *layer = node->layer;
    int n = layer->parameters ? layer->parameters(node->config, node->in_shape, info) : 0;
    int64_t weights = 0, outputs = 0;

    for (int i = 0; i < n; i++) {
        int64_t count = 1;

        for (int d = 0; d < info[i].n_dims; d++)
            if (__builtin_mul_overflow(count, info[i].dims[d], &count))
                return false;
        if (is_trained(info[i].kind) &&
            __builtin_add_overflow(node->parameters, count, &node->parameters))
            return false;
        if (info[i].kind == PARAMETER_WEIGHT) {
            if (__builtin_add_overflow(weights, count, &weights))
                return false;
            outputs += info[i].dims[0];
        }
    }
    node->macs = layer->macs ? layer->macs(node->config, node->in_shape, &node->shape) : 0;
    if (node->macs < 0)
        return false;
    if (__builtin_mul_overflow(weights ? node->macs / weights : 0, outputs, &node->activations))
        return false;
    return !__builtin_add_overflow(graph->macs, node->macs, &graph->macs) &&
           !__builtin_add_overflow(graph->parameters, node->parameters, &graph->parameters) &&
           !__builtin_add_overflow(graph->activations, node->activations, &graph->activations);
}

int graph_add(struct graph *graph, const struct layer *layer, const void *config, const char *name,
    int input0, int input1, struct err *err)
{
    const int inputs[LAYER_MAX_INPUTS] = {input0, input1};
    struct node *node;

    if (reserve_node(graph, err) < 0)
        return -1;
    node = &graph->nodes[graph->n_nodes];
    memset(node, 0, sizeof(*node));
    node->layer = layer;
    memcpy(node->config, config, layer->config_bytes);
    if (!str_copy(node->name, sizeof(node->name), name))
        return err_set(err, ERR_BUG, "the layer name %s is too long", name);
    node->stage = graph->stage;
    node->block = graph->block;
    for (int i = 0; i < LAYER_MAX_INPUTS; i++) {
        node->inputs[i] = i < layer->n_inputs ? inputs[i] : GRAPH_NONE;
        if (i < layer->n_inputs)
            node->in_shape[i] = shape_of(graph, inputs[i]);
    }
    if (layer->shape(node->config, node->in_shape, &node->shape, err) < 0)
        return err_context(err, "layer %d (%s %s)", graph->n_nodes, layer->name, name);
    if (!count_node(graph, node))
        return err_set(err, ERR_NUMERIC,
            "the network is too large to count: layer %d (%s %s) takes it beyond 64 bits; use "
            "smaller factors",
            graph->n_nodes, layer->name, name);
    return graph->n_nodes++;
}
