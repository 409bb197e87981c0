/* The images that a set chose of what its kind or its packed file has: for dataset.h. */
#include "dataset.h"

#include "harness/base/err.h"
#include "pack.h"

int dataset_classes(const struct dataset *set)
{
    return set->classes;
}

const char *dataset_class_name(const struct dataset *set, int label)
{
    return label >= 0 && label < set->classes ? set->class_names[label] : NULL;
}

static enum split split_of_kind(const struct dataset *set, enum split split)
{
    return set->held_out ? SPLIT_TRAIN : split;
}

static int place_of(const struct dataset *set, enum split split, int index)
{
    return set->places[split] ? set->places[split][index] : index;
}

int dataset_count(const struct dataset *set, enum split split)
{
    return set->places[split] ? set->n_places[split] : set->count[split];
}

int dataset_label(const struct dataset *set, enum split split, int index)
{
    return set->labels[split_of_kind(set, split)][place_of(set, split, index)];
}

const char *dataset_path(const struct dataset *set, enum split split, int index)
{
    enum split from = split_of_kind(set, split);
    int place = place_of(set, split, index);

    if (set->pack)
        return pack_path(set, from, place);
    return set->paths[from] ? set->paths[from][place] : NULL;
}

int dataset_name_error(const struct dataset *set, enum split split, int index, struct err *err)
{
    const char *path = dataset_path(set, split, index);

    return path ? err_context(err, "%s", path)
                : err_context(err, "image %d of %s", index, set->kind->name);
}

bool dataset_is_packed(const struct dataset *set)
{
    return set->pack != NULL;
}

int dataset_read(
    const struct dataset *set, enum split split, int index, struct image *image, struct err *err)
{
    enum split from = split_of_kind(set, split);
    int place = place_of(set, split, index);

    return set->pack ? pack_read(set, from, place, image, err)
                     : set->kind->read(set, from, place, image, err);
}
