#include "baselines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Factors are stored as they were asked for: 1 is 1, but for what a division left. */
#define FACTOR_TOLERANCE 1e-3

static bool is_one(double factor)
{
    return fabs(factor - 1) <= FACTOR_TOLERANCE;
}

bool baseline_is(const struct scaled_network *network)
{
    return is_one(network->depth) && is_one(network->width) && is_one(network->resolution);
}

/* A baseline with its place in the list of networks. */
struct baseline {
    const struct scaled_network *network;
    int place;
};

static int compare_kinds(const struct scaled_network *p, const struct scaled_network *q)
{
    int order = strcmp(p->model, q->model);

    return order || !p->study || !q->study ? order : strcmp(p->study, q->study);
}

static int by_size(const void *a, const void *b)
{
    const struct baseline *p = a, *q = b;
    int order = compare_kinds(p->network, q->network);

    if (order)
        return order;
    if (p->network->macs != q->network->macs)
        return p->network->macs < q->network->macs ? -1 : 1;
    return p->place - q->place;
}

/* The first of those sorted that is of the network's kind and has no fewer multiply-adds, or of a
 * later kind. */
static int first_from(
    const struct baseline *sorted, int n, const struct scaled_network *network, double macs)
{
    int low = 0, high = n;

    while (low < high) {
        int middle = low + (high - low) / 2, order = compare_kinds(sorted[middle].network, network);

        if (order < 0 || (order == 0 && (double)sorted[middle].network->macs < macs))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static double distance(const struct baseline *baseline, double macs)
{
    return fabs(log((double)baseline->network->macs / macs));
}

static int nearest(const struct baseline *sorted, int n, const struct scaled_network *network)
{
    double macs = (double)network->macs / (network->depth * network->width * network->width *
                                              network->resolution * network->resolution);
    int above, below;

    if (!(macs > 0 && isfinite(macs)))
        return -1;
    above = first_from(sorted, n, network, macs);
    below = above - 1;
    if (above == n || compare_kinds(sorted[above].network, network) != 0)
        above = -1;
    if (below < 0 || compare_kinds(sorted[below].network, network) != 0)
        below = -1;
    else /* of equal ones the first in the list */
        below = first_from(sorted, n, network, (double)sorted[below].network->macs);
    if (above >= 0 && below >= 0) {
        double up = distance(&sorted[above], macs), down = distance(&sorted[below], macs);

        if (up < down || (up == down && sorted[above].place < sorted[below].place))
            below = -1;
    }
    return below >= 0 ? sorted[below].place : above >= 0 ? sorted[above].place : -1;
}

int baselines_find(const struct scaled_network *networks, int n, int *of, struct err *err)
{
    struct baseline *sorted = malloc(sizeof(*sorted) * ((size_t)n + 1));
    int n_sorted = 0;

    if (!sorted)
        return err_set(err, ERR_MEMORY, "no memory for the baselines of %d networks", n);
    for (int i = 0; i < n; i++)
        if (baseline_is(&networks[i]) && networks[i].macs > 0)
            sorted[n_sorted++] = (struct baseline){&networks[i], i};
    qsort(sorted, (size_t)n_sorted, sizeof(*sorted), by_size);
    for (int i = 0; i < n; i++)
        of[i] = baseline_is(&networks[i]) ? i : nearest(sorted, n_sorted, &networks[i]);
    free(sorted);
    return 0;
}

int *baselines_of_groups(const struct accuracy_group *groups, int n_groups, struct err *err)
{
    struct scaled_network *networks = malloc(sizeof(*networks) * ((size_t)n_groups + 1));
    int *of = malloc(sizeof(int) * ((size_t)n_groups + 1));

    if (!networks || !of) {
        err_set(err, ERR_MEMORY, "no memory for the baselines of %d networks", n_groups);
        goto failed;
    }
    for (int i = 0; i < n_groups; i++)
        networks[i] = (struct scaled_network){groups[i].model, groups[i].depth, groups[i].width,
            groups[i].resolution, groups[i].macs, groups[i].study};
    if (baselines_find(networks, n_groups, of, err) < 0)
        goto failed;
    free(networks);
    return of;
failed:
    free(networks);
    free(of);
    return NULL;
}
