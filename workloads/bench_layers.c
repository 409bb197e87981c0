/* What the times of layers mean beside what the machine can do. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"
#include "workload.h"

double bench_bound(const struct bench_pass *pass, const struct machine_peak *peak, bool *by_memory)
{
    double arithmetic = peak->flops > 0 ? pass->flops / peak->flops : 0;
    double memory = peak->bytes > 0 ? pass->bytes / peak->bytes : 0;

    if (by_memory)
        *by_memory = memory > arithmetic;
    return memory > arithmetic ? memory : arithmetic;
}

static double lost_in(const struct bench_pass *pass, const struct machine_peak *peak)
{
    double lost = pass->seconds - bench_bound(pass, peak, NULL);

    return lost > 0 ? lost : 0; /* NaN, and what came from the caches: nothing */
}

double bench_lost(const struct bench_layer *layer, const struct machine_peak *peak)
{
    return lost_in(&layer->forward, peak) + lost_in(&layer->backward, peak);
}

/* What has no time is left out on both sides, so that rates are those of what was timed. */
static void add_pass(struct bench_pass *sum, const struct bench_pass *pass)
{
    if (isnan(pass->seconds))
        return;
    sum->seconds = isnan(sum->seconds) ? pass->seconds : sum->seconds + pass->seconds;
    sum->flops += pass->flops;
    sum->bytes += pass->bytes;
}

static void add_layer(
    struct bench_kind *kind, const struct bench_layer *layer, const struct machine_peak *peak)
{
    const struct bench_pass *passes[] = {&layer->forward, &layer->backward};

    kind->layers++;
    kind->without_time += isnan(layer->forward.seconds);
    add_pass(&kind->forward, &layer->forward);
    add_pass(&kind->backward, &layer->backward);
    for (int i = 0; i < 2; i++)
        if (!isnan(passes[i]->seconds))
            kind->bound_seconds += bench_bound(passes[i], peak, NULL);
    kind->lost_seconds += bench_lost(layer, peak);
}

static double time_of(const struct bench_kind *kind)
{
    double forward = kind->forward.seconds, backward = kind->backward.seconds;

    return (isnan(forward) ? 0 : forward) + (isnan(backward) ? 0 : backward);
}

static int compare_times(const void *a, const void *b)
{
    double first = time_of(a), second = time_of(b);

    return first > second ? -1 : first < second;
}

static struct bench_kind *find_kind(struct bench_kind *kinds, int *n, const char *name)
{
    for (int i = 0; i < *n; i++)
        if (strcmp(kinds[i].kind, name) == 0)
            return &kinds[i];
    kinds[*n] = (struct bench_kind){.forward.seconds = NAN, .backward.seconds = NAN};
    str_copy(kinds[*n].kind, sizeof(kinds[*n].kind), name);
    return &kinds[(*n)++];
}

int bench_kinds(
    const struct bench_result *result, struct bench_kind **kinds, int *n_kinds, struct err *err)
{
    *n_kinds = 0;
    *kinds = calloc((size_t)result->n_layers + 1, sizeof(**kinds));
    if (!*kinds)
        return err_set(err, ERR_MEMORY, "no memory for a list of %d layers", result->n_layers);
    for (int i = 0; i < result->n_layers; i++)
        add_layer(find_kind(*kinds, n_kinds, result->layers[i].cost.kind), &result->layers[i],
            &result->peak);
    qsort(*kinds, (size_t)*n_kinds, sizeof(**kinds), compare_times);
    return 0;
}
