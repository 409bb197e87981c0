/* Blocks of tiles of Winograd convolutions, and the way of maps into their products. */
#include "winograd_private.h"

#include <string.h>

/* ---- blocks of tiles ---- */

struct winograd_blocks winograd_blocks(const struct winograd *shape, int floats)
{
    struct winograd_blocks blocks = {
        parts_of(shape->w, TILE), parts_of(shape->h, TILE), 1, 0, 1, 0};
    int channels = max_int(shape->c, shape->k), in_image = blocks.tiles_w * blocks.tiles_h;
    int tiles = max_int(floats / PRODUCTS / channels, 12);

    if (in_image > tiles) {
        blocks.lines = max_int(tiles / blocks.tiles_w, 1);
        blocks.in_image = parts_of(blocks.tiles_h, blocks.lines);
        blocks.lines = parts_of(blocks.tiles_h, blocks.in_image); /* about equal */
    } else {
        blocks.lines = blocks.tiles_h;
        blocks.images = tiles / in_image;
    }
    blocks.count = parts_of(shape->batch, blocks.images) * blocks.in_image;
    return blocks;
}

int winograd_block_count(const struct winograd *shape)
{
    return winograd_blocks(shape, BLOCK_FLOATS).count;
}

int winograd_block_tiles(const struct winograd_blocks *blocks)
{
    return blocks->images * blocks->lines * blocks->tiles_w;
}

int64_t winograd_all_tiles(const struct winograd *shape)
{
    return (int64_t)shape->batch * parts_of(shape->h, TILE) * parts_of(shape->w, TILE);
}

struct winograd_span winograd_span(
    const struct winograd *shape, const struct winograd_blocks *blocks, int block)
{
    struct winograd_span span = {.image0 = block / blocks->in_image * blocks->images,
        .line0 = block % blocks->in_image * blocks->lines};

    span.images = min_int(blocks->images, shape->batch - span.image0);
    span.lines = min_int(blocks->lines, blocks->tiles_h - span.line0);
    span.tiles = span.images * span.lines * blocks->tiles_w;
    span.tile0 = ((int64_t)span.image0 * blocks->tiles_h + span.line0) * blocks->tiles_w;
    return span;
}

void winograd_block_rows(
    const struct winograd *shape, const struct winograd_span *span, int64_t *row0, int *rows)
{
    int y0 = span->line0 * TILE, y1 = min_int(y0 + span->lines * TILE, shape->h);

    *row0 = ((int64_t)span->image0 * shape->h + y0) * shape->w;
    *rows = ((span->images - 1) * shape->h + y1 - y0) * shape->w;
}

/* ---- transforming maps ---- */

struct winograd_planes winograd_planes(int channels, int width, int64_t tiles)
{
    struct winograd_planes planes = {.channels = channels, .width = min_int(width, channels)};

    planes.plane = whole_lines(tiles * planes.width) + 16;
    if (planes.plane % 32 == 0)
        planes.plane += 16;
    planes.group = PRODUCTS * planes.plane;
    return planes;
}

size_t winograd_planes_floats(const struct winograd_planes *planes)
{
    return (size_t)parts_of(planes->channels, planes->width) * (size_t)planes->group;
}

struct winograd_source winograd_source(const struct winograd *shape,
    const struct winograd_rows *rows, int before_h, int before_w, int height)
{
    return (struct winograd_source){.shape = shape,
        .rows = rows,
        .before_h = before_h,
        .before_w = before_w,
        .height = height,
        .width = parts_of(shape->w, TILE) * TILE + height - TILE};
}

size_t winograd_band_floats(const struct winograd *shape, int channels)
{
    return (size_t)whole_lines((int64_t)PATCH * (parts_of(shape->w, TILE) * TILE + 2) * channels);
}

static void fill_row(const struct winograd_source *source, int image, int y, float *to)
{
    const struct winograd *shape = source->shape;
    size_t c = (size_t)source->planes.channels, inside = (size_t)shape->w * c;
    size_t before = (size_t)source->before_w * c, all = (size_t)source->width * c;
    int64_t row0 = ((int64_t)image * shape->h + y) * shape->w;

    if (y < 0 || y >= shape->h) {
        memset(to, 0, all * sizeof(*to));
        return;
    }
    memset(to, 0, before * sizeof(*to));
    memset(to + before + inside, 0, (all - before - inside) * sizeof(*to));
    if (source->rows->fill)
        source->rows->fill(source->rows->context, row0, shape->w, to + before);
    else
        memcpy(to + before, source->rows->data + row0 * (int64_t)c, inside * sizeof(*to));
}

void winograd_transform(const struct winograd_source *source, const struct winograd_blocks *blocks,
    const struct winograd_span *span, float *band, float *to)
{
    const struct winograd_planes *planes = &source->planes;
    int64_t pitch = (int64_t)source->width * planes->channels;
    int kept = source->height - TILE;

    for (int image = span->image0; image < span->image0 + span->images; image++)
        for (int line = span->line0; line < span->line0 + span->lines; line++) {
            int from = line == span->line0 ? 0 : kept;

            memmove(band, band + TILE * pitch, (size_t)(from * pitch) * sizeof(*band));
            for (int row = from; row < source->height; row++)
                fill_row(source, image, line * TILE - source->before_h + row, band + row * pitch);
            for (int c0 = 0; c0 < planes->channels; c0 += planes->width)
                (source->height == PATCH ? kernels()->winograd_patches
                                         : kernels()->winograd_tile_grads)(blocks->tiles_w,
                    min_int(planes->width, planes->channels - c0), band + c0, planes->channels,
                    pitch, to + c0 / planes->width * planes->group, planes->width, planes->plane);
            to += (int64_t)blocks->tiles_w * planes->width;
        }
}

int64_t winograd_macs(const struct winograd *shape)
{
    return (int64_t)shape->batch * shape->h * shape->w * 9 * shape->c * shape->k;
}
