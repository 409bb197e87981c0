#include "families.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "baselines.h"
#include "harness/base/str.h"

#define MOST_NAMES 64

/* A network with its place, to be sorted. */
struct member {
    int family, baseline, rank, method; /* method: the configuration where it occurs first */
    int config;
    int64_t macs;
};

static struct scaled_network network_of(const struct run_config *config)
{
    return (struct scaled_network){
        config->model, config->depth, config->width, config->resolution, config->macs, NULL};
}

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
    const struct scaled_network network = network_of(config);

    return baseline_is(&network);
}

int *family_baselines(const struct runs *runs, struct err *err)
{
    size_t room = (size_t)runs->n_configs + 1;
    struct scaled_network *networks = malloc(sizeof(*networks) * room);
    int *of = malloc(sizeof(int) * room), result = -1;

    if (!networks || !of) {
        err_set(err, ERR_MEMORY, "no memory for the baselines of %d networks", runs->n_configs);
    } else {
        for (int c = 0; c < runs->n_configs; c++)
            networks[c] = network_of(&runs->configs[c]);
        result = baselines_find(networks, runs->n_configs, of, err);
    }
    free(networks);
    if (result < 0) {
        free(of);
        return NULL;
    }
    return of;
}

/* The first configuration that is equal in a field that is a text. */
static int first_with(const struct runs *runs, size_t offset, int config)
{
    const char *text = (const char *)&runs->configs[config] + offset;
    int i = 0;

    while (strcmp((const char *)&runs->configs[i] + offset, text) != 0)
        i++;
    return i;
}

/* Returns how many. `baselines`: of each configuration. */
static int collect(const struct runs *runs, const struct seed_samples *samples,
    const int *baselines, struct member *members)
{
    int n = 0;

    for (int c = 0; c < runs->n_configs; c++) {
        const struct run_config *config = &runs->configs[c];
        int baseline = baselines[c];

        if (family_is_baseline(config) || seed_samples_count(samples, c) == 0)
            continue;
        members[n++] = (struct member){
            .family = baseline >= 0 ? baseline
                                    : runs->n_configs +
                                          first_with(runs, offsetof(struct run_config, model), c),
            .baseline = baseline >= 0 && seed_samples_count(samples, baseline) > 0 ? baseline : -1,
            .rank = family_method_rank(config->method),
            .method = first_with(runs, offsetof(struct run_config, method), c),
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
    int *baselines = family_baselines(runs, err), n;

    families->memory = malloc(sizeof(int) * room);
    families->methods = malloc(sizeof(*families->methods) * room);
    if (!baselines || !members || !families->memory || !families->methods) {
        free(members);
        free(baselines);
        families_release(families);
        return err_set(err, ERR_MEMORY, "no memory for %d networks", runs->n_configs);
    }
    n = collect(runs, samples, baselines, members);
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
    free(baselines);
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
