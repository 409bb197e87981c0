/*
 * Images as tiles of a picture: every pixel of a small image as a square, a large one made smaller.
 *
 *     int side = tile_side(input);
 *     if (tile_draw(&image, side, &smaller, pixels + 3 * (y * width + x), width, err) < 0) return -1;
 *
 * Private to workloads/.
 */
#ifndef SCALESTUDY_WORKLOADS_TILE_H
#define SCALESTUDY_WORKLOADS_TILE_H

#include "workloads/data/decode/image.h"
#include "harness/base/err.h"

/* Pixels between tiles. */
#define TILE_GAP 6

/* Side of the tile of an image of input x input pixels: 112 to 224, or so many times the input. */
int tile_side(int input);

/* `image` is square; `to` is the tile's upper left in a picture of [..][width][3]. `smaller` is room
 * to work in, kept between uses: image_release(). */
int tile_draw(const struct image *image, int side, struct image *smaller, unsigned char *to,
    int width, struct err *err) MUST_CHECK;

#endif
