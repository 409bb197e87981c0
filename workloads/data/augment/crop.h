/* A square part of an image, for crops of every kind:
 *
 *     if (crop(from, x, y, input, to, err) < 0) return -1;
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_AUGMENT_CROP_H
#define SCALESTUDY_WORKLOADS_DATA_AUGMENT_CROP_H

#include "harness/base/err.h"
#include "workloads/data/decode/image.h"

/* The part that begins at (x, y), which may lie outside; there it is black. */
int crop(
    const struct image *from, int x, int y, int side, struct image *to, struct err *err) MUST_CHECK;

#endif
