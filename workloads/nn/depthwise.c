/* Depthwise convolution: one R x S filter for each channel. */
#include <string.h>

#include "channel_sums.h"
#include "kernels/kernels.h"
#include "layer.h"
#include "layer_configs.h"
#include "parallel.h"
#include "window.h"

/* Of an image: larger ones are cut into bands of rows. */
#define BAND_ELEMENTS 65536
#define MOST_BLOCKS   128
#define MOST_GROUPS   16 /* of images, in the gradient of the weights, each with sums of its own */

static struct window window_of(const struct depthwise_config *config)
{
    return (struct window){
        .kernel = config->kernel, .stride = config->stride, .padding = config->padding};
}

static int depthwise_shape(
    const void *config, const struct shape *in, struct shape *out, struct err *err)
{
    struct window window = window_of(config);

    return window_shape(&window, in, in->c, out, err);
}

static int depthwise_parameters(
    const void *config, const struct shape *in, struct parameter_info *info)
{
    int kernel = ((const struct depthwise_config *)config)->kernel;

    info[0] = (struct parameter_info){.suffix = "weight",
        .kind = PARAMETER_WEIGHT,
        .init = INIT_KAIMING_FAN_OUT,
        .n_dims = 4,
        .dims = {in->c, 1, kernel, kernel}};
    return 1;
}

static int64_t depthwise_macs(const void *config, const struct shape *in, const struct shape *out)
{
    int kernel = ((const struct depthwise_config *)config)->kernel;

    return count_product(5, (const int64_t[]){out->h, out->w, in->c, kernel, kernel});
}

static struct kernel_window kernel_window_of(const struct layer_run *run)
{
    struct window window = window_of(run->config);
    const struct shape *in = run->in_shape;

    return (struct kernel_window){
        .h = in->h,
        .w = in->w,
        .c = in->c,
        .out_h = run->out_shape.h,
        .out_w = run->out_shape.w,
        .kernel = window.kernel,
        .stride = window.stride,
        .before_h = window_before(&window, in->h),
        .before_w = window_before(&window, in->w),
    };
}

/* ---- forward and the gradient of the inputs: groups of small images, or bands of rows of large
 * ones ---- */

struct band_split {
    struct parallel_split
        images; /* of which each block has all rows, if bands is 1; else one image a block */
    int bands, band_rows;
};

static struct band_split split_bands(const struct shape *shape, int batch)
{
    int64_t elements = (int64_t)count_floats(shape, 1), bands = elements / BAND_ELEMENTS;
    struct band_split split;

    split.bands = bands < 1 ? 1 : bands > shape->h ? shape->h : (int)bands;
    split.band_rows = (shape->h + split.bands - 1) / split.bands;
    split.bands = (shape->h + split.band_rows - 1) / split.band_rows;
    split.images = parallel_split(batch, elements, split.bands > 1 ? batch : MOST_BLOCKS);
    return split;
}

struct band_run {
    const struct layer_run *run;
    struct kernel_window window;
    struct band_split split;
    struct shape shape; /* of what is split */
};

struct band {
    int64_t image;
    int images, row0, row1;
};

static struct band find_band(const struct band_run *run, int block)
{
    const struct band_split *split = &run->split;
    int64_t from, to;
    struct band band;

    parallel_range(&split->images, block / split->bands, &from, &to);
    band.image = from;
    band.images = (int)(to - from);
    band.row0 = block % split->bands * split->band_rows;
    band.row1 =
        band.row0 + split->band_rows < run->shape.h ? band.row0 + split->band_rows : run->shape.h;
    return band;
}

static int most_forward_blocks(const struct shape *out, int batch)
{
    struct band_split split = split_bands(out, batch);
    int64_t elements = (int64_t)count_floats(out, 1);

    return split.bands > 1 ? split.bands * batch
                           : parallel_most_blocks(batch, elements, MOST_BLOCKS);
}

static void forward_band(void *context, int block, int thread)
{
    const struct band_run *bands = context;
    const struct layer_run *run = bands->run;
    struct band band = find_band(bands, block);
    size_t image = (size_t)band.image * count_floats(&run->out_shape, 1);
    int64_t width = run->out_shape.w, rows = (int64_t)band.images * (band.row1 - band.row0) * width;
    int c = run->out_shape.c;

    (void)thread;
    kernels()->depthwise_forward(&bands->window, band.images,
        run->in[0].data + (size_t)band.image * count_floats(run->in_shape, 1), run->parameter[0],
        run->out + image, band.row0, band.row1, false);
    if (run->out_sums) /* several images have all their rows, so the band is one piece */
        kernels()->norm_sums(rows, c, run->out + image + (size_t)(band.row0 * width * c),
            channel_sums_block(run->scratch, block, c));
}

static void depthwise_forward(const struct layer_run *run)
{
    struct band_run bands = {
        .run = run,
        .window = kernel_window_of(run),
        .split = split_bands(&run->out_shape, run->batch),
        .shape = run->out_shape,
    };

    int blocks = bands.split.images.blocks * bands.split.bands;

    parallel_for(blocks, forward_band, &bands);
    *run->macs += depthwise_macs(run->config, run->in_shape, &run->out_shape) * run->batch;
    if (run->out_sums) {
        const double *total = channel_sums_total(run->scratch, blocks, run->out_shape.c);

        for (int i = 0; i < 2 * run->out_shape.c; i++)
            run->out_sums[i] += total[i];
    }
}

static void dx_band(void *context, int block, int thread)
{
    const struct band_run *bands = context;
    const struct layer_run *run = bands->run;
    struct band band = find_band(bands, block);

    (void)thread;
    kernels()->depthwise_dx(&bands->window, band.images,
        run->out_grad + (size_t)band.image * count_floats(&run->out_shape, 1), run->parameter[0],
        run->in_grad[0] + (size_t)band.image * count_floats(run->in_shape, 1), band.row0, band.row1,
        run->add_grad[0]);
}

/* ---- the gradient of the weights: groups of images, each with sums of its own, by slices of
 * channels ---- */

struct dw_split {
    int groups, group_images, slices, slice;
};

static int most_groups(const struct shape *out, int batch)
{
    int64_t groups = (int64_t)batch * out->h * out->w / 1024;
    int most = batch < MOST_GROUPS ? batch : MOST_GROUPS;

    return groups < 1 ? 1 : groups > most ? most : (int)groups;
}

static struct dw_split split_dw(const struct shape *out, int batch)
{
    struct dw_split split = {.groups = most_groups(out, batch)};

    split.group_images = (batch + split.groups - 1) / split.groups;
    split.groups = (batch + split.group_images - 1) / split.group_images;
    split.slices =
        MOST_GROUPS / split.groups; /* a slice is a multiple of 64 channels: of cache lines */
    split.slice = ((out->c + split.slices - 1) / split.slices + 63) / 64 * 64;
    split.slices = (out->c + split.slice - 1) / split.slice;
    return split;
}

static size_t weights_of(const struct depthwise_config *config, int c)
{
    return (size_t)config->kernel * (size_t)config->kernel * (size_t)c;
}

static size_t depthwise_scratch(
    const void *config, const struct shape *in, const struct shape *out, int batch)
{
    size_t sums = channel_sums_floats(most_forward_blocks(out, batch), out->c);
    size_t copies = (size_t)most_groups(out, batch) * weights_of(config, out->c);

    (void)in;
    return sums > copies ? sums : copies;
}

struct dw_run {
    const struct layer_run *run;
    struct kernel_window window;
    struct dw_split split;
    size_t weights;
};

static void dw_part(void *context, int block, int thread)
{
    const struct dw_run *dw = context;
    const struct layer_run *run = dw->run;
    int c = dw->window.c, taps = dw->window.kernel * dw->window.kernel;
    int group = block / dw->split.slices, c0 = block % dw->split.slices * dw->split.slice;
    int c1 = c0 + dw->split.slice < c ? c0 + dw->split.slice : c,
        image = group * dw->split.group_images;
    int images =
        image + dw->split.group_images < run->batch ? dw->split.group_images : run->batch - image;
    float *to =
        dw->split.groups > 1 ? run->scratch + (size_t)group * dw->weights : run->parameter_grad[0];

    (void)thread;
    if (dw->split.groups > 1)
        for (int tap = 0; tap < taps; tap++)
            memset(to + (size_t)tap * (size_t)c + c0, 0, (size_t)(c1 - c0) * sizeof(*to));
    kernels()->depthwise_dw(&dw->window, images,
        run->in[0].data + (size_t)image * count_floats(run->in_shape, 1),
        run->out_grad + (size_t)image * count_floats(&run->out_shape, 1), to, c0, c1);
}

static void depthwise_backward(const struct layer_run *run)
{
    struct dw_run dw = {
        .run = run,
        .window = kernel_window_of(run),
        .split = split_dw(&run->out_shape, run->batch),
        .weights = weights_of(run->config, run->out_shape.c),
    };
    struct band_run bands = {
        .run = run,
        .window = dw.window,
        .split = split_bands(run->in_shape, run->batch),
        .shape = run->in_shape[0],
    };
    int64_t macs = depthwise_macs(run->config, run->in_shape, &run->out_shape) * run->batch;

    parallel_for(dw.split.groups * dw.split.slices, dw_part, &dw);
    for (int group = 0; dw.split.groups > 1 && group < dw.split.groups; group++)
        kernels()->add((int64_t)dw.weights, run->parameter_grad[0],
            run->scratch + (size_t)group * dw.weights, run->parameter_grad[0]);
    if (run->in_grad[0])
        parallel_for(bands.split.images.blocks * bands.split.bands, dx_band, &bands);
    *run->macs += run->in_grad[0] ? 2 * macs : macs;
}

static bool depthwise_example(int index, void *config, struct shape *in)
{
    static const struct {
        struct depthwise_config config;
        struct shape in;
    } examples[] = {
        {{3, 1, PADDING_TORCH}, {5, 7, 19}},
        {{3, 2, PADDING_TORCH}, {7, 6, 9}},
        {{3, 2, PADDING_SAME}, {6, 8, 17}},
        {{5, 1, PADDING_TORCH}, {9, 6, 5}},
        {{5, 2, PADDING_TORCH}, {8, 11, 4}},
        {{5, 2, PADDING_SAME}, {9, 7, 33}},
        {{3, 1, PADDING_TORCH}, {1, 1, 70}},
        {{3, 2, PADDING_SAME}, {2, 2, 40}},
        {{5, 1, PADDING_SAME}, {2, 3, 12}},
        {{5, 2, PADDING_TORCH}, {1, 1, 3}},
        {{7, 1, PADDING_TORCH}, {8, 4, 6}},
        {{1, 3, PADDING_TORCH}, {4, 7, 6}},
    };

    if (index >= (int)(sizeof(examples) / sizeof(examples[0])))
        return false;
    *(struct depthwise_config *)config = examples[index].config;
    in[0] = examples[index].in;
    return true;
}

const struct layer layer_depthwise = {
    .name = "depthwise",
    .summary = "one convolution filter for each channel",
    .config_bytes = sizeof(struct depthwise_config),
    .n_inputs = 1,
    .gives_sums = true,
    .keeps_input = true,
    .shape = depthwise_shape,
    .parameters = depthwise_parameters,
    .macs = depthwise_macs,
    .scratch_floats = depthwise_scratch,
    .forward = depthwise_forward,
    .backward = depthwise_backward,
    .backward_macs_factor = 2,
    .example = depthwise_example,
};
