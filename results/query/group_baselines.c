/* Finding the baseline that each network was scaled from, and reading their texts from a database. */
#include "groups.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runs.h"

/* Channels are rounded to a multiple of 8, never below 90 % (scalers/rounding.h). */
#define CHANNEL_STEP  8
#define CHANNEL_SHARE 0.1

static bool is_baseline(const struct group_member *member)
{
    return group_is_baseline(member->depth, member->width, member->resolution);
}

/* ---- whether sizes fit ---- */

static bool channels_fit(int channels, int base, double width)
{
    double exact = base * width;

    return fabs(channels - exact) <= fmax(CHANNEL_STEP, CHANNEL_SHARE * exact) ||
           (width < 1 && channels == base); /* a head that never gets narrower */
}

/* Stem and head take no depth. */
static bool repeats_fit(int repeats, int base, double depth)
{
    return repeats == base || fabs(repeats - base * depth) < 1 + GROUP_FACTOR_TOLERANCE;
}

/* Whether the factors may lead from one to the other; true where texts do not say. */
static bool stages_fit(const struct group_member *member, const struct group_member *baseline)
{
    const struct canonical_shape *to = &member->keys->shape, *from = &baseline->keys->shape;

    if (to->n_stages == 0 || from->n_stages == 0)
        return true;
    for (int s = 0; s < to->n_stages; s++)
        if (!channels_fit(to->channels[s], from->channels[s], member->width) ||
            !repeats_fit(to->repeats[s], from->repeats[s], member->depth))
            return false;
    return to->n_stages == from->n_stages;
}

/* A scaling may state its input outright: then it says nothing about the baseline's. */
static bool input_fits(const struct group_member *member, const struct group_member *baseline)
{
    int to = member->keys->shape.input, from = baseline->keys->shape.input;

    return to == 0 || from == 0 || to == (int)lround(from * member->resolution);
}

/* ---- the nearest ---- */

/* A baseline with its place in the list of members. */
struct baseline {
    const struct group_member *member;
    int place;
};

static int compare_kinds(const struct group_member *p, const struct group_member *q)
{
    int order = strcmp(p->model, q->model);

    if (order == 0 && p->study && q->study)
        order = strcmp(p->study, q->study);
    return order ? order : canonical_compare(&p->keys->family, &q->keys->family);
}

static int by_size(const void *a, const void *b)
{
    const struct baseline *p = a, *q = b;
    int order = compare_kinds(p->member, q->member);

    if (order)
        return order;
    if (p->member->macs != q->member->macs)
        return p->member->macs < q->member->macs ? -1 : 1;
    return p->place - q->place;
}

/* The first of those sorted that is of the member's kind and has no fewer multiply-adds, or of a
 * later kind. */
static int first_from(
    const struct baseline *sorted, int n, const struct group_member *member, double macs)
{
    int low = 0, high = n;

    while (low < high) {
        int middle = low + (high - low) / 2, order = compare_kinds(sorted[middle].member, member);

        if (order < 0 || (order == 0 && (double)sorted[middle].member->macs < macs))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct search {
    const struct baseline *sorted;
    int n;
    const struct group_member *member;
    double macs; /* that its baseline should have */
};

static bool is_of_kind(const struct search *search, int i)
{
    return i >= 0 && i < search->n && compare_kinds(search->sorted[i].member, search->member) == 0;
}

static double distance(const struct search *search, int i)
{
    return is_of_kind(search, i) ? fabs(log((double)search->sorted[i].member->macs / search->macs))
                                 : INFINITY;
}

/* The nearest whose sizes fit, of equally near ones the first of the list; its place, or -1. */
static int nearest(const struct search *search, bool by_input)
{
    int above = first_from(search->sorted, search->n, search->member, search->macs);
    int below = above - 1, best = -1;
    double least = INFINITY;

    for (;;) {
        double up = distance(search, above), down = distance(search, below);
        int i = up < down ? above++ : below--;
        double own = fmin(up, down);
        const struct baseline *baseline = &search->sorted[i < 0 ? 0 : i];

        if (isinf(own) || own > least)
            return best;
        if (!stages_fit(search->member, baseline->member) ||
            (by_input && !input_fits(search->member, baseline->member)))
            continue;
        if (own < least || baseline->place < best)
            best = baseline->place;
        least = own;
    }
}

static int find(const struct baseline *sorted, int n, const struct group_member *member)
{
    struct search search = {.sorted = sorted, .n = n, .member = member};
    int found;

    search.macs = (double)member->macs / (member->depth * member->width * member->width *
                                             member->resolution * member->resolution);
    if (!(search.macs > 0 && isfinite(search.macs)))
        return -1;
    found = nearest(&search, true);
    return found >= 0 ? found : nearest(&search, false);
}

/* Takes time n log n for all but odd studies. */
static int find_baselines(struct group_member *members, int n, struct err *err)
{
    struct baseline *sorted = malloc(sizeof(*sorted) * ((size_t)n + 1));
    int n_sorted = 0;

    if (!sorted)
        return err_set(err, ERR_MEMORY, "no memory for the baselines of %d networks", n);
    for (int i = 0; i < n; i++)
        if (is_baseline(&members[i]) && members[i].macs > 0)
            sorted[n_sorted++] = (struct baseline){&members[i], i};
    qsort(sorted, (size_t)n_sorted, sizeof(*sorted), by_size);
    for (int i = 0; i < n; i++)
        members[i].baseline = is_baseline(&members[i]) ? i : find(sorted, n_sorted, &members[i]);
    free(sorted);
    return 0;
}

int groups_relate(
    struct group_member *members, int n, group_text *text, void *context, struct err *err)
{
    if (find_baselines(members, n, err) < 0)
        return -1;
    return groups_label(members, n, text, context, err);
}

/* ---- of a database ---- */

struct texts {
    const struct group_member *members;
    struct store *store;
};

static int read_text(void *context, int member, struct str *text, struct err *err)
{
    const struct texts *texts = context;

    return runs_canonical(texts->store, texts->members[member].job, text, err);
}

int groups_relate_jobs(struct group_member *members, int n, struct store *store, struct err *err)
{
    struct texts texts = {.members = members, .store = store};

    return groups_relate(members, n, read_text, &texts, err);
}

int groups_label_jobs(struct group_member *members, int n, struct store *store, struct err *err)
{
    struct texts texts = {.members = members, .store = store};

    return groups_label(members, n, read_text, &texts, err);
}
