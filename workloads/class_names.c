/* What the outputs of a network mean, and which files a command line names: for predictions. */
#include <stdlib.h>
#include <string.h>

#include "workloads/data/sets/class_numbers.h"
#include "workloads/data/dataset/dataset.h"
#include "workloads/data/sets/image_files.h"
#include "workloads/data/dataset/imagenet_ids.h"
#include "notes.h"
#include "workload.h"

void text_list_release(struct text_list *list)
{
    for (int i = 0; i < list->n; i++)
        free(list->texts[i]);
    free(list->texts);
    *list = (struct text_list){0};
}

int workload_image_files(char *const *paths, int n_paths, struct text_list *files,
    struct data_notes *notes, struct err *err)
{
    struct name_list found = {0};
    struct left_out left_out = {0};

    for (int i = 0; i < n_paths; i++)
        if (image_files_add(&found, paths[i], &left_out, err) < 0) {
            name_list_release(&found);
            return -1;
        }
    *files = (struct text_list){found.names, found.n};
    notes_of_left_out(&left_out, notes);
    return 0;
}

/* A folder that is named by an ImageNet id means that class. */
static int set_name(struct text_list *names, int number, const char *folder, struct err *err)
{
    const char *known = imagenet_name(imagenet_class(folder));

    free(names->texts[number]);
    names->texts[number] = strdup(known ? known : folder);
    return names->texts[number]
               ? 0
               : err_set(err, ERR_MEMORY, "no memory for the names of %d classes", names->n);
}

static int name_from_map(void *context, const char *folder, int number, struct err *err)
{
    struct text_list *names = context;

    if (number >= names->n)
        return err_set(err, ERR_INPUT,
            "%.60s has the class number %d, but the network has only %d outputs", folder, number,
            names->n);
    return set_name(names, number, folder, err);
}

static int name_from_set(const struct data_config *data, struct text_list *names, struct err *err)
{
    struct dataset *set;
    int result = 0;

    if (dataset_open(&set, data, names->n, err) < 0)
        return -1;
    for (int i = 0; i < names->n && result == 0; i++)
        if (dataset_class_name(set, i))
            result = set_name(names, i, dataset_class_name(set, i), err);
    dataset_free(set);
    return result;
}

static int name_from_imagenet(struct text_list *names, struct err *err)
{
    for (int i = 0; i < names->n; i++)
        if (set_name(names, i, imagenet_name(i), err) < 0)
            return -1;
    return 0;
}

int workload_class_names(const struct data_config *data, bool open, int classes,
    struct text_list *names, struct err *err)
{
    int result = 0;

    *names = (struct text_list){calloc((size_t)classes, sizeof(*names->texts)), classes};
    if (!names->texts) {
        names->n = 0;
        return err_set(err, ERR_MEMORY, "no memory for the names of %d classes", classes);
    }
    if (open)
        result = name_from_set(data, names, err);
    else if (data->class_map[0])
        result = class_map_read(data->class_map, name_from_map, names, err);
    else if (classes == IMAGENET_CLASSES)
        result = name_from_imagenet(names, err);
    if (result < 0)
        text_list_release(names);
    return result;
}
