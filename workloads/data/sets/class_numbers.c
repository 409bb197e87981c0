/* Numbering class folders in their order, or by a class map. */
#include "class_numbers.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"
#include "workloads/data/dataset/imagenet_ids.h"
#include "workloads/data/formats/text_lines.h"

#define MAP_MAX_BYTES ((size_t)16 << 20)
#define MAX_CLASSES   1000000

struct map_reading {
    class_map_entry *entry;
    void *context;
};

/* One line "folder<TAB>number", handed on. */
static int read_line(void *context, char *line, struct err *err)
{
    const struct map_reading *reading = context;
    char *tab = strchr(line, '\t');
    long long number;

    if (!tab)
        return err_set(err, ERR_INPUT, "not a folder's name, a tab and a class number");
    *tab = '\0';
    if (!str_to_int64(tab + 1, &number) || number < 0 || number >= MAX_CLASSES)
        return err_set(
            err, ERR_INPUT, "no class number from 0 to %d behind the tab", MAX_CLASSES - 1);
    return reading->entry(reading->context, line, (int)number, err);
}

int class_map_read(const char *path, class_map_entry *entry, void *context, struct err *err)
{
    struct map_reading reading = {entry, context};

    return text_lines_read(path, MAP_MAX_BYTES, read_line, &reading, err);
}

struct numbering {
    const struct name_list *folders;
    int *numbers;
};

/* Folders that are not there are fine: a map may serve several sets. */
static int number_folder(void *context, const char *folder, int number, struct err *err)
{
    const struct numbering *numbering = context;
    int found = name_list_find(numbering->folders, folder);

    (void)err;
    if (found >= 0)
        numbering->numbers[found] = number;
    return 0;
}

static int read_map(
    const char *path, const struct name_list *folders, int *numbers, struct err *err)
{
    struct numbering numbering = {folders, numbers};

    if (class_map_read(path, number_folder, &numbering, err) < 0)
        return -1;
    for (int i = 0; i < folders->n; i++)
        if (numbers[i] < 0)
            return err_set(
                err, ERR_INPUT, "%s has no line for the class folder %s", path, folders->names[i]);
    return 0;
}

static bool are_imagenet(const struct name_list *folders, int *numbers)
{
    for (int i = 0; i < folders->n; i++)
        if ((numbers[i] = imagenet_class(folders->names[i])) < 0)
            return false;
    return true;
}

/* Highest number that is used, plus one. */
static int count_classes(const int *numbers, int n)
{
    int classes = 0;

    for (int i = 0; i < n; i++)
        classes = numbers[i] >= classes ? numbers[i] + 1 : classes;
    return classes;
}

static int check_outputs(
    const struct data_config *config, int classes, int outputs, struct err *err)
{
    if (outputs == 0 || classes == outputs)
        return 0;
    return err_set(err, ERR_INPUT,
        "%s has %d classes, but the network has %d outputs; say which folder is which output with "
        "a class map "
        "(--class-map)",
        config->root, classes, outputs);
}

int class_numbers(const struct data_config *config, const struct name_list *folders, int outputs,
    int **numbers, int *classes, struct err *err)
{
    *numbers = malloc((size_t)folders->n * sizeof(**numbers));
    if (!*numbers)
        return err_set(err, ERR_MEMORY, "no memory for the numbers of %d classes", folders->n);
    for (int i = 0; i < folders->n; i++)
        (*numbers)[i] = -1;
    if (config->class_map[0]) {
        if (read_map(config->class_map, folders, *numbers, err) < 0)
            return -1;
        *classes = count_classes(*numbers, folders->n);
        if (outputs > *classes)
            *classes = outputs;
        return 0;
    }
    if (outputs == IMAGENET_CLASSES && are_imagenet(folders, *numbers)) {
        *classes = IMAGENET_CLASSES;
        return 0;
    }
    for (int i = 0; i < folders->n; i++)
        (*numbers)[i] = i;
    *classes = folders->n;
    return check_outputs(config, *classes, outputs, err);
}
