/* Names of splits, and the rule that draws a test split where there is none. */
#include "splits.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "path_hash.h"

#define TEST_SHARE 5 /* one image in TEST_SHARE is for testing */

int split_rank(const char *word, enum split *split)
{
    static const char *const names[SPLIT_COUNT][6] = {
        {"train", "training"}, {"test", "testing", "val", "valid", "validation"}};

    for (int s = 0; s < SPLIT_COUNT; s++)
        for (int i = 0; names[s][i]; i++)
            if (strcasecmp(word, names[s][i]) == 0) {
                *split = (enum split)s;
                return i;
            }
    return -1;
}

/* ---- drawing ---- */

struct drawn {
    int label, index;
    uint64_t hash;
    const char *path;
};

static int compare(const void *a, const void *b)
{
    const struct drawn *x = a, *y = b;

    if (x->label != y->label)
        return x->label < y->label ? -1 : 1;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return strcmp(x->path, y->path);
}

/* How many of n images of a class are for testing. */
static int share_of(int n)
{
    int share = (2 * n + TEST_SHARE) / (2 * TEST_SHARE);

    return share == 0 && n > 1 ? 1 : share;
}

static void mark_class(const struct drawn *images, int n, bool *is_test)
{
    for (int i = 0; i < share_of(n); i++)
        is_test[images[i].index] = true;
}

int splits_draw(struct selection splits[SPLIT_COUNT], struct err *err)
{
    struct selection *all = &splits[SPLIT_TRAIN];
    size_t n = (size_t)all->n + 1;
    struct drawn *images = malloc(n * sizeof(*images));
    bool *is_test = calloc(n, sizeof(*is_test));
    int kept = 0, result = 0;

    if (!images || !is_test)
        result = err_set(err, ERR_MEMORY, "no memory to split %d images", all->n);
    for (int i = 0; i < all->n && result == 0; i++)
        images[i] = (struct drawn){all->labels[i], i, path_hash(all->paths[i]), all->paths[i]};
    if (result == 0)
        qsort(images, (size_t)all->n, sizeof(*images), compare);
    for (int i = 1, first = 0; i <= all->n && result == 0; i++)
        if (i == all->n || images[i].label != images[first].label) {
            mark_class(images + first, i - first, is_test);
            first = i;
        }
    for (int i = 0; i < all->n && result == 0; i++) {
        if (is_test[i]) {
            result = selection_move(&splits[SPLIT_TEST], all->paths[i], all->labels[i], err);
            if (result == 0)
                all->paths[i] = NULL;
        }
    }
    for (int i = 0; i < all->n && result == 0; i++)
        if (all->paths[i]) {
            all->paths[kept] = all->paths[i];
            all->labels[kept++] = all->labels[i];
        }
    if (result == 0)
        all->n = kept;
    free(images);
    free(is_test);
    return result;
}

/* ---- saying ---- */

/* Of a set that lies in class folders without a split above them. */
static bool begins_with_class(const struct dataset *set, enum split split)
{
    const char *path = dataset_path(set, split, 0), *name;

    if (dataset_count(set, split) == 0)
        return true;
    name = dataset_class_name(set, dataset_label(set, split, 0));
    return path && name && str_starts_with(path, name) && path[strlen(name)] == '/';
}

bool splits_are_drawn(const struct dataset *set)
{
    if (set->pack && strcmp(set->kind->name, "folder") == 0)
        return begins_with_class(set, SPLIT_TRAIN) && begins_with_class(set, SPLIT_TEST);
    return set->splits_drawn;
}

void splits_say(const struct dataset *set, struct str *to)
{
    int train = dataset_count(set, SPLIT_TRAIN), test = dataset_count(set, SPLIT_TEST);
    int all = set->count[SPLIT_TRAIN] + set->count[SPLIT_TEST];

    /* Of images that the program draws there is nothing to tell apart. */
    if (!set->paths[SPLIT_TRAIN] && !set->paths[SPLIT_TEST] && !set->pack && !set->held_out)
        return;
    str_addf(to, "%d images of %s for training, %d for testing", train, set->kind->name, test);
    if (set->held_out) {
        str_addf(to, ": held out of %d training images by minival, the same share of every class",
            set->count[SPLIT_TRAIN]);
        if (set->count[SPLIT_TEST] > 0)
            str_addf(to, "; the set's own %d test images are not used", set->count[SPLIT_TEST]);
    } else if (splits_are_drawn(set) && test > 0)
        str_addf(to,
            ": held out of all %d, a fifth of each class, chosen by hashes of the paths, since "
            "nothing says which are for testing",
            all);
    else if (set->split_names[SPLIT_TEST][0] && test > 0)
        str_addf(to, ": its split %s", set->split_names[SPLIT_TEST]);
}

int splits_hand_over(struct dataset *set, struct selection splits[SPLIT_COUNT], struct err *err)
{
    const struct data_config *config = &set->config;

    if (splits[SPLIT_TRAIN].n + splits[SPLIT_TEST].n == 0)
        return err_set(err, ERR_INPUT, "no image in %s has a name that matches \"%s\"",
            config->root, config->match);
    for (int s = 0; s < SPLIT_COUNT; s++) {
        set->count[s] = splits[s].n;
        set->paths[s] = splits[s].paths;
        set->labels[s] = splits[s].labels;
        splits[s] = (struct selection){0};
    }
    return 0;
}
