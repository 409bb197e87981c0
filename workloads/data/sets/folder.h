/*
 * Folders of images, for the kind `folder` and for named sets that come as folders.
 *
 *     root/CLASS/IMAGE            a fifth of each class is the test split (splits.h)
 *     root/SPLIT/CLASS/IMAGE      SPLIT: train or training; the first that is there of test, testing,
 *                                 val, valid and validation; in upper or lower case
 *
 * Images are JPEG and PNG by their endings (image_walk.h), in a class folder or deeper below it. What
 * is found and not taken is counted in the set's left_out. Class numbers: from the class map if there
 * is one; ImageNet's if the network has 1000 outputs and every folder is named by an ImageNet id;
 * otherwise the folders' sorted order (by byte).
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_SETS_FOLDER_H
#define SCALESTUDY_WORKLOADS_DATA_SETS_FOLDER_H

#include "workloads/data/dataset/dataset.h"
#include "workloads/data/dataset/selection.h"

/* For kinds: their open and read. */
int folder_open(
    struct dataset *set, const struct data_config *config, int classes, struct err *err) MUST_CHECK;
int folder_read(const struct dataset *set, enum split split, int index, struct image *image,
    struct err *err) MUST_CHECK;

#endif
