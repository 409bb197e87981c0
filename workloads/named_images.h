/*
 * Image files that a command line names, as batches for a network.
 *
 *     struct named_images images;
 *     if (named_images_open(&images, job, &files, batch, err) == 0 &&
 *         loader_start_epoch(images.loader, 0, 0, err) == 0)
 *         while ((n = loader_next(images.loader, &batch, err)) > 0) ...
 *     named_images_close(&images);            after a failure to open too
 *
 * They are a dataset of their own kind, so that the loader reads them ahead as it reads any other;
 * but one that cannot be read must not end the batch it is in. So reading never fails: it remembers
 * what was wrong in `problems`, and gives a black image in its place. The struct stays where it is
 * while open, and the list must outlive it. Private to workloads/.
 */
#ifndef SCALESTUDY_WORKLOADS_NAMED_IMAGES_H
#define SCALESTUDY_WORKLOADS_NAMED_IMAGES_H

#include "data/dataset.h"
#include "data/loader.h"
#include "data/transform.h"
#include "harness/base/err.h"
#include "workload.h"

struct named_images {
    const struct text_list *list;
    struct transform transform; /* the job's; the loader's own has nothing left to do */
    struct err **problems;      /* of each file; NULL: none. Each is written by one thread */
    struct dataset set;
    struct loader *loader;
};

/* Of the job the network's input and what its data say of the evaluation transform. */
int named_images_open(struct named_images *images, const struct workload *job,
    const struct text_list *list, int batch, struct err *err) MUST_CHECK;
void named_images_close(struct named_images *images);

/* ERR_NUMERIC if the scores of one of them are not finite. */
int prediction_check(
    const struct prediction *prediction, const struct workload *job, struct err *err) MUST_CHECK;

#endif
