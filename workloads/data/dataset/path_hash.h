/* A hash of a path or name that is the same on every machine: draws and lists of images depend on it. */
#ifndef SCALESTUDY_WORKLOADS_DATA_DATASET_PATH_HASH_H
#define SCALESTUDY_WORKLOADS_DATA_DATASET_PATH_HASH_H

#include <stdint.h>

/* FNV-1a, and the last step of MurmurHash3 for names that differ in one letter alone. */
static inline uint64_t path_hash(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccdu;
    hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53u;
    return hash ^ hash >> 33;
}

#endif
