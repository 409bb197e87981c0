/* How fast images become batches, without a network that uses them. */
#include <math.h>

#include "workloads/data/loader.h"
#include "harness/base/clock.h"
#include "workload.h"

#define WARM_UP_BATCHES 4 /* that the loader had prepared before the clock started */

/* Batches until the time is over; *epoch goes on where an epoch ends. */
static int take_batches(
    struct loader *loader, double seconds, struct feed_result *result, struct err *err)
{
    double start = clock_seconds();
    struct batch batch;
    int epoch = 0, batches = 0;

    if (loader_start_epoch(loader, epoch, 0, err) < 0)
        return -1;
    for (;;) {
        int n = loader_next(loader, &batch, err);

        if (n < 0)
            return -1;
        if (n == 0) {
            if (loader_start_epoch(loader, ++epoch, 0, err) < 0)
                return -1;
            continue;
        }
        if (++batches == WARM_UP_BATCHES)
            start = clock_seconds();
        else if (batches > WARM_UP_BATCHES)
            result->images += n;
        result->seconds = clock_seconds() - start;
        if (batches > WARM_UP_BATCHES && result->seconds >= seconds)
            return 0;
    }
}

int workload_feed(const struct data_config *config, const struct feed_options *options,
    struct feed_result *result, struct err *err)
{
    struct dataset *set;
    struct loader *loader = NULL;
    int status = -1;

    *result = (struct feed_result){0};
    if (dataset_open(&set, config, 0, err) < 0)
        return -1;
    const struct loader_options loading = {
        .set = set,
        .split = SPLIT_TRAIN,
        .input = options->input,
        .batch = options->batch,
        .training = true,
        .augment = options->augment,
        .settings = options->settings,
        .shuffle = true,
        .seed = options->seed,
        .threads = config->loader_threads,
        .cache_bytes = options->cache_bytes,
    };

    if (dataset_count(set, SPLIT_TRAIN) == 0)
        err_set(err, ERR_INPUT, "%s has no images to train on", config->name);
    else if (loader_open(&loader, &loading, err) == 0)
        status = take_batches(loader, options->seconds, result, err);
    loader_free(loader);
    dataset_free(set);
    result->images_per_second =
        result->seconds > 0 ? (double)result->images / result->seconds : NAN;
    return status;
}
