/*
 * Drawing the images of `shapes`: an outline, filled with a texture, before a noisy ground with
 * clutter.
 *
 * The class is outline x texture. Strokes and textures are a few pixels wide at the native size, so
 * that they blur away when the image is made small; what is around the figure looks like parts of
 * other figures. All is a function of the stream that is handed in. Thread-safe.
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_SETS_SHAPES_DRAW_H
#define SCALESTUDY_WORKLOADS_DATA_SETS_SHAPES_DRAW_H

#include <stdint.h>

#include "harness/base/err.h"
#include "harness/base/rng.h"

#define SHAPES_SIDE 96 /* pixels */

enum shape_outline {
    OUTLINE_CIRCLE,
    OUTLINE_TRIANGLE,
    OUTLINE_SQUARE,
    OUTLINE_STAR,
    OUTLINE_COUNT,
};

enum shape_texture {
    TEXTURE_STRIPES,
    TEXTURE_DOTS,
    TEXTURE_CHECKS,
    TEXTURE_COUNT,
};

int shapes_draw(enum shape_outline outline, enum shape_texture texture, struct rng *rng,
    uint8_t pixels[SHAPES_SIDE * SHAPES_SIDE * 3], struct err *err) MUST_CHECK;

#endif
