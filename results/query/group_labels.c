/* What tells networks apart that share model, method and factors. */
#include "groups.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_WORDS 3  /* of a label; more are counted */
#define TWIN_BYTES 12 /* " #12345" */

static group_variant_name *variant_name; /* NULL: variants have no names */

void groups_name_variants(group_variant_name *name)
{
    variant_name = name;
}

/* ---- who looks alike ---- */

static int compare_texts(const char *a, const char *b)
{
    return !a || !b ? 0 : strcmp(a, b);
}

static int compare_numbers(double a, double b)
{
    return (a > b) - (a < b);
}

static int compare_looks(const struct group_member *a, const struct group_member *b)
{
    int order = compare_texts(a->study, b->study);

    if (order == 0)
        order = compare_texts(a->model, b->model);
    if (order == 0)
        order = compare_texts(a->method, b->method);
    if (order == 0)
        order = compare_numbers(a->depth, b->depth);
    if (order == 0)
        order = compare_numbers(a->width, b->width);
    if (order == 0)
        order = compare_numbers(a->resolution, b->resolution);
    return order ? order : strcmp(a->label, b->label);
}

static int by_looks(const void *a, const void *b, void *members)
{
    const struct group_member *all = members;
    int p = *(const int *)a, q = *(const int *)b, order = compare_looks(&all[p], &all[q]);

    return order ? order : p - q;
}

/* ---- what differs ---- */

struct leaf {
    const char *value; /* in the member's text; NULL: it has none such */
    int length;
};

/* The texts of members that look alike, as a table: a row a path, a column a member. */
struct differences {
    struct group_member *members;
    const int *set; /* of members */
    int n;
    struct str *texts; /* [n] */
    char (*paths)[CANONICAL_PATH_BYTES];
    struct leaf *leaves; /* [path][n] */
    int n_paths, capacity;
    int filling;  /* the member whose text is read */
    int expected; /* texts are alike: where the next path probably is */
    bool failed;  /* without memory */
};

static bool add_path(struct differences *all, const char *path)
{
    int capacity = all->capacity ? 2 * all->capacity : 256;
    void *paths, *leaves;

    if (all->n_paths == all->capacity) {
        paths = realloc(all->paths, sizeof(*all->paths) * (size_t)capacity);
        all->paths = paths ? paths : all->paths;
        leaves = realloc(all->leaves, sizeof(*all->leaves) * (size_t)capacity * (size_t)all->n);
        all->leaves = leaves ? leaves : all->leaves;
        if (!paths || !leaves)
            return false;
        all->capacity = capacity;
    }
    str_copy(all->paths[all->n_paths], CANONICAL_PATH_BYTES, path);
    for (int i = 0; i < all->n; i++)
        all->leaves[(size_t)all->n_paths * (size_t)all->n + (size_t)i] = (struct leaf){0};
    all->n_paths++;
    return true;
}

static void take_leaf(void *context, const char *path, const char *value, size_t length)
{
    struct differences *all = context;
    int at = all->expected;

    if (all->failed || strcmp(path, "seed") == 0)
        return;
    if (at >= all->n_paths || strcmp(all->paths[at], path) != 0)
        for (at = 0; at < all->n_paths && strcmp(all->paths[at], path) != 0; at++)
            ;
    if (at == all->n_paths && !add_path(all, path)) {
        all->failed = true;
        return;
    }
    all->leaves[(size_t)at * (size_t)all->n + (size_t)all->filling] =
        (struct leaf){value, (int)length};
    all->expected = at + 1;
}

/* Of a curve through networks of all sizes the sizes are no difference. */
static bool is_in_scope(enum group_scope scope, const char *path)
{
    switch (scope) {
    case GROUP_NETWORK:
        return true;
    case GROUP_MODEL:
        return strcmp(path, "spec.input") != 0 && !str_starts_with(path, "spec.stages.");
    case GROUP_TRAINING:
        return !str_starts_with(path, "spec.");
    }
    return true;
}

static bool differs(const struct differences *all, int path)
{
    const struct leaf *row = &all->leaves[(size_t)path * (size_t)all->n];

    if (!is_in_scope(all->members[all->set[0]].scope, all->paths[path]))
        return false;
    for (int i = 1; i < all->n; i++)
        if (row[i].length != row[0].length ||
            (row[0].value && row[i].value &&
                memcmp(row[i].value, row[0].value, (size_t)row[0].length) != 0) ||
            !row[i].value != !row[0].value)
            return true;
    return false;
}

/* ---- labels ---- */

/* The last step of a path that says something: optimizer of "recipe.optimizer.name". */
static void add_key(struct str *to, const char *path)
{
    char words[CANONICAL_PATH_BYTES], *last;

    str_copy(words, sizeof(words), path);
    last = strrchr(words, '.');
    while (last && last > words &&
           (strcmp(last, ".name") == 0 || strspn(last + 1, "0123456789") == strlen(last + 1))) {
        *last = '\0';
        last = strrchr(words, '.');
    }
    str_add(to, last ? last + 1 : words);
}

/* Without quotes, as far as it is printable; texts come from files. */
static void add_value(struct str *to, const struct leaf *leaf)
{
    int from = leaf->length > 1 && leaf->value[0] == '"';

    if (leaf->length == 2 * from) {
        str_add(to, "none");
        return;
    }
    for (int i = from; i < leaf->length - from && i < 24; i++) {
        char c = leaf->value[i];

        str_add_bytes(to, (unsigned char)c < ' ' || c == 127 ? "?" : &c, 1);
    }
}

static void add_images(struct str *to, const struct leaf *leaf)
{
    if (!leaf->value || leaf->length < 10)
        str_add(to, "images not recorded");
    else
        str_addf(to, "images %.8s", leaf->value + 1);
}

/* Multiply-adds of the network, which stand for its stages. */
static void add_size(struct str *to, int64_t macs)
{
    if (macs >= 1000000000)
        str_addf(to, "%.3gB FLOPs", (double)macs / 1e9);
    else if (macs >= 1000000)
        str_addf(to, "%.3gM FLOPs", (double)macs / 1e6);
    else
        str_addf(to, "%.3gk FLOPs", (double)macs / 1e3);
}

/* For a baseline the name of its variant; otherwise, or if that is unknown, its multiply-adds. */
static void add_stages(struct str *to, const struct group_member *member)
{
    char name[GROUP_LABEL_BYTES];

    if (variant_name && member->keys && member->model &&
        group_is_baseline(member->depth, member->width, member->resolution) &&
        variant_name(member->model, &member->keys->shape, name))
        str_add(to, name);
    else
        add_size(to, member->macs);
}

static void add_word(struct str *to, const char *path, const struct leaf *leaf)
{
    if (strcmp(path, "data.images") == 0) {
        add_images(to, leaf);
    } else if (strcmp(path, "numerics") == 0) {
        str_add(to, "numerics ");
        add_value(to, leaf);
    } else if (strcmp(path, "spec.input") == 0) {
        add_value(to, leaf);
        str_add(to, " px");
    } else if (!leaf->value) {
        str_add(to, "no ");
        add_key(to, path);
    } else {
        add_key(to, path);
        str_add(to, "=");
        add_value(to, leaf);
    }
}

/* Of paths that are one thing to a user the first speaks: a network's stages, an image's means. */
static bool same_thing(const char *a, const char *b)
{
    static const char *const things[] = {"spec.stages.", "recipe.augment.", "data.mean.",
        "data.std.", "recipe.schedule.", "recipe.optimizer."};

    for (size_t i = 0; i < sizeof(things) / sizeof(things[0]); i++)
        if (str_starts_with(a, things[i]) && str_starts_with(b, things[i]))
            return i < 4;
    return false;
}

static bool have_sizes(const struct differences *all)
{
    for (int i = 1; i < all->n; i++)
        if (all->members[all->set[i]].macs != all->members[all->set[0]].macs)
            return true;
    return false;
}

/* All of a list that differs, as "augment=a,b". */
static void add_list(struct str *to, const struct differences *all, int first, int member)
{
    bool any = false;

    add_key(to, all->paths[first]);
    str_add(to, "=");
    for (int p = first; p < all->n_paths; p++) {
        const struct leaf *leaf = &all->leaves[(size_t)p * (size_t)all->n + (size_t)member];

        if (!same_thing(all->paths[first], all->paths[p]) || !leaf->value)
            continue;
        str_add(to, any ? "," : "");
        add_value(to, leaf);
        any = true;
    }
    str_add(to, any ? "" : "none");
}

/* Where texts say nothing. */
static void describe_sizes(const struct differences *all, int member, struct str *to)
{
    const struct group_member *members = all->members, *own = &members[all->set[member]];
    bool inputs = false;

    for (int i = 1; i < all->n; i++)
        inputs |= members[all->set[i]].input != members[all->set[0]].input;
    if (inputs)
        str_addf(to, "%d px", own->input);
    str_add(to, inputs && have_sizes(all) ? " " : "");
    if (have_sizes(all))
        add_size(to, own->macs);
}

static void describe(const struct differences *all, int member, struct str *to)
{
    const char *last = NULL;
    int n = 0;

    for (int p = 0; p < all->n_paths; p++) {
        const struct leaf *leaf = &all->leaves[(size_t)p * (size_t)all->n + (size_t)member];
        const char *path = all->paths[p];

        if (!differs(all, p) || (last && same_thing(last, path)))
            continue;
        last = path;
        if (n++ >= MOST_WORDS)
            continue;
        str_add(to, n > 1 ? " " : "");
        if (str_starts_with(path, "spec.stages") && have_sizes(all))
            add_stages(to, &all->members[all->set[member]]);
        else if (same_thing(path, path) && !str_starts_with(path, "spec.stages"))
            add_list(to, all, p, member);
        else
            add_word(to, path, leaf);
    }
    if (n > MOST_WORDS)
        str_addf(to, " +%d", n - MOST_WORDS);
    if (n == 0)
        describe_sizes(all, member, to);
}

static int load(struct differences *all, group_text *text, void *context, struct err *err)
{
    for (int i = 0; i < all->n; i++) {
        if (text(context, all->set[i], &all->texts[i], err) < 0 ||
            str_check(&all->texts[i], err) < 0)
            return -1;
        all->filling = i;
        all->expected = 0;
        canonical_walk(all->texts[i].text, all->texts[i].length, take_leaf, all);
    }
    return all->failed ? err_set(err, ERR_MEMORY, "no memory to tell %d networks apart", all->n)
                       : 0;
}

static int by_label(const void *a, const void *b, void *members)
{
    const struct group_member *all = members;
    int p = *(const int *)a, q = *(const int *)b, order = strcmp(all[p].label, all[q].label);

    return order ? order : p - q;
}

/* Labels are cut to their room, and numbers rounded: those that are then alike are numbered. */
static int number_twins(struct group_member *members, const int *set, int n, struct err *err)
{
    int *sorted = malloc(sizeof(*sorted) * (size_t)n);

    if (!sorted)
        return err_set(err, ERR_MEMORY, "no memory to tell %d networks apart", n);
    memcpy(sorted, set, sizeof(*sorted) * (size_t)n);
    qsort_r(sorted, (size_t)n, sizeof(*sorted), by_label, members);
    for (int i = n - 1; i >= 0; i--) {
        char *label = members[sorted[i]].label;
        size_t length = strlen(label);
        int twins;

        for (twins = 1; i - twins >= 0; twins++)
            if (strcmp(members[sorted[i - twins]].label, label) != 0)
                break;
        if (twins == 1 && length > 0)
            continue;
        for (int k = 0; k < twins; k++)
            snprintf(members[sorted[i - k]].label + length, GROUP_LABEL_BYTES - length, "%s#%d",
                length ? " " : "", twins - k);
        i -= twins - 1;
    }
    free(sorted);
    return 0;
}

static int tell_apart(struct group_member *members, const int *set, int n, group_text *text,
    void *context, struct err *err)
{
    struct differences all = {.members = members, .set = set, .n = n};
    struct str label = STR_INIT, before = STR_INIT;
    int result = -1;

    all.texts = calloc((size_t)n, sizeof(*all.texts));
    if (!all.texts)
        return err_set(err, ERR_MEMORY, "no memory to tell %d networks apart", n);
    for (int i = 0; i < n; i++)
        all.texts[i] = (struct str)STR_INIT;
    if (load(&all, text, context, err) < 0)
        goto done;
    str_add(&before, members[set[0]].label);
    for (int i = 0; i < n; i++) {
        str_clear(&label);
        str_add(&label, before.text);
        str_add(&label, before.length ? " " : "");
        describe(&all, i, &label);
        str_copy(members[set[i]].label, GROUP_LABEL_BYTES - TWIN_BYTES, label.text);
    }
    result = str_check(&label, err) < 0 ? -1 : number_twins(members, set, n, err);
done:
    for (int i = 0; i < n; i++)
        str_release(&all.texts[i]);
    free(all.texts);
    free(all.paths);
    free(all.leaves);
    str_release(&label);
    str_release(&before);
    return result;
}

/* Labels those of the n members in `chosen` that look alike. */
static int tell_all(struct group_member *members, int *chosen, int n, group_text *text,
    void *context, struct err *err)
{
    qsort_r(chosen, (size_t)n, sizeof(*chosen), by_looks, members);
    for (int from = 0, to; from < n; from = to) {
        to = from + 1;
        while (to < n && compare_looks(&members[chosen[from]], &members[chosen[to]]) == 0)
            to++;
        if (to - from > 1 && tell_apart(members, chosen + from, to - from, text, context, err) < 0)
            return -1;
    }
    return 0;
}

int groups_label(
    struct group_member *members, int n, group_text *text, void *context, struct err *err)
{
    int *chosen = malloc(sizeof(*chosen) * ((size_t)n + 1)), heads = 0, result;

    if (!chosen)
        return err_set(err, ERR_MEMORY, "no memory to tell %d networks apart", n);
    for (int i = 0; i < n; i++) {
        members[i].label[0] = '\0';
        if (members[i].baseline == i)
            chosen[heads++] = i;
    }
    result = tell_all(members, chosen, heads, text, context, err);
    for (int i = 0; i < n; i++) {
        if (members[i].baseline >= 0 && members[i].baseline != i)
            str_copy(members[i].label, GROUP_LABEL_BYTES, members[members[i].baseline].label);
        chosen[i] = i;
    }
    if (result == 0)
        result = tell_all(members, chosen, n, text, context, err);
    free(chosen);
    return result;
}
