/*
 * Image files that a command line names, as batches for a network.
 *
 *     struct named_images images;
 *     if (named_images_open(&images, job, &files, batch, err) == 0)
 *         result = named_images_run(&images, inference, &visitor, err);
 *     named_images_close(&images);            after a failure to open too
 *
 * They are a dataset of their own kind, so that the loader reads them ahead as it reads any other;
 * but one that cannot be read must not end the batch it is in. So reading never fails: it remembers
 * what was wrong in `problems`, and gives a black image in its place. The struct stays where it is
 * while open, and the list must outlive it. Private to workloads/.
 */
#ifndef SCALESTUDY_WORKLOADS_NAMED_IMAGES_H
#define SCALESTUDY_WORKLOADS_NAMED_IMAGES_H

#include "workloads/data/dataset/dataset.h"
#include "workloads/data/loader.h"
#include "workloads/data/augment/transform.h"
#include "harness/base/err.h"
#include "workloads/nn/infer/inference.h"
#include "trained_on.h"
#include "workload.h"

struct named_images {
    const char *weights; /* that it is run under, for messages */
    const struct text_list *list;
    struct transform transform; /* the job's; the loader's own has nothing left to do */
    struct trained_on *trained; /* what its metadata say */
    struct err **problems;      /* of each file; NULL: none. Each is written by one thread */
    struct dataset set;
    struct loader *loader;
};

/* Of the job the network's input and what its data say of the evaluation transform. */
int named_images_open(struct named_images *images, const struct workload *job,
    const struct text_list *list, int batch, struct err *err) MUST_CHECK;
void named_images_close(struct named_images *images);

struct named_images_visitor {
    void *context;
    /* REQUIRED; every image in turn, which is number `place` of the batch; -1 ends the run. */
    int (*image)(void *context, const struct prediction *prediction, const struct batch *batch,
        int place, struct err *err);
    bool (*should_stop)(void *context); /* OPTIONAL; asked after every batch: ERR_INTERRUPTED */
    void *stop_context;
};

/* All of them through a network. ERR_NUMERIC if the scores of one are not finite. */
int named_images_run(struct named_images *images, struct inference *inference,
    const struct named_images_visitor *visitor, struct err *err) MUST_CHECK;

#endif
