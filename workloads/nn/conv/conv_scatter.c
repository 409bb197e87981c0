/* The gradient of an input by adding rows of a product to the pixels that they came from. */
#include "conv_scatter.h"

#include <string.h>

#include "conv_algorithm.h"
#include "workloads/nn/graph/sizes.h"
#include "workloads/nn/kernels/kernels.h"
#include "workloads/nn/kernels/parallel.h"
#include "workloads/nn/products/gemm.h"

/* Scattering: rows of a product at a time, and at least so many rows (images) in a block of work.
 */
#define SCATTER_FLOATS 60000
#define SCATTER_ROWS   128

/* One gradient; images do not meet, so that blocks of them are worked on side by side. */
struct scatter {
    const struct layer_run *run;
    struct kernel_window window;
    int taps, k; /* R S C, K */
    int images;  /* in a block */
    struct gemm_factor factor;
};

static int clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

static int scatter_rows(int taps)
{
    return clamp(SCATTER_FLOATS / taps, 96, SCATTER_ROWS * 8);
}

/* W^T packed for the product, in whole cache lines. */
static size_t scatter_packed_floats(int taps, int k)
{
    return whole_lines(gemm_factor_floats(taps, k));
}

size_t conv_scatter_scratch(
    const struct conv_config *config, const struct shape *in, const struct shape *out)
{
    int taps = config->kernel * config->kernel * in->c;

    return scatter_packed_floats(taps, out->c) +
           (size_t)parallel_threads() * (size_t)scatter_rows(taps) * (size_t)taps;
}

/* A window of one output pixel: its corner in the input, and the taps [s0, s1) of each row that are
 * inside. */
struct corner {
    int64_t image;
    int y, x, s0, s1;
};

static struct corner corner_of(const struct kernel_window *p, int64_t row)
{
    int64_t pixels = (int64_t)p->out_h * p->out_w;
    int pixel = (int)(row % pixels);
    struct corner corner = {.image = row / pixels};

    corner.y = pixel / p->out_w * p->stride - p->before_h;
    corner.x = pixel % p->out_w * p->stride - p->before_w;
    corner.s0 = clamp(-corner.x, 0, p->kernel);
    corner.s1 = clamp(p->w - corner.x, corner.s0, p->kernel);
    return corner;
}

/* dx += what rows of dout W^T say, each at the pixels of its window. */
static void add_rows(
    const struct kernel_window *p, int64_t row0, int rows, const float *block, float *dx)
{
    size_t c = (size_t)p->c, line = (size_t)p->kernel * c;

    for (int64_t row = row0; row < row0 + rows; row++) {
        struct corner at = corner_of(p, row);

        for (int r = 0; r < p->kernel; r++, block += line) {
            int y = at.y + r;
            float *to;

            if (y < 0 || y >= p->h || at.s1 == at.s0)
                continue;
            to = dx + (((size_t)at.image * (size_t)p->h + (size_t)y) * (size_t)p->w +
                          (size_t)(at.x + at.s0)) *
                          c;
            kernels()->add((int64_t)(at.s1 - at.s0) * p->c, to, block + (size_t)at.s0 * c, to);
        }
    }
}

static void scatter_block(void *context, int block, int thread)
{
    const struct scatter *scatter = context;
    const struct layer_run *run = scatter->run;
    int image = block * scatter->images, step = scatter_rows(scatter->taps);
    int images = image + scatter->images < run->batch ? scatter->images : run->batch - image;
    size_t in = count_floats(run->in_shape, 1);
    int64_t pixels = (int64_t)run->out_shape.h * run->out_shape.w, row = image * pixels,
            end = row + images * pixels;
    float *rows = run->scratch + scatter_packed_floats(scatter->taps, scatter->k) +
                  (size_t)thread * (size_t)step * (size_t)scatter->taps;

    if (!run->add_grad[0])
        memset(run->in_grad[0] + (size_t)image * in, 0, (size_t)images * in * sizeof(float));
    for (; row < end; row += step) {
        int count = end - row < step ? (int)(end - row) : step;

        gemm_block(&scatter->factor, count, run->out_grad + (size_t)row * (size_t)scatter->k,
            scatter->k, rows, scatter->taps);
        add_rows(&scatter->window, row, count, rows, run->in_grad[0]);
    }
}

void conv_scatter(const struct layer_run *run)
{
    const struct conv_config *config = run->config;
    int64_t pixels = (int64_t)run->out_shape.h * run->out_shape.w;
    int taps = config->kernel * config->kernel * run->in_shape[0].c, k = run->out_shape.c;
    struct scatter scatter = {
        .run = run,
        .window = conv_window(config, run->in_shape, &run->out_shape),
        .taps = taps,
        .k = k,
        .images = (int)((SCATTER_ROWS + pixels - 1) / pixels),
        .factor = {.n = taps, .k = k, .b = run->parameter[0], .transposed = true},
    };

    gemm_factor_pack(&scatter.factor, run->scratch);
    parallel_for((run->batch + scatter.images - 1) / scatter.images, scatter_block, &scatter);
    *run->macs += run->batch * pixels * taps * k;
}
