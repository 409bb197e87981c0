/*
 * Winograd convolution in blocks of tiles. How the three steps follow each other depends on what is
 * large:
 *
 * - Many tiles: the transformed weights are made once, packed; then each block of tiles goes
 *   through all steps while its patches are in L2, STRIP output channels at a time.
 * - Few tiles, deep in channels (7x7x512): all patches first; then each strip of output channels
 *   makes its own part of the transformed weights, which never leave the cache, and multiplies it
 *   with all tiles.
 */
#include "winograd_private.h"

#include "workloads/nn/kernels/parallel.h"

#define STRIP     32  /* output channels at a time */
#define BAND      128 /* input channels that are summed at once */
#define FEW_TILES 100 /* up to so many, strips make their own weights */
#define DEEP      128 /* but only with so many output channels: a strip is a block of work */

struct pass {
    const struct winograd *shape;
    const struct winograd_run *run;
    const float *weight;
    int k;       /* output channels of this pass */
    bool turned; /* dx */
    bool by_strips;
    struct winograd_blocks blocks;
    struct winograd_source source;
    int strips, bands;
    float *shared; /* packed weights, or by_strips the patches of all tiles */
    float *packed; /* weights that were packed before, or where they go */
    bool is_packed;
    float *own; /* of thread 0 */
    size_t own_floats;
};

static int64_t weight_plane(void)
{
    return BAND * STRIP + 16;
}

static int64_t strip_plane(int64_t tiles)
{
    return tiles * STRIP + 16;
}

static bool is_by_strips(int64_t tiles, int k)
{
    return tiles <= FEW_TILES && k >= DEEP;
}

static size_t packed_floats(const struct pass *pass)
{
    return (size_t)pass->strips * (size_t)pass->bands * PRODUCTS * PRODUCT_PACKED(STRIP, BAND);
}

/*
 * Sizes of the areas of scratch. A pass goes one of two ways:
 *
 *     by strips (few tiles, deep)          by blocks of tiles
 *     shared: transformed tiles, all       shared: transformed weights, all, packed; none if the caller
 *             of them                              has them packed
 *     own:    first  band of the input     own:    first  transformed weights
 *             then   weights of a strip,           then   band of the input, transformed tiles of a
 *                    the same packed,                     block, their products
 *                    products
 *
 * "Own" is of each thread; what comes first is over when the rest begins, so both begin at the same place.
 */
static void plan_pass(struct pass *pass, int64_t tiles, size_t *shared)
{
    const struct winograd *shape = pass->shape;
    int c = pass->turned ? shape->k : shape->c;
    size_t band = winograd_band_floats(shape, c), weights = (size_t)(PRODUCTS * weight_plane()),
           steps;

    pass->k = pass->turned ? shape->c : shape->k;
    pass->by_strips = is_by_strips(tiles, pass->k);
    pass->blocks = winograd_blocks(shape, BLOCK_FLOATS);
    pass->bands = parts_of(c, BAND);
    pass->strips = parts_of(pass->k, STRIP);
    if (!pass->by_strips)
        tiles = winograd_block_tiles(&pass->blocks);
    pass->source.planes = winograd_planes(c, BAND, tiles);
    steps = (size_t)(PRODUCTS * strip_plane(tiles));
    if (pass->by_strips) {
        *shared = winograd_planes_floats(&pass->source.planes);
        pass->own_floats = max_size(band, weights + PRODUCT_PACKED(STRIP, BAND) + steps);
    } else {
        *shared = pass->is_packed ? 0 : packed_floats(pass);
        pass->own_floats =
            max_size(weights, band + winograd_planes_floats(&pass->source.planes) + steps);
    }
}

static size_t plan_floats(const struct winograd *shape, bool turned, bool is_packed, int64_t tiles)
{
    struct pass pass = {.shape = shape, .turned = turned, .is_packed = is_packed};
    size_t shared;

    plan_pass(&pass, tiles, &shared);
    return shared + (size_t)parallel_threads() * pass.own_floats;
}

/* A smaller batch may go the way of few tiles, so there must be room for that. */
static size_t pass_scratch(const struct winograd *shape, bool turned, bool is_packed)
{
    int64_t tiles = winograd_all_tiles(shape);

    return max_size(plan_floats(shape, turned, is_packed, tiles),
        plan_floats(shape, turned, is_packed, tiles < FEW_TILES ? tiles : FEW_TILES));
}

size_t winograd_forward_scratch(const struct winograd *shape)
{
    return pass_scratch(shape, false, false);
}

size_t winograd_dx_scratch(const struct winograd *shape)
{
    return pass_scratch(shape, true, false);
}

size_t winograd_packed_scratch(const struct winograd *shape)
{
    return pass_scratch(shape, false, true);
}

/* Input channels from i0 and output channels from j0 of one block of weights. */
struct corner {
    int i0, bands, j0, strip;
};

static struct corner corner_of(const struct pass *pass, int strip, int band)
{
    struct corner corner = {.i0 = band * BAND, .j0 = strip * STRIP};

    corner.bands = min_int(BAND, pass->source.planes.channels - corner.i0);
    corner.strip = min_int(STRIP, pass->k - corner.j0);
    return corner;
}

/* u [36][band][strip], or turned [36][strip][band]. */
static void transform_weights(const struct pass *pass, const struct corner *corner, float *u)
{
    const struct winograd *shape = pass->shape;
    int row0 = pass->turned ? corner->j0 : corner->i0;
    int column0 = pass->turned ? corner->i0 : corner->j0;
    int rows = pass->turned ? corner->strip : corner->bands;
    int columns = pass->turned ? corner->bands : corner->strip;

    kernels()->winograd_weights(rows, columns, pass->weight + (int64_t)row0 * shape->k + column0,
        (int64_t)shape->c * shape->k, shape->k, pass->turned, u, weight_plane());
}

static void pack_weights(
    const struct pass *pass, const struct corner *corner, const float *u, float *packed)
{
    kernels()->product_pack(corner->strip, corner->bands, u,
        pass->turned ? corner->bands : corner->strip, pass->turned, packed);
}

static void pack_block(void *context, int block, int thread)
{
    const struct pass *pass = context;
    struct corner corner = corner_of(pass, block / pass->bands, block % pass->bands);
    float *u = pass->own + (size_t)thread * pass->own_floats;
    float *packed = pass->packed + (size_t)block * PRODUCTS * PRODUCT_PACKED(STRIP, BAND);

    transform_weights(pass, &corner, u);
    for (int p = 0; p < PRODUCTS; p++)
        pack_weights(pass, &corner, u + p * weight_plane(),
            packed + (size_t)p * PRODUCT_PACKED(STRIP, BAND));
}

/* m [36][tiles][strip] = patches of a band times weights, or added. */
static void multiply(const struct pass *pass, const struct corner *corner, int p, int64_t tiles,
    const float *patches, const float *packed, float *m)
{
    const struct winograd_planes *planes = &pass->source.planes;

    kernels()->product_rows(tiles, corner->strip, corner->bands,
        patches + corner->i0 / BAND * planes->group + p * planes->plane, planes->width, packed,
        m + p * strip_plane(tiles), STRIP, corner->i0 > 0);
}

/* Strip of output channels of the tiles of a span, from m of its first tile. */
static void store_strip(const struct pass *pass, const struct winograd_span *span,
    const struct corner *corner, const float *m, int64_t plane)
{
    const struct winograd *shape = pass->shape;

    for (int image = span->image0; image < span->image0 + span->images; image++)
        for (int line = span->line0; line < span->line0 + span->lines; line++) {
            int64_t row = ((int64_t)image * shape->h + line * TILE) * shape->w;

            kernels()->winograd_tiles(pass->blocks.tiles_w, corner->strip, m, STRIP, plane,
                pass->run->out + row * pass->k + corner->j0, pass->k, (int64_t)shape->w * pass->k,
                shape->h - line * TILE, shape->w, pass->run->add);
            m += (int64_t)pass->blocks.tiles_w * STRIP;
        }
}

static void finish_block(void *context, int block, int thread)
{
    const struct pass *pass = context;
    struct winograd_span span = winograd_span(pass->shape, &pass->blocks, block);
    int64_t row0;
    int rows;

    (void)thread;
    winograd_block_rows(pass->shape, &span, &row0, &rows);
    pass->run->finish(pass->run->context, row0, rows, block, pass->run->out + row0 * pass->k);
}

/* Many tiles: a block of them, all steps. */
static void run_block(void *context, int block, int thread)
{
    const struct pass *pass = context;
    struct winograd_span span = winograd_span(pass->shape, &pass->blocks, block);
    float *band = pass->own + (size_t)thread * pass->own_floats;
    float *patches = band + winograd_band_floats(pass->shape, pass->source.planes.channels);
    float *m = patches + winograd_planes_floats(&pass->source.planes);
    const float *packed = pass->packed;

    winograd_transform(&pass->source, &pass->blocks, &span, band, patches);
    for (int strip = 0; strip < pass->strips; strip++) {
        struct corner corner;

        for (int i = 0; i < pass->bands; i++) {
            corner = corner_of(pass, strip, i);
            for (int p = 0; p < PRODUCTS; p++, packed += PRODUCT_PACKED(STRIP, BAND))
                multiply(pass, &corner, p, span.tiles, patches, packed, m);
        }
        store_strip(pass, &span, &corner, m, strip_plane(span.tiles));
    }
    if (pass->run->finish)
        finish_block(context, block, thread);
}

/* Few tiles: patches of a block of them. */
static void patch_block(void *context, int block, int thread)
{
    const struct pass *pass = context;
    struct winograd_span span = winograd_span(pass->shape, &pass->blocks, block);

    winograd_transform(&pass->source, &pass->blocks, &span,
        pass->own + (size_t)thread * pass->own_floats,
        pass->shared + span.tile0 * pass->source.planes.width);
}

/* Few tiles: all steps from there for a strip of channels. */
static void run_strip(void *context, int strip, int thread)
{
    const struct pass *pass = context;
    const struct winograd *shape = pass->shape;
    struct winograd_span all = {.images = shape->batch,
        .lines = pass->blocks.tiles_h,
        .tiles = (int)winograd_all_tiles(shape)};
    float *u = pass->own + (size_t)thread * pass->own_floats;
    float *packed = u + PRODUCTS * weight_plane();
    float *m = packed + PRODUCT_PACKED(STRIP, BAND);
    struct corner corner;

    for (int i = 0; i < pass->bands; i++) {
        corner = corner_of(pass, strip, i);
        if (pass->is_packed) {
            const float *at = pass->packed + (size_t)(strip * pass->bands + i) * PRODUCTS *
                                                 PRODUCT_PACKED(STRIP, BAND);

            for (int p = 0; p < PRODUCTS; p++, at += PRODUCT_PACKED(STRIP, BAND))
                multiply(pass, &corner, p, all.tiles, pass->shared, at, m);
            continue;
        }
        transform_weights(pass, &corner, u);
        for (int p = 0; p < PRODUCTS; p++) {
            pack_weights(pass, &corner, u + p * weight_plane(), packed);
            multiply(pass, &corner, p, all.tiles, pass->shared, packed, m);
        }
    }
    store_strip(pass, &all, &corner, m, strip_plane(all.tiles));
}

static void run_pass(const struct winograd *shape, const struct winograd_run *run, bool turned)
{
    struct pass pass = {.shape = shape,
        .run = run,
        .weight = run->weight,
        .turned = turned,
        .is_packed = run->packed};
    size_t shared;

    pass.source = winograd_source(shape, &run->in, turned ? 2 - shape->before_h : shape->before_h,
        turned ? 2 - shape->before_w : shape->before_w, PATCH);
    plan_pass(&pass, winograd_all_tiles(shape), &shared);
    pass.shared = run->scratch;
    pass.packed = run->packed ? (float *)(uintptr_t)run->packed : pass.shared;
    pass.own = run->scratch + shared;
    if (pass.by_strips) {
        parallel_for(pass.blocks.count, patch_block, &pass);
        parallel_for(pass.strips, run_strip, &pass);
        if (run->finish)
            parallel_for(pass.blocks.count, finish_block, &pass);
    } else {
        if (!pass.is_packed)
            parallel_for(pass.strips * pass.bands, pack_block, &pass);
        parallel_for(pass.blocks.count, run_block, &pass);
    }
    *run->macs += winograd_macs(shape);
}

size_t winograd_packed_floats(const struct winograd *shape)
{
    struct pass pass = {.strips = parts_of(shape->k, STRIP), .bands = parts_of(shape->c, BAND)};

    return packed_floats(&pass);
}

size_t winograd_pack_scratch(void)
{
    return (size_t)parallel_threads() * (size_t)(PRODUCTS * weight_plane());
}

void winograd_pack(const struct winograd *shape, const float *weight, float *packed, float *scratch)
{
    struct pass pass = {.shape = shape,
        .weight = weight,
        .k = shape->k,
        .strips = parts_of(shape->k, STRIP),
        .bands = parts_of(shape->c, BAND),
        .source = {.planes = {.channels = shape->c}},
        .packed = packed,
        .own = scratch,
        .own_floats = (size_t)(PRODUCTS * weight_plane())};

    parallel_for(pass.strips * pass.bands, pack_block, &pass);
}

void winograd_forward(const struct winograd *shape, const struct winograd_run *run)
{
    run_pass(shape, run, false);
}

void winograd_dx(const struct winograd *shape, const struct winograd_run *run)
{
    run_pass(shape, run, true);
}

/* ---- whether ---- */

/*
 * Measured beside gathered rows, all three passes, 2 threads of Zen 5 with AVX-512 and AVX2: weights
 * are transformed for at least as many tiles as that takes time (7x7x512: 4 tiles lose a factor of
 * two, 8 gain a tenth, 64 a factor of three); maps of 2x2 leave most of a tile empty; with 8
 * channels on both sides the transforms take what the products save.
 */
#define LEAST_TILES 8

bool winograd_pays(const struct winograd *shape)
{
    return kernels() != kernels_find("reference") && shape->h > 2 && shape->w > 2 &&
           min_int(shape->c, shape->k) >= 8 && max_int(shape->c, shape->k) >= 16 &&
           winograd_all_tiles(shape) >= LEAST_TILES;
}
