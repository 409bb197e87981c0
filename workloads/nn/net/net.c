/*
 * Creates a net: checks that it fits in memory, takes one block, and points every layer at its part
 * of it.
 */
#include "net.h"

#include <stdio.h>
#include <string.h>

#include "workloads/nn/products/gemm.h"
#include "harness/system/cpu.h"
#include "initialise.h"
#include "workloads/nn/kernels/kernels.h"
#include "workloads/nn/graph/layer_configs.h"
#include "net_plan.h"
#include "net_private.h"

static size_t fixed_bytes(int n_nodes, int n_parameters)
{
    return arena_round(sizeof(struct net)) +
           arena_round((size_t)n_nodes * sizeof(struct net_layer)) +
           arena_round((size_t)n_parameters * sizeof(struct parameter)) +
           arena_round((size_t)n_parameters * sizeof(struct parameter_info));
}

int net_plan_bytes(
    const struct graph *graph, const struct net_options *options, size_t *bytes, struct err *err)
{
    struct net_plan plan;
    int result = net_plan_make(&plan, graph, options, fixed_bytes, err);

    *bytes = plan.bytes;
    net_plan_release(&plan);
    return result;
}

/* Largest batch whose plan and `extra` fit in `memory`, 0 if none does. */
static int batch_that_fits(
    const struct graph *graph, const struct net_options *options, size_t extra, uint64_t memory)
{
    struct net_options tried = *options;
    int low = 0, high = options->batch;

    while (high - low > 1) {
        struct err ignored = {0};
        size_t bytes;

        tried.batch = low + (high - low) / 2;
        if (net_plan_bytes(graph, &tried, &bytes, &ignored) == 0 && bytes + extra <= memory)
            low = tried.batch;
        else
            high = tried.batch;
    }
    return low;
}

int net_check_memory(const struct graph *graph, const struct net_options *options,
    size_t extra_bytes, struct err *err)
{
    uint64_t memory = cpu_memory_bytes();
    size_t bytes;
    int batch;

    if (net_plan_bytes(graph, options, &bytes, err) < 0)
        return -1;
    if (memory == 0 || bytes + extra_bytes <= memory)
        return 0;
    batch = batch_that_fits(graph, options, extra_bytes, memory);
    if (batch == 0)
        return err_set(err, ERR_INPUT,
            "%s this network needs %zu bytes of memory and the machine has %llu; not even a batch "
            "of 1 fits, so a smaller input or width is needed",
            options->training ? "training" : "running", bytes + extra_bytes,
            (unsigned long long)memory);
    return err_set(err, ERR_INPUT,
        "%s this network in batches of %d needs %zu bytes of memory and the machine has %llu; a "
        "batch of %d would fit",
        options->training ? "training" : "running", options->batch, bytes + extra_bytes,
        (unsigned long long)memory, batch);
}

/* ---- taking the block apart ---- */

static void *buffer_at(const struct net *net, const struct net_plan *plan, int buffer)
{
    return buffer == PLAN_NONE ? NULL : net->arena.base + plan->buffers[buffer].offset;
}

/* The structures at the start of the fixed piece; returns the net. */
static struct net *lay_out_fixed(const struct arena *arena, const struct net_plan *plan)
{
    char *at = arena->base + plan->buffers[plan->fixed].offset;
    struct net *net = (struct net *)at;

    at += arena_round(sizeof(*net));
    net->layers = (struct net_layer *)at;
    at += arena_round((size_t)plan->n_nodes * sizeof(*net->layers));
    net->parameters = (struct parameter *)at;
    at += arena_round((size_t)plan->n_parameters * sizeof(*net->parameters));
    net->infos = (struct parameter_info *)at;
    net->n_parameters = plan->n_parameters;
    net->arena = *arena;
    return net;
}

static void lay_out_parameters(struct net *net, const struct net_plan *plan)
{
    char *value = buffer_at(net, plan, plan->values), *grad = buffer_at(net, plan, plan->grads);

    net->grads = buffer_at(net, plan, plan->grads);
    net->grad_bytes = plan->grads == PLAN_NONE ? 0 : plan->buffers[plan->grads].bytes;
    for (int i = 0; i < plan->n_nodes; i++) {
        const struct node *node = &net->graph->nodes[i];
        int first = plan->nodes[i].first_parameter;

        if (!node->layer->parameters)
            continue;
        node->layer->parameters(node->config, node->in_shape, &net->infos[first]);
        for (int p = 0; p < plan->nodes[i].n_parameters; p++) {
            struct parameter *parameter = &net->parameters[first + p];
            size_t bytes;

            parameter->info = &net->infos[first + p];
            parameter->count = parameter_count(parameter->info);
            snprintf(parameter->name, sizeof(parameter->name), "%s.%s", node->name,
                parameter->info->suffix);
            bytes = arena_round(parameter->count * sizeof(float));
            parameter->value = (float *)value;
            value += bytes;
            if (grad && parameter_is_trained(parameter->info)) {
                parameter->grad = (float *)grad;
                grad += bytes;
            }
            net->layers[i].forward.parameter[p] = parameter->value;
            net->layers[i].forward.parameter_grad[p] = parameter->grad;
        }
    }
}

/* Whether a buffer still holds node i's output when forward has ended. */
static bool is_output_kept(const struct net_plan *plan, int i)
{
    int out = plan->nodes[i].out;

    if (out == PLAN_NONE)
        return false;
    for (int later = i + 1; later < plan->n_nodes; later++)
        if (plan->nodes[later].out == out)
            return false; /* written in place */
    return plan->buffers[out].last >= plan->n_nodes;
}

/* What a batch norm keeps for its neighbours, at one of the places of layer_configs.h. */
static float *norm_at(const struct net *net, int norm, size_t place)
{
    return net->layers[norm].forward.saved + place;
}

static struct view view_of(const struct net *net, const struct fusion_value *value, int c)
{
    struct view view = {.data = net->layers[value->data].forward.out, .act = value->act};

    if (value->norm != GRAPH_NONE) {
        view.scale = norm_at(net, value->norm, BATCH_NORM_SCALE(c));
        view.shift = norm_at(net, value->norm, BATCH_NORM_SHIFT(c));
        view.mean = norm_at(net, value->norm, BATCH_NORM_MEAN(c));
    }
    if (value->gate != GRAPH_NONE) {
        const struct shape *shape = &net->graph->nodes[value->gate].shape;

        view.gate = net->layers[value->gate].forward.saved + SQUEEZE_EXCITATION_GATE;
        view.pixels = (int64_t)shape->h * shape->w;
    }
    return view;
}

static void lay_out_input(struct net *net, const struct net_plan *plan, int i, int j)
{
    const struct node *node = &net->graph->nodes[i];
    struct layer_run *run = &net->layers[i].forward;
    const struct fusion_value *value;

    run->in_shape[j] = node->in_shape[j];
    if (node->inputs[j] == GRAPH_INPUT) {
        run->in[j].data = net->input;
        return;
    }
    value = &plan->fused[node->inputs[j]].value;
    run->in[j] = view_of(net, value, node->in_shape[j].c);
    run->in_grad[j] = buffer_at(net, plan, plan->nodes[value->data].out_grad);
    run->add_grad[j] = plan->nodes[i].add_grad[j];
    if (value->gate != GRAPH_NONE)
        run->gate_sums = buffer_at(net, plan, plan->nodes[value->gate].gate_sums);
    else if (value->norm != GRAPH_NONE)
        run->in_grad_sums[j] = buffer_at(net, plan, plan->nodes[value->norm].grad_sums);
}

/* What forward and backward share; backward's own is added by lay_out_backward. */
static void lay_out_layer(struct net *net, const struct net_plan *plan, int i)
{
    const struct node *node = &net->graph->nodes[i];
    const struct plan_node *from = &plan->nodes[i];
    const struct fusion_node *fused = &plan->fused[i];
    struct net_layer *to = &net->layers[i];
    struct layer_run *run = &to->forward;

    to->algorithm = fused->role == FUSION_SKIP ? NULL : from->algorithm;
    to->timed = fused->role != FUSION_SKIP && fused->role != FUSION_VIEW;
    to->output_kept = is_output_kept(plan, i);
    run->config = node->config;
    run->n_inputs = node->layer->n_inputs;
    run->out_shape = node->shape;
    run->out =
        fused->role == FUSION_VIEW ? NULL : buffer_at(net, plan, plan->nodes[fused->target].out);
    run->act = fused->act;
    run->gives_factors = fused->role == FUSION_VIEW || fused->role == FUSION_WRITES;
    run->gives_gate = fused->role == FUSION_GATE;
    if (run->gives_gate) {
        run->gate_sums = buffer_at(net, plan, from->gate_sums);
        run->gate_constant = buffer_at(net, plan, from->gate_constant);
    }
    run->saved = buffer_at(net, plan, from->saved);
    run->scratch = buffer_at(net, plan, from->scratch_forward);
    run->out_sums = buffer_at(net, plan, from->out_sums);
    run->seed = net->options.seed;
    run->layer_index = i;
    run->macs = &net->macs;
    for (int j = 0; j < run->n_inputs; j++)
        lay_out_input(net, plan, i, j);
    if (node->inputs[0] != GRAPH_INPUT)
        run->in_sums = net->layers[node->inputs[0]].forward.out_sums;
}

/* The output of node i as it is in backward. */
static float *second_output(const struct net *net, const struct net_plan *plan, int i)
{
    const struct plan_node *from = &plan->nodes[i];

    return buffer_at(net, plan, from->out_again != PLAN_NONE ? from->out_again : from->out);
}

/* Inputs and output in backward, and when running again for it. */
static void lay_out_second(
    const struct net *net, const struct net_plan *plan, int i, struct layer_run *run)
{
    const struct node *node = &net->graph->nodes[i];

    for (int j = 0; j < run->n_inputs; j++)
        if (node->inputs[j] != GRAPH_INPUT)
            run->in[j].data = second_output(net, plan, plan->fused[node->inputs[j]].value.data);
    if (run->out)
        run->out = second_output(net, plan, plan->fused[i].target);
}

static void lay_out_again(struct net *net, const struct net_plan *plan, int i)
{
    struct net_layer *to = &net->layers[i];

    to->runs_again = plan->recompute[i].runs_again;
    to->segment = plan->nodes[i].segment;
    if (!to->runs_again)
        return;
    to->again = to->forward;
    to->again.again = to->again.training = true;
    to->again.out_sums = NULL;
    to->again.in_sums = NULL;
    to->again.scratch = buffer_at(net, plan, plan->nodes[i].scratch_again);
    lay_out_second(net, plan, i, &to->again);
}

static void lay_out_backward(struct net *net, const struct net_plan *plan, int i)
{
    const struct plan_node *from = &plan->nodes[i];
    const struct fusion_node *fused = &plan->fused[i];
    struct layer_run *run = &net->layers[i].backward;

    *run = net->layers[i].forward;
    lay_out_second(net, plan, i, run);
    run->scratch = buffer_at(net, plan, from->scratch_backward);
    run->out_grad = buffer_at(net, plan, plan->nodes[fused->target].out_grad);
    run->out_grad_sums = buffer_at(net, plan, from->grad_sums);
}

/* The layer before a fused batch norm works its gradient out with the norm's factors, after what a
 * gate behind them has left to do. */
static void lay_out_factors(struct net *net, const struct net_plan *plan, int i)
{
    const struct layer_run *run = &net->layers[i].backward;
    int before = fusion_data(net->graph, plan->fused, i, 0);

    if (plan->fused[i].role == FUSION_VIEW || plan->fused[i].role == FUSION_WRITES)
        net->layers[before].backward.out_grad_factors =
            norm_at(net, i, BATCH_NORM_FACTORS(net->graph->nodes[i].shape.c));
    else if (plan->fused[i].role == FUSION_GATE)
        net->layers[before].backward.gated =
            (struct gated_grad){.gate = run->saved + SQUEEZE_EXCITATION_GATE,
                .constant = run->gate_constant,
                .scale = run->in[0].scale,
                .shift = run->in[0].shift,
                .act = run->in[0].act};
}

/* A function of the seed alone. */
static void initialise(struct net *net)
{
    for (int i = 0; i < net->n_parameters; i++)
        initialise_parameter(
            net->parameters[i].info, net->parameters[i].value, net->options.seed, i);
}

int net_create(
    struct net **net, const struct graph *graph, const struct net_options *options, struct err *err)
{
    struct net_plan plan = {0};
    struct arena arena = {0};
    struct net *made;
    int result = -1;

    *net = NULL;
    if (gemm_open(err) < 0 || net_check_memory(graph, options, 0, err) < 0 ||
        net_plan_make(&plan, graph, options, fixed_bytes, err) < 0 ||
        arena_init(&arena, plan.bytes, err) < 0)
        goto done;
    made = lay_out_fixed(&arena, &plan);
    made->graph = graph;
    made->options = *options;
    made->input = buffer_at(made, &plan, plan.input);
    for (int i = 0; i < plan.n_nodes; i++)
        lay_out_layer(made, &plan, i);
    lay_out_parameters(made, &plan);
    for (int i = 0; i < plan.n_nodes && options->training; i++) {
        lay_out_again(made, &plan, i);
        lay_out_backward(made, &plan, i);
    }
    for (int i = 0; i < plan.n_nodes && options->training; i++)
        lay_out_factors(made, &plan, i);
    made->logits = made->layers[plan.n_nodes - 1].forward.out;
    made->logits_grad = buffer_at(made, &plan, plan.nodes[plan.n_nodes - 1].out_grad);
    made->classes = graph->nodes[plan.n_nodes - 1].shape.c;
    initialise(made);
    *net = made;
    result = 0;
done:
    net_plan_release(&plan);
    return result;
}

void net_free(struct net *net)
{
    struct arena arena;

    if (!net)
        return;
    arena = net->arena;
    arena_release(&arena);
}

/* ---- looking at it ---- */

float *net_input(struct net *net)
{
    return net->input;
}

void net_set_input(struct net *net, const float *images, int n)
{
    struct shape shape = net->graph->input;

    memcpy(net->input, images,
        (size_t)n * (size_t)shape.h * (size_t)shape.w * (size_t)shape.c * sizeof(*images));
}

const float *net_logits(const struct net *net)
{
    return net->logits;
}

const char *net_isa(void)
{
    return kernels()->isa;
}

int net_classes(const struct net *net)
{
    return net->classes;
}

int net_parameter_count(const struct net *net)
{
    return net->n_parameters;
}

const struct parameter *net_parameter(const struct net *net, int index)
{
    return &net->parameters[index];
}
