/* Collecting the accuracies of each network by seed. */
#include "seed_samples.h"

#include <math.h>
#include <stdlib.h>

static bool counts(const struct job_result *run)
{
    return run->state == RUN_DONE && isfinite(run->top1);
}

static int by_seed(const void *a, const void *b)
{
    const struct seed_sample *p = a, *q = b;

    return p->seed < q->seed ? -1 : p->seed > q->seed;
}

int seed_samples_load(struct seed_samples *samples, const struct runs *runs, struct err *err)
{
    int n = runs->n_configs;
    int *next = calloc((size_t)n + 1, sizeof(int));

    samples->first = calloc((size_t)n + 1, sizeof(int));
    samples->all = malloc(sizeof(*samples->all) * ((size_t)runs->n_runs + 1));
    if (!next || !samples->first || !samples->all) {
        free(next);
        seed_samples_release(samples);
        return err_set(err, ERR_MEMORY, "no memory for the accuracies of %d runs", runs->n_runs);
    }
    for (int i = 0; i < runs->n_runs; i++)
        samples->first[runs->runs[i].config + 1] += counts(&runs->runs[i]);
    for (int c = 0; c < n; c++) {
        samples->first[c + 1] += samples->first[c];
        next[c] = samples->first[c];
    }
    for (int i = 0; i < runs->n_runs; i++)
        if (counts(&runs->runs[i]))
            samples->all[next[runs->runs[i].config]++] =
                (struct seed_sample){runs->runs[i].seed, runs->runs[i].top1};
    for (int c = 0; c < n; c++)
        qsort(&samples->all[samples->first[c]], (size_t)seed_samples_count(samples, c),
            sizeof(*samples->all), by_seed);
    free(next);
    return 0;
}

void seed_samples_release(struct seed_samples *samples)
{
    free(samples->first);
    free(samples->all);
    *samples = (struct seed_samples)SEED_SAMPLES_INIT;
}

int seed_samples_count(const struct seed_samples *samples, int config)
{
    return samples->first[config + 1] - samples->first[config];
}

double seed_samples_mean(const struct seed_samples *samples, int config)
{
    int n = seed_samples_count(samples, config);
    double sum = 0;

    for (int i = 0; i < n; i++)
        sum += samples->all[samples->first[config] + i].top1;
    return n > 0 ? sum / n : NAN;
}

struct seed_test seed_samples_test(
    const struct seed_sample *a, int n_a, const struct seed_sample *b, int n_b, double *room)
{
    double *top1_a = room, *top1_b = room + n_a;
    struct seed_test result = {.n_a = n_a, .n_b = n_b};
    int n = 0;

    for (int i = 0, k = 0; i < n_a && k < n_b;) {
        int64_t seed_a = a[i].seed, seed_b = b[k].seed;

        if (seed_a == seed_b) {
            top1_a[n] = a[i].top1;
            top1_b[n++] = b[k].top1;
        }
        i += seed_a <= seed_b;
        k += seed_b <= seed_a;
    }
    result.paired = n > 1;
    if (result.paired) {
        result.n_a = result.n_b = n;
        result.test = statistics_paired(top1_a, top1_b, n);
    } else {
        for (int i = 0; i < n_a; i++)
            top1_a[i] = a[i].top1;
        for (int i = 0; i < n_b; i++)
            top1_b[i] = b[i].top1;
        result.test = statistics_welch(top1_a, n_a, top1_b, n_b);
    }
    result.mean_a = statistics_mean(top1_a, result.n_a);
    result.mean_b = statistics_mean(top1_b, result.n_b);
    return result;
}

double seed_samples_pooled_deviation(const struct seed_samples *samples, int n_configs)
{
    double sum = 0;
    int freedom = 0;

    for (int c = 0; c < n_configs; c++) {
        int n = seed_samples_count(samples, c);
        double mean = seed_samples_mean(samples, c);

        for (int i = 0; i < n; i++) {
            double top1 = samples->all[samples->first[c] + i].top1;

            sum += (top1 - mean) * (top1 - mean);
        }
        freedom += n > 1 ? n - 1 : 0;
    }
    return freedom > 0 ? sqrt(sum / freedom) : NAN;
}
