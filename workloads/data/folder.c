#include "folder.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "class_numbers.h"
#include "folder_list.h"
#include "harness/base/file.h"
#include "selection.h"

#define TEST_SHARE 5 /* without split folders, one image in so many is for testing */

bool folder_is_image(const char *name, const char *pattern)
{
    static const char *const endings[] = {".jpg", ".jpeg", ".png", NULL};
    const char *dot = strrchr(name, '.');

    if (!dot || (pattern[0] && fnmatch(pattern, name, 0) != 0))
        return false;
    for (int i = 0; endings[i]; i++)
        if (strcasecmp(dot, endings[i]) == 0)
            return true;
    return false;
}

/* FNV-1a: the split of an image may depend on its path alone. */
static uint64_t hash_text(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    return hash;
}

enum split folder_split_by_hash(const char *path)
{
    return hash_text(path) % TEST_SHARE == 0 ? SPLIT_TEST : SPLIT_TRAIN;
}

static int list_folders(const char *path, struct name_list *folders, struct err *err)
{
    static const struct name_filter filter = {.folders = true};

    return name_list_read(folders, path, &filter, err);
}

/* Where the images of a split are while the folder is read. */
struct reading {
    struct dataset *set;
    struct selection *splits; /* [SPLIT_COUNT] */
    const int *numbers;       /* of the classes, in order of their folders */
    const struct name_list *classes;
};

/* All images of one class folder, "CLASS" or "SPLIT/CLASS" under the root. `split` SPLIT_COUNT: by
 * hash. */
static int read_class(
    struct reading *reading, const char *prefix, int class, enum split split, struct err *err)
{
    const char *root = reading->set->config.root, *name = reading->classes->names[class];
    const struct name_filter filter = {
        .accept = folder_is_image, .pattern = reading->set->config.match};
    struct name_list files = {0};
    char relative[PATH_BYTES], path[PATH_BYTES];
    int result = -1;

    if (prefix[0] ? file_join(relative, prefix, name, err) < 0
                  : !str_copy(relative, sizeof(relative), name))
        return -1;
    if (file_join(path, root, relative, err) < 0 || name_list_read(&files, path, &filter, err) < 0)
        goto done;
    if (files.n == 0 && !filter.pattern[0]) {
        err_set(err, ERR_INPUT,
            "the class folder %s has no images (.jpg, .jpeg or .png); fill it or remove it", path);
        goto done;
    }
    for (int i = 0; i < files.n; i++) {
        enum split to = split;

        if (file_join(path, relative, files.names[i], err) < 0)
            goto done;
        if (split == SPLIT_COUNT)
            to = folder_split_by_hash(path);
        if (selection_add(&reading->splits[to], path, reading->numbers[class], err) < 0)
            goto done;
    }
    result = 0;
done:
    name_list_release(&files);
    return result;
}

/* The folder of a split, or NULL: the first name that is there and has folders of classes in it. */
static int find_split(const char *root, enum split split, const char **found,
    struct name_list *classes, struct err *err)
{
    static const char *const names[SPLIT_COUNT][5] = {
        {"train"}, {"test", "val", "valid", "validation"}};
    char path[PATH_BYTES];

    *found = NULL;
    for (int i = 0; i < 5 && names[split][i] && !*found; i++) {
        if (file_join(path, root, names[split][i], err) < 0)
            return -1;
        if (!file_is_folder(path))
            continue;
        name_list_release(classes);
        if (list_folders(path, classes, err) < 0)
            return -1;
        if (classes->n > 0)
            *found = names[split][i];
    }
    return 0;
}

/* Splits that are there must have the same classes. */
static int check_same(const char *root, const char *const names[SPLIT_COUNT],
    const struct name_list lists[SPLIT_COUNT], struct err *err)
{
    for (int s = 0; s < SPLIT_COUNT; s++)
        for (int i = 0; i < lists[s].n; i++)
            if (name_list_find(&lists[!s], lists[s].names[i]) < 0)
                return err_set(err, ERR_INPUT,
                    "the class %s is in %s/%s but not in %s/%s; both need the same class folders",
                    lists[s].names[i], root, names[s], root, names[!s]);
    return 0;
}

static int name_classes(
    struct dataset *set, const struct name_list *folders, const int *numbers, struct err *err)
{
    set->class_names = calloc((size_t)set->classes, sizeof(*set->class_names));
    if (!set->class_names)
        return err_set(err, ERR_MEMORY, "no memory for the names of %d classes", set->classes);
    for (int i = 0; i < folders->n; i++) {
        char **name = &set->class_names[numbers[i]];

        free(*name);
        *name = strdup(folders->names[i]);
        if (!*name)
            return err_set(err, ERR_MEMORY, "no memory for the names of %d classes", set->classes);
    }
    return 0;
}

static int read_splits(
    struct reading *reading, const char *const names[SPLIT_COUNT], struct err *err)
{
    bool by_hash = !names[SPLIT_TRAIN] && !names[SPLIT_TEST];

    for (int class = 0; class < reading->classes->n; class ++) {
        if (by_hash && read_class(reading, "", class, SPLIT_COUNT, err) < 0)
            return -1;
        for (int s = 0; s < SPLIT_COUNT; s++)
            if (names[s] && read_class(reading, names[s], class, (enum split)s, err) < 0)
                return -1;
    }
    return 0;
}

int folder_finish(struct dataset *set, struct selection splits[SPLIT_COUNT], struct err *err)
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

/* The layout of the folder: names of its splits (NULL: there is none) and its classes. */
static int look_around(
    struct dataset *set, const char *names[SPLIT_COUNT], struct name_list *classes, struct err *err)
{
    const char *root = set->config.root;
    struct name_list lists[SPLIT_COUNT] = {0};
    int result = -1, with;

    if (!file_is_folder(root))
        return err_set(err, ERR_INPUT,
            "the folder of images %s does not exist; give the folder that holds the classes "
            "or train and test",
            root);
    for (int s = 0; s < SPLIT_COUNT; s++)
        if (find_split(root, (enum split)s, &names[s], &lists[s], err) < 0)
            goto done;
    if (names[SPLIT_TRAIN] && names[SPLIT_TEST] && check_same(root, names, lists, err) < 0)
        goto done;
    if (names[SPLIT_TRAIN] || names[SPLIT_TEST]) {
        with = names[SPLIT_TRAIN] ? SPLIT_TRAIN : SPLIT_TEST;
        *classes = lists[with];
        lists[with] = (struct name_list){0};
    } else if (list_folders(root, classes, err) < 0) {
        goto done;
    }
    result = 0;
    if (classes->n == 0)
        result = err_set(err, ERR_INPUT,
            "%s has no folders of classes in it; images belong in %s/CLASS or %s/train/CLASS", root,
            root, root);
done:
    for (int s = 0; s < SPLIT_COUNT; s++)
        name_list_release(&lists[s]);
    return result;
}

int folder_open(struct dataset *set, const struct data_config *config, int classes, struct err *err)
{
    struct selection splits[SPLIT_COUNT] = {0};
    struct name_list folders = {0};
    const char *names[SPLIT_COUNT] = {0};
    struct reading reading = {.set = set, .splits = splits, .classes = &folders};
    int *numbers = NULL, result = -1;

    if (look_around(set, names, &folders, err) < 0 ||
        class_numbers(config, &folders, classes, &numbers, &set->classes, err) < 0 ||
        name_classes(set, &folders, numbers, err) < 0)
        goto done;
    reading.numbers = numbers;
    if (read_splits(&reading, names, err) < 0)
        goto done;
    result = folder_finish(set, splits, err);
done:
    for (int s = 0; s < SPLIT_COUNT; s++)
        selection_release(&splits[s]);
    name_list_release(&folders);
    free(numbers);
    return result;
}

int folder_read(
    const struct dataset *set, enum split split, int index, struct image *image, struct err *err)
{
    char path[PATH_BYTES];

    if (file_join(path, set->config.root, set->paths[split][index], err) < 0)
        return -1;
    return image_read(path, image, err);
}

const struct dataset_kind dataset_folder = {
    .name = "folder",
    .summary = "JPEG and PNG images in ROOT/CLASS or ROOT/SPLIT/CLASS",
    .needs_root = true,
    .open = folder_open,
    .read = folder_read,
};
