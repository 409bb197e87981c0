/*
 * A packed set: all images of a dataset decoded, and made smaller if that was asked for, in one file.
 * Any number of jobs on a machine share it, and with it the kernel's cache of it.
 *
 *     struct pack_options options = {.side = 256, .threads = 2};
 *     if (pack_write(set, &options, "birds.pack", &written, err) < 0) ...     once
 *     if (pack_open(set, &config, classes, err) < 0) ...                      for dataset_open
 *
 * What a pack holds is checked: its index when it is opened, an image when it is first read. If the
 * config names the set's folder as well, the files there must be those that were packed (names, sizes
 * and times of change). A pack that is stale, damaged, cut off or of another version is an ERR_INPUT
 * that says so. Reading is thread-safe.
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_DATASET_PACK_H
#define SCALESTUDY_WORKLOADS_DATA_DATASET_PACK_H

#include "dataset.h"

struct pack_options {
    int side; /* images are resized to it on their shorter side if that is larger; 0: kept whole */
    int threads;
    void *context; /* for told, OPTIONAL: after every few images; false ends it (ERR_INTERRUPTED) */
    bool (*told)(void *context, int done, int all);
};

struct pack_result {
    int images;
    int64_t bytes;
};

/* All images of the set's two splits. The file appears whole or not at all. */
int pack_write(const struct dataset *set, const struct pack_options *options, const char *path,
    struct pack_result *result, struct err *err) MUST_CHECK;

/* For dataset_open: fills `set` from config->packed in place of the kind's own open. */
int pack_open(
    struct dataset *set, const struct data_config *config, int classes, struct err *err) MUST_CHECK;
void pack_close(struct dataset *set);

/* The pixels of an image. A file that was cut off or written to meanwhile is an ERR_IO. */
int pack_read(const struct dataset *set, enum split split, int index, struct image *image,
    struct err *err) MUST_CHECK;
const char *pack_path(const struct dataset *set, enum split split, int index);

/* For fingerprint.h: a line of what the pixels of an image are; bytes of all pixels. */
void pack_describe(const struct dataset *set, enum split split, int index, struct str *to);
int64_t pack_pixel_bytes(const struct dataset *set);

/* SHA-256 over what tells one state of a set's files from another. */
struct pack_print {
    char hex[65];
};
int pack_fingerprint(
    const struct dataset *set, struct pack_print *print, struct err *err) MUST_CHECK;

/* Whether it was packed from files in that state. */
bool pack_is_of(const struct dataset *set, const struct pack_print *print);

#endif
