/* Exact costs for the tables of the paper. */
#include "table_counter.h"

#include <stdlib.h>
#include <string.h>

#include "harness/options/network.h"
#include "workloads/workload.h"

static bool has_model(const char *model)
{
    for (const char *const *name = spec_names(); *name; name++)
        if (strcmp(*name, model) == 0)
            return true;
    return false;
}

static int network_cost(const char *model, double depth, double width, double resolution,
    struct table_network *network, struct err *err)
{
    const struct network_options options = {
        .depth = depth, .width = width, .resolution = resolution};
    struct spec spec;
    struct cost cost;

    if (network_resolve(&options, model, &spec, err) < 0 || workload_counts(&spec, &cost, err) < 0)
        return -1;
    *network =
        (struct table_network){.input = spec.input, .params = cost.parameters, .macs = cost.macs};
    return 0;
}

static int network_stages(
    const char *model, struct table_stage stages[TABLE_MAX_STAGES], int *n_stages, struct err *err)
{
    struct layer_cost *layers = NULL;
    struct spec spec;
    int n_layers = 0, input;

    if (spec_find(model, &spec, err) < 0)
        return -1;
    if (spec.n_stages > TABLE_MAX_STAGES)
        return err_set(
            err, ERR_BUG, "%s has %d stages, more than %d", model, spec.n_stages, TABLE_MAX_STAGES);
    if (workload_layer_costs(&spec, &layers, &n_layers, err) < 0)
        return -1;
    input = spec.input;
    for (int s = 0; s < spec.n_stages; s++) {
        const struct stage *stage = &spec.stages[s];

        stages[s] = (struct table_stage){.operator= spec_block_name(stage->block),
            .kernel = stage->kernel,
            .stride = stage->stride,
            .expand = stage->expand,
            .input = input,
            .channels = stage->channels,
            .layers = stage->repeats,
            .se_ratio = stage->se_ratio};
        for (int l = 0; l < n_layers; l++) {
            bool last = layers[l].stage < 0 && s == spec.n_stages - 1; /* the classifier */

            if (layers[l].stage != s && !last)
                continue;
            stages[s].params += layers[l].parameters;
            stages[s].macs += layers[l].macs;
            if (!last)
                input = layers[l].h;
        }
    }
    *n_stages = spec.n_stages;
    free(layers);
    return 0;
}

const struct table_counter table_counter = {
    .has_model = has_model,
    .cost = network_cost,
    .stages = network_stages,
};
