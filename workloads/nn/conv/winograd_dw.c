/*
 * Gradient of weights, in one of two ways:
 *
 * - Few channels: the 36 sums for all of dw fit in L2. The blocks of tiles are dealt out in chunks,
 *   each with sums of its own, and a block goes through transforms and products while it is in L2
 *   too. The sums are added in the order of chunks.
 * - Many channels: patches and transformed gradients of a group of tiles, then the products for one
 *   square of dw at a time, which never leave the cache, summed over the group.
 */
#include "winograd_private.h"

#include <string.h>

#include "workloads/nn/kernels/parallel.h"

#define SQUARE       64      /* side of a square of dw */
#define GROUP_FLOATS 5000000 /* of the patches and gradients that are summed at once */
#define FEW_WEIGHTS  20000   /* up to so many C K, chunks */
#define CHUNKS       4
#define SUM_ROWS     4      /* of dw, when sums of chunks are added */
#define CHUNK_FLOATS 131072 /* of the patches of a block: beside them lie gradients and sums */

struct dw_pass {
    const struct winograd *shape;
    const struct winograd_dw_run *run;
    struct winograd_blocks blocks;
    struct winograd_source x, dy;
    bool by_chunks;
    int group;  /* blocks whose tiles are summed at once */
    int block0; /* the first of the group */
    int64_t tile0;
    int tiles; /* of the group */
    float *patches, *grads, *own;
    size_t shared, own_floats;
};

/* Of the sums of a chunk, [36][C][K]. */
static int64_t sums_plane(const struct winograd *shape)
{
    return (int64_t)parts_of(shape->c * shape->k, 16) * 16 + 16;
}

static int64_t square_plane(void)
{
    return SQUARE * SQUARE + 16;
}

static void plan_groups(struct dw_pass *pass)
{
    const struct winograd *shape = pass->shape;
    int64_t tiles;

    pass->blocks = winograd_blocks(shape, BLOCK_FLOATS);
    pass->group = max_int(
        GROUP_FLOATS / PRODUCTS / (shape->c + shape->k) / winograd_block_tiles(&pass->blocks), 1);
    pass->group = min_int(pass->group, pass->blocks.count);
    tiles = (int64_t)pass->group * winograd_block_tiles(&pass->blocks);
    pass->x.planes = winograd_planes(shape->c, SQUARE, tiles);
    pass->dy.planes = winograd_planes(shape->k, SQUARE, tiles);
    pass->shared =
        winograd_planes_floats(&pass->x.planes) + winograd_planes_floats(&pass->dy.planes);
    pass->own_floats = max_size(winograd_band_floats(shape, max_int(shape->c, shape->k)),
        (size_t)(PRODUCTS * square_plane()));
}

static void plan_chunks(struct dw_pass *pass)
{
    const struct winograd *shape = pass->shape;
    int tiles;

    pass->blocks = winograd_blocks(shape, CHUNK_FLOATS);
    tiles = winograd_block_tiles(&pass->blocks);
    pass->x.planes = winograd_planes(shape->c, shape->c, tiles);
    pass->dy.planes = winograd_planes(shape->k, shape->k, tiles);
    pass->shared = (size_t)(CHUNKS * PRODUCTS * sums_plane(shape));
    pass->own_floats = winograd_band_floats(shape, max_int(shape->c, shape->k)) +
                       winograd_planes_floats(&pass->x.planes) +
                       winograd_planes_floats(&pass->dy.planes);
}

static void plan_dw(struct dw_pass *pass)
{
    pass->by_chunks = (int64_t)pass->shape->c * pass->shape->k <= FEW_WEIGHTS;
    if (pass->by_chunks)
        plan_chunks(pass);
    else
        plan_groups(pass);
}

size_t winograd_dw_scratch(const struct winograd *shape)
{
    struct dw_pass pass = {.shape = shape};

    plan_dw(&pass);
    return pass.shared + (size_t)parallel_threads() * pass.own_floats;
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

static void run_groups(struct dw_pass *pass)
{
    const struct winograd *shape = pass->shape;
    int squares = parts_of(shape->c, SQUARE) * parts_of(shape->k, SQUARE);

    pass->patches = pass->run->scratch;
    pass->grads = pass->patches + winograd_planes_floats(&pass->x.planes);
    for (; pass->block0 < pass->blocks.count; pass->block0 += pass->group) {
        int count = min_int(pass->group, pass->blocks.count - pass->block0);
        struct winograd_span first = winograd_span(shape, &pass->blocks, pass->block0);
        struct winograd_span last = winograd_span(shape, &pass->blocks, pass->block0 + count - 1);

        pass->tile0 = first.tile0;
        pass->tiles = (int)(last.tile0 + last.tiles - first.tile0);
        parallel_for(count, transform_both, pass);
        parallel_for(squares, sum_square, pass);
    }
}

static void sum_chunk(void *context, int chunk, int thread)
{
    const struct dw_pass *pass = context;
    const struct winograd *shape = pass->shape;
    int64_t plane = sums_plane(shape);
    float *sums = pass->run->scratch + chunk * PRODUCTS * plane;
    float *band = pass->own + (size_t)thread * pass->own_floats;
    float *patches = band + winograd_band_floats(shape, max_int(shape->c, shape->k));
    float *grads = patches + winograd_planes_floats(&pass->x.planes);
    int size = parts_of(pass->blocks.count, CHUNKS), block = chunk * size;
    int end = min_int(block + size, pass->blocks.count);

    memset(sums, 0, (size_t)(PRODUCTS * plane) * sizeof(*sums));
    for (; block < end; block++) {
        struct winograd_span span = winograd_span(shape, &pass->blocks, block);

        winograd_transform(&pass->x, &pass->blocks, &span, band, patches);
        winograd_transform(&pass->dy, &pass->blocks, &span, band, grads);
        for (int p = 0; p < PRODUCTS; p++)
            kernels()->product_outer(span.tiles, shape->k, shape->c,
                patches + p * pass->x.planes.plane, shape->c, grads + p * pass->dy.planes.plane,
                shape->k, sums + p * plane, shape->k);
    }
}

/* Some rows of dw: the sums of all chunks, transformed back. */
static void add_chunks(void *context, int block, int thread)
{
    const struct dw_pass *pass = context;
    const struct winograd *shape = pass->shape;
    int row0 = block * SUM_ROWS, rows = min_int(SUM_ROWS, shape->c - row0);
    int64_t plane = sums_plane(shape), at = (int64_t)row0 * shape->k;
    float *sums = pass->run->scratch + at;

    (void)thread;
    for (int i = PRODUCTS; i < CHUNKS * PRODUCTS; i++) {
        float *to = sums + i % PRODUCTS * plane;

        kernels()->add((int64_t)rows * shape->k, to, sums + i * plane, to);
    }
    kernels()->winograd_weight_grads(
        rows, shape->k, sums, plane, pass->run->dw + at, (int64_t)shape->c * shape->k, shape->k);
}

void winograd_dw(const struct winograd *shape, const struct winograd_dw_run *run)
{
    struct dw_pass pass = {.shape = shape, .run = run};

    pass.x = winograd_source(shape, &run->x, shape->before_h, shape->before_w, PATCH);
    pass.dy = winograd_source(shape, &run->dy, 0, 0, TILE);
    plan_dw(&pass);
    pass.own = run->scratch + pass.shared;
    if (pass.by_chunks) {
        parallel_for(CHUNKS, sum_chunk, &pass);
        parallel_for(parts_of(shape->c, SUM_ROWS), add_chunks, &pass);
    } else {
        run_groups(&pass);
    }
    *run->macs += winograd_macs(shape);
}
