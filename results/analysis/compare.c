/* Pairing networks of equal FLOPs, testing their difference, and correcting for the number of
 * tests. */
#include "compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "families.h"
#include "harness/base/array.h"

const char *const compare_verdict_names[] = {
    [COMPARE_BETTER] = "better",
    [COMPARE_WORSE] = "worse",
    [COMPARE_CANNOT_TELL] = "cannot tell",
    [COMPARE_UNEQUAL] = "unequal FLOPs",
};

struct comparer {
    struct comparisons *list;
    const struct compare_options *options;
    struct seed_samples samples;
    struct families families;
    struct seed_sample *own_a, *own_b; /* of one comparison, by seed */
    double *room;                      /* of their accuracies */
};

static double macs_of(const struct comparer *comparer, int config)
{
    return (double)comparer->list->runs.configs[config].macs;
}

/* ---- one comparison ---- */

/* The accuracies of a network by seed. */
static int take(const struct comparer *comparer, int config, struct seed_sample *to)
{
    int first = comparer->samples.first[config], n = seed_samples_count(&comparer->samples, config);

    memcpy(to, &comparer->samples.all[first], sizeof(*to) * (size_t)n);
    return n;
}

/* The same between two networks, at `share` of the way from one to the other, for seeds of both. */
static int take_between(
    const struct comparer *comparer, int from, int to, double share, struct seed_sample *between)
{
    const struct seed_sample *p = &comparer->samples.all[comparer->samples.first[from]],
                             *p_end = &comparer->samples.all[comparer->samples.first[from + 1]],
                             *q = &comparer->samples.all[comparer->samples.first[to]],
                             *q_end = &comparer->samples.all[comparer->samples.first[to + 1]];
    int n = 0;

    while (p < p_end && q < q_end) {
        if (p->seed == q->seed)
            between[n++] = (struct seed_sample){p->seed, p->top1 + share * (q->top1 - p->top1)};
        if (p->seed <= q->seed)
            p++;
        else
            q++;
    }
    return n;
}

/* The largest network of a method, or its baseline, below `macs`; -1. */
static int below(const struct comparer *comparer, const struct family_method *method, double macs)
{
    int best = method->baseline;

    if (best >= 0 && !(macs_of(comparer, best) < macs))
        best = -1;
    for (int i = 0; i < method->n && macs_of(comparer, method->configs[i]) < macs; i++)
        if (best < 0 || macs_of(comparer, method->configs[i]) > macs_of(comparer, best))
            best = method->configs[i];
    return best;
}

/* A network's accuracies at `macs`, which are no more than its own; returns 0 if there are none. */
static int take_at(const struct comparer *comparer, const struct family_method *method, int config,
    double macs, struct seed_sample *to)
{
    double own = macs_of(comparer, config);
    int lower;

    if (own <= macs * (1 + comparer->options->within))
        return take(comparer, config, to);
    lower = below(comparer, method, macs * (1 + 1e-9));
    if (lower < 0)
        return 0;
    return take_between(comparer, lower, config,
        log(macs / macs_of(comparer, lower)) / log(own / macs_of(comparer, lower)), to);
}

static void test(struct comparer *comparer, struct comparison *one)
{
    struct seed_test seeds =
        seed_samples_test(comparer->own_a, one->n_a, comparer->own_b, one->n_b, comparer->room);

    one->paired = seeds.paired;
    one->n_a = seeds.n_a;
    one->n_b = seeds.n_b;
    one->top1_a = seeds.mean_a;
    one->top1_b = seeds.mean_b;
    one->test = seeds.test;
}

static void compare(struct comparer *comparer, const struct family_method *of_a,
    const struct family_method *of_b, struct comparison *one)
{
    double macs_a = macs_of(comparer, one->a), macs_b = macs_of(comparer, one->b);

    one->macs = fmin(macs_a, macs_b);
    one->n_a = take_at(comparer, of_a, one->a, one->macs, comparer->own_a);
    one->n_b = take_at(comparer, of_b, one->b, one->macs, comparer->own_b);
    if (fmax(macs_a, macs_b) > one->macs * (1 + comparer->options->within))
        one->interpolated = macs_a > macs_b ? one->a : one->b;
    if (one->n_a == 0 || one->n_b == 0) {
        one->verdict = COMPARE_UNEQUAL;
        one->interpolated = -1;
        one->top1_a = seed_samples_mean(&comparer->samples, one->a);
        one->top1_b = seed_samples_mean(&comparer->samples, one->b);
        one->n_a = seed_samples_count(&comparer->samples, one->a);
        one->n_b = seed_samples_count(&comparer->samples, one->b);
        one->test = (struct mean_test){one->top1_b - one->top1_a, NAN, NAN, NAN, NAN, NAN, NAN};
        return;
    }
    test(comparer, one);
}

/* A network with the baseline a, as they are. */
static void compare_with_baseline(struct comparer *comparer, struct comparison *one)
{
    one->macs = macs_of(comparer, one->b);
    one->n_a = take(comparer, one->a, comparer->own_a);
    one->n_b = take(comparer, one->b, comparer->own_b);
    test(comparer, one);
}

/* ---- all of them ---- */

/* A new one at the end of the list, of which nothing is known yet; NULL without memory. */
static struct comparison *add(struct comparer *comparer, int a, int b, struct err *err)
{
    struct comparisons *list = comparer->list;

    if (!array_grow(&list->all, list->n, sizeof(*list->all))) {
        err_set(err, ERR_MEMORY, "no memory for %d comparisons", list->n + 1);
        return NULL;
    }
    list->all[list->n] = (struct comparison){.a = a,
        .b = b,
        .interpolated = -1,
        .test = {.p = NAN},
        .p_holm = NAN,
        .verdict = COMPARE_CANNOT_TELL};
    return &list->all[list->n++];
}

/* The network of a method whose multiply-adds are nearest, by their ratio; -1 if none is near. */
static int nearest(const struct comparer *comparer, const struct family_method *method, double macs)
{
    int low = 0, high = method->n, best = -1;
    double distance = log(COMPARE_MOST_RATIO) * (1 + 1e-9);

    while (low < high) {
        int middle = low + (high - low) / 2;

        if (macs_of(comparer, method->configs[middle]) < macs)
            low = middle + 1;
        else
            high = middle;
    }
    for (int i = low - 1; i <= low; i++) {
        double own;

        if (i < 0 || i >= method->n)
            continue;
        own = fabs(log(macs_of(comparer, method->configs[i]) / macs));
        if (own < distance) {
            distance = own;
            best = method->configs[i];
        }
    }
    return best;
}

static int compare_methods(struct comparer *comparer, const struct family_method *of_a,
    const struct family_method *of_b, struct err *err)
{
    for (int i = 0; i < of_b->n; i++) {
        int b = of_b->configs[i], a = nearest(comparer, of_a, macs_of(comparer, b));
        struct comparison *one;

        /* Each other's nearest: no network is taken twice, and none lies in between. */
        if (a < 0 || nearest(comparer, of_b, macs_of(comparer, a)) != b)
            continue;
        one = add(comparer, a, b, err);
        if (!one)
            return -1;
        compare(comparer, of_a, of_b, one);
    }
    return 0;
}

/* Which of two methods is b; NULL: they are not asked for. */
static const struct family_method *choose(const struct compare_options *options,
    const struct family_method *first, const struct family_method *second)
{
    const struct family_method *b = second, *a = first;

    if (options->model && strcmp(options->model, first->model) != 0)
        return NULL;
    if (!options->method && !options->against)
        return b;
    if ((options->method && strcmp(options->method, first->method) == 0) ||
        (options->against && strcmp(options->against, second->method) == 0)) {
        b = first;
        a = second;
    }
    if ((options->method && strcmp(options->method, b->method) != 0) ||
        (options->against && strcmp(options->against, a->method) != 0))
        return NULL;
    return b;
}

static int compare_all(struct comparer *comparer, struct err *err)
{
    const struct families *families = &comparer->families;

    for (int i = 0; i < families->n; i++)
        for (int k = i + 1;
             k < families->n && families->methods[k].family == families->methods[i].family; k++) {
            const struct family_method *first = &families->methods[i],
                                       *second = &families->methods[k],
                                       *b = choose(comparer->options, first, second);

            if (b && compare_methods(comparer, b == first ? second : first, b, err) < 0)
                return -1;
        }
    return 0;
}

static int compare_with_baselines(struct comparer *comparer, struct err *err)
{
    const struct compare_options *options = comparer->options;

    for (int m = 0; m < comparer->families.n; m++) {
        const struct family_method *method = &comparer->families.methods[m];

        if (method->baseline < 0 ||
            (options->model && strcmp(options->model, method->model) != 0) ||
            (options->method && strcmp(options->method, method->method) != 0))
            continue;
        for (int i = 0; i < method->n; i++) {
            struct comparison *one = add(comparer, method->baseline, method->configs[i], err);

            if (!one)
                return -1;
            compare_with_baseline(comparer, one);
        }
    }
    return 0;
}

static void judge(const struct comparisons *list, struct comparison *one, int n_comparisons)
{
    /* One seed has no spread: then that of the study's other networks, for two of them. */
    double spread = isnan(one->test.spread) ? list->seed_deviation * M_SQRT2 : one->test.spread;

    if (one->verdict == COMPARE_UNEQUAL)
        return;
    if (one->p_holm < COMPARE_LEVEL)
        one->verdict = one->test.difference > 0 ? COMPARE_BETTER : COMPARE_WORSE;
    else
        one->seeds_needed = statistics_seeds_needed(one->test.difference, spread,
            COMPARE_LEVEL / n_comparisons, COMPARE_POWER, COMPARE_MOST_SEEDS);
}

static int correct(struct comparisons *list, struct err *err)
{
    double *p = malloc(sizeof(double) * ((size_t)list->n + 1));
    int n_comparisons = 0;

    if (!p)
        return err_set(err, ERR_MEMORY, "no memory for %d comparisons", list->n);
    for (int i = 0; i < list->n; i++) {
        p[i] = list->all[i].test.p;
        list->n_tests += !isnan(p[i]);
        n_comparisons += list->all[i].verdict != COMPARE_UNEQUAL;
    }
    if (statistics_holm(p, list->n, p, err) < 0) {
        free(p);
        return -1;
    }
    for (int i = 0; i < list->n; i++) {
        list->all[i].p_holm = p[i];
        judge(list, &list->all[i], n_comparisons);
    }
    free(p);
    return 0;
}

static int comparer_init(struct comparer *comparer, struct err *err)
{
    const struct runs *runs = &comparer->list->runs;
    size_t most = 1;

    if (families_check_model(runs, comparer->options->model, err) < 0 ||
        families_check_method(runs, comparer->options->method, err) < 0 ||
        families_check_method(runs, comparer->options->against, err) < 0 ||
        seed_samples_load(&comparer->samples, runs, err) < 0 ||
        families_load(&comparer->families, runs, &comparer->samples, err) < 0)
        return -1;
    for (int c = 0; c < runs->n_configs; c++)
        if ((size_t)seed_samples_count(&comparer->samples, c) > most)
            most = (size_t)seed_samples_count(&comparer->samples, c);
    comparer->own_a = malloc(sizeof(*comparer->own_a) * most);
    comparer->own_b = malloc(sizeof(*comparer->own_b) * most);
    comparer->room = malloc(2 * sizeof(double) * most);
    if (!comparer->own_a || !comparer->own_b || !comparer->room)
        return err_set(err, ERR_MEMORY, "no memory for the seeds of two networks");
    return 0;
}

static void comparer_release(struct comparer *comparer)
{
    seed_samples_release(&comparer->samples);
    families_release(&comparer->families);
    free(comparer->own_a);
    free(comparer->own_b);
    free(comparer->room);
}

int compare_load(struct comparisons *list, struct store *store, const char *study,
    const struct compare_options *options, struct err *err)
{
    struct comparer comparer = {
        .list = list, .options = options, .samples = SEED_SAMPLES_INIT, .families = FAMILIES_INIT};
    int result = -1;

    if (options->with_baseline && options->against)
        return err_set(err, ERR_INPUT,
            "a comparison is with the baseline or with the method %.40s; ask for one of them",
            options->against);
    if (options->method && options->against && strcmp(options->method, options->against) == 0)
        return err_set(err, ERR_INPUT, "%.40s is to be compared with itself; name two methods",
            options->method);
    if (runs_load(&list->runs, store, study, err) < 0 || comparer_init(&comparer, err) < 0)
        goto done;
    list->seed_deviation = seed_samples_pooled_deviation(&comparer.samples, list->runs.n_configs);
    if ((options->with_baseline ? compare_with_baselines : compare_all)(&comparer, err) < 0 ||
        correct(list, err) < 0)
        goto done;
    result = 0;
done:
    comparer_release(&comparer);
    if (result < 0)
        compare_release(list);
    return result;
}

void compare_release(struct comparisons *list)
{
    runs_release(&list->runs);
    free(list->all);
    *list = (struct comparisons)COMPARISONS_INIT;
}
