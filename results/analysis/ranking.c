/* Ordering networks by accuracy, and testing each against the best. */
#include "ranking.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "families.h"
#include "seed_samples.h"

const char *const ranking_verdict_names[] = {
    [RANKING_BEST] = "best",
    [RANKING_CANNOT_TELL] = "cannot tell",
    [RANKING_WORSE] = "worse",
};

struct work {
    struct ranking *ranking;
    const struct ranking_options *options;
    struct seed_samples samples;
    struct seed_sample *scores; /* as samples.all, with the score in place of the accuracy */
    double *room;
};

static double factor_of(const struct work *work, int config)
{
    const struct ranking_options *options = work->options;

    if (isnan(options->target))
        return 1;
    return pow(
        (double)work->ranking->runs.configs[config].macs / options->target, options->exponent);
}

/* ---- one network ---- */

static bool is_asked_for(const struct work *work, int c)
{
    const struct run_config *config = &work->ranking->runs.configs[c];
    const struct ranking_options *options = work->options;

    if ((options->model && strcmp(options->model, config->model) != 0) ||
        (options->method && strcmp(options->method, config->method) != 0))
        return false;
    return !options->by_baseline || config->baseline != c;
}

static double interval(struct work *work, const struct seed_sample *samples, int n)
{
    for (int i = 0; i < n; i++)
        work->room[i] = samples[i].top1;
    return statistics_ci95(work->room, n);
}

static void add(struct work *work, int c)
{
    struct ranking *ranking = work->ranking;
    int first = work->samples.first[c], n = seed_samples_count(&work->samples, c);
    double factor = factor_of(work, c);
    struct ranked *one = &ranking->all[ranking->n];

    if (!is_asked_for(work, c))
        return;
    if (n == 0) {
        ranking->n_unfinished++;
        return;
    }
    for (int i = first; i < first + n; i++) {
        work->scores[i] = work->samples.all[i];
        work->scores[i].top1 *= factor;
    }
    *one = (struct ranked){.config = c,
        .baseline = ranking->runs.configs[c].baseline,
        .seeds = n,
        .top1 = seed_samples_mean(&work->samples, c),
        .top1_ci95 = interval(work, work->samples.all + first, n),
        .p_holm = NAN,
        .verdict = RANKING_CANNOT_TELL};
    one->score = one->top1 * factor;
    one->score_ci95 = one->top1_ci95 * factor;
    ranking->n++;
}

/* ---- lists ---- */

/* Lists in the order of their baselines; in them the best first. */
static int by_list_and_score(const void *a, const void *b, void *options)
{
    const struct ranked *p = a, *q = b;
    bool by_baseline = ((const struct ranking_options *)options)->by_baseline;

    if (by_baseline && p->baseline != q->baseline)
        return p->baseline - q->baseline;
    if (p->score != q->score)
        return p->score > q->score ? -1 : 1;
    return p->config - q->config;
}

static void test_against(struct work *work, const struct ranked *best, struct ranked *one)
{
    const int *first = work->samples.first;

    one->test = seed_samples_test(work->scores + first[best->config], best->seeds,
        work->scores + first[one->config], one->seeds, work->room)
                    .test;
    one->p_holm = one->test.p;
}

static void rank(struct work *work)
{
    struct ranking *ranking = work->ranking;
    const struct ranked *best = NULL;

    for (int i = 0; i < ranking->n; i++) {
        struct ranked *one = &ranking->all[i];

        if (i == 0 || (work->options->by_baseline && one->baseline != best->baseline)) {
            best = one;
            one->rank = 1;
            one->verdict = RANKING_BEST;
            one->test = (struct mean_test){0, NAN, NAN, NAN, NAN, NAN, NAN};
            continue;
        }
        one->rank = one[-1].rank + 1;
        test_against(work, best, one);
    }
}

static int correct(struct ranking *ranking, struct err *err)
{
    double *p = malloc(sizeof(double) * ((size_t)ranking->n + 1));
    int result;

    if (!p)
        return err_set(err, ERR_MEMORY, "no memory to rank %d networks", ranking->n);
    for (int i = 0; i < ranking->n; i++) {
        p[i] = ranking->all[i].p_holm;
        ranking->n_tests += !isnan(p[i]);
    }
    result = statistics_holm(p, ranking->n, p, err);
    for (int i = 0; i < ranking->n && result == 0; i++) {
        ranking->all[i].p_holm = p[i];
        /* The best may be less than another on the seeds that both have. */
        if (p[i] < RANKING_LEVEL && ranking->all[i].test.difference < 0)
            ranking->all[i].verdict = RANKING_WORSE;
    }
    free(p);
    return result;
}

static int work_init(struct work *work, struct err *err)
{
    const struct runs *runs = &work->ranking->runs;

    if (families_check_model(runs, work->options->model, err) < 0 ||
        families_check_method(runs, work->options->method, err) < 0 ||
        seed_samples_load(&work->samples, runs, err) < 0)
        return -1;
    work->scores = malloc(sizeof(*work->scores) * ((size_t)runs->n_runs + 1));
    work->room = malloc(2 * sizeof(double) * ((size_t)runs->n_runs + 1));
    work->ranking->all = malloc(sizeof(*work->ranking->all) * ((size_t)runs->n_configs + 1));
    if (!work->scores || !work->room || !work->ranking->all)
        return err_set(err, ERR_MEMORY, "no memory to rank %d networks", runs->n_configs);
    return 0;
}

int ranking_load(struct ranking *ranking, struct store *store, const char *study,
    const struct ranking_options *options, struct err *err)
{
    struct work work = {.ranking = ranking, .options = options, .samples = SEED_SAMPLES_INIT};
    int result = -1;

    if (runs_load(&ranking->runs, store, study, err) < 0 || work_init(&work, err) < 0)
        goto done;
    for (int c = 0; c < ranking->runs.n_configs; c++)
        add(&work, c);
    qsort_r(ranking->all, (size_t)ranking->n, sizeof(*ranking->all), by_list_and_score,
        (void *)(uintptr_t)options);
    rank(&work);
    result = correct(ranking, err);
done:
    seed_samples_release(&work.samples);
    free(work.scores);
    free(work.room);
    if (result < 0)
        ranking_release(ranking);
    return result;
}

void ranking_release(struct ranking *ranking)
{
    free(ranking->all);
    runs_release(&ranking->runs);
    *ranking = (struct ranking)RANKING_INIT;
}
