/*
 * Reads values through views and writes gradients through them, with or without a gate, a block of
 * rows at a time.
 */
#include "view.h"

#include <string.h>

#include "channel_sums.h"
#include "workloads/nn/kernels/kernels.h"
#include "workloads/nn/graph/sizes.h"
#include "workloads/nn/graph/window.h"

#define MOST_BLOCKS  256
#define MOST_GROUPS  32
#define BLOCK_FLOATS 4096

bool view_is_plain(const struct view *view)
{
    return !view->scale && view->act == ACT_NONE; /* a gate has a scale */
}

/* Of `rows` rows from row0 on, those of the same image as row0. */
static int64_t rows_of_image(int64_t row0, int64_t rows, int64_t pixels)
{
    int64_t left = pixels - row0 % pixels;

    return rows < left ? rows : left;
}

void view_apply(const struct view *view, int64_t rows, int c, const float *x, float *to)
{
    if (view->scale)
        kernels()->affine(rows, c, x, view->scale, view->shift, view->act, to, false);
    else if (view->act != ACT_NONE)
        kernels()->act_forward(view->act, rows * c, x, to);
    else if (to != x)
        memcpy(to, x, (size_t)rows * (size_t)c * sizeof(*to));
}

static struct kernel_gate gate_of_view(const struct view *view, int64_t image, int c)
{
    return (struct kernel_gate){.scale = view->scale,
        .shift = view->shift,
        .mean = view->mean,
        .gate = view->gate + image * c,
        .act = view->act};
}

void view_rows(const struct view *view, int64_t row0, int64_t rows, int c, float *to)
{
    if (!view->gate) {
        view_apply(view, rows, c, view->data + row0 * c, to);
        return;
    }
    for (int64_t row = row0, n; row < row0 + rows; row += n) {
        struct kernel_gate gate = gate_of_view(view, row / view->pixels, c);

        n = rows_of_image(row, row0 + rows - row, view->pixels);
        kernels()->gate_apply(n, c, view->data + row * c, &gate, to + (row - row0) * c);
    }
}

static void gated_out_gradient(const struct layer_run *run, int64_t row0, int64_t rows, float *to)
{
    int64_t pixels = (int64_t)run->out_shape.h * run->out_shape.w;
    const struct gated_grad *gated = &run->gated;
    const float *factors = run->out_grad_factors;
    int c = run->out_shape.c;

    for (int64_t row = row0, n; row < row0 + rows; row += n) {
        int64_t image = row / pixels;
        struct kernel_gate gate = {.scale = gated->scale,
            .shift = gated->shift,
            .gate = gated->gate + image * c,
            .constant = gated->constant + image * c,
            .act = gated->act};

        n = rows_of_image(row, row0 + rows - row, pixels);
        kernels()->gate_dx(n, c, run->out + row * c, &gate, run->out_grad + row * c, factors,
            factors + c, factors + 2 * c, to + (row - row0) * c);
    }
}

const float *view_out_gradient(const struct layer_run *run, int64_t row0, int64_t rows, float *to)
{
    int c = run->out_shape.c;
    const float *factors = run->out_grad_factors, *grad = run->out_grad + row0 * c;

    if (!factors)
        return grad;
    if (run->gated.gate) {
        gated_out_gradient(run, row0, rows, to);
        return to;
    }
    kernels()->norm_dx(
        rows, c, run->out + row0 * c, grad, factors, factors + c, factors + 2 * c, to, false);
    return to;
}

static struct parallel_split split_of(const struct layer_run *run)
{
    const struct shape *shape = &run->out_shape;

    return parallel_split((int64_t)run->batch * shape->h * shape->w, shape->c, MOST_BLOCKS);
}

static void settle_block(void *context, int block, int thread)
{
    const struct layer_run *run = context;
    struct parallel_split split = split_of(run);
    int64_t from, to;

    (void)thread;
    parallel_range(&split, block, &from, &to);
    view_out_gradient(run, from, to - from, run->out_grad + from * run->out_shape.c);
}

void view_settle_out_gradient(const struct layer_run *run)
{
    if (run->out_grad_factors)
        parallel_for(split_of(run).blocks, settle_block, (void *)(uintptr_t)run);
}

void view_in_gradient(const struct layer_run *run, int input, int64_t row0, int64_t rows,
    const float *da, double *sums)
{
    const struct view *view = &run->in[input];
    int c = run->in_shape[input].c;
    bool add = run->add_grad[input];
    float *dz = run->in_grad[input] + row0 * c;

    if (!view_is_plain(view) && !view->gate)
        kernels()->view_grad(rows, c, view->data + row0 * c, view->scale, view->shift, view->mean,
            view->act, da, dz, add, sums);
    else if (add)
        kernels()->add(rows * c, dz, da, dz);
    else if (dz != da)
        memcpy(dz, da, (size_t)rows * (size_t)c * sizeof(*dz));
}

void view_gate_sums_clear(const struct layer_run *run, int64_t images_from, int64_t images_to)
{
    size_t size = KERNEL_GATE_SUMS * (size_t)run->in_shape[0].c;

    memset(run->gate_sums + (size_t)images_from * size, 0,
        (size_t)(images_to - images_from) * size * sizeof(*run->gate_sums));
}

void view_gate_sums(const struct layer_run *run, int64_t row0, int64_t rows)
{
    const struct view *view = &run->in[0];
    int c = run->in_shape[0].c;

    for (int64_t row = row0, n; row < row0 + rows; row += n) {
        int64_t image = row / view->pixels;
        struct kernel_gate gate = gate_of_view(view, image, c);

        n = rows_of_image(row, row0 + rows - row, view->pixels);
        kernels()->gate_sums(n, c, view->data + row * c, &gate, run->in_grad[0] + row * c,
            run->gate_sums + image * KERNEL_GATE_SUMS * c);
    }
}

double *view_sums_block(const struct layer_run *run, int input, float *scratch, int block)
{
    int c = run->in_shape[input].c;
    double *sums = channel_sums_block(scratch, block, c);

    if (!run->in_grad_sums[input])
        return NULL;
    memset(sums, 0, 2 * (size_t)c * sizeof(*sums));
    return sums;
}

void view_sums_add(const struct layer_run *run, int input, float *scratch, int blocks)
{
    int c = run->in_shape[input].c;
    const double *total;

    if (!run->in_grad_sums[input])
        return;
    total = channel_sums_total(scratch, blocks, c);
    for (int i = 0; i < 2 * c; i++)
        run->in_grad_sums[input][i] += total[i];
}

struct parallel_split view_groups(const struct shape *shape, int batch)
{
    return parallel_split(batch, (int64_t)count_floats(shape, 1), MOST_GROUPS);
}

int view_block_rows(int c)
{
    return c < BLOCK_FLOATS ? BLOCK_FLOATS / c : 1;
}

static size_t groups_sums(const struct shape *shape, int batch)
{
    int most = parallel_most_blocks(batch, (int64_t)count_floats(shape, 1), MOST_GROUPS);

    return whole_lines(channel_sums_floats(most, shape->c));
}

static size_t block_floats(int c)
{
    return whole_lines((size_t)view_block_rows(c) * (size_t)c);
}

size_t view_groups_scratch(const struct shape *shape, int batch)
{
    return groups_sums(shape, batch) + (size_t)parallel_threads() * block_floats(shape->c);
}

float *view_thread_block(const struct layer_run *run, int thread)
{
    const struct shape *shape = &run->in_shape[0];

    return run->scratch + groups_sums(shape, run->batch) + (size_t)thread * block_floats(shape->c);
}

bool view_reads_all(const void *config, const struct shape *in, const struct shape *out, int input)
{
    (void)config;
    (void)in;
    (void)out;
    (void)input;
    return true;
}
