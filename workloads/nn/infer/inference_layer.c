/* Layers that nothing was folded into run as they are, on the buffers of the plan. */
#include "inference_private.h"

static size_t layer_plan(struct step *step, const struct graph *graph, int batch)
{
    const struct node *node = &graph->nodes[step->node];

    step->layer = layer_algorithm_of(node->layer, node->config, node->in_shape, &node->shape);
    return step->layer->scratch_floats
               ? step->layer->scratch_floats(node->config, node->in_shape, &node->shape, batch)
               : 0;
}

static void layer_step_run(const struct inference *inference, const struct step *step, int n)
{
    const struct node *node = &inference->graph->nodes[step->node];
    int64_t macs = 0;
    struct layer_run run = {.config = node->config,
        .batch = n,
        .n_inputs = node->layer->n_inputs,
        .in_shape = {node->in_shape[0], node->in_shape[1]},
        .out_shape = node->shape,
        .in = {{.data = step->in}, {.data = step->in2}},
        .out = step->out,
        .saved = step->saved,
        .scratch = step->scratch,
        .layer_index = step->node,
        .macs = &macs};

    for (int i = 0; i < LAYER_MAX_PARAMETERS; i++)
        run.parameter[i] = step->parameter[i];
    step->layer->forward(&run);
    atomic_fetch_add_explicit(inference->macs, macs, memory_order_relaxed);
}

const struct step_kind step_layer = {.name = "layer", .plan = layer_plan, .run = layer_step_run};
