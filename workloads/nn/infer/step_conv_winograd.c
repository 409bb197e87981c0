/*
 * 3x3 convolutions with stride 1 by Winograd (winograd.h). Maps with so few tiles that a single
 * image does not pay for it go by it in larger batches only; they are deep, and their weights,
 * which would be four times as many when packed, are transformed in every run.
 */
#include <string.h>

#include "inference_private.h"
#include "workloads/nn/graph/sizes.h"
#include "workloads/nn/conv/winograd.h"

static struct winograd shape_of(const struct step *step, int batch)
{
    const struct kernel_window *window = &step->conv.window;

    return (struct winograd){.batch = batch,
        .h = window->h,
        .w = window->w,
        .c = window->c,
        .k = step->project.n,
        .before_h = window->before_h,
        .before_w = window->before_w};
}

static bool pays(const struct step *step, int n)
{
    const struct kernel_window *window = &step->conv.window;
    struct winograd shape = shape_of(step, n);

    return window->kernel == 3 && window->stride == 1 && winograd_pays(&shape);
}

/* The way of batches that it does not pay for. */
static const struct step_conv_algorithm *small_algorithm(const struct step *step, int batch)
{
    return step_conv_in_place.fits(step, batch) ? &step_conv_in_place : &step_conv_im2col;
}

static size_t plan(struct step *step, int batch)
{
    struct winograd shape = shape_of(step, batch);
    size_t small;

    step->conv.packed = pays(step, 1);
    if (step->conv.packed)
        return winograd_packed_scratch(&shape);
    step->conv.small = small_algorithm(step, batch);
    small = step->conv.small->plan(step, batch);
    return max_size(small, winograd_forward_scratch(&shape));
}

static size_t weight_floats(const struct step *step)
{
    struct winograd shape = shape_of(step, 1);

    return whole_lines(step->conv.packed ? winograd_packed_floats(&shape)
                                         : (size_t)step->project.k * (size_t)step->project.n);
}

static bool is_winograd(const struct step *step)
{
    return step->conv.algorithm == &step_conv_winograd;
}

size_t inference_winograd_constants(const struct step *step)
{
    return is_winograd(step) ? weight_floats(step) + INFER_PADDED(step->project.n) : 0;
}

float *inference_winograd_fold(struct step *step, const float *weight, float *to, float *scratch)
{
    struct winograd shape = shape_of(step, 1);
    float *ones;

    if (!is_winograd(step))
        return to;
    step->conv.winograd_weight = to;
    if (step->conv.packed)
        winograd_pack(&shape, weight, to, scratch);
    else
        memcpy(to, weight, (size_t)step->project.k * (size_t)step->project.n * sizeof(*to));
    ones = to + weight_floats(step);
    for (int i = 0; i < step->project.n; i++)
        ones[i] = 1;
    step->conv.ones = ones;
    return ones + INFER_PADDED(step->project.n);
}

static void finish_rows(const void *context, int64_t row0, int rows, int block, float *out)
{
    const struct step *step = context;
    int n = step->project.n;

    (void)block;
    if (step->in2)
        kernels()->add((int64_t)rows * n, out, step->in2 + row0 * n, out);
    kernels()->affine(
        rows, n, out, step->conv.ones, step->project.bias, step->project.act, out, false);
}

static void run(const struct inference *inference, const struct step *step, int n)
{
    struct winograd shape = shape_of(step, n);
    int64_t macs = 0;
    struct winograd_run work = {.in = {.data = step->in},
        .weight = step->conv.packed ? NULL : step->conv.winograd_weight,
        .packed = step->conv.packed ? step->conv.winograd_weight : NULL,
        .out = step->out,
        .finish = finish_rows,
        .context = step,
        .scratch = step->scratch,
        .macs = &macs};

    if (!pays(step, n)) {
        step->conv.small->run(inference, step, n);
        return;
    }
    winograd_forward(&shape, &work);
    atomic_fetch_add_explicit(inference->macs, macs, memory_order_relaxed);
}

const struct step_conv_algorithm step_conv_winograd = {
    .name = "winograd", .fits = pays, .plan = plan, .run = run};
