/* A network's stages with their costs, for figures. */
#include "plot_network.h"

#include <stdio.h>
#include <stdlib.h>

#include "harness/options/network.h"
#include "workloads/workload.h"

static const char *block_name(enum block block)
{
    switch (block) {
    case BLOCK_CONV:
        return "conv";
    case BLOCK_POOL:
        return "max pooling";
    case BLOCK_SEPARABLE:
        return "separable";
    case BLOCK_MBCONV:
        return "MBConv";
    case BLOCK_BASIC:
        return "basic block";
    case BLOCK_BOTTLENECK:
        return "bottleneck";
    }
    return "block";
}

static void describe(const struct stage *stage, struct plot_stage *to)
{
    int n = 0;

    *to = (struct plot_stage){.blocks = stage->repeats};
    if (stage->repeats > 1)
        n = snprintf(to->name, sizeof(to->name), "%d x ", stage->repeats);
    snprintf(to->name + n, sizeof(to->name) - (size_t)n, "%s %dx%d", block_name(stage->block),
        stage->kernel, stage->kernel);
}

/* Layers come in order: the last one of a stage has its output's shape. */
static void add_layer(struct plot_stage *stage, const struct layer_cost *layer)
{
    stage->params += layer->parameters;
    stage->macs += layer->macs;
    stage->activations += layer->activations;
    stage->channels = layer->c;
    stage->side = layer->h;
}

int plot_network(const char *model, double depth, double width, double resolution,
    struct plot_network *network, struct err *err)
{
    const struct network_options options = {
        .depth = depth, .width = width, .resolution = resolution};
    struct layer_cost *layers = NULL;
    struct plot_stage *classifier;
    struct spec spec;
    int n = 0;

    *network = (struct plot_network){0};
    if (network_resolve(&options, model, &spec, err) < 0 ||
        workload_layer_costs(&spec, &layers, &n, err) < 0)
        return -1;
    _Static_assert(PLOT_MAX_STAGES > SPEC_MAX_STAGES, "the classifier has a stage of its own");
    network->input = spec.input;
    network->n_stages = spec.n_stages + 1;
    for (int i = 0; i < spec.n_stages; i++)
        describe(&spec.stages[i], &network->stages[i]);
    classifier = &network->stages[spec.n_stages];
    *classifier = (struct plot_stage){.name = "classifier", .blocks = 1};
    for (int i = 0; i < n; i++)
        add_layer(layers[i].stage < 0 ? classifier : &network->stages[layers[i].stage], &layers[i]);
    free(layers);
    return 0;
}
