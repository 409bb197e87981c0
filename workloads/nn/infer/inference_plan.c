/* Memory of a compiled network: moments are its steps, so outputs and scratch take turns. */
#include <stdlib.h>

#include "inference_private.h"
#include "workloads/nn/graph/window.h"

static size_t fixed_floats(const struct inference_plan *plan)
{
    return (arena_round(sizeof(struct inference)) +
               arena_round((size_t)plan->n_steps * sizeof(struct step))) /
           sizeof(float);
}

static int find_parameters(struct inference_plan *plan, const struct graph *graph, struct err *err)
{
    struct parameter_info info[LAYER_MAX_PARAMETERS];
    int n = 0;

    plan->first_parameter = calloc((size_t)graph->n_nodes, sizeof(*plan->first_parameter));
    if (!plan->first_parameter)
        return err_set(err, ERR_MEMORY, "no memory to plan a network of %d layers", graph->n_nodes);
    for (int i = 0; i < graph->n_nodes; i++) {
        const struct node *node = &graph->nodes[i];

        plan->first_parameter[i] = n;
        if (node->layer->parameters)
            n += node->layer->parameters(node->config, node->in_shape, info);
    }
    return 0;
}

const struct step *inference_pool(const struct graph *graph, const struct step *steps, int n_steps)
{
    const struct step *pool, *last;

    if (n_steps < 2)
        return NULL;
    pool = steps + n_steps - 2;
    last = steps + n_steps - 1;
    if (graph->nodes[pool->node].layer != &layer_global_pool || last->input != pool->node ||
        !folded_exists(&last->project) || graph->nodes[last->project.node].layer != &layer_linear)
        return NULL;
    return pool;
}

/* The last step that reads the output of a node; the caller reads the logits, and may read what is
 * pooled. */
static int last_reader(const struct inference_plan *plan, const struct graph *graph,
    const struct inference_options *options, int node)
{
    const struct step *pool =
        options->keep_features ? inference_pool(graph, plan->steps, plan->n_steps) : NULL;

    if (pool && pool->input == node)
        return plan->n_steps;
    for (int i = plan->n_steps - 1; i >= 0; i--)
        if (plan->steps[i].input == node || plan->steps[i].second == node)
            return i;
    return plan->n_steps;
}

static int plan_step(struct inference_plan *plan, int i, const struct graph *graph,
    const struct inference_options *options, struct err *err)
{
    struct step *step = &plan->steps[i];
    int batch = options->batch;
    const struct node *node = &graph->nodes[step->node];
    size_t scratch = step->kind->plan(step, graph, batch), saved = 0;

    if (step->kind == &step_layer && node->layer->saved_floats)
        saved = node->layer->saved_floats(node->config, node->in_shape, &node->shape, batch);
    if (net_plan_buffer(&plan->memory, count_floats(&node->shape, batch), i,
            last_reader(plan, graph, options, step->node), &step->out_buffer, err) < 0 ||
        net_plan_buffer(&plan->memory, saved, i, i, &step->saved_buffer, err) < 0)
        return -1;
    return net_plan_buffer(&plan->memory, scratch, i, i, &step->scratch_buffer, err);
}

int inference_plan_make(struct inference_plan *plan, const struct graph *graph,
    const struct inference_options *options, struct err *err)
{
    size_t constants = 0, staging = 0;
    int end;

    *plan = (struct inference_plan){.memory.n_nodes = graph->n_nodes};
    if (graph->n_nodes < 1 || options->batch < 1)
        return err_set(
            err, ERR_BUG, "a net of %d layers for batches of %d", graph->n_nodes, options->batch);
    if (inference_compile(plan, graph, err) < 0 || find_parameters(plan, graph, err) < 0)
        return -1;
    end = plan->n_steps;
    for (int i = 0; i < plan->n_steps; i++)
        if (plan_step(plan, i, graph, options, err) < 0)
            return -1;
    for (int i = 0; i < plan->n_steps; i++) {
        size_t floats = inference_constants(&plan->steps[i], graph);
        size_t weights = inference_staging(&plan->steps[i]);

        constants = floats > COUNT_TOO_MANY - constants ? COUNT_TOO_MANY : constants + floats;
        staging = weights > staging ? weights : staging;
    }
    /* Staging is needed before the first step alone: it shares its room with all others. */
    if (net_plan_buffer(&plan->memory, fixed_floats(plan), -1, end, &plan->fixed, err) < 0 ||
        net_plan_buffer(&plan->memory, constants, -1, end, &plan->constants, err) < 0 ||
        net_plan_buffer(&plan->memory, count_floats(&graph->input, options->batch), 0, end,
            &plan->input, err) < 0 ||
        net_plan_buffer(&plan->memory, staging, -1, -1, &plan->staging, err) < 0)
        return -1;
    return net_plan_place(&plan->memory, err);
}

void inference_plan_release(struct inference_plan *plan)
{
    free(plan->steps);
    free(plan->first_parameter);
    net_plan_release(&plan->memory);
    *plan = (struct inference_plan){0};
}
