/*
 * Convolutions of few channels, the first of a network: a row of a window is a run of kernel * C
 * floats, and windows of a row of outputs are stride * C floats apart, once the map has its padding
 * around it. So rows of the input are copied into such a map, and the product reads windows from
 * there: gathering them would take longer than multiplying.
 */
#include <string.h>

#include "inference_private.h"
#include "workloads/nn/kernels/parallel.h"
#include "workloads/nn/graph/sizes.h"

#define MOST_CHANNELS 8
#define MOST_WEIGHTS  40000 /* they are read anew for every row of outputs */
#define MAP_FLOATS    8192  /* of a padded map, unless a single row of outputs needs more */

static int64_t columns_of(const struct kernel_window *window)
{
    int64_t reach = (int64_t)(window->out_w - 1) * window->stride + window->kernel;
    int64_t columns = (int64_t)window->before_w + window->w;

    return columns > reach ? columns : reach;
}

static int64_t rows_in(const struct kernel_window *window, int band)
{
    return (int64_t)(band - 1) * window->stride + window->kernel;
}

static size_t map_floats(const struct step *step)
{
    const struct kernel_window *window = &step->conv.window;
    int64_t floats = rows_in(window, step->conv.band) * columns_of(window) * window->c;

    return whole_lines((size_t)floats);
}

static bool rows_fits(const struct step *step, int batch)
{
    (void)batch;
    return step->conv.window.kernel > 1 && step->conv.window.c <= MOST_CHANNELS &&
           (int64_t)step->project.k * step->project.n <= MOST_WEIGHTS;
}

static size_t rows_plan(struct step *step, int batch)
{
    struct conv_plan *conv = &step->conv;
    int bands;

    (void)batch;
    for (conv->band = conv->window.out_h; conv->band > 1 && map_floats(step) > MAP_FLOATS;)
        conv->band--;
    bands = (conv->window.out_h + conv->band - 1) / conv->band;
    conv->band = (conv->window.out_h + bands - 1) / bands;
    return map_floats(step) * (size_t)parallel_threads();
}

struct row_bands {
    const struct inference *inference;
    const struct step *step;
    int bands;
};

/* Rows of the input from `top` on, which may lie above or below it, with zeros around. */
static void pad_rows(
    const struct kernel_window *window, const float *x, int top, int rows, float *map)
{
    size_t line = (size_t)columns_of(window) * (size_t)window->c;
    size_t left = (size_t)window->before_w * (size_t)window->c;
    size_t inside = (size_t)window->w * (size_t)window->c;

    for (int row = top; row < top + rows; row++, map += line) {
        if (row < 0 || row >= window->h) {
            memset(map, 0, line * sizeof(*map));
            continue;
        }
        memset(map, 0, left * sizeof(*map));
        memcpy(map + left, x + (size_t)row * inside, inside * sizeof(*map));
        memset(map + left + inside, 0, (line - left - inside) * sizeof(*map));
    }
}

static void run_band(void *context, int block, int thread)
{
    const struct row_bands *run = context;
    const struct step *step = run->step;
    const struct kernel_window *window = &step->conv.window;
    const struct folded *part = &step->project;
    int image = block / run->bands, row = block % run->bands * step->conv.band;
    int rows = min_int(step->conv.band, window->out_h - row);
    int64_t line = columns_of(window) * window->c;
    int64_t at = ((int64_t)image * window->out_h + row) * window->out_w * part->n;
    float *map = step->scratch + (size_t)thread * map_floats(step);
    struct infer_product product = {.rows = window->out_w,
        .n = part->n,
        .k = part->k,
        .a = map,
        .lda = (int64_t)window->stride * window->c,
        .run = window->kernel * window->c,
        .run_stride = line,
        .packed = part->weight,
        .bias = part->bias,
        .residual = step->in2 ? step->in2 + at : NULL,
        .ldr = part->n,
        .act = part->act,
        .c = step->out + at,
        .ldc = part->n};

    pad_rows(window,
        step->in + (size_t)image * (size_t)window->h * (size_t)window->w * (size_t)window->c,
        row * window->stride - window->before_h, (int)rows_in(window, rows), map);
    for (int i = 0; i < rows; i++) {
        kernels()->infer_product(&product);
        product.a += line * window->stride;
        product.c += (int64_t)window->out_w * part->n;
        if (product.residual)
            product.residual += (int64_t)window->out_w * part->n;
    }
    atomic_fetch_add_explicit(run->inference->macs,
        (int64_t)rows * window->out_w * part->k * part->n, memory_order_relaxed);
}

static void rows_run(const struct inference *inference, const struct step *step, int n)
{
    struct row_bands run = {
        inference, step, (step->conv.window.out_h + step->conv.band - 1) / step->conv.band};

    parallel_for(n * run.bands, run_band, &run);
}

const struct step_conv_algorithm step_conv_rows = {
    .name = "rows", .fits = rows_fits, .plan = rows_plan, .run = rows_run};
