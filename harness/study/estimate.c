/* Times of a plan's networks: a few are measured, the others follow from their multiply-adds. */
#include "estimate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/system/cpu.h"
#include "speed.h"

#define MAX_WORKERS 256
#define MAX_FITTED  64

struct estimator {
    const struct plan *plan;
    const struct estimate_options *options;
    struct speed_cache cache;
    struct speed *speeds;             /* [n_nets] */
    bool *known;                      /* [n_nets] measured, now or before */
    int *of_model;                    /* [models] how many of each are known, or being measured */
    int fitted[MAX_FITTED], n_fitted; /* of those that are known */
    int train_images, test_images;
};

static int count_images(struct estimator *e, struct err *err)
{
    struct class_count *classes = NULL;
    struct workload workload;
    struct job job;
    int n = 0;

    plan_job(e->plan, 0, &job);
    job.data.images[0] = '\0'; /* just looked at */
    if (job_workload(&job, &workload, err) < 0 ||
        workload_data_classes(&workload.data, &classes, &n, NULL, err) < 0)
        return -1;
    for (int i = 0; i < n; i++) {
        e->train_images += classes[i].train;
        e->test_images += classes[i].test;
    }
    free(classes);
    return 0;
}

/* ---- which networks are measured ---- */

static int model_of(const struct estimator *e, int net)
{
    return (int)(e->plan->nets[net].recipe - e->plan->recipes);
}

/* Of the models of which least is known, the network that costs least, or most. */
static int next_probe(const struct estimator *e, const bool *chosen, bool dearest)
{
    const struct plan_net *nets = e->plan->nets;
    int best = -1, fewest = INT32_MAX;

    for (int i = 0; i < e->plan->n_nets; i++) {
        int of_model = e->of_model[model_of(e, i)];

        if (chosen[i] || of_model > fewest)
            continue;
        if (of_model < fewest || (nets[i].cost.macs > nets[best].cost.macs) == dearest) {
            best = i;
            fewest = of_model;
        }
    }
    return best;
}

static int measure(struct estimator *e, int net, struct err *err)
{
    char key[SHA256_HEX_BYTES];
    struct job job;

    plan_job(e->plan, net, &job);
    if (speed_key(&e->cache, &job, key, err) < 0 ||
        speed_measure(
            &job, e->options->threads, e->train_images, e->test_images, &e->speeds[net], err) < 0)
        return -1;
    speed_cache_add(&e->cache, key, &e->speeds[net]);
    e->known[net] = true;
    return 0;
}

static int look_up(struct estimator *e, int *n_known, struct err *err)
{
    *n_known = 0;
    for (int i = 0; i < e->plan->n_nets; i++) {
        char key[SHA256_HEX_BYTES];
        struct job job;

        plan_job(e->plan, i, &job);
        if (e->cache.n_entries == 0)
            break;
        if (speed_key(&e->cache, &job, key, err) < 0)
            return -1;
        e->known[i] = speed_cache_find(&e->cache, key, &e->speeds[i]);
        *n_known += e->known[i];
        e->of_model[model_of(e, i)] += e->known[i];
    }
    return 0;
}

static int measure_some(struct estimator *e, int *measured, struct err *err)
{
    int n_known,
        wanted = e->plan->n_nets < ESTIMATE_MAX_PROBES ? e->plan->n_nets : ESTIMATE_MAX_PROBES;
    bool *chosen = calloc((size_t)e->plan->n_nets, sizeof(*chosen));

    if (!chosen)
        return err_set(err, ERR_MEMORY, "no memory to estimate %d networks", e->plan->n_nets);
    if (look_up(e, &n_known, err) < 0) {
        free(chosen);
        return -1;
    }
    memcpy(chosen, e->known, (size_t)e->plan->n_nets * sizeof(*chosen));
    for (; n_known < wanted && !e->options->only_known; n_known++) {
        int net = next_probe(e, chosen, n_known % 2 == 1);
        struct err why = {0};

        if (e->options->measuring)
            e->options->measuring(*measured, *measured + wanted - n_known);
        ++*measured;
        chosen[net] = true;
        e->of_model[model_of(e, net)]++;
        /* One that cannot be measured is estimated from the others. */
        (void)!measure(e, net, &why);
    }
    free(chosen);
    return 0;
}

/* ---- those that are not ---- */

static double work_of(const struct plan_net *net, double k)
{
    return (double)net->cost.macs + k * (double)net->cost.activations;
}

/* Mean of time over work of the measured networks of a model, or of all (-1); 0: none. */
static double scale_of(const struct estimator *e, int model, double k)
{
    double sum = 0;
    int n = 0;

    for (int i = 0; i < e->n_fitted; i++) {
        int net = e->fitted[i];

        if (model >= 0 && model_of(e, net) != model)
            continue;
        sum += log(e->speeds[net].train_warm / work_of(&e->plan->nets[net], k));
        n++;
    }
    return n > 0 ? exp(sum / n) : 0;
}

static double misfit(const struct estimator *e, double k)
{
    double sum = 0;

    for (int i = 0; i < e->n_fitted; i++) {
        int net = e->fitted[i];
        double scale = scale_of(e, model_of(e, net), k);
        double off = log(e->speeds[net].train_warm / work_of(&e->plan->nets[net], k) / scale);

        sum += off * off;
    }
    return sum;
}

static double best_weight(const struct estimator *e)
{
    static const double weights[] = {0, 3, 10, 30, 100, 300, 1000, 3000};
    double best = weights[0], least = INFINITY;

    for (size_t i = 0; i < sizeof(weights) / sizeof(weights[0]); i++) {
        double misfits = misfit(e, weights[i]);

        if (misfits < least) {
            least = misfits;
            best = weights[i];
        }
    }
    return best;
}

/* The measured network of the same model, if there is one, that is nearest in cost. */
static int nearest(const struct estimator *e, int net)
{
    const struct plan_net *nets = e->plan->nets;
    int best = -1;
    double least = INFINITY;

    for (int i = 0; i < e->n_fitted; i++) {
        int other = e->fitted[i];
        double distance =
            fabs(log(((double)nets[other].cost.macs + 1) / ((double)nets[net].cost.macs + 1))) +
            (nets[other].recipe == nets[net].recipe ? 0 : 1000);

        if (distance < least) {
            least = distance;
            best = other;
        }
    }
    return best;
}

static void infer(struct estimator *e, int net, double k)
{
    int like = nearest(e, net);
    double model = scale_of(e, model_of(e, net), k), all = scale_of(e, -1, k);
    double warm = (model > 0 ? model : all) * work_of(&e->plan->nets[net], k), ratio;

    e->speeds[net] = e->speeds[like];
    ratio = warm / e->speeds[like].train_warm;
    /* Decoding and drawing do not grow with the network. */
    e->speeds[net].train_cold += warm - e->speeds[like].train_warm;
    e->speeds[net].test_cold += (ratio - 1) * e->speeds[like].test_warm;
    e->speeds[net].train_warm = warm;
    e->speeds[net].test_warm *= ratio;
    if (e->speeds[net].train_cold < warm)
        e->speeds[net].train_cold = warm;
    if (e->speeds[net].test_cold < e->speeds[net].test_warm)
        e->speeds[net].test_cold = e->speeds[net].test_warm;
}

static void conclude(const struct estimator *e, int net, struct estimate *estimate)
{
    const struct plan_net *planned = &e->plan->nets[net];
    const struct speed *speed = &e->speeds[net];
    const struct workload_images images = {.side = planned->spec.input, .train = e->train_images};
    double bytes = 3.0 * images.side * images.side * images.train;
    bool fit = (double)workload_decoded_bytes(&images, cpu_memory_bytes()) >= bytes;
    int cold = fit ? 1 : planned->recipe->epochs;
    int warm = planned->recipe->epochs - cold;
    double train = (cold * speed->train_cold + warm * speed->train_warm) * e->train_images;
    double test = (cold * speed->test_cold + warm * speed->test_warm) * e->test_images;

    estimate->train_seconds[net] = train;
    estimate->seconds[net] = speed->start + train + test;
}

static int take_memory(struct estimator *e, struct estimate *estimate, struct err *err)
{
    size_t n = (size_t)e->plan->n_nets;

    e->speeds = calloc(n, sizeof(*e->speeds));
    e->known = calloc(n, sizeof(*e->known));
    e->of_model = calloc((size_t)e->plan->study->models.count, sizeof(*e->of_model));
    estimate->seconds = calloc(n, sizeof(*estimate->seconds));
    estimate->train_seconds = calloc(n, sizeof(*estimate->train_seconds));
    if (!e->speeds || !e->known || !e->of_model || !estimate->seconds || !estimate->train_seconds)
        return err_set(err, ERR_MEMORY, "no memory to estimate %d networks", e->plan->n_nets);
    return 0;
}

int estimate_make(struct estimate *estimate, const struct plan *plan,
    const struct estimate_options *options, struct err *err)
{
    struct estimator e = {.plan = plan, .options = options};
    struct err ignored = {0};
    int result = -1;

    *estimate = (struct estimate)ESTIMATE_INIT;
    speed_cache_open(&e.cache, options->threads);
    if (take_memory(&e, estimate, err) < 0 || count_images(&e, err) < 0 ||
        measure_some(&e, &estimate->measured, err) < 0)
        goto done;
    estimate->train_images = e.train_images;
    estimate->test_images = e.test_images;
    for (int i = 0; i < plan->n_nets && e.n_fitted < MAX_FITTED; i++)
        if (e.known[i])
            e.fitted[e.n_fitted++] = i;
    if (e.n_fitted > 0) {
        double k = best_weight(&e);

        for (int i = 0; i < plan->n_nets; i++)
            if (!e.known[i])
                infer(&e, i, k);
        for (int i = 0; i < plan->n_nets; i++)
            conclude(&e, i, estimate);
    } else {
        for (int i = 0; i < plan->n_nets; i++)
            estimate->seconds[i] = estimate->train_seconds[i] = NAN;
    }
    result = 0;
done:
    /* Where nothing can be kept, it is measured again next time. */
    (void)!speed_cache_close(&e.cache, &ignored);
    free(e.speeds);
    free(e.known);
    free(e.of_model);
    return result;
}

double estimate_total(
    const struct estimate *estimate, const struct plan *plan, const bool *left, int workers)
{
    double free_at[MAX_WORKERS] = {0}, end = 0;

    if (workers > MAX_WORKERS)
        workers = MAX_WORKERS;
    for (int i = 0; i < plan->n_jobs; i++) {
        int first = 0;

        if (left && !left[i])
            continue;
        for (int k = 1; k < workers; k++)
            if (free_at[k] < free_at[first])
                first = k;
        free_at[first] += estimate->seconds[i % plan->n_nets];
        if (!(free_at[first] <= end))
            end = free_at[first];
    }
    return end;
}

void estimate_release(struct estimate *estimate)
{
    free(estimate->seconds);
    free(estimate->train_seconds);
    *estimate = (struct estimate)ESTIMATE_INIT;
}
