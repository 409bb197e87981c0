/*
 * Changes to 8-bit images as Pillow makes them, to the bit, under torchvision's names.
 *
 *     struct image spare = {0};
 *     if (pixel_op_apply(PIXEL_OP_ROTATE, -12.5, &image, &spare, err) < 0) ...    degrees
 *
 * `spare` is room to work in, kept between calls. Magnitudes are torchvision's: shear as a tangent,
 * translation in pixels (whole), rotation in degrees, brightness, color, contrast and sharpness as
 * what is added to a factor of 1, hue as a part of the circle (-0.5 to 0.5), posterize in bits that are kept, solarize as the threshold. What
 * comes from outside of an image is black.
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_AUGMENT_PIXEL_OPS_H
#define SCALESTUDY_WORKLOADS_DATA_AUGMENT_PIXEL_OPS_H

#include <stdbool.h>

#include "harness/base/err.h"
#include "workloads/data/decode/image.h"

enum pixel_op {
#define PIXEL_OP(NAME, name, sign) PIXEL_OP_##NAME,
#include "pixel_ops.def"
#undef PIXEL_OP
    PIXEL_OP_COUNT,
};

bool pixel_op_has_sign(enum pixel_op op);

int pixel_op_apply(enum pixel_op op, double magnitude, struct image *image, struct image *spare,
    struct err *err) MUST_CHECK;

/* The magnitude of level `level` of 0 .. levels - 1, for an image of that size, as torchvision's
 * tables of RandAugment (31 levels) and AutoAugment (10) have it. */
double pixel_op_magnitude(enum pixel_op op, int level, int levels, int width, int height);

#endif
