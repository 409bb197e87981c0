/*
 * Hashes of parts of a job's canonical text (harness/study/job.h), by which results are grouped. The
 * meaning of most keys is not known here.
 *
 *     struct canonical_keys keys;
 *     canonical_keys(text, length, &keys);
 *     if (canonical_same(&keys.network, &other.network)) ...   two seeds of one network
 *
 * A text that is not a JSON object is compared byte by byte. Texts come from files and are not trusted.
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

/* Of the whole text without the seed: jobs of one network share it. Fast, since every job needs it. */
struct canonical_hash canonical_network(const char *text, size_t length);
/* Of what the study file alone says about a network: without the seed, the paths and fingerprint of the
 * images, and the version of the numerics. */
struct canonical_hash canonical_asked(const char *text, size_t length);

/* The sizes that scalings and variants change. n_stages is 0 if the text does not have them. */
struct canonical_shape {
    int input, n_stages, stem_stride;
    int channels[CANONICAL_MAX_STAGES], repeats[CANONICAL_MAX_STAGES];
};

struct canonical_keys {
    struct canonical_hash network;
    struct canonical_hash family;   /* without what scalings and variants' factors change: networks
                                     that may have been scaled from one another share it */
    struct canonical_hash training; /* data, numerics and recipe alone */
    struct canonical_hash tuning;   /* keys of the spec that a recipe sets, such as dropout */
    struct canonical_shape shape;
};
void canonical_keys(const char *text, size_t length, struct canonical_keys *keys);

/* Calls back for every value that is not an object or list, in the order of the text, with its path ("recipe.epochs",
 * "spec.stages.0.channels"); empty objects and lists too. Stops where the text is no JSON. */
typedef void canonical_leaf(void *context, const char *path, const char *value, size_t length);
void canonical_walk(const char *text, size_t length, canonical_leaf *each, void *context);

#endif
