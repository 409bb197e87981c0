/* Trials of the kernels that work on tiles: Winograd's transforms, and the finished products and
 * convolutions of inference. Part of fast_kernels.c. */
#ifndef SCALESTUDY_TESTS_KERNELS_TRIALS_OF_TILES_H
#define SCALESTUDY_TESTS_KERNELS_TRIALS_OF_TILES_H

#include "trial.h"

/* Tiles of a line, channels below, at and above vectors, and how much of the last tile is there. */
static const struct {
    int tiles, channels, rows, columns;
} lines[] = {
    {1, 1, 4, 4}, {2, 8, 1, 5}, {3, 16, 3, 12}, {2, 19, 4, 7}, {1, 40, 2, 2}, {3, 33, 4, 9}};

#define N_LINES ((int)(sizeof(lines) / sizeof(lines[0])))
#define PLANE   150 /* at least tiles * channels, and no multiple of them */

static inline bool try_winograd_patches(const struct kernels *table, int index, struct trial *t)
{
    int tiles, c, pixel;

    if (index >= N_LINES)
        return false;
    tiles = lines[index].tiles;
    c = lines[index].channels;
    pixel = c + index;
    trial_result(t, (size_t)(35 * PLANE + tiles * c));
    table->winograd_patches(tiles, c, t->a, pixel, (4 * tiles + 3) * pixel, t->out, c, PLANE);
    return true;
}

static inline bool try_winograd_tile_grads(const struct kernels *table, int index, struct trial *t)
{
    int tiles, c, pixel;

    if (index >= N_LINES)
        return false;
    tiles = lines[index].tiles;
    c = lines[index].channels;
    pixel = c + index;
    trial_result(t, (size_t)(35 * PLANE + tiles * c));
    table->winograd_tile_grads(tiles, c, t->a, pixel, (4 * tiles + 3) * pixel, t->out, c, PLANE);
    return true;
}

/* The last pixel that is written ends the result. */
static inline bool try_winograd_tiles(const struct kernels *table, int index, struct trial *t)
{
    int at = SIZED(index), c, pixel, pitch;

    if (at >= N_LINES)
        return false;
    c = lines[at].channels;
    pixel = c + at;
    pitch = lines[at].columns * pixel;
    trial_result(t, (size_t)((lines[at].rows - 1) * pitch + (lines[at].columns - 1) * pixel + c));
    table->winograd_tiles(lines[at].tiles, c, t->a, c, PLANE, t->out, pixel, pitch, lines[at].rows,
        lines[at].columns, ADDS(index));
    return true;
}

static inline bool try_winograd_weights(const struct kernels *table, int index, struct trial *t)
{
    int at = SIZED(index), rows, columns;

    if (at >= N_LINES)
        return false;
    rows = lines[at].tiles;
    columns = lines[at].channels;
    trial_result(t, (size_t)(35 * PLANE + rows * columns));
    table->winograd_weights(
        rows, columns, t->a, rows * (columns + 3), columns + 3, ADDS(index), t->out, PLANE);
    return true;
}

static inline bool try_winograd_weight_grads(
    const struct kernels *table, int index, struct trial *t)
{
    int rows, columns;

    if (index >= N_LINES)
        return false;
    rows = lines[index].tiles;
    columns = lines[index].channels;
    trial_result(t, (size_t)(9 * rows * (columns + 3) - 3));
    table->winograd_weight_grads(
        rows, columns, t->a, PLANE, t->out, rows * (columns + 3), columns + 3);
    return true;
}

/* Inference: products of one, two and three vectors of columns, and all heights of tiles. */
static const struct {
    int rows, n, k, line;
} finished[] = {{1, 1, 1, 0}, {29, 16, 5, 0}, {5, 24, 3, 2}, {50, 8, 9, 7}, {31, 40, 17, 5},
    {14, 32, 64, 14}, {22, 112, 10, 3}, {13, 65, 33, 0}, {4, 97, 30, 0}};

#define N_FINISHED ((int)(sizeof(finished) / sizeof(finished[0])))
#define GAP        9

/* The last columns alone, from the second panel on, as threads share them. */
static inline void finish_columns(
    const struct kernels *table, struct infer_product product, int from, int to)
{
    product.n = to - from;
    product.packed += (size_t)from * (size_t)product.k;
    product.bias += from;
    product.c += from;
    if (product.residual)
        product.residual += from;
    table->infer_product(&product);
}

static inline bool try_finished(
    const struct kernels *table, int index, bool in_parts, bool gated, struct trial *t)
{
    int size = index % N_FINISHED, act = index / N_FINISHED;
    int rows = finished[size].rows, n = finished[size].n, k = finished[size].k;
    int gaps = finished[size].line ? (rows - 1) / finished[size].line : 0;
    struct infer_product product = {.rows = rows,
        .n = n,
        .k = k,
        .a = t->a,
        .lda = k + size % 3,
        .run = k % 3 ? 0 : k / 3,
        .run_stride = k % 3 ? 0 : k / 3 + 5,
        .packed = t->channel[0],
        .bias = t->channel[1],
        .residual = size % 2 ? t->b : NULL,
        .ldr = n + 1,
        .c = t->out,
        .ldc = n,
        .line = finished[size].line,
        .gap = GAP};

    if (act >= N_ACTS)
        return false;
    product.act = (enum activation)act;
    trial_result(t, (size_t)(rows * n + gaps * GAP));
    table->infer_pack(n, k, t->weight, t->channel[0]);
    if (gated) {
        table->infer_gate(n, k, t->channel[0], t->channel[2], t->channel[3]);
        product.packed = t->channel[3];
    }
    if (in_parts && n >= 2 * INFER_COLUMNS) {
        finish_columns(table, product, INFER_COLUMNS, n);
        finish_columns(table, product, 0, INFER_COLUMNS);
    } else {
        table->infer_product(&product);
    }
    return true;
}

static inline bool try_infer_pack(const struct kernels *table, int index, struct trial *t)
{
    return try_finished(table, index, true, false, t);
}

static inline bool try_infer_gate(const struct kernels *table, int index, struct trial *t)
{
    return try_finished(table, index, true, true, t);
}

static inline bool try_infer_product(const struct kernels *table, int index, struct trial *t)
{
    return try_finished(table, index, false, false, t);
}

static inline bool try_infer_depthwise(const struct kernels *table, int index, struct trial *t)
{
    static const int channels[] = {1, 16, 20, 33};
    int kernel = 3 + 2 * (index % 3), stride = 1 + index / 3 % 2, c = channels[index / 6 % 4];
    int act = index / 24 % N_ACTS, columns = 4 + index % 7, width = (columns - 1) * stride + kernel;
    struct infer_depthwise depthwise = {.kernel = kernel,
        .stride = stride,
        .rows = 3,
        .columns = columns,
        .c = c,
        .x = t->a,
        .x_row = width * (c + 1),
        .x_pixel = c + 1,
        .weight = t->weight,
        .ldw = c + 2,
        .bias = t->channel[1],
        .act = (enum activation)act,
        .y = t->out,
        .y_row = columns * c + GAP,
        .y_pixel = c};

    if (index >= 2 * 24 * N_ACTS)
        return false;
    trial_result(t, (size_t)(2 * depthwise.y_row + columns * c));
    if (index >= 24 * N_ACTS) { /* the sums are the result, the map is elsewhere */
        trial_result(t, (size_t)c);
        depthwise.sums = t->out;
        depthwise.y = t->channel[2];
    }
    table->infer_depthwise(&depthwise);
    return true;
}

#endif
