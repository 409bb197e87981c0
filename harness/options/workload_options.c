/* Options of network, images, threads and seed as a workload. */
#include "workload_options.h"

#include "scalers/scaler.h"

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
        data_options_resolve(&options->data, "--data", &job->data, err) < 0)
        return -1;
    if (options->bn_eps != 0) {
        job->spec.bn_eps = options->bn_eps;
        if (spec_validate(&job->spec, err) < 0)
            return err_context(err, "--bn-eps");
    }
    if (!options->network.classes)
        job->spec.classes = 0;
    if (options->threads < 0 || options->threads > DATA_MAX_THREADS)
        return err_set(err, ERR_INPUT,
            "--threads is %d; it must be from 1 to %d, or 0 for all cores", options->threads,
            DATA_MAX_THREADS);
    if (options->seed < 0)
        return err_set(
            err, ERR_INPUT, "--seed is %lld; it must be at least 0", (long long)options->seed);
    job->threads = options->threads;
    job->seed = (uint64_t)options->seed;
    return 0;
}
