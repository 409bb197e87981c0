/* Building a dataset from images that lists name, each once and each with a class. */
#include "image_list.h"

#include <fnmatch.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "class_numbers.h"
#include "folder.h"
#include "harness/base/str.h"
#include "workloads/data/dataset/splits.h"

static int number_in_order(
    struct image_list *list, const struct name_list *classes, int outputs, struct err *err)
{
    struct dataset *set = list->set;

    if (set->config.class_map[0])
        return err_set(err, ERR_INPUT,
            "%s has its publisher's class numbers, so it takes no class map", set->kind->name);
    if (outputs > 0 && outputs < classes->n)
        return err_set(err, ERR_INPUT, "%s has %d classes, but the network has only %d outputs",
            set->kind->name, classes->n, outputs);
    list->numbers = malloc((size_t)classes->n * sizeof(*list->numbers));
    if (!list->numbers)
        return err_set(err, ERR_MEMORY, "no memory for the numbers of %d classes", classes->n);
    for (int i = 0; i < classes->n; i++)
        list->numbers[i] = i;
    set->classes = classes->n;
    return 0;
}

int image_list_begin(struct image_list *list, struct dataset *set, const struct name_list *classes,
    enum image_list_order order, int outputs, struct err *err)
{
    *list = (struct image_list){.set = set, .n_classes = classes->n};
    if (classes->n == 0)
        return err_set(err, ERR_INPUT, "%s has no classes", set->config.root);
    if (order == IMAGE_LIST_GIVEN) {
        if (number_in_order(list, classes, outputs, err) < 0)
            return -1;
    } else if (class_numbers(&set->config, classes, outputs, &list->numbers, &set->classes, err) <
               0) {
        return -1;
    }
    set->class_names = calloc((size_t)set->classes, sizeof(*set->class_names));
    if (!set->class_names)
        return err_set(err, ERR_MEMORY, "no memory for the names of %d classes", set->classes);
    for (int i = 0; i < classes->n; i++) {
        char **name = &set->class_names[list->numbers[i]];

        free(*name);
        *name = strdup(classes->names[i]);
        if (!*name)
            return err_set(err, ERR_MEMORY, "no memory for the names of %d classes", set->classes);
    }
    return 0;
}

int image_list_add(
    struct image_list *list, enum split split, const char *path, int class, struct err *err)
{
    const char *pattern = list->set->config.match, *slash = strrchr(path, '/');

    if (path[0] == '/' || !path[0])
        return err_set(err, ERR_INPUT, "its path is not one below the folder of the set");
    if (class < 0 || class >= list->n_classes)
        return err_set(err, ERR_INPUT, "%.80s has a class that is not one of the set's %d", path,
            list->n_classes);
    if (pattern[0] && fnmatch(pattern, slash ? slash + 1 : path, 0) != 0)
        return 0;
    return selection_add(&list->splits[split], path, list->numbers[class], err);
}

/* ---- each image once ---- */

/* An image's path, and the same without "//", "/./" and "name/../": one spelling for all. */
struct spelling {
    const char *path;
    const char *key; /* the path, or owned */
};

static bool is_plain(const char *path)
{
    for (const char *part = path; part; part = strchr(part, '/'), part += part ? 1 : 0)
        if (part[0] == '\0' || part[0] == '/' || strncmp(part, "./", 2) == 0 ||
            strncmp(part, "../", 3) == 0)
            return false;
    return true;
}

/* The part "name" of a path that ends in "name/"; false: there is none but "..". */
static bool drop_last(char *path, size_t *length)
{
    size_t from = *length;

    if (from == 0)
        return false;
    for (from--; from > 0 && path[from - 1] != '/'; from--)
        ;
    if (strncmp(path + from, "../", 3) == 0)
        return false;
    *length = from;
    return true;
}

static char *spell(const char *path)
{
    char *key = malloc(strlen(path) + 2);
    size_t length = 0;

    while (key && *path) {
        size_t part = strcspn(path, "/");
        bool is_here = part == 0 || (part == 1 && path[0] == '.');
        bool is_above = part == 2 && strncmp(path, "..", 2) == 0;

        if (!is_here && !(is_above && drop_last(key, &length))) {
            memcpy(key + length, path, part);
            key[length + part] = '/';
            length += part + 1;
        }
        path += part + (path[part] == '/');
    }
    if (key)
        key[length ? length - 1 : 0] = '\0';
    return key;
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct spelling *)a)->key, ((const struct spelling *)b)->key);
}

static int spell_all(
    const struct image_list *list, struct spelling *all, size_t *n, struct err *err)
{
    for (int s = 0; s < SPLIT_COUNT; s++)
        for (int i = 0; i < list->splits[s].n; i++) {
            const char *path = list->splits[s].paths[i];
            const char *key = is_plain(path) ? path : spell(path);

            if (!key)
                return err_set(err, ERR_MEMORY, "no memory for a list of %zu images", *n);
            all[(*n)++] = (struct spelling){path, key};
        }
    return 0;
}

static int check_neighbours(
    const struct image_list *list, const struct spelling *all, size_t n, struct err *err)
{
    const char *root = list->set->config.root;

    for (size_t i = 1; i < n; i++) {
        if (strcmp(all[i - 1].key, all[i].key) != 0)
            continue;
        if (strcmp(all[i - 1].path, all[i].path) == 0)
            return err_set(err, ERR_INPUT,
                "%s lists the image %s twice; an image has one class and belongs to one split",
                root, all[i].path);
        return err_set(err, ERR_INPUT,
            "%s lists one image twice, as %s and as %s; an image has one class and belongs to one "
            "split",
            root, all[i - 1].path, all[i].path);
    }
    return 0;
}

static int check_unique(struct image_list *list, struct err *err)
{
    size_t n = 0, most = 0;
    struct spelling *all;
    int result;

    for (int s = 0; s < SPLIT_COUNT; s++)
        most += (size_t)list->splits[s].n;
    all = malloc((most + 1) * sizeof(*all));
    if (!all)
        return err_set(err, ERR_MEMORY, "no memory for a list of %zu images", most);
    result = spell_all(list, all, &n, err);
    if (result == 0) {
        qsort(all, n, sizeof(*all), compare);
        result = check_neighbours(list, all, n, err);
    }
    for (size_t i = 0; i < n; i++)
        if (all[i].key != all[i].path)
            free((void *)(uintptr_t)all[i].key);
    free(all);
    return result;
}

/* A list beside images that are not there is found out before anything runs, at its first image. */
static int check_first(struct image_list *list, struct err *err)
{
    char path[PATH_BYTES];

    for (int s = 0; s < SPLIT_COUNT; s++) {
        if (list->splits[s].n == 0)
            continue;
        if (file_join(path, list->set->config.root, list->splits[s].paths[0], err) < 0)
            return -1;
        if (!file_exists(path))
            return err_set(err, ERR_INPUT, "%s lists the image %s, but there is no such file",
                list->set->config.root, path);
    }
    return 0;
}

int image_list_finish(struct image_list *list, struct err *err)
{
    if (check_unique(list, err) < 0 || check_first(list, err) < 0 ||
        (list->set->splits_drawn && splits_draw(list->splits, err) < 0))
        return -1;
    return splits_hand_over(list->set, list->splits, err);
}

void image_list_release(struct image_list *list)
{
    for (int s = 0; s < SPLIT_COUNT; s++)
        selection_release(&list->splits[s]);
    free(list->numbers);
    list->numbers = NULL;
}
