/* Loading weights into a net and compiling it for inference. */
#include "compiled.h"

#include <stdlib.h>
#include <string.h>

#include "given_weights.h"
#include "harness/system/cpu.h"
#include "workloads/models/model.h"

/* Weights do not depend on the size of images: those of a net for small ones take no room but their
 * own. */
#define SMALL_INPUT 32

static int build_source(const struct spec *spec, struct graph *graph, struct err *err)
{
    struct spec small = *spec;

    small.input = spec->input < SMALL_INPUT ? spec->input : SMALL_INPUT;
    return model_build(&small, graph, err);
}

static int total_bytes(const struct graph *graph, const struct graph *source,
    const struct inference_options *options, size_t *bytes, struct err *err)
{
    const struct net_options source_options = {.batch = 1};
    size_t weights;

    if (inference_plan_bytes(graph, options, bytes, err) < 0 ||
        net_plan_bytes(source, &source_options, &weights, err) < 0)
        return -1;
    *bytes += weights;
    return 0;
}

int compiled_plan_bytes(
    const struct graph *graph, const struct spec *spec, int batch, int64_t *bytes, struct err *err)
{
    const struct inference_options options = {.batch = batch};
    struct graph source = {0};
    size_t total = 0;
    int result = build_source(spec, &source, err);

    if (result == 0)
        result = total_bytes(graph, &source, &options, &total, err);
    *bytes = (int64_t)total;
    graph_release(&source);
    return result;
}

/* Largest batch below that of `options` that fits in `memory`, 0 if none does. */
static int batch_that_fits(const struct graph *graph, const struct graph *source,
    struct inference_options options, uint64_t memory)
{
    int low = 0, high = options.batch;

    while (high - low > 1) {
        struct err ignored = {0};
        int tried = low + (high - low) / 2;
        size_t bytes;

        options.batch = tried;
        if (total_bytes(graph, source, &options, &bytes, &ignored) == 0 && bytes <= memory)
            low = tried;
        else
            high = tried;
    }
    return low;
}

static int check_memory(const struct graph *graph, const struct graph *source,
    const struct inference_options *options, struct err *err)
{
    uint64_t memory = cpu_memory_bytes();
    size_t bytes;
    int fits;

    if (total_bytes(graph, source, options, &bytes, err) < 0)
        return -1;
    if (memory == 0 || bytes <= memory)
        return 0;
    fits = batch_that_fits(graph, source, *options, memory);
    if (fits == 0)
        return err_set(err, ERR_INPUT,
            "running this network needs %zu bytes of memory and the machine has %llu; not even a "
            "batch of 1 fits, so a smaller input or width is needed",
            bytes, (unsigned long long)memory);
    return err_set(err, ERR_INPUT,
        "running this network in batches of %d needs %zu bytes of memory and the machine has %llu; "
        "a batch of %d would fit",
        options->batch, bytes, (unsigned long long)memory, fits);
}

void classifier_release(struct classifier *classifier)
{
    free(classifier->weight);
    free(classifier->bias);
    *classifier = (struct classifier){0};
}

static int copy(const struct parameter *parameter, float **to, struct err *err)
{
    *to = malloc(parameter->count * sizeof(**to));
    if (!*to)
        return err_set(err, ERR_MEMORY, "no memory for the %zu values of %s", parameter->count,
            parameter->name);
    memcpy(*to, parameter->value, parameter->count * sizeof(**to));
    return 0;
}

/* The net's last two parameters, which are a linear layer's where there are features. */
static int copy_classifier(const struct net *net, struct classifier *classifier, struct err *err)
{
    int n = net_parameter_count(net);

    return copy(net_parameter(net, n - 2), &classifier->weight, err) < 0
               ? -1
               : copy(net_parameter(net, n - 1), &classifier->bias, err);
}

struct opening {
    const struct graph *graph;
    const struct spec *spec;
    struct inference_options options;
    const char *weights;
    uint64_t seed;
    struct classifier *classifier; /* OPTIONAL, with keep_features */
};

static int open_compiled(
    const struct opening *opening, struct inference **inference, struct err *err)
{
    const struct net_options source_options = {.batch = 1, .seed = opening->seed};
    const struct spec *spec = opening->spec;
    struct graph source = {0};
    struct net *net = NULL;
    int result = -1;

    *inference = NULL;
    if (build_source(spec, &source, err) < 0 ||
        check_memory(opening->graph, &source, &opening->options, err) < 0 ||
        net_create(&net, &source, &source_options, err) < 0)
        goto done;
    if (opening->weights && given_weights_load(net, spec, opening->weights, err) < 0)
        goto done;
    if (opening->classifier && copy_classifier(net, opening->classifier, err) < 0)
        goto done;
    result = inference_create(inference, opening->graph, &opening->options, net, err);
done:
    net_free(net);
    graph_release(&source);
    return result;
}

int compiled_open(struct inference **inference, const struct graph *graph, const struct spec *spec,
    int batch, const char *weights, uint64_t seed, struct err *err)
{
    const struct opening opening = {.graph = graph,
        .spec = spec,
        .options = {.batch = batch},
        .weights = weights,
        .seed = seed};

    return open_compiled(&opening, inference, err);
}

int compiled_open_features(struct inference **inference, struct classifier *classifier,
    const struct graph *graph, const struct spec *spec, int batch, const char *weights,
    struct err *err)
{
    const struct opening opening = {.graph = graph,
        .spec = spec,
        .options = {.batch = batch, .keep_features = true},
        .weights = weights,
        .classifier = classifier};
    struct shape shape;

    *classifier = (struct classifier){0};
    if (open_compiled(&opening, inference, err) < 0)
        return -1;
    if (inference_features(*inference, &shape))
        return 0;
    return err_set(err, ERR_INPUT,
        "%s does not end in the mean over a map and a linear layer, so that a class has no "
        "activation map",
        spec->name);
}
