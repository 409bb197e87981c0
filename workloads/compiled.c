#include "compiled.h"

#include "given_weights.h"
#include "harness/base/cpu.h"
#include "models/model.h"

/* Weights do not depend on the size of images: those of a net for small ones take no room but their
 * own. */
#define SMALL_INPUT 32

static int build_source(const struct spec *spec, struct graph *graph, struct err *err)
{
    struct spec small = *spec;

    small.input = spec->input < SMALL_INPUT ? spec->input : SMALL_INPUT;
    return model_build(&small, graph, err);
}

static int total_bytes(const struct graph *graph, const struct graph *source, int batch,
    size_t *bytes, struct err *err)
{
    const struct inference_options options = {.batch = batch};
    const struct net_options source_options = {.batch = 1};
    size_t weights;

    if (inference_plan_bytes(graph, &options, bytes, err) < 0 ||
        net_plan_bytes(source, &source_options, &weights, err) < 0)
        return -1;
    *bytes += weights;
    return 0;
}

int compiled_plan_bytes(
    const struct graph *graph, const struct spec *spec, int batch, int64_t *bytes, struct err *err)
{
    struct graph source = {0};
    size_t total = 0;
    int result = build_source(spec, &source, err);

    if (result == 0)
        result = total_bytes(graph, &source, batch, &total, err);
    *bytes = (int64_t)total;
    graph_release(&source);
    return result;
}

/* Largest batch below `batch` that fits in `memory`, 0 if none does. */
static int batch_that_fits(
    const struct graph *graph, const struct graph *source, int batch, uint64_t memory)
{
    int low = 0, high = batch;

    while (high - low > 1) {
        struct err ignored = {0};
        int tried = low + (high - low) / 2;
        size_t bytes;

        if (total_bytes(graph, source, tried, &bytes, &ignored) == 0 && bytes <= memory)
            low = tried;
        else
            high = tried;
    }
    return low;
}

static int check_memory(
    const struct graph *graph, const struct graph *source, int batch, struct err *err)
{
    uint64_t memory = cpu_memory_bytes();
    size_t bytes;
    int fits;

    if (total_bytes(graph, source, batch, &bytes, err) < 0)
        return -1;
    if (memory == 0 || bytes <= memory)
        return 0;
    fits = batch_that_fits(graph, source, batch, memory);
    if (fits == 0)
        return err_set(err, ERR_INPUT,
            "running this network needs %zu bytes of memory and the machine has %llu; not even a "
            "batch of 1 fits, so a smaller input or width is needed",
            bytes, (unsigned long long)memory);
    return err_set(err, ERR_INPUT,
        "running this network in batches of %d needs %zu bytes of memory and the machine has %llu; "
        "a batch of %d would fit",
        batch, bytes, (unsigned long long)memory, fits);
}

int compiled_open(struct inference **inference, const struct graph *graph, const struct spec *spec,
    int batch, const char *weights, uint64_t seed, struct err *err)
{
    const struct net_options source_options = {.batch = 1, .seed = seed};
    const struct inference_options options = {.batch = batch};
    struct graph source = {0};
    struct net *net = NULL;
    int result = -1;

    *inference = NULL;
    if (build_source(spec, &source, err) < 0 || check_memory(graph, &source, batch, err) < 0 ||
        net_create(&net, &source, &source_options, err) < 0)
        goto done;
    if (!weights || given_weights_load(net, spec, weights, err) == 0)
        result = inference_create(inference, graph, &options, net, err);
done:
    net_free(net);
    graph_release(&source);
    return result;
}
