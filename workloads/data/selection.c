#include "selection.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/rng.h"

void selection_release(struct selection *selection)
{
    for (int i = 0; i < selection->n; i++)
        free(selection->paths[i]);
    free(selection->paths);
    free(selection->labels);
    *selection = (struct selection){0};
}

static int grow(struct selection *selection, struct err *err)
{
    int capacity = selection->capacity ? selection->capacity * 2 : 1024;
    char **paths = realloc(selection->paths, (size_t)capacity * sizeof(*paths));
    int *labels;

    if (paths)
        selection->paths = paths;
    labels = paths ? realloc(selection->labels, (size_t)capacity * sizeof(*labels)) : NULL;
    if (!labels)
        return err_set(err, ERR_MEMORY, "no memory for a list of %d images", capacity);
    selection->labels = labels;
    selection->capacity = capacity;
    return 0;
}

int selection_add(struct selection *selection, const char *path, int label, struct err *err)
{
    if (selection->n == INT_MAX / 2)
        return err_set(
            err, ERR_INPUT, "more than %d images; that many are not supported", INT_MAX / 2);
    if (selection->n == selection->capacity && grow(selection, err) < 0)
        return -1;
    selection->paths[selection->n] = strdup(path);
    if (!selection->paths[selection->n])
        return err_set(err, ERR_MEMORY, "no memory for a list of %d images", selection->n);
    selection->labels[selection->n++] = label;
    return 0;
}

/* quota[c]: how many of class c; handed out one by one in turn. */
static void share_out(const int *sizes, int *quota, int classes, int limit)
{
    bool some = true;

    while (limit > 0 && some) {
        some = false;
        for (int c = 0; c < classes && limit > 0; c++)
            if (quota[c] < sizes[c]) {
                quota[c]++;
                limit--;
                some = true;
            }
    }
}

/* keep[i]: the first quota[c] of every class in a random order of its images. `order` has room for
 * all. */
static void choose(const struct selection *selection, const int *sizes, const int *quota,
    int classes, uint64_t key, uint32_t *order, int *next, bool *keep)
{
    int start = 0;

    for (int c = 0; c < classes; c++) {
        next[c] = start;
        start += sizes[c];
    }
    for (int i = 0; i < selection->n; i++)
        order[next[selection->labels[i]]++] = (uint32_t)i;
    for (int c = 0; c < classes; c++) {
        struct rng rng = rng_open(0, RNG_SPLIT, key, (uint64_t)c);
        uint32_t *own = order + next[c] - sizes[c];

        rng_shuffle(&rng, own, (size_t)sizes[c]);
        for (int i = 0; i < quota[c]; i++)
            keep[own[i]] = true;
    }
}

static void drop_others(struct selection *selection, const bool *keep)
{
    int n = 0;

    for (int i = 0; i < selection->n; i++) {
        if (!keep[i]) {
            free(selection->paths[i]);
            continue;
        }
        selection->paths[n] = selection->paths[i];
        selection->labels[n++] = selection->labels[i];
    }
    selection->n = n;
}

int selection_limit(
    struct selection *selection, int limit, int classes, uint64_t key, struct err *err)
{
    int *sizes, *quota, *next, result = -1;
    uint32_t *order;
    bool *keep;

    if (limit == 0 || limit >= selection->n)
        return 0;
    sizes = calloc((size_t)classes, sizeof(*sizes));
    quota = calloc((size_t)classes, sizeof(*quota));
    next = calloc((size_t)classes, sizeof(*next));
    order = calloc((size_t)selection->n, sizeof(*order));
    keep = calloc((size_t)selection->n, sizeof(*keep));
    if (!sizes || !quota || !next || !order || !keep) {
        err_set(err, ERR_MEMORY, "no memory to choose %d of %d images", limit, selection->n);
        goto done;
    }
    for (int i = 0; i < selection->n; i++)
        sizes[selection->labels[i]]++;
    share_out(sizes, quota, classes, limit);
    choose(selection, sizes, quota, classes, key, order, next, keep);
    drop_others(selection, keep);
    result = 0;
done:
    free(sizes);
    free(quota);
    free(next);
    free(order);
    free(keep);
    return result;
}
