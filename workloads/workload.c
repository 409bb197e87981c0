/* Costs of networks, and facts about datasets, for callers that know no engine. */
#include "workload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiled.h"
#include "workloads/data/dataset/dataset.h"
#include "workloads/data/decode/decoders.h"
#include "workloads/data/fetch/fetch.h"
#include "workloads/data/dataset/pack.h"
#include "harness/base/str.h"
#include "workloads/models/model.h"
#include "workloads/nn/products/blas.h"
#include "workloads/nn/products/gemm.h"
#include "workloads/nn/net/net.h"
#include "workloads/nn/train/optimizer.h"
#include "notes.h"

/* ---- cost ---- */

static int train_plan_bytes(const struct graph *graph, int batch, int64_t *bytes, struct err *err)
{
    const struct net_options options = {.batch = batch, .training = true};
    size_t planned;

    if (net_plan_bytes(graph, &options, &planned, err) < 0)
        return -1;
    *bytes = (int64_t)(planned + optimizer_plan_bytes(&optimizer_sgd, graph));
    return 0;
}

static struct cost counts_of(const struct graph *graph)
{
    return (struct cost){
        .parameters = graph->parameters, .macs = graph->macs, .activations = graph->activations};
}

int workload_counts(const struct spec *spec, struct cost *cost, struct err *err)
{
    struct graph graph = {0};
    int result = model_build(spec, &graph, err);

    *cost = counts_of(&graph);
    graph_release(&graph);
    return result;
}

int workload_cost(const struct spec *spec, int batch, struct cost *cost, struct err *err)
{
    struct graph graph = {0};
    int result = -1;

    if (model_build(spec, &graph, err) == 0) {
        *cost = counts_of(&graph);
        if (compiled_plan_bytes(&graph, spec, batch, &cost->infer_bytes, err) == 0)
            result = train_plan_bytes(&graph, batch, &cost->train_bytes, err);
    }
    graph_release(&graph);
    return result;
}

int workload_macs(const struct spec *spec, int64_t *macs, struct err *err)
{
    struct cost cost;
    int result = workload_counts(spec, &cost, err);

    *macs = cost.macs;
    return result;
}

static void describe_layer(const struct node *node, struct layer_cost *layer)
{
    *layer = (struct layer_cost){
        .stage = node->stage,
        .block = node->block,
        .h = node->shape.h,
        .w = node->shape.w,
        .c = node->shape.c,
        .parameters = node->parameters,
        .macs = node->macs,
        .activations = node->activations,
    };
    str_copy(layer->name, sizeof(layer->name), node->name);
    str_copy(layer->kind, sizeof(layer->kind), node->layer->name);
}

int workload_layer_costs(
    const struct spec *spec, struct layer_cost **layers, int *n_layers, struct err *err)
{
    struct graph graph = {0};
    int result = -1;

    *layers = NULL;
    *n_layers = 0;
    if (model_build(spec, &graph, err) < 0)
        goto done;
    *layers = calloc((size_t)graph.n_nodes, sizeof(**layers));
    if (!*layers) {
        err_set(err, ERR_MEMORY, "no memory for a list of %d layers", graph.n_nodes);
        goto done;
    }
    *n_layers = graph.n_nodes;
    for (int i = 0; i < graph.n_nodes; i++)
        describe_layer(&graph.nodes[i], &(*layers)[i]);
    result = 0;
done:
    graph_release(&graph);
    return result;
}

/* ---- datasets ---- */

const char *const *workload_dataset_names(void)
{
    static const char *const names[] = {
#define DATASET(name) #name,
#include "workloads/data/sets/datasets.def"
#undef DATASET
        NULL,
    };

    return names;
}

const char *workload_dataset_summary(const char *name)
{
    struct err unknown = {0};
    const struct dataset_kind *kind = dataset_kind_find(name, &unknown);

    return kind ? kind->summary : NULL;
}

const char *const *workload_resize_names(void)
{
    static const char *const names[] = {
#define RESIZE(NAME, name) name,
#include "workloads/data/config/resizes.def"
#undef RESIZE
        NULL,
    };

    return names;
}

int workload_data_defaults(struct data_config *config, struct err *err)
{
    const struct dataset_kind *kind = dataset_kind_find(config->name, err);
    struct data_config defaults;

    if (!kind)
        return -1;
    data_config_init(&defaults);
    for (int i = 0; i < 3; i++) {
        bool own = kind->std[i] > 0;

        config->mean[i] = own ? kind->mean[i] : defaults.mean[i];
        config->std[i] = own ? kind->std[i] : defaults.std[i];
    }
    return 0;
}

bool workload_data_is_there(const struct data_config *config)
{
    struct err ignored = {0};
    const struct dataset_kind *kind = dataset_kind_find(config->name, &ignored);
    char root[PATH_BYTES];

    if (config->packed[0])
        return file_exists(config->packed);
    if (config->root[0])
        return file_exists(config->root);
    return !kind || !kind->source ||
           (data_default_root(config->name, root, &ignored) == 0 && file_exists(root));
}

int workload_dataset_classes(const char *name)
{
    struct err ignored = {0};
    const struct dataset_kind *kind = dataset_kind_find(name, &ignored);

    return kind && kind->source ? kind->source->classes : 0;
}

bool workload_dataset_is_drawn(const char *name)
{
    struct err ignored = {0};
    const struct dataset_kind *kind = dataset_kind_find(name, &ignored);

    return kind && !kind->source && !kind->needs_root;
}

int workload_data_check(const struct data_config *config, int *classes, struct data_notes *notes,
    struct fingerprint *print, struct err *err)
{
    struct dataset *set;
    int result = -1;

    if (dataset_open_known(&set, config, 0, print, err) < 0)
        return -1;
    *classes = dataset_classes(set);
    notes_of_set(set, notes);
    if (dataset_count(set, SPLIT_TRAIN) == 0)
        err_set(err, ERR_INPUT, "%s has no images to train on", config->name);
    else if (dataset_count(set, SPLIT_TEST) == 0)
        err_set(err, ERR_INPUT,
            "%s has no images to test on, so that a study would measure nothing; `minival: 0.1` in "
            "its data holds a tenth of the training images out for that",
            config->name);
    else
        result = 0;
    dataset_free(set);
    return result;
}

int workload_data_classes(const struct data_config *config, struct class_count **classes,
    int *n_classes, struct data_notes *notes, struct err *err)
{
    struct dataset *set;

    *classes = NULL;
    *n_classes = 0;
    if (dataset_open(&set, config, 0, err) < 0)
        return -1;
    *classes = calloc((size_t)dataset_classes(set), sizeof(**classes));
    if (!*classes) {
        dataset_free(set);
        return err_set(err, ERR_MEMORY, "no memory for a list of classes");
    }
    *n_classes = dataset_classes(set);
    for (int c = 0; c < *n_classes; c++)
        if (dataset_class_name(set, c))
            str_copy((*classes)[c].name, sizeof((*classes)[c].name), dataset_class_name(set, c));
    for (int i = 0; i < dataset_count(set, SPLIT_TRAIN); i++)
        (*classes)[dataset_label(set, SPLIT_TRAIN, i)].train++;
    for (int i = 0; i < dataset_count(set, SPLIT_TEST); i++)
        (*classes)[dataset_label(set, SPLIT_TEST, i)].test++;
    if (notes)
        notes_of_set(set, notes);
    dataset_free(set);
    return 0;
}

int workload_data_pack(const struct data_config *config, const struct data_pack_options *options,
    const char *path, struct data_pack_result *result, struct err *err)
{
    const struct pack_options packing = {.side = options->side,
        .threads = config->loader_threads,
        .context = options->context,
        .told = options->told};
    struct data_config whole = *config;
    struct pack_result written;
    struct dataset *set;
    int status;

    whole.train_images = whole.test_images = whole.classes = 0;
    whole.minival = 0;
    whole.fraction = 1;
    if (dataset_open(&set, &whole, 0, err) < 0)
        return -1;
    status = pack_write(set, &packing, path, &written, err);
    *result = (struct data_pack_result){
        .images = written.images, .classes = dataset_classes(set), .bytes = written.bytes};
    notes_of_set(set, &result->notes);
    dataset_free(set);
    return status;
}

const char *workload_products(void)
{
    return gemm_library();
}

const char *workload_blas(struct err *err)
{
    return blas_library(err);
}

const char *workload_decoders(void)
{
    static char names[96];

    snprintf(names, sizeof(names), "%s, libspng %s", jpeg_library(), png_version());
    return names;
}

const char *workload_isa(void)
{
    return net_isa();
}
