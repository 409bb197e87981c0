/* Opening sets in the format IDX, of MNIST and its like. */
#include "idx.h"

#include <stdlib.h>

#include "workloads/data/decode/image.h"

#define MAX_IMAGES     10000000
#define MAX_SIDE       1024
#define HEADER_BYTES   4
#define UNSIGNED_BYTES 8 /* the format's name of a type */

static uint32_t big_endian(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Sizes of an IDX file, whose length must be what they say. *first: where its numbers begin. */
static int read_header(const struct records *records, int place, const char *name, int dimensions,
    uint32_t sizes[3], int64_t *first, struct err *err)
{
    uint8_t header[HEADER_BYTES + 4 * 3];
    int64_t count = 1;

    *first = HEADER_BYTES + 4 * dimensions;
    if (records_read(records, place, 0, header, (size_t)*first, err) < 0)
        return -1;
    if (header[0] != 0 || header[1] != 0 || header[2] != UNSIGNED_BYTES || header[3] != dimensions)
        return err_set(err, ERR_INPUT,
            "%s is not an IDX file of bytes in %d dimensions: it begins with %02x%02x%02x%02x",
            name, dimensions, header[0], header[1], header[2], header[3]);
    for (int i = 0; i < dimensions; i++) {
        sizes[i] = big_endian(header + HEADER_BYTES + 4 * (ptrdiff_t)i);
        if (sizes[i] < 1 || sizes[i] > (i == 0 ? MAX_IMAGES : MAX_SIDE))
            return err_set(
                err, ERR_INPUT, "%s says that it has %u images or pixels a side", name, sizes[i]);
        count *= sizes[i];
    }
    if (records_bytes(records, place) != *first + count)
        return err_set(err, ERR_INPUT,
            "%s has %lld bytes, but by its header %lld: it is truncated or damaged", name,
            (long long)records_bytes(records, place), (long long)(*first + count));
    return 0;
}

static int read_split(struct records *records, enum split split, struct err *err)
{
    static const char *const files[SPLIT_COUNT][2] = {
        {"train-images-idx3-ubyte", "train-labels-idx1-ubyte"},
        {"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}};
    uint32_t sizes[3], n_labels[3];
    int64_t first, first_label;
    uint8_t *labels = NULL;
    int images, place, result = -1;

    images = records_open(records, files[split][0], err);
    place = images < 0 ? -1 : records_open(records, files[split][1], err);
    if (place < 0 || read_header(records, images, files[split][0], 3, sizes, &first, err) < 0 ||
        read_header(records, place, files[split][1], 1, n_labels, &first_label, err) < 0)
        return -1;
    if (sizes[0] != n_labels[0])
        return err_set(err, ERR_INPUT, "%s has %u images, but %s %u labels", files[split][0],
            sizes[0], files[split][1], n_labels[0]);
    if (records_size(records, (int)sizes[2], (int)sizes[1], err) < 0)
        return -1;
    labels = malloc(n_labels[0]);
    if (!labels)
        return err_set(err, ERR_MEMORY, "no memory for %u labels", n_labels[0]);
    if (records_read(records, place, first_label, labels, n_labels[0], err) == 0)
        result = records_add(records, split, images, first, (int64_t)sizes[1] * sizes[2], labels,
            (int)n_labels[0], err);
    free(labels);
    return result;
}

int idx_open(struct dataset *set, const char *const *names, int classes, struct err *err)
{
    struct records *records = records_new(set, 0, 0, 1, err);

    if (!records || records_name(set, names, classes, err) < 0)
        return -1;
    for (int s = 0; s < SPLIT_COUNT; s++)
        if (read_split(records, (enum split)s, err) < 0)
            return -1;
    return records_finish(records, err);
}
