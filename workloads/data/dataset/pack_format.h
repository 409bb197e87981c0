/*
 * The bytes of a packed set, as the machine has them (a pack of another byte order is refused):
 *
 *     struct pack_header
 *     pixels      images one after the other, [height][width][3]
 *     index       struct pack_index, then texts each as uint32_t length and bytes: the dataset's name,
 *                 match, class map, and a name for each class (length PACK_NONE: a number without a
 *                 folder); then for each split, from a multiple of 8 bytes: struct pack_image [count],
 *                 uint32_t [count] where in the following blob a path begins, and the blob of paths
 *                 that end in NUL
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_DATASET_PACK_FORMAT_H
#define SCALESTUDY_WORKLOADS_DATA_DATASET_PACK_FORMAT_H

#include <stdint.h>

#include "dataset.h"
#include "pack.h"

#define PACK_MAGIC      "SCALEPK"
#define PACK_BYTE_ORDER 0x01020304u
#define PACK_VERSION    1u
#define PACK_NONE       0xffffffffu

struct pack_header {
    char magic[8];
    uint32_t byte_order, version;
    uint64_t index_offset, index_bytes; /* the index ends the file */
    char index_sha256[64];
};

struct pack_index {
    char fingerprint[64];
    uint32_t side;    /* as pack_options */
    uint32_t classes; /* texts that are names of classes */
    uint32_t count[SPLIT_COUNT];
    uint32_t blob_bytes[SPLIT_COUNT]; /* of paths; 0: the set has no paths */
};

struct pack_image {
    uint64_t offset; /* of its pixels, in the file */
    uint64_t check;  /* pack_check of its pixels */
    uint32_t label;
    uint16_t width, height;
};

/* The first 8 bytes of their SHA-256. */
int pack_check(const void *pixels, size_t bytes, uint64_t *check, struct err *err) MUST_CHECK;

#endif
