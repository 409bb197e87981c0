/* Sorting networks by the baseline they were scaled from, their method and their size. */
#include "families.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"

#define MOST_NAMES 64

/* A network with its place, to be sorted. */
struct member {
    int family, baseline, rank, method; /* method: the configuration where it occurs first */
    int config;
    int64_t macs;
};

static int by_place(const void *a, const void *b)
{
    const struct member *p = a, *q = b;

    if (p->family != q->family)
        return p->family - q->family;
    if (p->rank != q->rank)
        return p->rank - q->rank;
    if (p->method != q->method)
        return p->method - q->method;
    if (p->macs != q->macs)
        return p->macs < q->macs ? -1 : 1;
    return p->config - q->config;
}

int family_method_rank(const char *method)
{
    static const char *const order[] = {"depth", "width", "resolution", "compound"};
    int rank = 0;

    while (rank < 4 && strcmp(order[rank], method) != 0)
        rank++;
    return rank;
}

bool family_is_baseline(const struct run_config *config)
{
    return group_is_baseline(config->depth, config->width, config->resolution);
}

/* The first configuration of the same method. */
static int first_of_method(const struct runs *runs, int config)
{
    int i = 0;

    while (strcmp(runs->configs[i].method, runs->configs[config].method) != 0)
        i++;
    return i;
}

/* The first that may have the same baseline. */
static int first_of_kind(const struct runs *runs, int config)
{
    const struct run_config *own = &runs->configs[config];
    int i = 0;

    while (strcmp(runs->configs[i].model, own->model) != 0 ||
           !canonical_same(&runs->configs[i].keys.family, &own->keys.family))
        i++;
    return i;
}

int family_of(const struct runs *runs, int config)
{
    int baseline = runs->configs[config].baseline;

    return baseline >= 0 ? baseline : runs->n_configs + first_of_kind(runs, config);
}

/* Returns how many. */
static int collect(
    const struct runs *runs, const struct seed_samples *samples, struct member *members)
{
    int n = 0;

    for (int c = 0; c < runs->n_configs; c++) {
        const struct run_config *config = &runs->configs[c];
        int baseline = config->baseline;

        if (family_is_baseline(config) || seed_samples_count(samples, c) == 0)
            continue;
        members[n++] = (struct member){.family = family_of(runs, c),
            .baseline = baseline >= 0 && seed_samples_count(samples, baseline) > 0 ? baseline : -1,
            .rank = family_method_rank(config->method),
            .method = first_of_method(runs, c),
            .config = c,
            .macs = config->macs};
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
                .label = config->label,
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
