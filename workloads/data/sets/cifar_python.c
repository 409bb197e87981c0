/* CIFAR as its publisher gives it for Python, and torchvision leaves it on a disk. */
#include <stdlib.h>
#include <string.h>

#include "cifar.h"
#include "workloads/data/formats/pickle.h"

#define PIXEL_BYTES (3 * CIFAR_SIDE * CIFAR_SIDE)
#define MAX_IMAGES  1000000
#define NAME_BYTES  64

bool cifar_python_is_here(const struct dataset *set, const struct cifar_python_layout *layout)
{
    const char *const files[] = {layout->files[SPLIT_TRAIN][0], layout->meta};
    char path[PATH_BYTES];
    struct err none = {0};

    for (int i = 0; i < 2; i++)
        if (file_join(path, set->config.root, files[i], &none) < 0 || !file_exists(path) ||
            file_is_folder(path))
            return false;
    return true;
}

/* A file of the set as the source of a pickle. */
struct opened {
    struct records *records;
    int place;
};

static int read_bytes(void *context, int64_t offset, void *to, size_t count, struct err *err)
{
    const struct opened *opened = context;

    return records_read(opened->records, opened->place, offset, to, count, err);
}

static int open_pickle(struct records *records, const char *name, struct opened *opened,
    struct pickle_source *source, struct err *err)
{
    *opened = (struct opened){records, records_open(records, name, err)};
    if (opened->place < 0)
        return -1;
    *source = (struct pickle_source){.path = name,
        .bytes = records_bytes(records, opened->place),
        .context = opened,
        .read = read_bytes};
    return 0;
}

/* ---- names of classes ---- */

static int take_names(struct dataset *set, const struct cifar_python_layout *layout,
    const struct pickle *pickle, struct err *err)
{
    int list = pickle_item(pickle, pickle_root(pickle), layout->names);
    char(*texts)[NAME_BYTES] = calloc((size_t)layout->classes, sizeof(*texts));
    const char **names = calloc((size_t)layout->classes + 1, sizeof(*names));
    int result = -1, n = 0;

    if (!texts || !names) {
        err_set(err, ERR_MEMORY, "no memory for the names of %d classes", layout->classes);
        goto done;
    }
    while (n < layout->classes &&
           pickle_text(pickle, pickle_at(pickle, list, n), texts[n], sizeof(texts[n]))) {
        names[n] = texts[n];
        n++;
    }
    if (n < layout->classes || pickle_count(pickle, list) != n)
        err_set(err, ERR_INPUT, "%s in %s has no list %s of %d names, so it is not %s's",
            layout->meta, set->config.root, layout->names, layout->classes, set->kind->name);
    else
        result = records_name(set, names, n, err);
done:
    free(texts);
    free(names);
    return result;
}

static int read_names(struct records *records, struct dataset *set,
    const struct cifar_python_layout *layout, struct err *err)
{
    struct pickle *pickle = NULL;
    struct pickle_source source;
    struct opened opened;
    int result = -1;

    if (open_pickle(records, layout->meta, &opened, &source, err) == 0 &&
        pickle_read(&pickle, &source, err) == 0)
        result = take_names(set, layout, pickle, err);
    pickle_free(pickle);
    return result;
}

/* ---- images ---- */

static int check_array(const struct pickle *pickle, const char *name, const char *labels,
    struct pickle_array *array, int *list, struct err *err)
{
    int root = pickle_root(pickle);

    *list = pickle_item(pickle, root, labels);
    if (*list < 0)
        return err_set(err, ERR_INPUT,
            "%s has no %s in it, so it is a file of another set, or written by another program",
            name, labels);
    if (!pickle_bytes_array(pickle, pickle_item(pickle, root, "data"), array) ||
        array->columns != PIXEL_BYTES)
        return err_set(err, ERR_INPUT,
            "%s has no array `data` of rows of %d bytes as its publisher writes it; `scalestudy "
            "data fetch` gets the set anew",
            name, PIXEL_BYTES);
    if (array->rows > MAX_IMAGES || array->rows != pickle_count(pickle, *list))
        return err_set(err, ERR_INPUT, "%s has %lld images, but %d labels", name,
            (long long)array->rows, pickle_count(pickle, *list));
    return 0;
}

static int add_images(struct records *records, const struct opened *opened, enum split split,
    const struct cifar_python_layout *layout, const struct pickle_source *source,
    const struct pickle *pickle, struct err *err)
{
    struct pickle_array array;
    uint8_t *labels;
    int list, result = 0;

    if (check_array(pickle, source->path, layout->labels, &array, &list, err) < 0)
        return -1;
    labels = malloc((size_t)array.rows);
    if (!labels)
        return err_set(err, ERR_MEMORY, "no memory for %lld labels", (long long)array.rows);
    for (int i = 0; i < (int)array.rows && result == 0; i++) {
        int64_t label;

        if (!pickle_integer(pickle, pickle_at(pickle, list, i), &label) || label < 0 ||
            label >= layout->classes)
            result = err_set(err, ERR_INPUT, "%s: image %d has no label from 0 to %d", source->path,
                i, layout->classes - 1);
        else
            labels[i] = (uint8_t)label;
    }
    if (result == 0)
        result = records_add(
            records, split, opened->place, array.offset, PIXEL_BYTES, labels, (int)array.rows, err);
    free(labels);
    return result;
}

static int read_images(struct records *records, enum split split, const char *name,
    const struct cifar_python_layout *layout, struct err *err)
{
    struct pickle *pickle = NULL;
    struct pickle_source source;
    struct opened opened;
    int result = -1;

    if (open_pickle(records, name, &opened, &source, err) == 0 &&
        pickle_read(&pickle, &source, err) == 0)
        result = add_images(records, &opened, split, layout, &source, pickle, err);
    pickle_free(pickle);
    return result;
}

int cifar_python_open(
    struct dataset *set, const struct cifar_python_layout *layout, struct err *err)
{
    struct records *records = records_new(set, CIFAR_SIDE, CIFAR_SIDE, 3, err);

    if (!records || read_names(records, set, layout, err) < 0)
        return -1;
    for (int s = 0; s < SPLIT_COUNT; s++)
        for (int i = 0; layout->files[s][i]; i++)
            if (read_images(records, (enum split)s, layout->files[s][i], layout, err) < 0)
                return -1;
    return records_finish(records, err);
}
