/*
 * Accuracies over seeds. Jobs come in the order in which the database has them and are put into
 * their groups here: to have SQLite sort them takes as long as reading them.
 */
#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"
#include "query.h"
#include "statistics.h"
#include "store_private.h"

struct sample {
    int position; /* of the job: means are summed in this order */
    double top1, top5;
};

struct gathered {
    struct accuracy_group group;
    int64_t study; /* its number */
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

    memset(item, 0, sizeof(*item)); /* hashed and compared as bytes */
    item->study = sqlite3_column_int64(rows, 11);
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

    return x->study == y->study && strcmp(a->model, b->model) == 0 &&
           strcmp(a->method, b->method) == 0 && a->depth == b->depth && a->width == b->width &&
           a->resolution == b->resolution && a->input == b->input && a->params == b->params &&
           a->macs == b->macs;
}

/* What differs within a study: numbers decide nearly always, and names are compared besides. */
static uint64_t hash_of(const struct gathered *item)
{
    const uint64_t numbers[] = {(uint64_t)item->study, (uint64_t)item->group.macs,
        (uint64_t)item->group.params, (uint64_t)item->group.input};
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
    struct gathered item, *grown;

    if (all->n >= all->n_heads && more_heads(all, err) < 0)
        return NULL;
    read_group(rows, &item);
    for (int i = all->heads[hash_of(&item) & (uint64_t)(all->n_heads - 1)]; i >= 0;
         i = all->items[i].next)
        if (same_group(&all->items[i], &item))
            return &all->items[i];
    grown = store_grow(all->items, all->n, sizeof(*grown));
    if (!grown) {
        err_set(err, ERR_MEMORY, "no memory for %d groups of jobs", all->n + 1);
        return NULL;
    }
    all->items = grown;
    all->items[all->n] = item;
    enter(all, all->n);
    return &all->items[all->n++];
}

static int add_row(struct gathering *all, sqlite3_stmt *rows, struct err *err)
{
    struct gathered *item = group_of(all, rows, err);
    struct sample *grown;

    if (!item)
        return -1;
    grown = store_grow(item->samples, item->group.seeds, sizeof(*grown));
    if (!grown)
        return err_set(
            err, ERR_MEMORY, "no memory for the accuracies of %d seeds", item->group.seeds + 1);
    item->samples = grown;
    grown[item->group.seeds++] = (struct sample){.position = sqlite3_column_int(rows, 12),
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

/* Studies as they came to be; in them a group stands where its first job does. */
static int compare_gathered(const void *a, const void *b)
{
    const struct gathered *x = a, *y = b;

    if (x->study != y->study)
        return x->study < y->study ? -1 : 1;
    return (x->group.first > y->group.first) - (x->group.first < y->group.first);
}

static int finish(struct gathering *all, struct accuracy_group **groups, struct err *err)
{
    int most = 1;
    double *values;

    if (all->n < 1)
        return 0;
    for (int i = 0; i < all->n; i++)
        most = all->items[i].group.seeds > most ? all->items[i].group.seeds : most;
    values = malloc(2 * (size_t)most * sizeof(*values));
    *groups = malloc((size_t)all->n * sizeof(**groups));
    if (!values || !*groups) {
        free(values);
        free(*groups);
        *groups = NULL;
        return err_set(err, ERR_MEMORY, "no memory for %d groups of jobs", all->n);
    }
    for (int i = 0; i < all->n; i++)
        finish_group(&all->items[i], values);
    qsort(all->items, (size_t)all->n, sizeof(*all->items), compare_gathered);
    for (int i = 0; i < all->n; i++)
        (*groups)[i] = all->items[i].group;
    free(values);
    return 0;
}

static const char accuracy_sql[] =
    "SELECT study.name, study_job.model, study_job.method, study_job.depth, study_job.width, "
    "study_job.resolution, job.input, job.params, job.macs, job.top1, job.top5, "
    "study_job.study, study_job.position "
    "FROM study_job JOIN study ON study.number = study_job.study JOIN job ON job.number = "
    "study_job.job "
    "WHERE job.state = 'done' AND job.top1 IS NOT NULL AND (?1 IS NULL OR study.name = ?1)";

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
    if (got == 0 && finish(&all, groups, err) == 0) {
        *n_groups = all.n;
        result = 0;
    }
    for (int i = 0; i < all.n; i++)
        free(all.items[i].samples);
    free(all.items);
    free(all.heads);
    return result;
}
