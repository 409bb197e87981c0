#include "fit_curves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "families.h"
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
static bool belongs(const struct fit_curve *curve, const struct run_config *config)
{
    return same(curve->model, config->model) &&
           (same(curve->method, config->method) || family_is_baseline(config));
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

/* A curve for each model and method; a baseline alone is none. */
static int add_curve(struct loader *loader, const struct run_config *config, struct err *err)
{
    enum fit_by by = loader->options->by;
    struct fit_curve curve = {.model = by == FIT_BY_STUDY ? NULL : config->model,
        .method = by == FIT_BY_METHOD ? config->method : NULL};
    struct fit_curves *curves = loader->curves;
    struct fit_curve *all;
    int place;

    if (by == FIT_BY_METHOD && family_is_baseline(config))
        return 0;
    for (int i = 0; i < curves->n; i++)
        if (same(curves->all[i].model, config->model) &&
            same(curves->all[i].method, config->method))
            return 0;
    all = realloc(curves->all, sizeof(*all) * (size_t)(curves->n + 1));
    if (!all)
        return err_set(err, ERR_MEMORY, "no memory for %d curves", curves->n + 1);
    curves->all = all;
    place = curve_place(loader, &curve);
    memmove(&all[place + 1], &all[place], sizeof(*all) * (size_t)(curves->n - place));
    all[place] = curve;
    curves->n++;
    return 0;
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

    curve->networks = malloc(sizeof(*curve->networks) * ((size_t)n + 1));
    if (!curve->networks)
        return err_set(err, ERR_MEMORY, "no memory for %d networks of a curve", n);
    for (int c = 0; c < n; c++)
        if (wanted(loader, c) && belongs(curve, config_at(loader, c)))
            curve->networks[curve->n++] = (struct fit_network){.config = c,
                .seeds = seed_samples_count(&loader->samples, c),
                .macs = (double)config_at(loader, c)->macs,
                .top1 = seed_samples_mean(&loader->samples, c)};
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
        if (wanted(&loader, c) && add_curve(&loader, config_at(&loader, c), err) < 0)
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
