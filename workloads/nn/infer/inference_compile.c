/*
 * From a graph to steps. First chains: a convolution or linear layer takes the batch norm, the
 * residual and the activation behind it, as long as nobody else reads what lies between. Then
 * blocks: [1x1 expansion,] depthwise[, squeeze-excitation], 1x1 projection. What is in no chain is
 * a step of its own and runs as the layer it is. Layers that do nothing in inference are not there.
 */
#include <stdlib.h>

#include "inference_private.h"

/* Of a node: who reads its output, counting through layers that do nothing. */
struct reading {
    int n_readers, reader; /* reader: the last one */
    bool taken;            /* in a chain, not at its head */
};

/* A step in the making. Its place in the order of steps is its last node's. */
struct chain {
    struct folded folded;
    int input, residual;
    int last;   /* node whose value it gives */
    bool taken; /* in a block, not at its end */
};

struct compiler {
    const struct graph *graph;
    struct reading *readings; /* [n_nodes] */
    struct chain *chains;     /* [n_nodes], by their last node; folded.node GRAPH_NONE: no chain */
};

static bool does_nothing(const struct node *node)
{
    return node->layer == &layer_dropout || node->layer == &layer_drop_path;
}

static int resolve(const struct graph *graph, int node)
{
    while (node >= 0 && does_nothing(&graph->nodes[node]))
        node = graph->nodes[node].inputs[0];
    return node;
}

static int input_of(const struct compiler *c, int node, int index)
{
    return resolve(c->graph, c->graph->nodes[node].inputs[index]);
}

static void find_readers(struct compiler *c)
{
    for (int i = 0; i < c->graph->n_nodes; i++) {
        if (does_nothing(&c->graph->nodes[i]))
            continue;
        for (int j = 0; j < c->graph->nodes[i].layer->n_inputs; j++) {
            int input = input_of(c, i, j);

            if (input < 0)
                continue;
            c->readings[input].n_readers++;
            c->readings[input].reader = i;
        }
    }
}

/* The only reader of a node, if it is such a layer and in no chain; else GRAPH_NONE. */
static int next_of(const struct compiler *c, int node, const struct layer *layer)
{
    const struct reading *reading = &c->readings[node];

    if (reading->n_readers != 1 || c->graph->nodes[reading->reader].layer != layer ||
        c->readings[reading->reader].taken)
        return GRAPH_NONE;
    return reading->reader;
}

static const struct folded no_part = {.node = GRAPH_NONE, .norm = GRAPH_NONE};

static struct folded head_of(const struct node *node, int i)
{
    struct folded folded = {.node = i, .norm = GRAPH_NONE, .act = ACT_NONE, .n = node->shape.c};
    const struct shape *in = node->in_shape;

    if (node->layer == &layer_conv) {
        const struct conv_config *config = (const void *)node->config;

        folded.k = config->kernel * config->kernel * in->c;
        folded.has_bias = config->bias;
    } else if (node->layer == &layer_depthwise) {
        const struct depthwise_config *config = (const void *)node->config;

        folded.k = config->kernel * config->kernel;
    } else if (node->layer == &layer_linear) {
        folded.k = in->c;
        folded.has_bias = true;
    } else {
        folded.node = GRAPH_NONE;
    }
    return folded;
}

static void extend(struct compiler *c, struct chain *chain, int node)
{
    c->readings[node].taken = true;
    chain->last = node;
}

static void make_chain(struct compiler *c, int i)
{
    const struct node *nodes = c->graph->nodes;
    struct chain chain = {.folded = head_of(&nodes[i], i), .residual = GRAPH_NONE, .last = i};
    int next;

    if (!folded_exists(&chain.folded))
        return;
    chain.input = input_of(c, i, 0);
    next = next_of(c, i, &layer_batch_norm);
    if (next != GRAPH_NONE) {
        chain.folded.norm = next;
        extend(c, &chain, next);
    }
    next = next_of(c, chain.last, &layer_add);
    if (next != GRAPH_NONE && nodes[i].layer != &layer_depthwise) {
        int first = input_of(c, next, 0);

        chain.residual = first == chain.last ? input_of(c, next, 1) : first;
        extend(c, &chain, next);
    }
    next = next_of(c, chain.last, &layer_activation);
    if (next != GRAPH_NONE) {
        chain.folded.act =
            ((const struct activation_config *)(const void *)nodes[next].config)->act;
        extend(c, &chain, next);
    }
    c->readings[i].taken = chain.last != i;
    c->chains[chain.last] = chain;
}

/* ---- blocks ---- */

static bool is_pointwise(const struct compiler *c, const struct chain *chain)
{
    const struct node *node = &c->graph->nodes[chain->folded.node];
    const struct conv_config *config = (const void *)node->config;

    return node->layer == &layer_conv && config->kernel == 1 && config->stride == 1;
}

/* The chain that alone reads a node, or NULL. */
static struct chain *chain_behind(struct compiler *c, int node)
{
    for (int i = node + 1; i < c->graph->n_nodes; i++)
        if (folded_exists(&c->chains[i].folded) &&
            c->chains[i].folded.node == c->readings[node].reader)
            return c->readings[node].n_readers == 1 ? &c->chains[i] : NULL;
    return NULL;
}

static void take_squeeze(const struct graph *graph, int i, struct step *step)
{
    const struct squeeze_excitation_config *config = (const void *)graph->nodes[i].config;
    int c = graph->nodes[i].shape.c;

    step->squeeze = (struct folded){.node = i,
        .norm = GRAPH_NONE,
        .has_bias = true,
        .act = config->act,
        .k = c,
        .n = config->squeezed};
    step->excite = (struct folded){.node = i,
        .norm = GRAPH_NONE,
        .first_parameter = 2,
        .has_bias = true,
        .act = ACT_SIGMOID,
        .k = config->squeezed,
        .n = c};
}

/* A block around the depthwise convolution of a chain, in the place of its last chain; false if
 * there is none. */
static bool make_block(struct compiler *c, struct chain *middle, struct step *steps)
{
    struct step step = {.kind = &step_block,
        .expand = no_part,
        .depthwise = middle->folded,
        .squeeze = no_part,
        .excite = no_part,
        .input = middle->input};
    int end = middle->last, squeeze = next_of(c, end, &layer_squeeze_excitation);
    struct chain *before = middle->input >= 0 ? &c->chains[middle->input] : NULL, *behind;

    if (squeeze != GRAPH_NONE) {
        take_squeeze(c->graph, squeeze, &step);
        end = squeeze;
    }
    behind = chain_behind(c, end);
    if (!behind || !is_pointwise(c, behind) || behind->residual == end)
        return false;
    if (before && folded_exists(&before->folded) && !before->taken && is_pointwise(c, before) &&
        before->residual == GRAPH_NONE && c->readings[middle->input].n_readers == 1) {
        step.expand = before->folded;
        step.input = before->input;
        before->taken = true;
    }
    if (squeeze != GRAPH_NONE)
        c->readings[squeeze].taken = true;
    middle->taken = behind->taken = true;
    step.project = behind->folded;
    step.second = behind->residual;
    step.node = behind->last;
    steps[step.node] = step;
    return true;
}

static struct step own_step(const struct compiler *c, int i)
{
    const struct chain *chain = &c->chains[i];
    struct step step = {.node = i,
        .expand = no_part,
        .depthwise = no_part,
        .squeeze = no_part,
        .excite = no_part,
        .project = no_part};

    if (folded_exists(&chain->folded)) {
        step.kind = &step_conv;
        step.project = chain->folded;
        step.input = chain->input;
        step.second = chain->residual;
    } else {
        step.kind = &step_layer;
        step.input = input_of(c, i, 0);
        step.second = c->graph->nodes[i].layer->n_inputs > 1 ? input_of(c, i, 1) : GRAPH_NONE;
    }
    return step;
}

/* A depthwise convolution outside of a block is the layers that it is made of. */
static void split_depthwise(struct compiler *c, const struct chain *chain)
{
    const struct folded folded = chain->folded;
    int last = chain->last;

    c->readings[folded.node].taken = c->readings[last].taken = false;
    if (folded.norm != GRAPH_NONE)
        c->readings[folded.norm].taken = false;
    c->chains[last].folded = no_part;
}

/* Steps at the index of their last node; kind NULL where there is none. */
static void make_steps(struct compiler *c, struct step *steps)
{
    int n = c->graph->n_nodes;

    for (int i = 0; i < n; i++)
        if (!c->readings[i].taken && !does_nothing(&c->graph->nodes[i]))
            make_chain(c, i);
    for (int i = 0; i < n; i++) {
        struct chain *chain = &c->chains[i];

        if (folded_exists(&chain->folded) && !chain->taken &&
            c->graph->nodes[chain->folded.node].layer == &layer_depthwise &&
            !make_block(c, chain, steps))
            split_depthwise(c, chain);
    }
    for (int i = 0; i < n; i++) {
        bool heads = folded_exists(&c->chains[i].folded);

        if (steps[i].kind || (heads && c->chains[i].taken) || does_nothing(&c->graph->nodes[i]))
            continue;
        if (heads || !c->readings[i].taken)
            steps[i] = own_step(c, i);
    }
}

static int64_t macs_of(const struct graph *graph, const struct step *step)
{
    const int nodes[] = {step->expand.node, step->depthwise.node, step->squeeze.node,
        step->project.node, step->kind == &step_layer ? step->node : GRAPH_NONE};
    int64_t macs = 0;

    for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++)
        if (nodes[i] != GRAPH_NONE)
            macs += graph->nodes[nodes[i]].macs;
    return macs;
}

int inference_compile(struct inference_plan *plan, const struct graph *graph, struct err *err)
{
    size_t n = (size_t)graph->n_nodes;
    struct compiler c = {.graph = graph};
    int result = -1;

    c.readings = calloc(n, sizeof(*c.readings));
    c.chains = calloc(n, sizeof(*c.chains));
    plan->steps = calloc(n, sizeof(*plan->steps));
    if (!c.readings || !c.chains || !plan->steps) {
        err_set(err, ERR_MEMORY, "no memory to plan a network of %d layers", graph->n_nodes);
        goto done;
    }
    for (size_t i = 0; i < n; i++)
        c.chains[i].folded = no_part;
    find_readers(&c);
    make_steps(&c, plan->steps);
    for (int i = 0; i < graph->n_nodes; i++)
        if (plan->steps[i].kind) {
            plan->steps[i].macs = macs_of(graph, &plan->steps[i]);
            plan->steps[plan->n_steps++] = plan->steps[i];
        }
    result = 0;
done:
    free(c.readings);
    free(c.chains);
    return result;
}
