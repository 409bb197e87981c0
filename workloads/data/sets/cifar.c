/* What CIFAR-10 and CIFAR-100 share: finding their files in any version, and reading records. */
#include "cifar.h"

#include <stdlib.h>

#define PIXEL_BYTES (3 * CIFAR_SIDE * CIFAR_SIDE)
#define MAX_IMAGES  10000000

bool cifar_is_here(const struct dataset *set, const struct cifar_layout *layout)
{
    char path[PATH_BYTES];
    struct err none = {0};

    return file_join(path, set->config.root, layout->files[SPLIT_TRAIN][0], &none) == 0 &&
           file_exists(path);
}

static int read_file(struct records *records, const struct cifar_layout *layout, enum split split,
    const char *name, struct err *err)
{
    int64_t record = layout->labels + PIXEL_BYTES, n;
    int place = records_open(records, name, err), result = 0;
    uint8_t *labels;

    if (place < 0)
        return -1;
    n = records_bytes(records, place) / record;
    if (n < 1 || n > MAX_IMAGES || records_bytes(records, place) % record != 0)
        return err_set(err, ERR_INPUT,
            "%s has %lld bytes, which is no whole number of images of %lld bytes: it is truncated, "
            "or another file",
            name, (long long)records_bytes(records, place), (long long)record);
    labels = malloc((size_t)n);
    if (!labels)
        return err_set(err, ERR_MEMORY, "no memory for %lld labels", (long long)n);
    for (int64_t i = 0; i < n && result == 0; i++)
        result = records_read(records, place, i * record + layout->labels - 1, &labels[i], 1, err);
    if (result == 0)
        result = records_add(records, split, place, layout->labels, record, labels, (int)n, err);
    free(labels);
    return result;
}

int cifar_open(struct dataset *set, const struct cifar_layout *layout, struct err *err)
{
    struct records *records = records_new(set, CIFAR_SIDE, CIFAR_SIDE, 3, err);

    if (!records || records_name_by_file(set, layout->names, layout->classes, err) < 0)
        return -1;
    for (int s = 0; s < SPLIT_COUNT; s++)
        for (int i = 0; layout->files[s][i]; i++)
            if (read_file(records, layout, (enum split)s, layout->files[s][i], err) < 0)
                return -1;
    return records_finish(records, err);
}
