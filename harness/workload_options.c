#include "workload_options.h"

#include <string.h>

#include "base/str.h"
#include "scalers/scaler.h"

#define MAX_THREADS 1024

/* One number for all three channels, or three with commas between. */
static int parse_channels(
    const char *option, const char *text, double low, double values[3], struct err *err)
{
    char copy[128], *at = copy;
    int n = 0;

    if (!str_copy(copy, sizeof(copy), text))
        n = -1;
    while (n >= 0 && at) {
        char *comma = strchr(at, ',');

        if (comma)
            *comma++ = '\0';
        if (n == 3 || !str_to_double(at, &values[n]) || values[n] < low || values[n] > 1e6) {
            n = -1;
            break;
        }
        n++;
        at = comma;
    }
    if (n != 1 && n != 3)
        return err_set(err, ERR_INPUT,
            "--%s is \"%.60s\"; it must be a number, or three with commas between them", option,
            text);
    if (n == 1)
        values[1] = values[2] = values[0];
    return 0;
}

static int resolve_data(
    const struct workload_options *options, struct data_config *data, struct err *err)
{
    data_config_init(data);
    if (!options->data)
        return err_set(
            err, ERR_INPUT, "--data is missing: the name of a dataset, as --data shapes");
    if (!str_copy(data->name, sizeof(data->name), options->data))
        return err_set(err, ERR_INPUT, "there is no dataset \"%.60s\"", options->data);
    if (workload_data_defaults(data, err) < 0)
        return -1;
    if (options->root && file_expand_home(options->root, data->root, err) < 0)
        return -1;
    if (options->class_map && file_expand_home(options->class_map, data->class_map, err) < 0)
        return -1;
    if (options->match && !str_copy(data->match, sizeof(data->match), options->match))
        return err_set(err, ERR_INPUT, "--match is longer than %zu bytes", sizeof(data->match) - 1);
    if ((options->mean && parse_channels("mean", options->mean, -1e6, data->mean, err) < 0) ||
        (options->std && parse_channels("std", options->std, 1e-6, data->std, err) < 0))
        return -1;
    if (!(options->crop_ratio > 0 && options->crop_ratio <= 1))
        return err_set(err, ERR_INPUT, "--crop-ratio is %g; it must be above 0 and at most 1",
            options->crop_ratio);
    if (options->train_images < 0 || options->test_images < 0)
        return err_set(err, ERR_INPUT, "--%s is negative; it must be at least 0, which takes all",
            options->train_images < 0 ? "train-images" : "test-images");
    if (options->loader_threads < 1 || options->loader_threads > MAX_THREADS)
        return err_set(err, ERR_INPUT, "--loader-threads is %d; it must be from 1 to %d",
            options->loader_threads, MAX_THREADS);
    data->crop_ratio = options->crop_ratio;
    data->train_images = options->train_images;
    data->test_images = options->test_images;
    data->loader_threads = options->loader_threads;
    return 0;
}

int workload_options_resolve(const struct workload_options *options, const char *model,
    struct workload *job, struct err *err)
{
    const struct variant variant = {.width = 1,
        .depth = 1,
        .stem_stride = options->stem_stride,
        .no_stem_pool = options->no_stem_pool};
    struct spec scaled;

    if (network_resolve(&options->network, model, &scaled, err) < 0 ||
        variant_apply(&scaled, &variant, &job->spec, err) < 0 ||
        resolve_data(options, &job->data, err) < 0)
        return -1;
    if (options->bn_eps != 0) {
        job->spec.bn_eps = options->bn_eps;
        if (spec_validate(&job->spec, err) < 0)
            return err_context(err, "--bn-eps");
    }
    if (!options->network.classes)
        job->spec.classes = 0;
    if (options->threads < 0 || options->threads > MAX_THREADS)
        return err_set(err, ERR_INPUT,
            "--threads is %d; it must be from 1 to %d, or 0 for all cores", options->threads,
            MAX_THREADS);
    if (options->seed < 0)
        return err_set(
            err, ERR_INPUT, "--seed is %lld; it must be at least 0", (long long)options->seed);
    job->threads = options->threads;
    job->seed = (uint64_t)options->seed;
    return 0;
}
