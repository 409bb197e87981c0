/*
 * Accuracies over seeds. Jobs come in the order in which the database has them and are put into
 * their groups here: to have SQLite sort them takes as long as reading them.
 */
#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/base/array.h"
#include "query.h"
#include "results/stats/statistics.h"
#include "results/store/store_sql.h"

struct sample {
    int position; /* of the job: means are summed in this order */
    double top1, top5;
};

struct gathered {
    struct accuracy_group group;
    struct canonical_keys keys;
    int64_t study, job; /* numbers; of its first job */
    int place;          /* in which it was gathered */
    struct sample *samples;
    int next; /* index of the next with the same place in `heads`, or -1 */
};

struct gathering {
    struct gathered *items;
    int n;
    int *heads; /* [n_heads], a power of two: the last item with such a hash, or -1 */
    int n_heads;
};

/* ---- groups ---- */

static void read_group(sqlite3_stmt *rows, struct gathered *item)
{
    struct accuracy_group *group = &item->group;
    size_t length;
    const char *canonical = store_column_bytes(rows, 13, &length);

    memset(item, 0, sizeof(*item)); /* hashed and compared as bytes */
    item->keys.network = canonical_network(canonical, length);
    item->study = sqlite3_column_int64(rows, 11);
    item->job = sqlite3_column_int64(rows, 14);
    group->depth = sqlite3_column_double(rows, 3);
    group->width = sqlite3_column_double(rows, 4);
    group->resolution = sqlite3_column_double(rows, 5);
    group->input = sqlite3_column_int(rows, 6);
    group->params = sqlite3_column_int64(rows, 7);
    group->macs = sqlite3_column_int64(rows, 8);
    str_copy(group->study, sizeof(group->study), store_column_text(rows, 0));
    str_copy(group->model, sizeof(group->model), store_column_text(rows, 1));
    str_copy(group->method, sizeof(group->method), store_column_text(rows, 2));
}

static bool same_group(const struct gathered *x, const struct gathered *y)
{
    const struct accuracy_group *a = &x->group, *b = &y->group;

    return x->study == y->study && canonical_same(&x->keys.network, &y->keys.network) &&
           strcmp(a->model, b->model) == 0 && strcmp(a->method, b->method) == 0 &&
           a->depth == b->depth && a->width == b->width && a->resolution == b->resolution &&
           a->input == b->input && a->params == b->params && a->macs == b->macs;
}

/* What differs within a study: numbers decide nearly always, and names are compared besides. */
static uint64_t hash_of(const struct gathered *item)
{
    const uint64_t numbers[] = {(uint64_t)item->study, (uint64_t)item->group.macs,
        (uint64_t)item->group.params, (uint64_t)item->group.input, item->keys.network.half[0]};
    uint64_t hash = 1469598103934665603u;

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        hash = (hash ^ numbers[i]) * 0x9e3779b97f4a7c15u;
    return hash >> 20;
}

static void enter(struct gathering *all, int i)
{
    int *head = &all->heads[hash_of(&all->items[i]) & (uint64_t)(all->n_heads - 1)];

    all->items[i].next = *head;
    *head = i;
}

/* Twice the heads, before they are fewer than the items. */
static int more_heads(struct gathering *all, struct err *err)
{
    int n = all->n_heads ? 2 * all->n_heads : 256;
    int *heads = realloc(all->heads, (size_t)n * sizeof(*heads));

    if (!heads)
        return err_set(err, ERR_MEMORY, "no memory for %d groups of jobs", n);
    all->heads = heads;
    all->n_heads = n;
    for (int i = 0; i < n; i++)
        heads[i] = -1;
    for (int i = 0; i < all->n; i++)
        enter(all, i);
    return 0;
}

/* The group of a row, a new one if it is the first of its kind; NULL without memory. */
static struct gathered *group_of(struct gathering *all, sqlite3_stmt *rows, struct err *err)
{
    struct gathered item;
    const char *canonical;
    size_t length;

    if (all->n >= all->n_heads && more_heads(all, err) < 0)
        return NULL;
    read_group(rows, &item);
    for (int i = all->heads[hash_of(&item) & (uint64_t)(all->n_heads - 1)]; i >= 0;
         i = all->items[i].next)
        if (same_group(&all->items[i], &item))
            return &all->items[i];
    if (!array_grow(&all->items, all->n, sizeof(item))) {
        err_set(err, ERR_MEMORY, "no memory for %d groups of jobs", all->n + 1);
        return NULL;
    }
    canonical = store_column_bytes(rows, 13, &length);
    canonical_keys(canonical, length, &item.keys);
    all->items[all->n] = item;
    enter(all, all->n);
    return &all->items[all->n++];
}

static int add_row(struct gathering *all, sqlite3_stmt *rows, struct err *err)
{
    struct gathered *item = group_of(all, rows, err);

    if (!item)
        return -1;
    if (!sqlite3_column_int(rows, 15))
        return 0; /* not done: counted only as a baseline, and in labels */
    if (!array_grow(&item->samples, item->group.seeds, sizeof(*item->samples)))
        return err_set(
            err, ERR_MEMORY, "no memory for the accuracies of %d seeds", item->group.seeds + 1);
    item->samples[item->group.seeds++] = (struct sample){.position = sqlite3_column_int(rows, 12),
        .top1 = store_column_real(rows, 9),
        .top5 = store_column_real(rows, 10)};
    return 0;
}

/* ---- what comes of them ---- */

static int compare_samples(const void *a, const void *b)
{
    int x = ((const struct sample *)a)->position, y = ((const struct sample *)b)->position;

    return (x > y) - (x < y);
}

/* `values` has room for twice its seeds. */
static void finish_group(struct gathered *item, double *values)
{
    struct accuracy_group *group = &item->group;
    double *top1 = values, *top5 = values + group->seeds;

    qsort(item->samples, (size_t)group->seeds, sizeof(*item->samples), compare_samples);
    for (int i = 0; i < group->seeds; i++) {
        top1[i] = item->samples[i].top1;
        top5[i] = item->samples[i].top5;
    }
    group->first = item->samples[0].position;
    group->top1 = statistics_mean(top1, group->seeds);
    group->top1_ci95 = statistics_ci95(top1, group->seeds);
    group->top5 = statistics_mean(top5, group->seeds);
}

/* Those that are done first: studies as they came to be; in them a group stands where its first job
 * does. */
static int compare_gathered(const void *a, const void *b)
{
    const struct gathered *x = a, *y = b;
    bool x_done = x->group.seeds > 0, y_done = y->group.seeds > 0;

    if (x_done != y_done)
        return x_done ? -1 : 1;
    if (x->study != y->study)
        return x->study < y->study ? -1 : 1;
    if (x->group.first != y->group.first)
        return x->group.first < y->group.first ? -1 : 1;
    return x->place - y->place;
}

/* What they were scaled from, as places in which they were gathered, and their labels. */
static int relate(struct gathering *all, struct store *store, struct err *err)
{
    struct group_member *members = malloc(sizeof(*members) * (size_t)all->n);
    int result;

    if (!members)
        return err_set(err, ERR_MEMORY, "no memory for %d groups of jobs", all->n);
    for (int i = 0; i < all->n; i++) {
        const struct accuracy_group *group = &all->items[i].group;

        members[i] = (struct group_member){.study = group->study,
            .model = group->model,
            .method = group->method,
            .depth = group->depth,
            .width = group->width,
            .resolution = group->resolution,
            .input = group->input,
            .macs = group->macs,
            .keys = &all->items[i].keys,
            .job = all->items[i].job};
    }
    result = groups_relate_jobs(members, all->n, store, err);
    for (int i = 0; i < all->n && result == 0; i++) {
        all->items[i].place = i;
        all->items[i].group.baseline = members[i].baseline;
        str_copy(all->items[i].group.label, GROUP_LABEL_BYTES, members[i].label);
    }
    free(members);
    return result;
}

/* The groups in their order, baselines by their places in it. `room` has place for all. */
static int put_in_order(struct gathering *all, struct accuracy_group *groups, int *room)
{
    int n = 0;

    qsort(all->items, (size_t)all->n, sizeof(*all->items), compare_gathered);
    while (n < all->n && all->items[n].group.seeds > 0)
        n++;
    for (int i = 0; i < all->n; i++)
        room[all->items[i].place] = i < n ? i : -1;
    for (int i = 0; i < n; i++) {
        groups[i] = all->items[i].group;
        groups[i].baseline = groups[i].baseline >= 0 ? room[groups[i].baseline] : -1;
    }
    return n;
}

static int finish(struct gathering *all, struct store *store, struct accuracy_group **groups,
    int *n_groups, struct err *err)
{
    int most = 1, result = -1, *room = NULL;
    double *values = NULL;

    if (all->n < 1)
        return 0;
    for (int i = 0; i < all->n; i++)
        most = all->items[i].group.seeds > most ? all->items[i].group.seeds : most;
    values = malloc(2 * (size_t)most * sizeof(*values));
    room = malloc((size_t)all->n * sizeof(*room));
    *groups = malloc((size_t)all->n * sizeof(**groups));
    if (!values || !room || !*groups)
        err_set(err, ERR_MEMORY, "no memory for %d groups of jobs", all->n);
    else
        result = relate(all, store, err);
    for (int i = 0; i < all->n && result == 0; i++)
        if (all->items[i].group.seeds > 0)
            finish_group(&all->items[i], values);
    if (result == 0)
        *n_groups = put_in_order(all, *groups, room);
    free(values);
    free(room);
    if (result < 0 || *n_groups == 0) {
        free(*groups);
        *groups = NULL;
    }
    return result;
}

static const char accuracy_sql[] =
    "SELECT study.name, study_job.model, study_job.method, study_job.depth, study_job.width, "
    "study_job.resolution, job.input, job.params, job.macs, job.top1, job.top5, "
    "study_job.study, study_job.position, job.canonical, job.number, "
    "job.state = 'done' AND job.top1 IS NOT NULL "
    "FROM study_job JOIN study ON study.number = study_job.study JOIN job ON job.number = "
    "study_job.job "
    "WHERE ?1 IS NULL OR study.name = ?1";

int query_accuracy(struct store *store, const char *study, struct accuracy_group **groups,
    int *n_groups, struct err *err)
{
    struct gathering all = {0};
    sqlite3_stmt *rows = store_select(store, accuracy_sql, BIND(TEXT(study)), err);
    int got, result = -1;

    *groups = NULL;
    *n_groups = 0;
    while ((got = store_step(store, rows, err)) > 0)
        if (add_row(&all, rows, err) < 0) {
            sqlite3_reset(rows);
            got = -1;
            break;
        }
    if (got == 0)
        result = finish(&all, store, groups, n_groups, err);
    for (int i = 0; i < all.n; i++)
        free(all.items[i].samples);
    free(all.items);
    free(all.heads);
    return result;
}
