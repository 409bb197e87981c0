/* What winograd.c and winograd_dw.c share: blocks of tiles, and maps on their way to products. */
#ifndef SCALESTUDY_WORKLOADS_NN_CONV_WINOGRAD_PRIVATE_H
#define SCALESTUDY_WORKLOADS_NN_CONV_WINOGRAD_PRIVATE_H

#include "workloads/nn/kernels/kernels.h"
#include "workloads/nn/graph/sizes.h"
#include "winograd.h"

#define TILE     4
#define PATCH    6
#define PRODUCTS WINOGRAD_PRODUCTS

#define BLOCK_FLOATS 131072 /* of the patches of a block: half of an L2 of 1 MB */

static inline int parts_of(int size, int part)
{
    return (size + part - 1) / part;
}

/* Tiles lie in lines, lines in images. A block is some lines of one image or some images. */
struct winograd_blocks {
    int tiles_w, tiles_h;
    int images, lines; /* in a block */
    int in_image;      /* blocks; 1 if a block is whole images */
    int count;
};

/* Blocks whose patches are about so many floats. */
struct winograd_blocks winograd_blocks(const struct winograd *shape, int floats);
/* Of a full block. */
int winograd_block_tiles(const struct winograd_blocks *blocks);
int64_t winograd_all_tiles(const struct winograd *shape);

/* What one block is: tiles count through lines, then images. */
struct winograd_span {
    int image0, images, line0, lines, tiles;
    int64_t tile0;
};

struct winograd_span winograd_span(
    const struct winograd *shape, const struct winograd_blocks *blocks, int block);
/* Rows of the map that a block covers. */
void winograd_block_rows(
    const struct winograd *shape, const struct winograd_span *span, int64_t *row0, int *rows);

/* The 36 products of tiles, in groups of `width` channels: [group][36][tiles][width]. */
struct winograd_planes {
    int channels, width;
    int64_t plane, group;
};

/* Planes are an odd number of cache lines apart: distances that are a power of two would all fall
 * on the same lines of L1. */
struct winograd_planes winograd_planes(int channels, int width, int64_t tiles);
size_t winograd_planes_floats(const struct winograd_planes *planes);

/* A map that is transformed line by line, from a band of its rows with zeros around. */
struct winograd_source {
    const struct winograd *shape;
    const struct winograd_rows *rows;
    int before_h, before_w;
    int height; /* rows of a band: PATCH, or TILE for gradients of tiles */
    int width;  /* pixels of a row of the band */
    struct winograd_planes planes;
};

struct winograd_source winograd_source(const struct winograd *shape,
    const struct winograd_rows *rows, int before_h, int before_w, int height);
/* Room for a band of this many channels, of either height. */
size_t winograd_band_floats(const struct winograd *shape, int channels);

/* The tiles of a block, by way of `band`, to where the planes have its first tile. */
void winograd_transform(const struct winograd_source *source, const struct winograd_blocks *blocks,
    const struct winograd_span *span, float *band, float *to);

/* Multiply-adds of the direct way. */
int64_t winograd_macs(const struct winograd *shape);

#endif
