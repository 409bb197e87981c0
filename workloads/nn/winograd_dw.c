/*
 * Gradient of weights: patches and transformed gradients of a group of tiles, then the 36 products
 * for one square of dw at a time, which never leave the cache, summed over the group.
 */
#include "winograd_private.h"

#include <string.h>

#include "parallel.h"

#ifndef SQUARE
#define SQUARE       32      /* side of a square of dw */
#define GROUP_FLOATS 2000000 /* of the patches and gradients that are summed at once */
#endif

struct dw_pass {
    const struct winograd *shape;
    const struct winograd_dw_run *run;
    struct winograd_blocks blocks;
    struct winograd_source x, dy;
    int group;  /* blocks whose tiles are summed at once */
    int block0; /* the first of the group */
    int64_t tile0;
    int tiles; /* of the group */
    float *patches, *grads, *own;
    size_t own_floats;
};

static int64_t square_plane(void)
{
    return SQUARE * SQUARE + 16;
}

static void plan_dw(struct dw_pass *pass)
{
    const struct winograd *shape = pass->shape;
    int64_t tiles;

    pass->blocks = winograd_blocks(shape);
    pass->group = max_int(
        GROUP_FLOATS / PRODUCTS / (shape->c + shape->k) / winograd_block_tiles(&pass->blocks), 1);
    pass->group = min_int(pass->group, pass->blocks.count);
    tiles = (int64_t)pass->group * winograd_block_tiles(&pass->blocks);
    pass->x.planes = winograd_planes(shape->c, SQUARE, tiles);
    pass->dy.planes = winograd_planes(shape->k, SQUARE, tiles);
    pass->own_floats = max_size(winograd_band_floats(shape, max_int(shape->c, shape->k)),
        (size_t)(PRODUCTS * square_plane()));
}

size_t winograd_dw_scratch(const struct winograd *shape)
{
    struct dw_pass pass = {.shape = shape};

    plan_dw(&pass);
    return winograd_planes_floats(&pass.x.planes) + winograd_planes_floats(&pass.dy.planes) +
           (size_t)parallel_threads() * pass.own_floats;
}

static void transform_both(void *context, int block, int thread)
{
    const struct dw_pass *pass = context;
    struct winograd_span span = winograd_span(pass->shape, &pass->blocks, pass->block0 + block);
    int64_t tile = span.tile0 - pass->tile0;
    float *band = pass->own + (size_t)thread * pass->own_floats;

    winograd_transform(
        &pass->x, &pass->blocks, &span, band, pass->patches + tile * pass->x.planes.width);
    winograd_transform(
        &pass->dy, &pass->blocks, &span, band, pass->grads + tile * pass->dy.planes.width);
}

static void sum_square(void *context, int block, int thread)
{
    const struct dw_pass *pass = context;
    const struct winograd_planes *x = &pass->x.planes, *dy = &pass->dy.planes;
    int squares_k = parts_of(pass->shape->k, SQUARE), at_c = block / squares_k,
        at_k = block % squares_k;
    int c = min_int(SQUARE, x->channels - at_c * SQUARE),
        k = min_int(SQUARE, dy->channels - at_k * SQUARE);
    float *m = pass->own + (size_t)thread * pass->own_floats;

    for (int p = 0; p < PRODUCTS; p++) {
        float *sums = m + p * square_plane();

        memset(sums, 0, (size_t)c * (size_t)k * sizeof(*sums));
        kernels()->product_outer(pass->tiles, k, c, pass->patches + at_c * x->group + p * x->plane,
            x->width, pass->grads + at_k * dy->group + p * dy->plane, dy->width, sums, k);
    }
    kernels()->winograd_weight_grads(c, k, m, square_plane(),
        pass->run->dw + (int64_t)at_c * SQUARE * dy->channels + at_k * SQUARE,
        (int64_t)x->channels * dy->channels, dy->channels);
}

void winograd_dw(const struct winograd *shape, const struct winograd_dw_run *run)
{
    struct dw_pass pass = {.shape = shape, .run = run};
    int squares = parts_of(shape->c, SQUARE) * parts_of(shape->k, SQUARE);

    pass.x = winograd_source(shape, &run->x, shape->before_h, shape->before_w, PATCH);
    pass.dy = winograd_source(shape, &run->dy, 0, 0, TILE);
    plan_dw(&pass);
    pass.patches = run->scratch;
    pass.grads = pass.patches + winograd_planes_floats(&pass.x.planes);
    pass.own = pass.grads + winograd_planes_floats(&pass.dy.planes);
    for (; pass.block0 < pass.blocks.count; pass.block0 += pass.group) {
        int count = min_int(pass.group, pass.blocks.count - pass.block0);
        struct winograd_span first = winograd_span(shape, &pass.blocks, pass.block0);
        struct winograd_span last = winograd_span(shape, &pass.blocks, pass.block0 + count - 1);

        pass.tile0 = first.tile0;
        pass.tiles = (int)(last.tile0 + last.tiles - first.tile0);
        parallel_for(count, transform_both, &pass);
        parallel_for(squares, sum_square, &pass);
    }
    *run->macs += winograd_macs(shape);
}
