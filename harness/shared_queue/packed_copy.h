/*
 * A study's packed set (workloads/data/dataset/pack.h), copied to a disk of this machine, so that the jobs of
 * a task read it there, together, and not each image through the network.
 *
 *     if (packed_copy_is_wanted(PACKED_AUTO, "/nfs/birds.pack", scratch, why, sizeof(why)))
 *         result = packed_copy_make("/nfs/birds.pack", scratch, copy, go_on, context, err);
 *
 * The copy has a name of its own in `folder`, which is the caller's to remove. It is there whole, and
 * reads as what was read of the original (SHA-256), or not at all. Nothing is lost without it: jobs
 * read the original then.
 */
#ifndef SCALESTUDY_HARNESS_SHARED_QUEUE_PACKED_COPY_H
#define SCALESTUDY_HARNESS_SHARED_QUEUE_PACKED_COPY_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/system/file.h"

enum packed_policy {
    PACKED_AUTO,   /* from file systems of the network, if there is room on a disk */
    PACKED_ALWAYS, /* if there is room */
    PACKED_NEVER,
};

/* Their names, in this order; ended by NULL. */
const char *const *packed_policy_names(void);

/* false: `why` is a sentence, or empty where there is nothing to say. Writes nothing. */
bool packed_copy_is_wanted(
    enum packed_policy policy, const char *from, const char *folder, char *why, size_t size);

/* go_on, OPTIONAL, is asked after every few megabytes; false ends it (ERR_INTERRUPTED). */
int packed_copy_make(const char *from, const char *folder, char to[PATH_BYTES],
    bool (*go_on)(void *context), void *context, struct err *err) MUST_CHECK;

#endif
