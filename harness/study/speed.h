/*
 * How long a job takes on this machine: measured once for a network and its data, then kept.
 *
 *     struct speed speed;
 *     struct speed_cache cache;
 *     speed_cache_open(&cache, threads);                    what was measured before, if any
 *     speed_key(&cache, &job, key, err);
 *     if (!speed_cache_find(&cache, key, &speed) &&
 *         speed_measure(&job, threads, &speed, err) == 0)   some tenths of a second, in a child
 *         speed_cache_add(&cache, key, &speed);
 *     if (speed_cache_close(&cache, err) < 0) ...           writes what is new
 *
 * A measurement trains the job for two short epochs on a part of its data, and counts the processor
 * time of the process, loading included: what others do on the machine then matters little, and it
 * is what a job takes where as many jobs run as there are cores. It writes no result anywhere.
 *
 * The file is XDG_CACHE_HOME/scalestudy/speed.tsv (or ~/.cache/...); to measure anew, remove it.
 */
#ifndef SCALESTUDY_HARNESS_STUDY_SPEED_H
#define SCALESTUDY_HARNESS_STUDY_SPEED_H

#include <stdbool.h>

#include "harness/system/file.h"
#include "job.h"

/* Processor seconds over threads: of the start, and for one image. Cold: in the first epoch, when
 * images are decoded or drawn; warm: once they are in memory. */
struct speed {
    double start;
    double train_cold, train_warm, test_cold, test_warm;
};

struct speed_entry {
    char key[SHA256_HEX_BYTES];
    struct speed speed;
};

struct speed_cache {
    char path[PATH_BYTES]; /* empty: nowhere to keep it */
    char machine[512];     /* what a measurement holds for: processor, kernels, program, threads */
    struct speed_entry *entries;
    int n_entries, n_new;
    int n_sorted; /* of the entries; those behind were added since */
};

/* A file that is missing or damaged is an empty one. */
void speed_cache_open(struct speed_cache *cache, int threads);
int speed_key(const struct speed_cache *cache, const struct job *job, char key[SHA256_HEX_BYTES],
    struct err *err) MUST_CHECK;
bool speed_cache_find(const struct speed_cache *cache, const char *key, struct speed *speed);
/* Without memory it is not kept. */
void speed_cache_add(struct speed_cache *cache, const char *key, const struct speed *speed);
/* Releases it in any case. */
int speed_cache_close(struct speed_cache *cache, struct err *err) MUST_CHECK;

/* Of a job with so many images in its splits. */
int speed_measure(const struct job *job, int threads, int train_images, int test_images,
    struct speed *speed, struct err *err) MUST_CHECK;

#endif
