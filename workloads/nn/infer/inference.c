/*
 * A compiled network in one block of memory: creating it, running its steps, and reading its
 * results.
 */
#include "inference.h"

#include <string.h>

#include "harness/base/clock.h"
#include "inference_private.h"
#include "workloads/nn/graph/window.h"

int inference_plan_bytes(const struct graph *graph, const struct inference_options *options,
    size_t *bytes, struct err *err)
{
    struct inference_plan plan;
    int result = inference_plan_make(&plan, graph, options, err);

    *bytes = plan.memory.bytes;
    inference_plan_release(&plan);
    return result;
}

/* ---- taking the block apart ---- */

static void *buffer_at(
    const struct inference *inference, const struct inference_plan *plan, int buffer)
{
    return buffer == PLAN_NONE ? NULL : inference->arena.base + plan->memory.buffers[buffer].offset;
}

static struct inference *lay_out(const struct arena *arena, const struct inference_plan *plan)
{
    char *at = arena->base + plan->memory.buffers[plan->fixed].offset;
    struct inference *made = (struct inference *)(void *)at;

    made->steps = (struct step *)(void *)(at + arena_round(sizeof(*made)));
    made->n_steps = plan->n_steps;
    made->arena = *arena;
    made->macs = &made->macs_executed;
    made->input = buffer_at(made, plan, plan->input);
    for (int i = 0; i < plan->n_steps; i++) {
        struct step *step = &made->steps[i];

        *step = plan->steps[i];
        step->out = buffer_at(made, plan, step->out_buffer);
        step->scratch = buffer_at(made, plan, step->scratch_buffer);
        step->saved = buffer_at(made, plan, step->saved_buffer);
    }
    return made;
}

static const float *output_of(const struct inference *inference, int node)
{
    if (node == GRAPH_INPUT)
        return inference->input;
    for (int i = 0; i < inference->n_steps; i++)
        if (inference->steps[i].node == node)
            return inference->steps[i].out;
    return NULL;
}

int inference_create(struct inference **inference, const struct graph *graph,
    const struct inference_options *options, const struct net *net, struct err *err)
{
    struct inference_plan plan = {0};
    struct arena arena = {0};
    struct inference *made;
    float *constants, *staging;
    int result = -1;

    *inference = NULL;
    if (inference_plan_make(&plan, graph, options, err) < 0 ||
        arena_init(&arena, plan.memory.bytes, err) < 0)
        goto done;
    made = lay_out(&arena, &plan);
    made->graph = graph;
    made->options = *options;
    constants = buffer_at(made, &plan, plan.constants);
    staging = buffer_at(made, &plan, plan.staging);
    for (int i = 0; i < made->n_steps; i++) {
        struct step *step = &made->steps[i];

        step->in = output_of(made, step->input);
        step->in2 = step->second == GRAPH_NONE ? NULL : output_of(made, step->second);
        constants = inference_fold(step, graph, plan.first_parameter, net, constants, staging);
    }
    made->logits = made->steps[made->n_steps - 1].out;
    made->classes = graph->nodes[made->steps[made->n_steps - 1].node].shape.c;
    *inference = made;
    result = 0;
done:
    inference_plan_release(&plan);
    return result;
}

void inference_free(struct inference *inference)
{
    struct arena arena;

    if (!inference)
        return;
    arena = inference->arena;
    arena_release(&arena);
}

/* ---- running ---- */

float *inference_input(struct inference *inference)
{
    return inference->input;
}

void inference_set_input(struct inference *inference, const float *images, int n)
{
    memcpy(inference->input, images,
        (size_t)n * count_floats(&inference->graph->input, 1) * sizeof(*images));
}

const float *inference_logits(const struct inference *inference)
{
    return inference->logits;
}

int inference_classes(const struct inference *inference)
{
    return inference->classes;
}

const float *inference_features(const struct inference *inference, struct shape *shape)
{
    const struct step *pool =
        inference_pool(inference->graph, inference->steps, inference->n_steps);

    if (!inference->options.keep_features || !pool)
        return NULL;
    *shape = inference->graph->nodes[pool->node].in_shape[0];
    return pool->in;
}

/* Of all that a step computes, the layer that stands for it: its last with weights. */
static int named_node(const struct step *step)
{
    return folded_exists(&step->project) ? step->project.node : step->node;
}

static void run_step(struct inference *inference, const struct step *at, int n)
{
    double start;

    if (!inference->observer) {
        at->kind->run(inference, at, n);
        return;
    }
    start = clock_seconds();
    at->kind->run(inference, at, n);
    inference->observer(
        inference->observer_context, named_node(at), false, clock_seconds() - start);
}

void inference_observe(struct inference *inference, net_observer *observer, void *context)
{
    inference->observer = observer;
    inference->observer_context = context;
}

int inference_node_of_step(const struct inference *inference, int node)
{
    for (int i = 0; i < inference->n_steps; i++)
        for (int part = 0; step_part(&inference->steps[i], part); part++)
            if (step_part(&inference->steps[i], part)->node == node)
                return named_node(&inference->steps[i]);
    return node;
}

const char *inference_algorithm(const struct inference *inference, int node)
{
    for (int i = 0; i < inference->n_steps; i++) {
        const struct step *step = &inference->steps[i];

        if (named_node(step) != node)
            continue;
        if (step->kind == &step_conv)
            return step->conv.algorithm->name;
        return step->kind == &step_layer ? step->layer->name : step->kind->name;
    }
    return NULL;
}

void inference_run(struct inference *inference, int n)
{
    for (int i = 0; i < inference->n_steps; i++)
        run_step(inference, &inference->steps[i], n);
}
