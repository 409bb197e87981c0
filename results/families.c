#include "families.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"

#define FACTOR_TOLERANCE 1e-3
#define MOST_NAMES       64

/* A network with its place, to be sorted. */
struct member {
    int family, baseline, method; /* method: the configuration where it occurs first */
    int config;
    int64_t macs;
};

static bool is_baseline(const struct run_config *config)
{
    return fabs(config->depth - 1) < FACTOR_TOLERANCE &&
           fabs(config->width - 1) < FACTOR_TOLERANCE &&
           fabs(config->resolution - 1) < FACTOR_TOLERANCE;
}

static int by_place(const void *a, const void *b)
{
    const struct member *p = a, *q = b;

    if (p->family != q->family)
        return p->family - q->family;
    if (p->method != q->method)
        return p->method - q->method;
    if (p->macs != q->macs)
        return p->macs < q->macs ? -1 : 1;
    return p->config - q->config;
}

/* The first configuration of this family, or of the `n` methods known so far, with that method. */
static int method_of(
    const struct runs *runs, const int *known, int n_known, const struct run_config *config)
{
    for (int i = 0; i < n_known; i++)
        if (strcmp(runs->configs[known[i]].method, config->method) == 0)
            return i;
    return -1;
}

/* Members in the study's order; returns how many. */
static int collect(
    const struct runs *runs, const struct seed_samples *samples, struct member *members)
{
    int family = -1, baseline = -1, n = 0, n_known = 0;
    int known[MOST_NAMES];
    const char *model = "";

    for (int c = 0; c < runs->n_configs; c++) {
        const struct run_config *config = &runs->configs[c];
        bool base = is_baseline(config), done = seed_samples_count(samples, c) > 0;
        int method;

        if (base || strcmp(config->model, model) != 0) {
            family++;
            baseline = base && done ? c : -1;
            model = config->model;
            n_known = 0;
        }
        if (base || !done)
            continue;
        method = method_of(runs, known, n_known, config);
        if (method < 0 && n_known < MOST_NAMES) {
            method = n_known;
            known[n_known++] = c;
        }
        if (method >= 0)
            members[n++] = (struct member){family, baseline, method, c, config->macs};
    }
    return n;
}

int families_load(struct families *families, const struct runs *runs,
    const struct seed_samples *samples, struct err *err)
{
    size_t room = (size_t)runs->n_configs + 1;
    struct member *members = malloc(sizeof(*members) * room);
    int n;

    families->memory = malloc(sizeof(int) * room);
    families->methods = malloc(sizeof(*families->methods) * room);
    if (!members || !families->memory || !families->methods) {
        free(members);
        families_release(families);
        return err_set(err, ERR_MEMORY, "no memory for %d networks", runs->n_configs);
    }
    n = collect(runs, samples, members);
    qsort(members, (size_t)n, sizeof(*members), by_place);
    for (int i = 0; i < n; i++) {
        const struct run_config *config = &runs->configs[members[i].config];

        families->memory[i] = members[i].config;
        if (i == 0 || members[i].family != members[i - 1].family ||
            members[i].method != members[i - 1].method)
            families->methods[families->n++] = (struct family_method){.family = members[i].family,
                .baseline = members[i].baseline,
                .model = config->model,
                .method = config->method,
                .configs = &families->memory[i]};
        families->methods[families->n - 1].n++;
    }
    free(members);
    return 0;
}

void families_release(struct families *families)
{
    free(families->methods);
    free(families->memory);
    *families = (struct families)FAMILIES_INIT;
}

/* ---- names ---- */

static int check_name(
    const struct runs *runs, const char *what, size_t offset, const char *name, struct err *err)
{
    const char *names[MOST_NAMES + 1] = {0};
    int n = 0;

    if (!name)
        return 0;
    for (int c = 0; c < runs->n_configs && n < MOST_NAMES; c++) {
        const char *one = (const char *)&runs->configs[c] + offset;
        int i = 0;

        while (i < n && strcmp(names[i], one) != 0)
            i++;
        if (i == n)
            names[n++] = one;
    }
    return str_find(what, name, names, err) < 0 ? -1 : 0;
}

int families_check_model(const struct runs *runs, const char *name, struct err *err)
{
    return check_name(runs, "model", offsetof(struct run_config, model), name, err);
}

int families_check_method(const struct runs *runs, const char *name, struct err *err)
{
    return check_name(runs, "method", offsetof(struct run_config, method), name, err);
}
