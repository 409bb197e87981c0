/* Drawing the images that a configuration keeps: classes, held-out images, fractions, limits. */
#include "choice.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/rng.h"

/* Streams of RNG_SPLIT; limits of the splits have theirs as keys. */
#define MAX_CLASSES 65536

enum { KEY_MINIVAL = 16, KEY_FRACTION, KEY_CLASSES };

/* Images of a split, as places in what the kind listed. */
struct list {
    const int *labels; /* by place */
    int *places, n;
};

/* ---- how many of each class ---- */

/* As many of each class as of any other while they last. */
static void share_evenly(const int *sizes, int *quota, int classes, int limit)
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

/*
 * Every class its share of `count`, by Sainte-Lague's divisors: no class is more than about one image
 * off, and a larger count never takes an image away. The start is what a count that is smaller by
 * more than the rounding of all classes gets; the rest goes one by one.
 */
static void share_in_proportion(const int *sizes, int *quota, int classes, int all, int count)
{
    double part = fmax(0, (double)(count - classes) / all);
    int left = count;

    for (int c = 0; c < classes; c++) {
        quota[c] = (int)floor(part * sizes[c] + 0.5);
        left -= quota[c];
    }
    while (left-- > 0) {
        int next = -1;

        for (int c = 0; c < classes; c++)
            if (quota[c] < sizes[c] &&
                (next < 0 || (quota[c] + 0.5) * sizes[next] < (quota[next] + 0.5) * sizes[c]))
                next = c;
        quota[next]++;
    }
}

/* ---- taking them ---- */

struct draw {
    int *sizes, *quota, *next; /* [classes] */
    uint32_t *order;           /* [n] */
    bool *taken;               /* [n], by position in the list */
};

static void draw_release(struct draw *draw)
{
    free(draw->sizes);
    free(draw->quota);
    free(draw->next);
    free(draw->order);
    free(draw->taken);
}

static int draw_init(struct draw *draw, const struct list *list, int classes, struct err *err)
{
    size_t n = list->n ? (size_t)list->n : 1;

    draw->sizes = calloc((size_t)classes, sizeof(*draw->sizes));
    draw->quota = calloc((size_t)classes, sizeof(*draw->quota));
    draw->next = calloc((size_t)classes, sizeof(*draw->next));
    draw->order = calloc(n, sizeof(*draw->order));
    draw->taken = calloc(n, sizeof(*draw->taken));
    if (!draw->sizes || !draw->quota || !draw->next || !draw->order || !draw->taken)
        return err_set(err, ERR_MEMORY, "no memory to choose among %d images", list->n);
    for (int i = 0; i < list->n; i++)
        draw->sizes[list->labels[list->places[i]]]++;
    return 0;
}

/* taken: the first quota[c] of every class in a random order of its images. */
static void draw_images(
    struct draw *draw, const struct list *list, int classes, uint64_t seed, uint64_t key)
{
    int start = 0;

    for (int c = 0; c < classes; c++) {
        draw->next[c] = start;
        start += draw->sizes[c];
    }
    for (int i = 0; i < list->n; i++)
        draw->order[draw->next[list->labels[list->places[i]]]++] = (uint32_t)i;
    for (int c = 0; c < classes; c++) {
        struct rng rng = rng_open(seed, RNG_SPLIT, key, (uint64_t)c);
        uint32_t *own = draw->order + draw->next[c] - draw->sizes[c];

        rng_shuffle(&rng, own, (size_t)draw->sizes[c]);
        for (int i = 0; i < draw->quota[c]; i++)
            draw->taken[own[i]] = true;
    }
}

/* What was taken stays in the list; the rest goes to `others`, unless NULL. */
static void part(struct list *list, const bool *taken, struct list *others)
{
    int n = 0;

    for (int i = 0; i < list->n; i++) {
        if (taken[i])
            list->places[n++] = list->places[i];
        else if (others)
            others->places[others->n++] = list->places[i];
    }
    list->n = n;
}

/* Keep `count` of the list, evenly or in proportion. */
static int take(struct list *list, int classes, int count, bool evenly, uint64_t seed, uint64_t key,
    struct list *others, struct err *err)
{
    struct draw draw = {0};
    int result = draw_init(&draw, list, classes, err);

    if (result == 0) {
        if (evenly)
            share_evenly(draw.sizes, draw.quota, classes, count);
        else if (count > 0)
            share_in_proportion(draw.sizes, draw.quota, classes, list->n, count);
        draw_images(&draw, list, classes, seed, key);
        part(list, draw.taken, others);
    }
    draw_release(&draw);
    return result;
}

/* ---- classes ---- */

/* Of every class: has it images; its new number, -1 if it is left out; room for an order. */
struct class_draw {
    bool *present;
    int *numbers;
    uint32_t *order;
};

static void draw_classes(const struct dataset *set, int n_present, struct class_draw *draw)
{
    struct rng rng = rng_open((uint64_t)set->config.split_seed, RNG_SPLIT, KEY_CLASSES, 0);
    const bool *present = draw->present;
    int *numbers = draw->numbers, n = 0;
    uint32_t *order = draw->order;

    for (int c = 0; c < set->classes; c++) {
        numbers[c] = -1;
        if (present[c])
            order[n++] = (uint32_t)c;
    }
    rng_shuffle(&rng, order, (size_t)n_present);
    for (int i = 0; i < set->config.classes; i++)
        numbers[order[i]] = 0;
    n = 0;
    for (int c = 0; c < set->classes; c++)
        if (numbers[c] == 0)
            numbers[c] = n++;
}

static void renumber(struct dataset *set, const int *numbers)
{
    for (int c = 0; c < set->classes; c++) {
        if (numbers[c] < 0)
            free(set->class_names[c]);
        else
            set->class_names[numbers[c]] = set->class_names[c];
        if (numbers[c] != c)
            set->class_names[c] = NULL;
    }
    set->classes = set->config.classes;
    for (int s = 0; s < SPLIT_COUNT; s++)
        for (int i = 0; i < set->count[s]; i++)
            set->labels[s][i] = numbers[set->labels[s][i]];
}

static int draw_among_present(struct dataset *set, struct class_draw *draw, struct err *err)
{
    int n = 0;

    for (int s = 0; s < SPLIT_COUNT; s++)
        for (int i = 0; i < set->count[s]; i++)
            draw->present[set->labels[s][i]] = true;
    for (int c = 0; c < set->classes; c++)
        n += draw->present[c];
    if (set->config.classes > n)
        return err_set(err, ERR_INPUT, "%d classes are wanted, and %s has %d with images",
            set->config.classes, set->kind->name, n);
    draw_classes(set, n, draw);
    renumber(set, draw->numbers);
    return 0;
}

static int choose_classes(struct dataset *set, struct err *err)
{
    size_t n = (size_t)set->classes;
    struct class_draw draw;
    int result;

    if (set->config.classes == 0)
        return 0;
    if (set->classes > MAX_CLASSES)
        return err_set(err, ERR_INPUT, "of %d classes none can be chosen, only of %d", set->classes,
            MAX_CLASSES);
    draw = (struct class_draw){calloc(n, sizeof(*draw.present)), calloc(n, sizeof(*draw.numbers)),
        calloc(n, sizeof(*draw.order))};
    result = draw.present && draw.numbers && draw.order
                 ? draw_among_present(set, &draw, err)
                 : err_set(err, ERR_MEMORY, "no memory to choose among %zu classes", n);
    free(draw.present);
    free(draw.numbers);
    free(draw.order);
    return result;
}

/* ---- splits ---- */

static int list_split(
    struct list *list, const struct dataset *set, enum split split, struct err *err)
{
    int all = set->count[split];

    *list = (struct list){.labels = set->labels[split]};
    list->places = malloc((size_t)(all ? all : 1) * sizeof(*list->places));
    if (!list->places)
        return err_set(err, ERR_MEMORY, "no memory to choose among %d images", all);
    for (int i = 0; i < all; i++)
        if (list->labels[i] >= 0)
            list->places[list->n++] = i;
    return 0;
}

/* Hold part of `train` out; it becomes `test`. */
static int hold_out(
    const struct dataset *set, struct list *train, struct list *test, struct err *err)
{
    double wanted = set->config.minival < 1 ? set->config.minival * train->n : set->config.minival;
    int count = (int)fmin(floor(wanted + 0.5), train->n), result;
    struct list rest = {.labels = train->labels};

    if (count < 1 || count >= train->n)
        return err_set(err, ERR_INPUT,
            "minival is %g, which is %d of %d training images; it must leave some on both sides",
            set->config.minival, count, train->n);
    rest.places = malloc((size_t)train->n * sizeof(*rest.places));
    if (!rest.places)
        return err_set(err, ERR_MEMORY, "no memory to choose among %d images", train->n);
    result = take(train, set->classes, count, false, (uint64_t)set->config.split_seed, KEY_MINIVAL,
        &rest, err);
    free(test->places);
    *test = *train;
    *train = rest;
    return result;
}

/* The fraction of the training images, of which every class that has some must have some left. */
static int take_fraction(const struct dataset *set, struct list *train, struct err *err)
{
    double fraction = set->config.fraction;
    int count = (int)floor(fraction * train->n + 0.5), lost = -1, n_lost = 0;
    int *sizes = calloc(2 * (size_t)set->classes, sizeof(*sizes)), *left = sizes + set->classes;

    if (!sizes)
        return err_set(err, ERR_MEMORY, "no memory to choose among %d images", train->n);
    for (int i = 0; i < train->n; i++)
        sizes[train->labels[train->places[i]]]++;
    if (take(train, set->classes, count ? count : 1, false, (uint64_t)set->config.split_seed,
            KEY_FRACTION, NULL, err) < 0) {
        free(sizes);
        return -1;
    }
    for (int i = 0; i < train->n; i++)
        left[train->labels[train->places[i]]]++;
    for (int c = 0; c < set->classes; c++)
        if (sizes[c] > 0 && left[c] == 0 && (n_lost++ == 0 || sizes[c] < sizes[lost]))
            lost = c;
    if (n_lost > 0)
        err_set(err, ERR_INPUT,
            "a fraction of %g leaves %d class%s without training images, such as %s, which has %d; "
            "%.2g or more would leave it one",
            fraction, n_lost, n_lost == 1 ? "" : "es",
            set->class_names[lost] ? set->class_names[lost] : "one without a name", sizes[lost],
            ceil(100.0 / sizes[lost]) / 100);
    free(sizes);
    return n_lost > 0 ? -1 : 0;
}

static int choose_from(struct dataset *set, struct list lists[SPLIT_COUNT], struct err *err)
{
    const struct data_config *config = &set->config;
    const int limits[SPLIT_COUNT] = {config->train_images, config->test_images};
    struct list *train = &lists[SPLIT_TRAIN];

    if (config->minival > 0 && hold_out(set, train, &lists[SPLIT_TEST], err) < 0)
        return -1;
    if (config->fraction < 1 && train->n > 0 && take_fraction(set, train, err) < 0)
        return -1;
    for (int s = 0; s < SPLIT_COUNT; s++)
        if (limits[s] > 0 && limits[s] < lists[s].n &&
            take(&lists[s], set->classes, limits[s], true, 0, (uint64_t)s, NULL, err) < 0)
            return -1;
    return 0;
}

int choose_images(struct dataset *set, struct err *err)
{
    const struct data_config *config = &set->config;
    struct list lists[SPLIT_COUNT] = {{0}};
    int result = -1;

    if (config->classes == 0 && config->minival == 0 && config->fraction == 1 &&
        (config->train_images == 0 || config->train_images >= set->count[SPLIT_TRAIN]) &&
        (config->test_images == 0 || config->test_images >= set->count[SPLIT_TEST]))
        return 0;
    if (choose_classes(set, err) < 0)
        return -1;
    for (int s = 0; s < SPLIT_COUNT; s++)
        if (list_split(&lists[s], set, (enum split)s, err) < 0)
            goto done;
    if (choose_from(set, lists, err) < 0)
        goto done;
    for (int s = 0; s < SPLIT_COUNT; s++) {
        set->places[s] = lists[s].places;
        set->n_places[s] = lists[s].n;
        lists[s].places = NULL;
    }
    set->held_out = config->minival > 0;
    result = 0;
done:
    for (int s = 0; s < SPLIT_COUNT; s++)
        free(lists[s].places);
    return result;
}
