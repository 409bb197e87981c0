/*
 * Sets of images that jobs were planned with: what `data.images` of a job's canonical text stands for,
 * and where they lay last.
 *
 *     store_put_images(store, &set, err)                  a set that is there already: where it lies now
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
/* found false: it is of a database of version 6 or before, or was never planned here. */
int query_images(struct store *store, const char *fingerprint, struct image_set *set, bool *found,
    struct err *err) MUST_CHECK;
/* All of one database into another, where those that are there stay. */
int store_copy_images(struct store *from, struct store *to, struct err *err) MUST_CHECK;

/*
 * Jobs that are done with other images than `fingerprint`, of a dataset of that name: `each` gets the
 * fingerprint of theirs ("": not recorded), what a study asked for (canonical_asked) and the seed; -1
 * ends it.
 */
typedef int other_images(void *context, const char *fingerprint, const struct canonical_hash *asked,
    int64_t seed, struct err *err);
int query_other_images(struct store *store, const char *dataset, const char *fingerprint,
    other_images *each, void *context, struct err *err) MUST_CHECK;

#endif
