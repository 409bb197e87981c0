/* Metrics, loaders and the pass over a split that training and evaluation share. */
#include "evaluate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/system/cpu.h"
#include "workloads/nn/layers/loss.h"

#define MOST_DECODED_BYTES ((uint64_t)1 << 30)

void metrics_add(struct metrics *metrics, const float *logits, int classes, const int *labels,
    int n, double loss)
{
    for (int i = 0; i < n; i++) {
        int rank = label_rank(logits + (size_t)i * (size_t)classes, classes, labels[i]);

        metrics->top1 += rank < 1;
        metrics->top5 += rank < 5;
    }
    metrics->images += n;
    metrics->loss_sum += loss * n;
}

double metrics_loss(const struct metrics *metrics)
{
    return metrics->images ? metrics->loss_sum / (double)metrics->images : NAN;
}

double metrics_top1(const struct metrics *metrics)
{
    return metrics->images ? 100.0 * (double)metrics->top1 / (double)metrics->images : NAN;
}

double metrics_top5(const struct metrics *metrics, int classes)
{
    return metrics->images && classes > 5 ? 100.0 * (double)metrics->top5 / (double)metrics->images
                                          : NAN;
}

int job_open_dataset(
    struct workload *job, struct dataset **set, struct spec *spec, bool know, struct err *err)
{
    struct fingerprint print;

    know = know && !job->data.images[0];
    *spec = job->spec;
    if (dataset_open_known(set, &job->data, spec->classes, know ? &print : NULL, err) < 0)
        return -1;
    if (know)
        str_copy(job->data.images, sizeof(job->data.images), print.images);
    if (spec->classes == 0)
        spec->classes = dataset_classes(*set);
    return 0;
}

static int64_t kept_bytes(enum split split, uint64_t machine_memory)
{
    uint64_t most = machine_memory / 8;

    if (machine_memory == 0 || most > MOST_DECODED_BYTES)
        most = MOST_DECODED_BYTES;
    return (int64_t)(split == SPLIT_TRAIN ? most / 4 * 3 : most / 4);
}

size_t job_cache_bytes(enum split split)
{
    return (size_t)kept_bytes(split, cpu_memory_bytes());
}

int64_t workload_decoded_bytes(const struct workload_images *images, uint64_t machine_memory)
{
    double of_one = 3.0 * images->side * images->side;
    double train = fmin(of_one * images->train, (double)kept_bytes(SPLIT_TRAIN, machine_memory));
    double test = fmin(of_one * images->test, (double)kept_bytes(SPLIT_TEST, machine_memory));

    return (int64_t)(train + test);
}

int job_open_evaluation(const struct workload *job, const struct dataset *set, enum split split,
    int input, struct loader **loader, struct err *err)
{
    const struct loader_options options = {
        .set = set,
        .split = split,
        .input = input,
        .batch = recipe_piece(&job->recipe),
        .seed = job->seed,
        .threads = job->data.loader_threads,
        .cache_bytes = job_cache_bytes(split),
    };

    return loader_open(loader, &options, err);
}

static int show_scores(const struct evaluation *evaluation, const struct batch *batch,
    const float *logits, int classes, struct err *err)
{
    for (int i = 0; i < batch->n; i++) {
        const char *path = dataset_path(evaluation->set, evaluation->split, batch->indices[i]);
        char number[32];

        snprintf(number, sizeof(number), "%d", batch->indices[i]);
        if (evaluation->scores(evaluation->scores_context, path ? path : number, batch->labels[i],
                logits + (size_t)i * (size_t)classes, classes, err) < 0)
            return -1;
    }
    return 0;
}

/* The logits of a batch. */
static const float *run_batch(const struct evaluation *evaluation, const struct batch *batch)
{
    struct inference *inference = evaluation->inference;

    if (inference) {
        inference_set_input(inference, batch->images, batch->n);
        inference_run(inference, batch->n);
        return inference_logits(inference);
    }
    net_set_input(evaluation->net, batch->images, batch->n);
    net_forward(evaluation->net, batch->n, false, 0);
    return net_logits(evaluation->net);
}

int evaluate(const struct evaluation *evaluation, struct metrics *metrics, struct err *err)
{
    int classes = evaluation->inference ? inference_classes(evaluation->inference)
                                        : net_classes(evaluation->net);
    struct batch batch;
    int n;

    if (loader_start_epoch(evaluation->loader, 0, 0, err) < 0)
        return -1;
    while ((n = loader_next(evaluation->loader, &batch, err)) > 0) {
        const float *logits = run_batch(evaluation, &batch);
        double loss = cross_entropy(logits, batch.labels, n, classes, 0, NULL);

        if (!isfinite(loss))
            return err_set(err, ERR_NUMERIC,
                "the network's outputs are not finite in evaluation, so its weights or running "
                "statistics have left their range");
        metrics_add(metrics, logits, classes, batch.labels, n, loss);
        if (evaluation->scores && show_scores(evaluation, &batch, logits, classes, err) < 0)
            return -1;
        if (evaluation->should_stop && evaluation->should_stop(evaluation->stop_context))
            return err_set(err, ERR_INTERRUPTED, "interrupted during an evaluation");
    }
    return n;
}
