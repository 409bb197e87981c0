#include "image_list.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "class_numbers.h"
#include "folder.h"
#include "harness/base/str.h"

bool image_list_split(const char *word, enum split *split)
{
    static const char *const words[] = {"train", "test", "val", "valid", "validation"};

    for (int i = 0; i < 5; i++)
        if (strcmp(word, words[i]) == 0) {
            *split = i == 0 ? SPLIT_TRAIN : SPLIT_TEST;
            return true;
        }
    return false;
}

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
        return err_set(
            err, ERR_INPUT, "the path \"%.80s\" is not one below the folder of the set", path);
    if (class < 0 || class >= list->n_classes)
        return err_set(err, ERR_INPUT, "%.80s has a class that is not one of the set's %d", path,
            list->n_classes);
    if (pattern[0] && fnmatch(pattern, slash ? slash + 1 : path, 0) != 0)
        return 0;
    return selection_add(&list->splits[split], path, list->numbers[class], err);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int check_unique(struct image_list *list, struct err *err)
{
    size_t n = 0, all = 0;
    const char **paths;
    int result = 0;

    for (int s = 0; s < SPLIT_COUNT; s++)
        all += (size_t)list->splits[s].n;
    paths = malloc((all + 1) * sizeof(*paths));
    if (!paths)
        return err_set(err, ERR_MEMORY, "no memory for a list of %zu images", all);
    for (int s = 0; s < SPLIT_COUNT; s++)
        for (int i = 0; i < list->splits[s].n; i++)
            paths[n++] = list->splits[s].paths[i];
    qsort(paths, n, sizeof(*paths), compare);
    for (size_t i = 1; i < n && result == 0; i++)
        if (strcmp(paths[i - 1], paths[i]) == 0)
            result = err_set(err, ERR_INPUT,
                "%s lists the image %s twice; an image has one class and belongs to one split",
                list->set->config.root, paths[i]);
    free(paths);
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
    if (check_unique(list, err) < 0 || check_first(list, err) < 0)
        return -1;
    return folder_finish(list->set, list->splits, err);
}

void image_list_release(struct image_list *list)
{
    for (int s = 0; s < SPLIT_COUNT; s++)
        selection_release(&list->splits[s]);
    free(list->numbers);
    list->numbers = NULL;
}
