/*
 * The sets of images that jobs were planned with: what the fingerprint `data.images` of a canonical text
 * stands for, and where the images were last seen.
 *
 *     store_put_images(store, &set, err)                  updates the location of a known set
 *     query_images(store, fingerprint, &set, &found, err)
 */
#ifndef SCALESTUDY_RESULTS_STORE_STORE_IMAGES_H
#define SCALESTUDY_RESULTS_STORE_STORE_IMAGES_H

#include "canonical.h"
#include "harness/system/file.h"
#include "harness/base/sha256.h"
#include "store.h"

struct image_set {
    char fingerprint[SHA256_HEX_BYTES],
        names[SHA256_HEX_BYTES]; /* names: of classes and paths alone */
    /* As in a study, absolute or below home; empty: none. */
    char root[PATH_BYTES], packed[PATH_BYTES], class_map[PATH_BYTES];
    int classes, train_images, test_images;
    int64_t bytes; /* -1: not known */
};

int store_put_images(struct store *store, const struct image_set *set, struct err *err) MUST_CHECK;
/* *found is false for a set that no job here was planned with, and in databases up to version 6. */
int query_images(struct store *store, const char *fingerprint, struct image_set *set, bool *found,
    struct err *err) MUST_CHECK;
/* Copies all sets of one database into another; existing ones are kept. */
int store_copy_images(struct store *from, struct store *to, struct err *err) MUST_CHECK;

/*
 * Calls `each` for every finished job on the dataset of that name with other images than `fingerprint`:
 * with the fingerprint of its images ("": not recorded), the hash of what a study asked for
 * (canonical_asked) and the seed. -1 from `each` ends the loop.
 */
typedef int other_images(void *context, const char *fingerprint, const struct canonical_hash *asked,
    int64_t seed, struct err *err);
int query_other_images(struct store *store, const char *dataset, const char *fingerprint,
    other_images *each, void *context, struct err *err) MUST_CHECK;

#endif
