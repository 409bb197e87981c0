/*
 * Which images a network was trained on, as a text of bounded length that goes with its weights:
 *
 *     struct seen_images seen = {0};
 *     if (seen_images_add(&seen, set, SPLIT_TRAIN, err) < 0) ...     before weights are saved
 *     seen_images_print(&seen, &text);
 *
 *     seen_images_parse(&seen, text);                                when they are used
 *     if (seen_images_find(&seen, path) == SEEN_YES) ...
 *
 * It has SEEN_MOST images at most: those whose names have the lowest hashes, so that of any other
 * images with such hashes one can tell whether they are among them. Up to that many it is all of them.
 * An image is known by its name without folders, its size and the last bytes of its file: a copy in
 * another folder or split is found, one that was renamed or encoded again is not. Images without files
 * of their own (in a packed set, in records) are known by their paths.
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_DATASET_SEEN_IMAGES_H
#define SCALESTUDY_WORKLOADS_DATA_DATASET_SEEN_IMAGES_H

#include <stdint.h>

#include "dataset.h"

#define SEEN_MOST 1024

struct seen_image {
    uint64_t name;    /* hash, of 48 bits */
    uint32_t content; /* hash of size and end of its file; 0: it has none of its own */
    uint32_t path;    /* hash of its path below the root, for where a file cannot be looked at */
};

struct seen_images {
    int n;
    struct seen_image images[SEEN_MOST]; /* sorted */
};

enum seen { SEEN_NO, SEEN_YES, SEEN_UNKNOWN };

/* Adds the images of a split, as they were chosen, to those that are there. */
int seen_images_add(struct seen_images *seen, const struct dataset *set, enum split split,
    struct err *err) MUST_CHECK;

/* An image of a set, or a file. */
enum seen seen_images_find(
    const struct seen_images *seen, const struct dataset *set, enum split split, int index);
enum seen seen_images_find_file(const struct seen_images *seen, const char *path);

void seen_images_print(const struct seen_images *seen, struct str *to);
/* What is no such text leaves none. */
void seen_images_parse(struct seen_images *seen, const char *text);

#endif
