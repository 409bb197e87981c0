/*
 * What a job's canonical text (harness/study/job.h) says about which results belong together, without
 * knowing what its keys mean to the engine.
 *
 *     struct canonical_keys keys;
 *     canonical_keys(text, length, &keys);
 *     if (canonical_same(&keys.network, &other.network)) ...   two seeds of one network
 *
 * A text that is no JSON object is compared byte by byte. Texts come from files and may hold anything.
 * Pure functions.
 */
#ifndef SCALESTUDY_RESULTS_STORE_CANONICAL_H
#define SCALESTUDY_RESULTS_STORE_CANONICAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CANONICAL_MAX_STAGES 32
#define CANONICAL_PATH_BYTES 128

/* 128 bits of a text; not cryptographic. */
struct canonical_hash {
    uint64_t half[2];
};
bool canonical_same(const struct canonical_hash *a, const struct canonical_hash *b);
int canonical_compare(const struct canonical_hash *a, const struct canonical_hash *b);

/* Of the whole text but the seed: jobs of one network share it. Fast: it is computed for every job. */
struct canonical_hash canonical_network(const char *text, size_t length);
/* Of what a study's file alone says about a network: without the seed, the images' paths and
 * fingerprint, and the version of the numerics. */
struct canonical_hash canonical_asked(const char *text, size_t length);

/* Sizes that a scaling changes, or a variant. n_stages 0: the text does not say. */
struct canonical_shape {
    int input, n_stages, stem_stride;
    int channels[CANONICAL_MAX_STAGES], repeats[CANONICAL_MAX_STAGES];
};

struct canonical_keys {
    struct canonical_hash network;
    struct canonical_hash family;   /* without what scalings and variants' factors change: networks
                                     that may have been scaled from one another share it */
    struct canonical_hash training; /* data, numerics and recipe alone */
    struct canonical_hash tuning;   /* of the spec what a recipe says: dropout and the like */
    struct canonical_shape shape;
};
void canonical_keys(const char *text, size_t length, struct canonical_keys *keys);

/* Every value that is no object or list, in the order of the text, with its path ("recipe.epochs",
 * "spec.stages.0.channels"); empty objects and lists too. Stops where the text is no JSON. */
typedef void canonical_leaf(void *context, const char *path, const char *value, size_t length);
void canonical_walk(const char *text, size_t length, canonical_leaf *each, void *context);

#endif
