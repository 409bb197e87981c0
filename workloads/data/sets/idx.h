/*
 * Sets in the format IDX of MNIST (yann.lecun.com/exdb/mnist): two files a split, images and
 * labels, possibly compressed; grey images.
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_SETS_IDX_H
#define SCALESTUDY_WORKLOADS_DATA_SETS_IDX_H

#include "workloads/data/dataset/records.h"

/* A kind's open; its read is records_image, its close records_close. `names` ended by NULL. */
int idx_open(
    struct dataset *set, const char *const *names, int classes, struct err *err) MUST_CHECK;

#endif
