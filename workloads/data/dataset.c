#include "dataset.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"

#define DATASET(name) extern const struct dataset_kind dataset_##name;
#include "datasets.def"
#undef DATASET

static const struct dataset_kind *const kinds[] = {
#define DATASET(name) &dataset_##name,
#include "datasets.def"
#undef DATASET
    NULL,
};

const struct dataset_kind *const *dataset_kinds(void)
{
    return kinds;
}

const struct dataset_kind *dataset_kind_find(const char *name, struct err *err)
{
    static const char *const names[] = {
#define DATASET(name) #name,
#include "datasets.def"
#undef DATASET
        NULL,
    };
    int found = str_find("dataset", name, names, err);

    return found < 0 ? NULL : kinds[found];
}

int dataset_open(
    struct dataset **set, const struct data_config *config, int classes, struct err *err)
{
    const struct dataset_kind *kind = dataset_kind_find(config->name, err);
    struct dataset *opened;

    *set = NULL;
    if (!kind)
        return -1;
    if (kind->needs_root && !config->root[0])
        return err_set(err, ERR_INPUT,
            "the dataset %s needs the folder of its images: `root` in a study, --root on the "
            "command line",
            kind->name);
    opened = calloc(1, sizeof(*opened));
    if (!opened)
        return err_set(err, ERR_MEMORY, "no memory to open the dataset %s", kind->name);
    opened->kind = kind;
    opened->config = *config;
    if (kind->open(opened, config, classes, err) < 0)
        goto failed;
    if (classes > 0 && opened->classes > classes) {
        err_set(err, ERR_INPUT, "%s has %d classes, but the network has only %d outputs",
            kind->name, opened->classes, classes);
        goto failed;
    }
    *set = opened;
    return 0;
failed:
    dataset_free(opened);
    return -1;
}

void dataset_free(struct dataset *set)
{
    if (!set)
        return;
    if (set->kind->close)
        set->kind->close(set);
    for (int s = 0; s < SPLIT_COUNT; s++) {
        for (int i = 0; set->paths[s] && i < set->count[s]; i++)
            free(set->paths[s][i]);
        free(set->paths[s]);
        free(set->labels[s]);
    }
    for (int i = 0; set->class_names && i < set->classes; i++)
        free(set->class_names[i]);
    free(set->class_names);
    free(set);
}

int dataset_classes(const struct dataset *set)
{
    return set->classes;
}

const char *dataset_class_name(const struct dataset *set, int label)
{
    return label >= 0 && label < set->classes ? set->class_names[label] : NULL;
}

int dataset_count(const struct dataset *set, enum split split)
{
    return set->count[split];
}

int dataset_label(const struct dataset *set, enum split split, int index)
{
    return set->labels[split][index];
}

const char *dataset_path(const struct dataset *set, enum split split, int index)
{
    return set->paths[split] ? set->paths[split][index] : NULL;
}

int dataset_read(
    const struct dataset *set, enum split split, int index, struct image *image, struct err *err)
{
    return set->kind->read(set, split, index, image, err);
}
