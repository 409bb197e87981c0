/*
 * A loader: batches of one split, decoded and transformed by threads ahead of the loop that uses
 * them.
 *
 *     struct loader_options options = {.set = set, .split = SPLIT_TRAIN, .input = 32, .batch = 64};
 *     if (loader_open(&loader, &options, err) < 0) return -1;
 *     loader_start_epoch(loader, epoch, 0);
 *     while ((n = loader_next(loader, &batch, err)) > 0)
 *         ... batch.images, batch.labels ...                  valid until the next call
 *     loader_free(loader);
 *
 * The order of an epoch and every random choice are functions of (seed, epoch, index in the split)
 * alone, whatever the number of threads and wherever the run was interrupted. Evaluation is never
 * augmented. Decoded images stay in memory while they fit in cache_bytes.
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_LOADER_H
#define SCALESTUDY_WORKLOADS_DATA_LOADER_H

#include <stdbool.h>
#include <stdint.h>

#include "workloads/data/dataset/dataset.h"

struct loader;

struct loader_options {
    const struct dataset *set; /* must outlive the loader */
    enum split split;
    int input; /* pixels */
    int batch; /* images; the last batch of an epoch may be smaller */
    int step;  /* mixup and cutmix mix within this many images, a multiple of batch; 0: a batch */
    bool training; /* how images are prepared: augmented, or resized and cropped for evaluation */
    unsigned augment;                 /* bits of enum augment; training only */
    struct augment_settings settings; /* training only */
    bool shuffle;
    bool drop_last; /* leave out an incomplete last batch */
    uint64_t seed;
    int threads;        /* at least 1 */
    size_t cache_bytes; /* for decoded images; 0: none */
};

struct batch {
    const float *images; /* [n][input][input][3], normalised by the set's mean and std */
    const int *labels;   /* [n] */
    const int
        *others;  /* [n] labels of what was mixed in, of which the rest is; NULL: nothing was */
    double share; /* of `labels` in each image; 1 without others */
    const int *indices; /* [n], in the split */
    int n;
};

int loader_open(
    struct loader **loader, const struct loader_options *options, struct err *err) MUST_CHECK;
void loader_free(struct loader *loader);

/* Begin an epoch at its batch `first_batch` (0, or where a checkpoint stopped). */
int loader_start_epoch(
    struct loader *loader, int epoch, int first_batch, struct err *err) MUST_CHECK;

/* Next batch: its number of images, 0 at the end of the epoch, -1 on error. */
int loader_next(struct loader *loader, struct batch *batch, struct err *err) MUST_CHECK;

/* Batches of a whole epoch. */
int loader_batches(const struct loader *loader);

#endif
