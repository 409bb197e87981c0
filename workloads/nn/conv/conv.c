/*
 * Dense convolution as products of matrices; a 1x1 is in pointwise.c, a small filter in
 * conv_direct.c, a 3x3 with stride 1 in conv_winograd.c, one on maps smaller than its window in
 * conv_covering.c. A row of the left matrix is an output pixel with its R x S x C inputs (im2col);
 * rows are gathered block by block as the product wants them, never all at once.
 *
 * Gradient of the input: with stride 1 it is a convolution of the output's gradient with the filter
 * turned round, gathered likewise. With a stride that would multiply zeros, so there rows of the
 * product with W^T are added to the pixels that they came from, image by image.
 */
#include <string.h>

#include "workloads/nn/layers/bias.h"
#include "workloads/nn/layers/channel_sums.h"
#include "conv_covering.h"
#include "conv_direct.h"
#include "conv_turned.h"
#include "conv_winograd.h"
#include "workloads/nn/products/gemm.h"
#include "workloads/nn/kernels/kernels.h"
#include "workloads/nn/graph/layer.h"
#include "workloads/nn/graph/layer_configs.h"
#include "workloads/nn/kernels/parallel.h"
#include "pointwise.h"
#include "workloads/nn/graph/sizes.h"
#include "workloads/nn/layers/view.h"
#include "workloads/nn/graph/window.h"

/* Scattering: rows of a product at a time, and at least so many rows (images) in a block of work.
 */
#define SCATTER_FLOATS 60000
#define SCATTER_ROWS   128

#define LEAST_GATED_PIXELS 32

static struct window window_of(const struct conv_config *config)
{
    return (struct window){
        .kernel = config->kernel, .stride = config->stride, .padding = config->padding};
}

static int conv_shape(
    const void *config, const struct shape *in, struct shape *out, struct err *err)
{
    const struct conv_config *conv = config;
    struct window window = window_of(conv);

    return window_shape(&window, in, conv->channels, out, err);
}

static int conv_parameters(const void *config, const struct shape *in, struct parameter_info *info)
{
    const struct conv_config *conv = config;

    info[0] = (struct parameter_info){.suffix = "weight",
        .kind = PARAMETER_WEIGHT,
        .init = INIT_KAIMING_FAN_OUT,
        .n_dims = 4,
        .dims = {conv->channels, in->c, conv->kernel, conv->kernel}};
    if (!conv->bias)
        return 1;
    info[1] = (struct parameter_info){.suffix = "bias",
        .kind = PARAMETER_BIAS,
        .init = INIT_ZERO,
        .n_dims = 1,
        .dims = {conv->channels}};
    return 2;
}

static int64_t conv_macs(const void *config, const struct shape *in, const struct shape *out)
{
    int kernel = ((const struct conv_config *)config)->kernel;

    return count_product(6, (const int64_t[]){out->h, out->w, out->c, in->c, kernel, kernel});
}

/* Of gathered windows act(0) in the padding would be wrong: there batch norm writes its output. */
static bool conv_reads_views(
    const void *config, const struct shape *in, const struct shape *out, int input)
{
    (void)input;
    if (conv_direct_takes(config, in, out))
        return conv_direct_turns(config, in, out);
    return ((const struct conv_config *)config)->kernel == 1 ||
           conv_winograd_takes(config, in, out);
}

/* On the smallest maps the sums of each image would be more work than a pass over it. */
static bool conv_reads_gates(const void *config, const struct shape *in)
{
    const struct conv_config *conv = config;

    return conv->kernel == 1 && conv->stride == 1 && (int64_t)in->h * in->w >= LEAST_GATED_PIXELS;
}

/* ---- rows ---- */

/* Where rows come from: windows over maps [N][h][w][c]. */
struct gather {
    const float *x;
    struct kernel_window window;
    int channels;      /* of the output, for finish_rows: */
    const float *bias; /* [channels], or NULL */
    float *sums;       /* scratch of channel_sums.h, or NULL */
};

static struct kernel_window kernel_window_of(const struct layer_run *run)
{
    struct window window = window_of(run->config);

    return window_over(&window, run->in_shape, &run->out_shape);
}

static int clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

/* A window of one output pixel: its corner in the input, and the taps [s0, s1) of each row that are
 * inside. */
struct place {
    int64_t image;
    int y, x, s0, s1;
};

static struct place find_place(const struct kernel_window *p, int64_t row)
{
    int64_t pixels = (int64_t)p->out_h * p->out_w;
    int pixel = (int)(row % pixels);
    struct place place = {.image = row / pixels};

    place.y = pixel / p->out_w * p->stride - p->before_h;
    place.x = pixel % p->out_w * p->stride - p->before_w;
    place.s0 = clamp(-place.x, 0, p->kernel);
    place.s1 = clamp(p->w - place.x, place.s0, p->kernel);
    return place;
}

static void gather_rows(const void *context, int64_t row0, int rows, float *block)
{
    const struct gather *gather = context;

    kernels()->gather(&gather->window, gather->x, row0, rows, block);
}

/* On rows of the output that are still in cache: the bias, and the sums for a batch norm. */
static void finish_rows(const void *context, int64_t row0, int rows, int block, float *out)
{
    const struct gather *gather = context;

    (void)row0;
    if (gather->bias)
        bias_add(rows, gather->channels, gather->bias, out);
    if (gather->sums) {
        double *sums = channel_sums_block(gather->sums, block, gather->channels);

        memset(sums, 0, 2 * (size_t)gather->channels * sizeof(*sums));
        kernels()->norm_sums(rows, gather->channels, out, sums);
    }
}

/* ---- sizes ---- */

struct sizes {
    int64_t m; /* output pixels of the batch */
    int taps;  /* R S C */
    int k;
    bool turned; /* the input's gradient is a convolution with the filter turned round */
};

static struct sizes sizes_of(
    const struct conv_config *config, const struct shape *in, const struct shape *out, int batch)
{
    return (struct sizes){
        .m = (int64_t)batch * out->h * out->w,
        .taps = config->kernel * config->kernel * in->c,
        .k = out->c,
        .turned = config->stride == 1 && in->h == out->h && in->w == out->w,
    };
}

static int scatter_rows(const struct sizes *sizes)
{
    return clamp(SCATTER_FLOATS / sizes->taps, 96, SCATTER_ROWS * 8);
}

/* W^T packed for the product, in whole cache lines. */
static size_t scatter_packed_floats(const struct sizes *sizes)
{
    return whole_lines(gemm_factor_floats(sizes->taps, sizes->k));
}

static size_t scatter_floats(const struct sizes *sizes)
{
    return scatter_packed_floats(sizes) +
           (size_t)parallel_threads() * (size_t)scatter_rows(sizes) * (size_t)sizes->taps;
}

static size_t conv_scratch(
    const void *config, const struct shape *in, const struct shape *out, int batch)
{
    const struct conv_config *conv = config;
    struct sizes sizes = sizes_of(conv, in, out, batch);
    struct window window = window_of(conv);
    struct kernel_window slid = window_over(&window, in, out);
    int turned_taps = conv->kernel * conv->kernel * out->c;
    size_t forward = gemm_rows_scratch(sizes.m, sizes.k, sizes.taps) +
                     channel_sums_floats(gemm_most_blocks(sizes.m, sizes.k, sizes.taps), sizes.k);
    size_t dw = gemm_reduce_scratch(sizes.m, sizes.k, sizes.taps, true), dx = 0;

    if (conv->kernel == 1)
        return pointwise_scratch(conv, in, out, batch);
    if (conv_direct_takes(conv, in, out))
        return max_size(conv_direct_scratch(conv, in, out, batch), scatter_floats(&sizes));
    if (conv_winograd_takes(conv, in, out))
        return conv_winograd_scratch(conv, in, out, batch);
    if (conv_covering_takes(conv, in, out))
        return conv_covering_scratch(conv, in, out, batch);
    if (sizes.turned)
        dx = conv_turned_floats(&slid, sizes.k) + gemm_rows_scratch(sizes.m, in->c, turned_taps);
    else
        dx = scatter_floats(&sizes);
    return max_size(forward, max_size(dw, dx));
}

/* ---- forward ---- */

static void conv_forward(const struct layer_run *run)
{
    const struct conv_config *config = run->config;
    struct sizes sizes = sizes_of(config, run->in_shape, &run->out_shape, run->batch);
    struct gather gather = {
        .x = run->in[0].data,
        .window = kernel_window_of(run),
        .channels = sizes.k,
        .bias = config->bias ? run->parameter[1] : NULL,
        .sums =
            run->out_sums ? run->scratch + gemm_rows_scratch(sizes.m, sizes.k, sizes.taps) : NULL,
    };
    const double *total;

    if (config->kernel == 1) {
        pointwise_forward(run);
        return;
    }
    if (conv_direct_takes(config, run->in_shape, &run->out_shape)) {
        conv_direct_forward(run);
        return;
    }
    if (conv_winograd_takes(config, run->in_shape, &run->out_shape)) {
        conv_winograd_forward(run);
        return;
    }
    if (conv_covering_takes(config, run->in_shape, &run->out_shape)) {
        conv_covering_forward(run);
        return;
    }
    gemm_rows(&(struct gemm_rows){.m = sizes.m,
        .n = sizes.k,
        .k = sizes.taps,
        .b = run->parameter[0],
        .c = run->out,
        .ldc = sizes.k,
        .fill = gather_rows,
        .finish = gather.bias || gather.sums ? finish_rows : NULL,
        .context = &gather,
        .scratch = run->scratch,
        .macs = run->macs});
    if (!gather.sums)
        return;
    total =
        channel_sums_total(gather.sums, gemm_block_count(sizes.m, sizes.k, sizes.taps), sizes.k);
    for (int i = 0; i < 2 * sizes.k; i++)
        run->out_sums[i] += total[i];
}

/* ---- backward ---- */

/* in_grad as a convolution of out_grad. */
static void turned_dx(const struct layer_run *run, const struct sizes *sizes)
{
    struct kernel_window window = kernel_window_of(run);
    struct gather gather = {.x = run->out_grad, .window = conv_turned_window(&window, sizes->k)};

    conv_turn(&window, sizes->k, run->parameter[0], run->scratch);
    gemm_rows(&(struct gemm_rows){.m = sizes->m,
        .n = window.c,
        .k = window.kernel * window.kernel * sizes->k,
        .b = run->scratch,
        .b_transposed = true,
        .c = run->in_grad[0],
        .ldc = window.c,
        .add = run->add_grad[0],
        .fill = gather_rows,
        .context = &gather,
        .scratch = run->scratch + conv_turned_floats(&window, sizes->k),
        .macs = run->macs});
}

struct scatter {
    const struct layer_run *run;
    struct kernel_window window;
    struct sizes sizes;
    int images; /* in a block */
    struct gemm_factor factor;
};

/* dx += what rows of dout W^T say, each at the pixels of its window. */
static void add_rows(
    const struct kernel_window *p, int64_t row0, int rows, const float *block, float *dx)
{
    size_t c = (size_t)p->c, line = (size_t)p->kernel * c;

    for (int64_t row = row0; row < row0 + rows; row++) {
        struct place at = find_place(p, row);

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
    const struct sizes *sizes = &scatter->sizes;
    int image = block * scatter->images, step = scatter_rows(sizes);
    int images = image + scatter->images < run->batch ? scatter->images : run->batch - image;
    size_t in = count_floats(run->in_shape, 1);
    int64_t pixels = (int64_t)run->out_shape.h * run->out_shape.w, row = image * pixels,
            end = row + images * pixels;
    float *rows = run->scratch + scatter_packed_floats(sizes) +
                  (size_t)thread * (size_t)step * (size_t)sizes->taps;

    if (!run->add_grad[0])
        memset(run->in_grad[0] + (size_t)image * in, 0, (size_t)images * in * sizeof(float));
    for (; row < end; row += step) {
        int count = end - row < step ? (int)(end - row) : step;

        gemm_block(&scatter->factor, count, run->out_grad + (size_t)row * (size_t)sizes->k,
            sizes->k, rows, sizes->taps);
        add_rows(&scatter->window, row, count, rows, run->in_grad[0]);
    }
}

/* in_grad by adding rows of a product to the pixels that they came from; images do not meet. */
static void scattered_dx(const struct layer_run *run, const struct sizes *sizes)
{
    int pixels = run->out_shape.h * run->out_shape.w;
    struct scatter scatter = {
        .run = run,
        .window = kernel_window_of(run),
        .sizes = *sizes,
        .images = (SCATTER_ROWS + pixels - 1) / pixels,
        .factor = {.n = sizes->taps, .k = sizes->k, .b = run->parameter[0], .transposed = true},
    };

    gemm_factor_pack(&scatter.factor, run->scratch);
    parallel_for((run->batch + scatter.images - 1) / scatter.images, scatter_block, &scatter);
    *run->macs += sizes->m * sizes->taps * sizes->k;
}

static void conv_backward(const struct layer_run *run)
{
    const struct conv_config *config = run->config;
    struct sizes sizes = sizes_of(config, run->in_shape, &run->out_shape, run->batch);
    struct gather gather = {.x = run->in[0].data, .window = kernel_window_of(run)};

    if (config->kernel == 1) {
        pointwise_backward(run);
        return;
    }
    if (conv_direct_takes(config, run->in_shape, &run->out_shape)) {
        conv_direct_dw(run);
        if (run->in_grad[0] && conv_direct_turns(config, run->in_shape, &run->out_shape))
            conv_direct_dx(run);
        else if (run->in_grad[0])
            scattered_dx(run, &sizes);
        return;
    }
    if (conv_winograd_takes(config, run->in_shape, &run->out_shape)) {
        conv_winograd_backward(run);
        return;
    }
    if (conv_covering_takes(config, run->in_shape, &run->out_shape)) {
        conv_covering_backward(run);
        return;
    }
    view_settle_out_gradient(run);
    if (config->bias)
        bias_gradient(sizes.m, sizes.k, run->out_grad, run->parameter_grad[1]);
    gemm_reduce(&(struct gemm_reduce){.m = sizes.m,
        .n = sizes.k,
        .k = sizes.taps,
        .b = run->out_grad,
        .ldb = sizes.k,
        .w = run->parameter_grad[0],
        .fill = gather_rows,
        .context = &gather,
        .scratch = run->scratch,
        .macs = run->macs});
    if (run->in_grad[0] && sizes.turned)
        turned_dx(run, &sizes);
    else if (run->in_grad[0])
        scattered_dx(run, &sizes);
}

static bool conv_example(int index, void *config, struct shape *in)
{
    static const struct {
        struct conv_config config;
        struct shape in;
    } examples[] = {
        {{5, 1, 1, PADDING_TORCH, false}, {4, 3, 7}},
        {{33, 1, 1, PADDING_TORCH, true}, {9, 8, 20}},
        {{6, 1, 2, PADDING_TORCH, false}, {5, 4, 3}},
        {{4, 3, 1, PADDING_TORCH, true}, {5, 4, 3}},
        {{17, 3, 1, PADDING_SAME, false}, {3, 6, 2}},
        {{8, 3, 2, PADDING_TORCH, false}, {7, 6, 3}},
        {{8, 3, 2, PADDING_SAME, false}, {8, 6, 3}},
        {{5, 7, 2, PADDING_TORCH, false}, {9, 11, 2}},
        {{3, 3, 1, PADDING_TORCH, false}, {1, 1, 6}},
        {{3, 3, 2, PADDING_SAME, false}, {2, 1, 5}},
        {{19, 3, 1, PADDING_TORCH, true}, {2, 2, 18}},
        {{7, 3, 2, PADDING_TORCH, false}, {2, 2, 5}},
        {{6, 5, 1, PADDING_SAME, true}, {2, 3, 4}},
        {{4, 2, 1, PADDING_TORCH, false}, {4, 4, 3}},
        {{16, 7, 1, PADDING_TORCH, true}, {9, 11, 3}},
        {{20, 3, 2, PADDING_SAME, false}, {17, 18, 3}},
        {{5, 5, 1, PADDING_TORCH, false}, {8, 9, 16}},
    };

    if (index >= (int)(sizeof(examples) / sizeof(examples[0])))
        return false;
    *(struct conv_config *)config = examples[index].config;
    in[0] = examples[index].in;
    return true;
}

const struct layer layer_conv = {
    .name = "conv",
    .summary = "dense convolution",
    .config_bytes = sizeof(struct conv_config),
    .n_inputs = 1,
    .gives_sums = true,
    .takes_factors = true,
    .keeps_input = true,
    .reads_views = conv_reads_views,
    .reads_gates = conv_reads_gates,
    .shape = conv_shape,
    .parameters = conv_parameters,
    .macs = conv_macs,
    .scratch_floats = conv_scratch,
    .forward = conv_forward,
    .backward = conv_backward,
    .backward_macs_factor = 2,
    .example = conv_example,
};
