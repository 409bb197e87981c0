/*
 * The memory layout of a net: how long each output, gradient, sum and scratch buffer is needed, and
 * the smallest layout if layers may run again.
 */
#include "net_plan.h"

#include <stdint.h>
#include <stdlib.h>

#include "harness/base/arena.h"
#include "workloads/nn/kernels/kernels.h"

#define SHORTEST_SEGMENT 64 /* of all outputs, that recomputation is tried with */

/* What is known of an output (of a node, or the images at index n_nodes) before it gets a buffer.
 * Outputs that are views are uses of what they are views of. */
struct tensor_use {
    int last;        /* moment of its last use as a value, as forward wrote it */
    int last_again;  /* as a layer wrote it that ran again; 0: none does */
    int last_reader; /* node, or -1: the first to write its gradient */
    int writer;      /* node that computes it */
    int only_reader; /* node that reads it, not counting through views; -1 if there are more */
    int n_readers;   /* all nodes that name it as input */
};

/* ---- sizes ---- */

size_t parameter_count(const struct parameter_info *info)
{
    size_t count = 1;

    for (int i = 0; i < info->n_dims; i++)
        count *= (size_t)info->dims[i];
    return count;
}

bool parameter_is_trained(const struct parameter_info *info)
{
    return info->kind != PARAMETER_RUNNING_MEAN && info->kind != PARAMETER_RUNNING_VAR;
}

static int floats_to_bytes(size_t floats, size_t size, size_t *bytes, struct err *err)
{
    *bytes = 0;
    if (floats > PLAN_MAX_BYTES / size)
        return net_plan_too_large(err);
    *bytes = arena_round(floats * size);
    return 0;
}

static int output_bytes(struct shape shape, int batch, size_t *bytes, struct err *err)
{
    size_t floats;

    *bytes = 0;
    if (__builtin_mul_overflow((size_t)shape.h, (size_t)shape.w, &floats) ||
        __builtin_mul_overflow(floats, (size_t)shape.c, &floats) ||
        __builtin_mul_overflow(floats, (size_t)batch, &floats))
        return net_plan_too_large(err);
    return floats_to_bytes(floats, sizeof(float), bytes, err);
}

/* ---- buffers ---- */

/* Index of a new buffer, -1 on error. */
static int add_buffer(struct net_plan *plan, size_t bytes, int first, int last, struct err *err)
{
    if (plan->n_buffers == plan->capacity) {
        int capacity = plan->capacity ? 2 * plan->capacity : 256;
        struct plan_buffer *buffers =
            realloc(plan->buffers, (size_t)capacity * sizeof(*plan->buffers));

        if (!buffers)
            return err_set(
                err, ERR_MEMORY, "no memory to plan a network of %d layers", plan->n_nodes);
        plan->buffers = buffers;
        plan->capacity = capacity;
    }
    plan->buffers[plan->n_buffers] =
        (struct plan_buffer){.bytes = bytes, .first = first, .last = last};
    return plan->n_buffers++;
}

static int backward_moment(const struct net_plan *plan, int node)
{
    return plan->nodes[node].back;
}

/* A buffer of `floats` for a layer, unless it wants none. */
static int add_floats(
    struct net_plan *plan, size_t floats, int first, int last, int *index, struct err *err)
{
    size_t bytes;

    *index = PLAN_NONE;
    if (!floats)
        return 0;
    if (floats_to_bytes(floats, sizeof(float), &bytes, err) < 0)
        return -1;
    *index = add_buffer(plan, bytes, first, last, err);
    return *index < 0 ? -1 : 0;
}

/* ---- uses ---- */

static int tensor_index(const struct net_plan *plan, int input)
{
    return input == GRAPH_INPUT ? plan->n_nodes : input;
}

static void later(int *moment, int candidate)
{
    *moment = candidate > *moment ? candidate : *moment;
}

/* Where the last use of a tensor is kept that is read in backward, or by a layer that runs again. */
static int *last_of_second_life(const struct net_plan *plan, int tensor, struct tensor_use *uses)
{
    bool again = tensor < plan->n_nodes && plan->recompute[tensor].output_again;

    return again ? &uses[tensor].last_again : &uses[tensor].last;
}

/*
 * The uses that node i makes of its inputs, as moments at which their contents matter still:
 *
 *     forward ......... i ............ | backward, from the last node to the first
 *                       reads it       |    `again`   back of i     back of the layer before
 *                                      |    (1)       (2)           (3)
 *
 * (1) where i runs again; (2) where its backward reads the input; (3) where i is fused: then the layer
 * before works its gradient out with the factors of i, and needs the tensor until then. (1) to (3) are
 * uses of the second life of a tensor that was forgotten and is written again.
 */
static void add_uses(const struct net_plan *plan, const struct graph *graph,
    const struct net_options *options, int i, struct tensor_use *uses)
{
    const struct node *node = &graph->nodes[i];
    const struct fusion_node *fused = &plan->fused[i];

    for (int j = 0; j < node->layer->n_inputs; j++) {
        int data = fusion_data(graph, plan->fused, i, j), tensor = tensor_index(plan, data);
        struct tensor_use *named = &uses[tensor_index(plan, node->inputs[j])];
        int *second = last_of_second_life(plan, tensor, uses);

        named->only_reader = named->n_readers++ ? -1 : i;
        if (fused->role == FUSION_SKIP)
            continue;
        later(&uses[tensor].last, i);
        if (plan->recompute[i].runs_again)
            later(second, plan->nodes[i].again);
        if (options->training && recompute_backward_reads(graph, plan->fused, i, j))
            later(second, backward_moment(plan, i));
        if (fused->role != FUSION_VIEW && fused->role != FUSION_GATE)
            uses[tensor].last_reader = i;
        if (options->training && fused->role != FUSION_PLAIN)
            later(second, backward_moment(plan, data)); /* takes factors */
    }
}

static int find_uses(const struct net_plan *plan, const struct graph *graph,
    const struct net_options *options, struct tensor_use *uses, struct err *err)
{
    for (int i = 0; i <= graph->n_nodes; i++)
        uses[i] = (struct tensor_use){.last = i, .last_reader = -1, .writer = i, .only_reader = -1};
    for (int i = 0; i < graph->n_nodes; i++) {
        if (plan->fused[i].role == FUSION_WRITES)
            uses[plan->fused[i].target].writer = i;
        if (options->training && graph->nodes[i].layer->keeps_output)
            later(last_of_second_life(plan, i, uses), backward_moment(plan, i));
        add_uses(plan, graph, options, i, uses);
    }
    for (int i = 0; i < graph->n_nodes - 1; i++)
        if (!uses[i].n_readers)
            return err_set(err, ERR_BUG, "nobody reads the output of layer %d (%s)", i,
                graph->nodes[i].layer->name);
    uses[graph->n_nodes - 1].last = plan->end; /* logits: for the caller */
    uses[graph->n_nodes].last = plan->end;     /* images: a second forward may use them again */
    if (options->keep_outputs)
        for (int i = 0; i < graph->n_nodes; i++)
            uses[i].last = plan->end;
    return 0;
}

/* ---- what the nodes need ---- */

/* On the data of its first input, which it may read through a view. */
static bool works_in_place(const struct net_plan *plan, const struct graph *graph, int i)
{
    const struct node *node = &graph->nodes[i];
    struct shape a = node->in_shape[0], b = node->shape;
    int first = fusion_data(graph, plan->fused, i, 0);

    return node->layer->in_place && first >= 0 && a.h == b.h && a.w == b.w && a.c == b.c &&
           !(node->layer->n_inputs > 1 && fusion_data(graph, plan->fused, i, 1) == first);
}

/* Whether node i's output is a buffer that somebody writes. */
static bool has_buffer(const struct net_plan *plan, int i)
{
    return !fusion_is_view(&plan->fused[i].value, i);
}

static int plan_output(struct net_plan *plan, const struct graph *graph, int batch,
    const struct tensor_use *uses, int i, struct err *err)
{
    int to = plan->fused[i].target, first = fusion_data(graph, plan->fused, i, 0);
    size_t bytes;

    /* forward in place: only where nobody reads the input afterwards */
    if (works_in_place(plan, graph, i) && uses[first].last == i) {
        plan->nodes[to].out = plan->nodes[first].out;
        later(&plan->buffers[plan->nodes[to].out].last, uses[to].last);
        return 0;
    }
    if (output_bytes(graph->nodes[i].shape, batch, &bytes, err) < 0)
        return -1;
    plan->nodes[to].out = add_buffer(plan, bytes, i, uses[to].last, err);
    return plan->nodes[to].out < 0 ? -1 : 0;
}

static int plan_outputs(struct net_plan *plan, const struct graph *graph, int batch,
    const struct tensor_use *uses, struct err *err)
{
    for (int i = 0; i < graph->n_nodes; i++) {
        enum fusion_role role = plan->fused[i].role;

        if ((role == FUSION_PLAIN || role == FUSION_WRITES) &&
            plan_output(plan, graph, batch, uses, i, err) < 0)
            return -1;
    }
    return 0;
}

/* Outputs that are written once more, by layers that run again. */
static int plan_outputs_again(struct net_plan *plan, const struct graph *graph, int batch,
    const struct tensor_use *uses, struct err *err)
{
    for (int i = 0; i < graph->n_nodes; i++) {
        int to = plan->fused[i].target, moment = plan->nodes[i].again, first;
        size_t bytes;

        if (!plan->recompute[i].runs_again)
            continue;
        first = fusion_data(graph, plan->fused, i, 0);
        if (works_in_place(plan, graph, i) && plan->recompute[first].output_again &&
            uses[first].last_again == moment) {
            plan->nodes[to].out_again = plan->nodes[first].out_again;
            later(&plan->buffers[plan->nodes[to].out_again].last, uses[to].last_again);
            continue;
        }
        if (output_bytes(graph->nodes[i].shape, batch, &bytes, err) < 0)
            return -1;
        plan->nodes[to].out_again = add_buffer(plan, bytes, moment, uses[to].last_again, err);
        if (plan->nodes[to].out_again < 0)
            return -1;
    }
    return 0;
}

/* The last reader of an output runs backward first, so it writes the gradient and the others add;
 * in place it may write over the gradient that it was given, which nobody else reads. A gradient is
 * needed until the backward of whoever computed the output. */
static int plan_gradients(struct net_plan *plan, const struct graph *graph, int batch,
    const struct tensor_use *uses, struct err *err)
{
    for (int i = graph->n_nodes - 1; i >= 0; i--) {
        int reader = uses[i].last_reader, last = backward_moment(plan, uses[i].writer);
        size_t bytes;

        if (!has_buffer(plan, i))
            continue;
        if (reader >= 0 && works_in_place(plan, graph, reader) &&
            fusion_data(graph, plan->fused, reader, 0) == i) {
            int shared = plan->nodes[plan->fused[reader].target].out_grad;

            plan->nodes[i].out_grad = shared;
            later(&plan->buffers[shared].last, last);
            continue;
        }
        if (output_bytes(graph->nodes[i].shape, batch, &bytes, err) < 0)
            return -1;
        plan->nodes[i].out_grad = add_buffer(
            plan, bytes, reader >= 0 ? backward_moment(plan, reader) : plan->n_nodes, last, err);
        if (plan->nodes[i].out_grad < 0)
            return -1;
    }
    return 0;
}

static void find_adders(
    struct net_plan *plan, const struct graph *graph, const struct tensor_use *uses)
{
    for (int i = 0; i < graph->n_nodes; i++) {
        const struct node *node = &graph->nodes[i];

        for (int j = 0; j < node->layer->n_inputs; j++) {
            int data = fusion_data(graph, plan->fused, i, j);

            if (data >= 0 && plan->fused[i].role != FUSION_GATE)
                plan->nodes[i].add_grad[j] =
                    uses[data].last_reader != i ||
                    (j > 0 && fusion_data(graph, plan->fused, i, 0) == data);
        }
    }
}

static int add_channel_sums(
    struct net_plan *plan, int channels, int first, int last, int *index, struct err *err)
{
    size_t bytes;

    if (floats_to_bytes(2 * (size_t)channels, sizeof(double), &bytes, err) < 0)
        return -1;
    *index = add_buffer(plan, bytes, first, last, err);
    return *index < 0 ? -1 : 0;
}

/* Backward: what the reader of a gate gives it, and what it gives the layer before. */
static int plan_gate(struct net_plan *plan, const struct graph *graph, int batch,
    const struct tensor_use *uses, int i, struct err *err)
{
    int data = fusion_data(graph, plan->fused, i, 0), now = backward_moment(plan, i);
    size_t wide = (size_t)batch * (size_t)graph->nodes[i].shape.c, bytes;

    if (floats_to_bytes(wide, KERNEL_GATE_SUMS * sizeof(double), &bytes, err) < 0)
        return -1;
    plan->nodes[i].gate_sums =
        add_buffer(plan, bytes, backward_moment(plan, uses[data].last_reader), now, err);
    if (plan->nodes[i].gate_sums < 0)
        return -1;
    return add_floats(
        plan, wide, now, backward_moment(plan, data), &plan->nodes[i].gate_constant, err);
}

/* Forward from a layer to the batch norm behind it, backward from the readers of a batch norm that
 * is a view. */
static int plan_sums(struct net_plan *plan, const struct graph *graph,
    const struct tensor_use *uses, int i, struct err *err)
{
    const struct node *node = &graph->nodes[i];
    int reader = uses[i].only_reader, data = fusion_data(graph, plan->fused, i, 0);

    if (node->layer->gives_sums && reader >= 0 && graph->nodes[reader].layer->takes_sums &&
        add_channel_sums(plan, node->shape.c, i, reader, &plan->nodes[i].out_sums, err) < 0)
        return -1;
    if (plan->fused[i].role == FUSION_VIEW)
        return add_channel_sums(plan, node->shape.c, backward_moment(plan, uses[data].last_reader),
            backward_moment(plan, i), &plan->nodes[i].grad_sums, err);
    return 0;
}

/* The last moment of what a layer keeps: a batch norm that is fused, or a gate, keeps what its
 * readers and the layer before it apply. */
static int saved_until(const struct net_plan *plan, const struct graph *graph, bool training,
    const struct tensor_use *uses, int i)
{
    int last = training ? backward_moment(plan, i) : i;

    if (plan->fused[i].role != FUSION_PLAIN) {
        int data = fusion_data(graph, plan->fused, i, 0);

        later(&last, training ? backward_moment(plan, data) : uses[data].last);
    }
    return last;
}

static int plan_layers(struct net_plan *plan, const struct graph *graph,
    const struct net_options *options, const struct tensor_use *uses, struct err *err)
{
    for (int i = 0; i < graph->n_nodes; i++) {
        const struct node *node = &graph->nodes[i];
        const struct layer *layer = node->layer;
        struct plan_node *to = &plan->nodes[i];
        int back = backward_moment(plan, i), batch = options->batch;
        int kept = saved_until(plan, graph, options->training, uses, i);
        size_t saved = 0, scratch = 0;

        if (plan->fused[i].role == FUSION_SKIP)
            continue;
        if (layer->saved_floats)
            saved = layer->saved_floats(node->config, node->in_shape, &node->shape, batch);
        to->algorithm = layer_algorithm_of(layer, node->config, node->in_shape, &node->shape);
        if (to->algorithm->scratch_floats)
            scratch =
                to->algorithm->scratch_floats(node->config, node->in_shape, &node->shape, batch);
        if (add_floats(plan, saved, i, kept, &to->saved, err) < 0 ||
            add_floats(plan, scratch, i, i, &to->scratch_forward, err) < 0)
            return -1;
        if (plan->recompute[i].runs_again &&
            add_floats(plan, scratch, to->again, to->again, &to->scratch_again, err) < 0)
            return -1;
        if (options->training &&
            (add_floats(plan, scratch, back, back, &to->scratch_backward, err) < 0 ||
                plan_sums(plan, graph, uses, i, err) < 0))
            return -1;
        if (options->training && plan->fused[i].role == FUSION_GATE &&
            plan_gate(plan, graph, batch, uses, i, err) < 0)
            return -1;
    }
    return 0;
}

static int plan_parameters(
    struct net_plan *plan, const struct graph *graph, bool training, struct err *err)
{
    size_t values = 0, grads = 0;

    for (int i = 0; i < graph->n_nodes; i++) {
        const struct node *node = &graph->nodes[i];
        struct parameter_info info[LAYER_MAX_PARAMETERS];
        int n = 0;

        if (node->layer->parameters)
            n = node->layer->parameters(node->config, node->in_shape, info);
        plan->nodes[i].first_parameter = plan->n_parameters;
        plan->nodes[i].n_parameters = n;
        plan->n_parameters += n;
        for (int p = 0; p < n; p++) {
            size_t bytes;

            if (floats_to_bytes(parameter_count(&info[p]), sizeof(float), &bytes, err) < 0)
                return -1;
            values += bytes;
            if (parameter_is_trained(&info[p]))
                grads += bytes;
            if (values > PLAN_MAX_BYTES)
                return net_plan_too_large(err);
        }
    }
    plan->values = add_buffer(plan, values, 0, plan->end, err);
    plan->grads = PLAN_NONE;
    if (plan->values >= 0 && training && grads)
        plan->grads = add_buffer(plan, grads, 0, plan->end, err);
    return plan->values < 0 || (training && grads && plan->grads < 0) ? -1 : 0;
}

/* ---- the whole ---- */

static int take_nodes(struct net_plan *plan, const struct graph *graph, struct err *err)
{
    size_t n = (size_t)graph->n_nodes;

    plan->nodes = calloc(n, sizeof(*plan->nodes));
    plan->fused = calloc(n, sizeof(*plan->fused));
    plan->recompute = calloc(n, sizeof(*plan->recompute));
    if (!plan->nodes || !plan->fused || !plan->recompute)
        return err_set(err, ERR_MEMORY, "no memory to plan a network of %d layers", graph->n_nodes);
    for (int i = 0; i < graph->n_nodes; i++)
        plan->nodes[i] = (struct plan_node){.out = PLAN_NONE,
            .out_grad = PLAN_NONE,
            .out_again = PLAN_NONE,
            .again = PLAN_NONE,
            .segment = PLAN_NONE,
            .saved = PLAN_NONE,
            .out_sums = PLAN_NONE,
            .grad_sums = PLAN_NONE,
            .gate_sums = PLAN_NONE,
            .gate_constant = PLAN_NONE,
            .scratch_forward = PLAN_NONE,
            .scratch_backward = PLAN_NONE,
            .scratch_again = PLAN_NONE};
    return 0;
}

/* Backward, segment by segment from the last; one segment if nothing runs again. */
static void number_moments(struct net_plan *plan, bool training)
{
    int moment = plan->n_nodes;

    for (int end = plan->n_nodes - 1, first; training && end >= 0; end = first - 1) {
        bool any = false;

        for (first = end; first > 0 && !plan->recompute[first - 1].ends_segment; first--)
            ;
        for (int i = first; i <= end; i++)
            if (plan->recompute[i].runs_again) {
                plan->nodes[i].again = ++moment;
                any = true;
            }
        if (any)
            plan->nodes[end].segment = first;
        for (int i = end; i >= first; i--)
            plan->nodes[i].back = ++moment;
    }
    plan->end = moment;
}

static int plan_all(struct net_plan *plan, const struct graph *graph,
    const struct net_options *options, plan_fixed_bytes *fixed_bytes, struct tensor_use *uses,
    struct err *err)
{
    size_t input_bytes;

    number_moments(plan, options->training);
    if (find_uses(plan, graph, options, uses, err) < 0 ||
        plan_parameters(plan, graph, options->training, err) < 0 ||
        output_bytes(graph->input, options->batch, &input_bytes, err) < 0)
        return -1;
    plan->input = add_buffer(plan, input_bytes, 0, plan->end, err);
    plan->fixed = add_buffer(
        plan, arena_round(fixed_bytes(plan->n_nodes, plan->n_parameters)), 0, plan->end, err);
    if (plan->input < 0 || plan->fixed < 0 ||
        plan_outputs(plan, graph, options->batch, uses, err) < 0 ||
        plan_outputs_again(plan, graph, options->batch, uses, err) < 0 ||
        plan_layers(plan, graph, options, uses, err) < 0)
        return -1;
    if (options->training) {
        if (plan_gradients(plan, graph, options->batch, uses, err) < 0)
            return -1;
        find_adders(plan, graph, uses);
    }
    return net_plan_place(plan, err);
}

/* With `floats` an image in a segment whose outputs are forgotten; 0: nothing is. */
static int make_plan(struct net_plan *plan, const struct graph *graph,
    const struct net_options *options, plan_fixed_bytes *fixed_bytes, int64_t floats,
    struct err *err)
{
    struct tensor_use *uses = calloc((size_t)graph->n_nodes + 1, sizeof(*uses));
    int result = -1;

    *plan = (struct net_plan){.n_nodes = graph->n_nodes};
    if (!uses) {
        err_set(err, ERR_MEMORY, "no memory to plan a network of %d layers", graph->n_nodes);
        goto done;
    }
    if (take_nodes(plan, graph, err) < 0)
        goto done;
    if (options->no_fusion)
        fusion_none(graph, plan->fused);
    else
        fusion_find(graph, plan->fused);
    if (floats > 0 && recompute_find(graph, plan->fused, floats, plan->recompute, err) < 0)
        goto done;
    result = plan_all(plan, graph, options, fixed_bytes, uses, err);
done:
    free(uses);
    return result;
}

/* The smallest of plans with ever shorter segments: what is kept between segments grows as what is
 * forgotten inside of one shrinks. */
static int make_smallest_plan(struct net_plan *plan, const struct graph *graph,
    const struct net_options *options, plan_fixed_bytes *fixed_bytes, struct err *err)
{
    int64_t floats = recompute_total_floats(graph, plan->fused) / 2;

    for (; floats > 0; floats = floats * 2 / 3) {
        struct net_plan shorter;

        if (make_plan(&shorter, graph, options, fixed_bytes, floats, err) < 0) {
            net_plan_release(&shorter);
            return -1;
        }
        if (shorter.bytes < plan->bytes) {
            struct net_plan longer = *plan;

            *plan = shorter;
            shorter = longer;
        }
        net_plan_release(&shorter);
        if (floats < recompute_total_floats(graph, plan->fused) / SHORTEST_SEGMENT)
            break;
    }
    return 0;
}

int net_plan_make(struct net_plan *plan, const struct graph *graph,
    const struct net_options *options, plan_fixed_bytes *fixed_bytes, struct err *err)
{
    *plan = (struct net_plan){0};
    if (graph->n_nodes < 1 || options->batch < 1 || (options->keep_outputs && options->recompute))
        return err_set(err, ERR_BUG,
            "a net of %d layers for batches of %d, or one that both keeps and forgets outputs",
            graph->n_nodes, options->batch);
    if (make_plan(plan, graph, options, fixed_bytes, 0, err) < 0)
        return -1;
    if (!options->recompute || !options->training)
        return 0;
    return make_smallest_plan(plan, graph, options, fixed_bytes, err);
}

void net_plan_release(struct net_plan *plan)
{
    free(plan->buffers);
    free(plan->nodes);
    free(plan->fused);
    free(plan->recompute);
    *plan = (struct net_plan){0};
}

int net_plan_buffer(
    struct net_plan *plan, size_t floats, int first, int last, int *index, struct err *err)
{
    return add_floats(plan, floats, first, last, index, err);
}
