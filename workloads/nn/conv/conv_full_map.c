/*
 * Convolutions whose window covers the whole map wherever it stands: 3x3 on maps of 1x1 and 2x2, as
 * the last stages of a ResNet have at 32 pixels. Every output pixel sees every input pixel, so that
 * it is a linear layer from all of a map to all of the next one, without the taps that lie in the
 * padding: of nine, one remains on 1x1 and four on 2x2.
 */
#include "conv_algorithm.h"

#include <string.h>

#include "workloads/nn/layers/bias.h"
#include "workloads/nn/layers/channel_sums.h"
#include "workloads/nn/products/gemm.h"
#include "workloads/nn/kernels/kernels.h"
#include "workloads/nn/kernels/parallel.h"
#include "workloads/nn/graph/sizes.h"
#include "workloads/nn/layers/view.h"

/* The matrix of the linear layer may be so many times as large as the filter. */
#define MOST_GROWTH 2

/* Rows are images: [N][in_pixels C] times a matrix [in_pixels C][out_pixels K]. */
struct full_map {
    struct kernel_window window;
    int in_pixels, out_pixels, c, k;
    int depth, width; /* of the matrix */
};

static struct full_map full_map_of(
    const struct conv_config *config, const struct shape *in, const struct shape *out)
{
    struct window window = {
        .kernel = config->kernel, .stride = config->stride, .padding = config->padding};
    struct full_map map = {.window = window_over(&window, in, out),
        .in_pixels = in->h * in->w,
        .out_pixels = out->h * out->w,
        .c = in->c,
        .k = out->c};

    map.depth = map.in_pixels * map.c;
    map.width = map.out_pixels * map.k;
    return map;
}

static struct full_map full_map_of_run(const struct layer_run *run)
{
    return full_map_of(run->config, run->in_shape, &run->out_shape);
}

/* Along one dimension: whether every window reaches from the first pixel to the last. */
static bool covers(int size, int outputs, int stride, int before, int kernel)
{
    return (outputs - 1) * stride - before <= 0 && kernel - before >= size;
}

static bool full_map_fits(const void *config, const struct shape *in, const struct shape *out)
{
    const struct conv_config *conv = config;
    struct window window = {
        .kernel = conv->kernel, .stride = conv->stride, .padding = conv->padding};
    int taps = conv->kernel * conv->kernel;
    int64_t in_pixels = (int64_t)in->h * in->w, out_pixels = (int64_t)out->h * out->w;

    return in_pixels < taps && in_pixels * out_pixels <= MOST_GROWTH * taps &&
           covers(in->h, out->h, conv->stride, window_before(&window, in->h), conv->kernel) &&
           covers(in->w, out->w, conv->stride, window_before(&window, in->w), conv->kernel);
}

/* The tap that is over an input pixel when the window stands at an output pixel. */
static int tap_between(const struct kernel_window *p, int in_pixel, int out_pixel)
{
    int row = in_pixel / p->w - out_pixel / p->out_w * p->stride + p->before_h;
    int column = in_pixel % p->w - out_pixel % p->out_w * p->stride + p->before_w;

    return row * p->kernel + column;
}

/* ---- the matrix ---- */

/* With one pixel on both sides it is one tap of the filter, where that lies. */
static bool is_one_tap(const struct full_map *map)
{
    return map->in_pixels * map->out_pixels == 1;
}

static size_t one_tap_at(const struct full_map *map)
{
    return (size_t)tap_between(&map->window, 0, 0) * (size_t)map->c * (size_t)map->k;
}

static size_t matrix_floats(const struct full_map *map)
{
    return is_one_tap(map) ? 0 : whole_lines((size_t)map->depth * (size_t)map->width);
}

struct matrix_run {
    const struct full_map *map;
    const float *weight;
    float *matrix, *weight_grad;
};

/* One pair of pixels. */
static void fill_pair(void *context, int pair, int thread)
{
    const struct matrix_run *run = context;
    const struct full_map *map = run->map;
    int in_pixel = pair / map->out_pixels, out_pixel = pair % map->out_pixels;
    size_t k = (size_t)map->k, width = (size_t)map->width;
    const float *from =
        run->weight + (size_t)tap_between(&map->window, in_pixel, out_pixel) * (size_t)map->c * k;
    float *to = run->matrix + (size_t)in_pixel * (size_t)map->c * width + (size_t)out_pixel * k;

    (void)thread;
    for (int i = 0; i < map->c; i++, from += k, to += width)
        memcpy(to, from, k * sizeof(*to));
}

static const float *matrix_of(const struct layer_run *run, const struct full_map *map)
{
    struct matrix_run filling = {.map = map, .weight = run->parameter[0], .matrix = run->scratch};

    if (is_one_tap(map))
        return run->parameter[0] + one_tap_at(map);
    parallel_for(map->in_pixels * map->out_pixels, fill_pair, &filling);
    return run->scratch;
}

static void clear_pixel(void *context, int in_pixel, int thread)
{
    const struct matrix_run *run = context;
    size_t floats = (size_t)run->map->c * (size_t)run->map->width;

    (void)thread;
    memset(run->matrix + (size_t)in_pixel * floats, 0, floats * sizeof(float));
}

/* The gradient of one tap: of all pairs of pixels that it is between, in their order. */
static void collect_tap(void *context, int tap, int thread)
{
    const struct matrix_run *run = context;
    const struct full_map *map = run->map;
    size_t c = (size_t)map->c, k = (size_t)map->k, width = (size_t)map->width;

    (void)thread;
    for (int pair = 0; pair < map->in_pixels * map->out_pixels; pair++) {
        int in_pixel = pair / map->out_pixels, out_pixel = pair % map->out_pixels;
        const float *from = run->matrix + (size_t)in_pixel * c * width + (size_t)out_pixel * k;
        float *to = run->weight_grad + (size_t)tap * c * k;

        if (tap_between(&map->window, in_pixel, out_pixel) != tap)
            continue;
        for (size_t i = 0; i < c; i++, from += width, to += k)
            kernels()->add(map->k, to, from, to);
    }
}

/* ---- passes ---- */

static size_t full_map_scratch(
    const void *config, const struct shape *in, const struct shape *out, int batch)
{
    struct full_map map = full_map_of(config, in, out);
    int blocks = gemm_most_blocks(batch, map.width, map.depth);
    size_t forward =
        gemm_rows_scratch(batch, map.width, map.depth) + channel_sums_floats(blocks, map.k);
    size_t dw = gemm_reduce_scratch(batch, map.width, map.depth, false);
    size_t dx = gemm_rows_scratch(batch, map.depth, map.width);

    return matrix_floats(&map) + max_size(forward, max_size(dw, dx));
}

static float *products_scratch(const struct layer_run *run, const struct full_map *map)
{
    return run->scratch + matrix_floats(map);
}

static float *forward_sums(const struct layer_run *run, const struct full_map *map)
{
    return products_scratch(run, map) + gemm_rows_scratch(run->batch, map->width, map->depth);
}

/* Rows of the map are out_pixels for each image. */
static void finish_images(const void *context, int64_t row0, int rows, int block, float *out)
{
    const struct layer_run *run = context;
    struct full_map map = full_map_of_run(run);
    int pixels = rows * map.out_pixels;

    (void)row0;
    if (((const struct conv_config *)run->config)->bias)
        bias_add(pixels, map.k, run->parameter[1], out);
    if (run->out_sums) {
        double *sums = channel_sums_block(forward_sums(run, &map), block, map.k);

        memset(sums, 0, 2 * (size_t)map.k * sizeof(*sums));
        kernels()->norm_sums(pixels, map.k, out, sums);
    }
}

static int64_t counted_macs(const struct layer_run *run, const struct full_map *map)
{
    return (int64_t)run->batch * map->out_pixels * map->window.kernel * map->window.kernel *
           map->c * map->k;
}

static void full_map_forward(const struct layer_run *run)
{
    struct full_map map = full_map_of_run(run);
    int64_t executed = 0;

    gemm_rows(&(struct gemm_rows){.m = run->batch,
        .n = map.width,
        .k = map.depth,
        .a = run->in[0].data,
        .lda = map.depth,
        .b = matrix_of(run, &map),
        .c = run->out,
        .ldc = map.width,
        .finish = finish_images,
        .context = run,
        .scratch = products_scratch(run, &map),
        .macs = &executed});
    *run->macs += counted_macs(run, &map);
    if (run->out_sums) {
        const double *total = channel_sums_total(
            forward_sums(run, &map), gemm_block_count(run->batch, map.width, map.depth), map.k);

        for (int i = 0; i < 2 * map.k; i++)
            run->out_sums[i] += total[i];
    }
}

static void weight_gradient(const struct layer_run *run, const struct full_map *map)
{
    struct matrix_run collecting = {
        .map = map, .matrix = run->scratch, .weight_grad = run->parameter_grad[0]};
    int64_t executed = 0;
    struct gemm_reduce product = {.m = run->batch,
        .n = map->width,
        .k = map->depth,
        .a = run->in[0].data,
        .lda = map->depth,
        .b = run->out_grad,
        .ldb = map->width,
        .w = run->scratch,
        .scratch = products_scratch(run, map),
        .macs = &executed};

    if (is_one_tap(map)) {
        product.w = run->parameter_grad[0] + one_tap_at(map);
        gemm_reduce(&product);
        return;
    }
    parallel_for(map->in_pixels, clear_pixel, &collecting);
    gemm_reduce(&product);
    parallel_for(map->window.kernel * map->window.kernel, collect_tap, &collecting);
}

static void full_map_backward(const struct layer_run *run)
{
    struct full_map map = full_map_of_run(run);
    int64_t executed = 0;

    view_settle_out_gradient(run);
    if (((const struct conv_config *)run->config)->bias)
        bias_gradient(
            (int64_t)run->batch * map.out_pixels, map.k, run->out_grad, run->parameter_grad[1]);
    weight_gradient(run, &map);
    *run->macs += (run->in_grad[0] ? 2 : 1) * counted_macs(run, &map);
    if (!run->in_grad[0])
        return;
    gemm_rows(&(struct gemm_rows){.m = run->batch,
        .n = map.depth,
        .k = map.width,
        .a = run->out_grad,
        .lda = map.width,
        .b = matrix_of(run, &map),
        .b_transposed = true,
        .c = run->in_grad[0],
        .ldc = map.depth,
        .add = run->add_grad[0],
        .context = run,
        .scratch = products_scratch(run, &map),
        .macs = &executed});
}

const struct layer_algorithm conv_full_map = {
    .name = "full map",
    .fits = full_map_fits,
    .scratch_floats = full_map_scratch,
    .forward = full_map_forward,
    .backward = full_map_backward,
};
