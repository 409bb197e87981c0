/* Grouping networks into curves and fitting a law to each. */
#include "fit_curves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "families.h"
#include "harness/base/array.h"
#include "harness/base/str.h"
#include "seed_samples.h"

int fit_by_find(const char *name, enum fit_by *by, struct err *err)
{
    static const char *const names[] = {
        [FIT_BY_METHOD] = "method", [FIT_BY_MODEL] = "model", [FIT_BY_STUDY] = "study", NULL};
    int found = str_find("way of grouping", name, names, err);

    if (found < 0)
        return -1;
    *by = (enum fit_by)found;
    return 0;
}

struct loader {
    struct fit_curves *curves;
    const struct fit_options *options;
    struct seed_samples samples;
};

static const struct run_config *config_at(const struct loader *loader, int config)
{
    return &loader->curves->runs.configs[config];
}

static bool wanted(const struct loader *loader, int c)
{
    const struct run_config *config = config_at(loader, c);
    const struct fit_options *options = loader->options;

    return seed_samples_count(&loader->samples, c) > 0 && config->macs > 0 &&
           (!options->model || strcmp(config->model, options->model) == 0) &&
           (!options->method || family_is_baseline(config) ||
               strcmp(config->method, options->method) == 0);
}

static bool same(const char *a, const char *b)
{
    return !a || strcmp(a, b) == 0;
}

/* Whether a network is on a curve. */
static bool belongs(const struct loader *loader, const struct fit_curve *curve, int c)
{
    const struct runs *runs = &loader->curves->runs;
    const struct run_config *config = &runs->configs[c], *head = &runs->configs[curve->head];

    if (!same(curve->model, config->model))
        return false;
    if (curve->method)
        return (same(curve->method, config->method) || family_is_baseline(config)) &&
               family_of(runs, c) == family_of(runs, curve->head);
    return canonical_same(&config->keys.training, &head->keys.training) &&
           (!curve->model || canonical_same(&config->keys.tuning, &head->keys.tuning));
}

/* Models in the order of the study, of each the methods by their rank. */
static int curve_place(const struct loader *loader, const struct fit_curve *curve)
{
    const struct fit_curves *curves = loader->curves;
    int i = 0;

    while (i < curves->n &&
           !(same(curves->all[i].model, curve->model ? curve->model : "") && curve->method))
        i++;
    while (i < curves->n && strcmp(curves->all[i].model, curve->model) == 0 &&
           family_method_rank(curves->all[i].method) <= family_method_rank(curve->method))
        i++;
    return i;
}

/* A curve for each baseline and method; a baseline alone is none. */
static int add_curve(struct loader *loader, int c, struct err *err)
{
    const struct run_config *config = config_at(loader, c);
    enum fit_by by = loader->options->by;
    struct fit_curve curve = {.model = by == FIT_BY_STUDY ? NULL : config->model,
        .method = by == FIT_BY_METHOD ? config->method : NULL,
        .head = c};
    struct fit_curves *curves = loader->curves;
    int at;

    if (by == FIT_BY_METHOD && family_is_baseline(config))
        return 0;
    for (int i = 0; i < curves->n; i++)
        if (belongs(loader, &curves->all[i], c))
            return 0;
    if (!array_grow(&curves->all, curves->n, sizeof(curve)))
        return err_set(err, ERR_MEMORY, "no memory for %d curves", curves->n + 1);
    at = curve_place(loader, &curve);
    memmove(&curves->all[at + 1], &curves->all[at], sizeof(curve) * (size_t)(curves->n - at));
    curves->all[at] = curve;
    curves->n++;
    return 0;
}

/* A method's curve has its baseline's label; other curves are labelled by how they were trained. */
static int label_curves(struct loader *loader, struct store *store, struct err *err)
{
    struct fit_curves *curves = loader->curves;
    struct group_member *members = calloc((size_t)curves->n + 1, sizeof(*members));
    int result;

    if (!members)
        return err_set(err, ERR_MEMORY, "no memory for %d curves", curves->n);
    for (int i = 0; i < curves->n; i++) {
        const struct run_config *head = config_at(loader, curves->all[i].head);

        if (curves->all[i].method)
            str_copy(curves->all[i].label, GROUP_LABEL_BYTES,
                head->baseline >= 0 ? config_at(loader, head->baseline)->label : head->label);
        members[i] = (struct group_member){
            .scope = loader->options->by == FIT_BY_STUDY ? GROUP_TRAINING : GROUP_MODEL,
            .model = curves->all[i].model,
            .baseline = -1,
            .job = head->job};
    }
    result = loader->options->by == FIT_BY_METHOD
                 ? 0
                 : groups_label_jobs(members, curves->n, store, err);
    for (int i = 0; i < curves->n && result == 0; i++)
        if (!curves->all[i].method)
            str_copy(curves->all[i].label, GROUP_LABEL_BYTES, members[i].label);
    free(members);
    return result;
}

static int by_macs(const void *a, const void *b)
{
    const struct fit_network *p = a, *q = b;

    if (p->macs != q->macs)
        return p->macs < q->macs ? -1 : 1;
    return p->config - q->config;
}

static int add_networks(struct loader *loader, struct fit_curve *curve, struct err *err)
{
    int n = loader->curves->runs.n_configs;
    struct fit_network *fitting;

    curve->networks = malloc(sizeof(*curve->networks) * ((size_t)n + 1));
    if (!curve->networks)
        return err_set(err, ERR_MEMORY, "no memory for %d networks of a curve", n);
    for (int c = 0; c < n; c++)
        if (wanted(loader, c) && belongs(loader, curve, c))
            curve->networks[curve->n++] = (struct fit_network){.config = c,
                .seeds = seed_samples_count(&loader->samples, c),
                .macs = (double)config_at(loader, c)->macs,
                .top1 = seed_samples_mean(&loader->samples, c)};
    fitting = realloc(curve->networks, sizeof(*fitting) * ((size_t)curve->n + 1));
    curve->networks = fitting ? fitting : curve->networks; /* it had room for all of the study */
    qsort(curve->networks, (size_t)curve->n, sizeof(*curve->networks), by_macs);
    for (int i = 0; i < curve->n; i++)
        curve->sizes += i == 0 || curve->networks[i].macs > curve->networks[i - 1].macs;
    return 0;
}

static int fit_curve(
    const struct loader *loader, struct fit_curve *curve, uint64_t number, struct err *err)
{
    struct fit_point *points;
    struct err why = {0};

    if (curve->sizes < FIT_PARAMETERS)
        return 0;
    points = malloc(sizeof(*points) * (size_t)curve->n);
    if (!points)
        return err_set(err, ERR_MEMORY, "no memory for %d networks of a curve", curve->n);
    for (int i = 0; i < curve->n; i++)
        points[i] = (struct fit_point){curve->networks[i].macs, curve->networks[i].top1};
    /* Each curve has draws of its own. */
    if (fit_points(&curve->fit, points, curve->n, loader->options->resamples,
            loader->options->seed + number * UINT64_C(1000003), &why) == 0)
        curve->fitted = true;
    free(points);
    /* Sizes that are all but equal are one: no curve, as with too few. */
    return why.code == ERR_NONE || why.code == ERR_INPUT
               ? 0
               : err_set(err, why.code, "%s", why.message);
}

int fit_curves_load(struct fit_curves *curves, struct store *store, const char *study,
    const struct fit_options *options, struct err *err)
{
    struct loader loader = {.curves = curves, .options = options, .samples = SEED_SAMPLES_INIT};
    int result = -1;

    if (runs_load(&curves->runs, store, study, err) < 0 ||
        families_check_model(&curves->runs, options->model, err) < 0 ||
        families_check_method(&curves->runs, options->method, err) < 0 ||
        seed_samples_load(&loader.samples, &curves->runs, err) < 0)
        goto done;
    for (int c = 0; c < curves->runs.n_configs; c++)
        if (wanted(&loader, c) && add_curve(&loader, c, err) < 0)
            goto done;
    if (label_curves(&loader, store, err) < 0)
        goto done;
    for (int i = 0; i < curves->n; i++)
        if (add_networks(&loader, &curves->all[i], err) < 0 ||
            fit_curve(&loader, &curves->all[i], (uint64_t)i, err) < 0)
            goto done;
    result = 0;
done:
    seed_samples_release(&loader.samples);
    if (result < 0)
        fit_curves_release(curves);
    return result;
}

void fit_curves_release(struct fit_curves *curves)
{
    for (int i = 0; i < curves->n; i++) {
        free(curves->all[i].networks);
        fit_release(&curves->all[i].fit);
    }
    free(curves->all);
    runs_release(&curves->runs);
    *curves = (struct fit_curves)FIT_CURVES_INIT;
}
