/*
 * Direct convolution, for small filters: first layers (3 channels), narrow ResNets. Bands of rows are
 * copied with their padding, and windows are read where they lie there: a window is R lines of S C
 * neighbouring numbers. Copying whole windows, as im2col does, takes as long for such layers as their
 * products.
 */
#include "conv_algorithm.h"

#include <limits.h>
#include <string.h>

#include "workloads/nn/layers/bias.h"
#include "workloads/nn/layers/channel_sums.h"
#include "conv_rotated.h"
#include "conv_scatter.h"
#include "workloads/nn/products/gemm.h"
#include "workloads/nn/kernels/kernels.h"
#include "workloads/nn/kernels/parallel.h"
#include "workloads/nn/graph/sizes.h"
#include "workloads/nn/layers/view.h"

/* Rows of a band are as many as fit in so many floats with their padding: half a megabyte of L2 has
 * room for them, the output and the filter. */
#define BAND_FLOATS 16384

/* Chunks of bands have a copy of the filter's gradient each, added in order; beside the products of
 * larger filters copying windows costs little. */
#define MOST_CHUNKS  16
#define MOST_WEIGHTS 32768

#define LEAST_COLUMNS 8 /* tiles of the kernels have 8 to 16 pixels of a row */

/* ---- bands ---- */

/* A window over maps that lie in bands of output rows; numbers of floats, all for one band. */
struct bands {
    struct kernel_window window;
    int rows;      /* of the output in a band; the last of an image may have fewer */
    int per_image; /* bands */
    int pitch;     /* between rows with their padding */
    size_t padded; /* all of them */
};

static struct bands bands_over(const struct kernel_window *window)
{
    int columns = max_int(
        (window->out_w - 1) * window->stride + window->kernel, window->before_w + window->w);
    struct bands bands = {.window = *window, .pitch = columns * window->c};
    int fit = (BAND_FLOATS / bands.pitch - window->kernel) / window->stride + 1;

    bands.rows = max_int(1, min_int(fit, window->out_h));
    bands.per_image = (window->out_h + bands.rows - 1) / bands.rows;
    bands.padded = whole_lines(
        (size_t)((bands.rows - 1) * window->stride + window->kernel) * (size_t)bands.pitch);
    return bands;
}

static struct bands input_bands(
    const struct conv_config *config, const struct shape *in, const struct shape *out)
{
    struct window window = {
        .kernel = config->kernel, .stride = config->stride, .padding = config->padding};
    struct kernel_window slid = window_over(&window, in, out);

    return bands_over(&slid);
}

static struct bands input_bands_of(const struct layer_run *run)
{
    return input_bands(run->config, run->in_shape, &run->out_shape);
}

/* Over the gradient of the output, to that of the input. */
static struct bands gradient_bands(const struct bands *input, int k)
{
    struct kernel_window turned = conv_rotated_window(&input->window, k);

    return bands_over(&turned);
}

/* Of a whole batch; more than fit in an int would not fit in memory. */
static int band_count(const struct bands *bands, int batch)
{
    int64_t count = (int64_t)batch * bands->per_image;

    return count > INT_MAX ? INT_MAX : (int)count;
}

/* One band: output rows [row, row + rows) of an image, and where they begin among those of all. */
struct band {
    int image, row, rows;
    int64_t pixel, pixels;
};

static struct band band_at(const struct bands *bands, int index)
{
    const struct kernel_window *window = &bands->window;
    struct band band = {
        .image = index / bands->per_image, .row = index % bands->per_image * bands->rows};

    band.rows = min_int(bands->rows, window->out_h - band.row);
    band.pixel = ((int64_t)band.image * window->out_h + band.row) * window->out_w;
    band.pixels = (int64_t)band.rows * window->out_w;
    return band;
}

/* The rows under a band's windows, of the values of a view, with zeros around. */
static void pad_band(
    const struct bands *bands, const struct band *band, const struct view *view, float *to)
{
    const struct kernel_window *p = &bands->window;
    int first = band->row * p->stride - p->before_h,
        rows = (band->rows - 1) * p->stride + p->kernel;
    size_t before = (size_t)(p->before_w * p->c), inside = (size_t)(p->w * p->c);
    size_t after = (size_t)bands->pitch - before - inside;

    for (int y = first; y < first + rows; y++, to += bands->pitch) {
        if (y < 0 || y >= p->h) {
            memset(to, 0, (size_t)bands->pitch * sizeof(*to));
            continue;
        }
        memset(to, 0, before * sizeof(*to));
        view_rows(view, ((int64_t)band->image * p->h + y) * p->w, p->w, p->c, to + before);
        memset(to + before + inside, 0, after * sizeof(*to));
    }
}

/* ---- whether, and room ---- */

static bool direct_fits(const void *config, const struct shape *in, const struct shape *out)
{
    const struct conv_config *conv = config;
    int64_t weights = (int64_t)conv->kernel * conv->kernel * in->c * out->c;

    return kernels() != kernels_find("reference") && conv->kernel > 1 && out->w >= LEAST_COLUMNS &&
           in->w >= LEAST_COLUMNS && weights <= MOST_WEIGHTS;
}

/*
 * Forward: sums of bands, the filter packed, then a padded band for each thread. Gradient of the
 * filter: copies of it, then the same bands, each with the gradient of its outputs. Of the input:
 * sums of bands, the filter turned and packed, then for each thread a padded band of the gradient
 * and the values' gradient of a band.
 */
struct areas {
    size_t sums, turned, packed, padded, values; /* floats */
};

/* The values of a band's pixels. */
static size_t band_floats(const struct bands *bands, int channels)
{
    return whole_lines((size_t)bands->rows * (size_t)bands->window.out_w * (size_t)channels);
}

static struct areas forward_areas(const struct bands *bands, int k, int batch)
{
    const struct kernel_window *window = &bands->window;

    return (struct areas){
        .sums = whole_lines(channel_sums_floats(band_count(bands, batch), k)),
        .packed = PRODUCT_PACKED(k, window->kernel * window->kernel * window->c),
        .padded = bands->padded,
    };
}

static struct areas dx_areas(const struct bands *input, int k, int batch)
{
    const struct kernel_window *window = &input->window;
    struct bands bands = gradient_bands(input, k);

    return (struct areas){
        .sums = whole_lines(channel_sums_floats(band_count(&bands, batch), window->c)),
        .turned = conv_rotated_floats(window, k),
        .packed = PRODUCT_PACKED(window->c, window->kernel * window->kernel * k),
        .padded = bands.padded,
        .values = band_floats(&bands, window->c),
    };
}

static size_t floats_of(const struct areas *areas)
{
    return areas->sums + areas->turned + areas->packed +
           (size_t)parallel_threads() * (areas->padded + areas->values);
}

static size_t copy_floats(const struct kernel_window *window, int k)
{
    return (size_t)window->kernel * (size_t)window->kernel * (size_t)window->c * (size_t)k;
}

static int chunk_count(int bands)
{
    return min_int(bands, MOST_CHUNKS);
}

static size_t dw_padded_at(const struct bands *bands, int k, int batch)
{
    return whole_lines(
        (size_t)chunk_count(band_count(bands, batch)) * copy_floats(&bands->window, k));
}

static size_t dw_thread_floats(const struct bands *bands, int k)
{
    return bands->padded + band_floats(bands, k);
}

static size_t own_scratch(
    const struct conv_config *config, const struct shape *in, const struct shape *out, int batch)
{
    struct bands bands = input_bands(config, in, out);
    struct areas forward = forward_areas(&bands, out->c, batch);
    struct areas dx = dx_areas(&bands, out->c, batch);
    size_t dw = dw_padded_at(&bands, out->c, batch) +
                (size_t)parallel_threads() * dw_thread_floats(&bands, out->c);

    return max_size(max_size(floats_of(&forward), dw),
        conv_has_rotated_gradient(config, in, out) ? floats_of(&dx) : 0);
}

/* ---- a band's products ---- */

struct band_run {
    const struct layer_run *run;
    struct bands bands;
    struct areas areas;
    struct view values; /* of what the windows slide over */
    int columns;        /* channels of the result */
    const float *packed;
    float *threads_at; /* of scratch */
};

static struct band_run open_run(const struct layer_run *run, const struct bands *bands,
    const struct areas *areas, struct view values, int columns)
{
    float *packed = run->scratch + areas->sums + areas->turned;

    return (struct band_run){.run = run,
        .bands = *bands,
        .areas = *areas,
        .values = values,
        .columns = columns,
        .packed = packed,
        .threads_at = packed + areas->packed};
}

static float *padded_of(const struct band_run *run, int thread)
{
    return run->threads_at + (size_t)thread * (run->areas.padded + run->areas.values);
}

/* out [pixels][columns] of a band, or added. */
static void multiply_band(
    const struct band_run *run, const struct band *band, float *padded, float *out, bool add)
{
    const struct kernel_window *p = &run->bands.window;
    struct kernel_lines lines = {.n = p->kernel, .k = p->kernel * p->c, .pitch = run->bands.pitch};

    pad_band(&run->bands, band, &run->values, padded);
    for (int row = 0; row < band->rows; row++)
        kernels()->product_lines(p->out_w, run->columns, &lines,
            padded + (int64_t)row * p->stride * run->bands.pitch, p->stride * p->c, run->packed,
            out + (int64_t)row * p->out_w * run->columns, run->columns, add);
}

static void count_macs(const struct layer_run *run, const struct bands *bands)
{
    const struct kernel_window *p = &bands->window;

    *run->macs += (int64_t)run->batch * run->out_shape.h * run->out_shape.w *
                  (int64_t)copy_floats(p, run->out_shape.c);
}

/* ---- forward ---- */

static void forward_band(void *context, int index, int thread)
{
    const struct band_run *bands = context;
    const struct layer_run *run = bands->run;
    struct band band = band_at(&bands->bands, index);
    int k = bands->columns;
    float *out = run->out + band.pixel * k;

    multiply_band(bands, &band, padded_of(bands, thread), out, false);
    if (((const struct conv_config *)run->config)->bias)
        bias_add(band.pixels, k, run->parameter[1], out);
    if (run->out_sums) {
        double *sums = channel_sums_block(run->scratch, index, k);

        memset(sums, 0, 2 * (size_t)k * sizeof(*sums));
        kernels()->norm_sums(band.pixels, k, out, sums);
    }
}

static void direct_forward(const struct layer_run *run)
{
    struct bands bands = input_bands_of(run);
    int k = run->out_shape.c, count = band_count(&bands, run->batch);
    struct areas areas = forward_areas(&bands, k, run->batch);
    struct band_run work = open_run(run, &bands, &areas, run->in[0], k);
    struct gemm_factor filter = {.n = k,
        .k = bands.window.kernel * bands.window.kernel * bands.window.c,
        .b = run->parameter[0]};

    gemm_factor_pack(&filter, run->scratch + areas.sums);
    parallel_for(count, forward_band, &work);
    count_macs(run, &bands);
    if (run->out_sums) {
        const double *total = channel_sums_total(run->scratch, count, k);

        for (int i = 0; i < 2 * k; i++)
            run->out_sums[i] += total[i];
    }
}

/* ---- the gradient of the filter ---- */

struct dw_run {
    const struct layer_run *run;
    struct bands bands;
    int count, chunks; /* bands, and chunks of them */
    float *threads_at;
};

/* The gradient of a band's outputs, settled where it lies if someone else reads it. */
static const float *gradient_of_band(
    const struct layer_run *run, const struct band *band, float *scratch)
{
    bool read = run->in_grad[0] || ((const struct conv_config *)run->config)->bias;
    float *grad = run->out_grad + band->pixel * run->out_shape.c;

    return view_out_gradient(run, band->pixel, band->pixels, read ? grad : scratch);
}

static void add_band(const struct dw_run *dw, const struct band *band, float *padded, float *copy)
{
    const struct kernel_window *p = &dw->bands.window;
    int k = dw->run->out_shape.c, line = p->kernel * p->c;
    const float *grad = gradient_of_band(dw->run, band, padded + dw->bands.padded);
    struct kernel_map map = {.rows = band->rows,
        .columns = p->out_w,
        .a_pitch = (int64_t)p->stride * dw->bands.pitch,
        .b_pitch = (int64_t)p->out_w * k};

    for (int i = 0; i < p->kernel; i++)
        kernels()->product_outer_map(&map, k, line, padded + (int64_t)i * dw->bands.pitch,
            p->stride * p->c, grad, k, copy + (int64_t)i * line * k, k);
}

static void add_chunk(void *context, int chunk, int thread)
{
    const struct dw_run *dw = context;
    int k = dw->run->out_shape.c;
    size_t floats = copy_floats(&dw->bands.window, k);
    float *copy = dw->run->scratch + (size_t)chunk * floats;
    float *padded = dw->threads_at + (size_t)thread * dw_thread_floats(&dw->bands, k);
    int from = (int)((int64_t)dw->count * chunk / dw->chunks);
    int to = (int)((int64_t)dw->count * (chunk + 1) / dw->chunks);

    memset(copy, 0, floats * sizeof(*copy));
    for (int index = from; index < to; index++) {
        struct band band = band_at(&dw->bands, index);

        pad_band(&dw->bands, &band, &dw->run->in[0], padded);
        add_band(dw, &band, padded, copy);
    }
}

/* dW += copy 0 + copy 1 + ..., in this order. */
static void add_copies(void *context, int line, int thread)
{
    const struct dw_run *dw = context;
    int k = dw->run->out_shape.c;
    size_t floats = copy_floats(&dw->bands.window, k);
    size_t length = floats / (size_t)dw->bands.window.kernel, at = (size_t)line * length;
    float *to = dw->run->parameter_grad[0] + at;

    (void)thread;
    for (int chunk = 0; chunk < dw->chunks; chunk++)
        kernels()->add((int64_t)length, to, dw->run->scratch + (size_t)chunk * floats + at, to);
}

static void weight_gradient(const struct layer_run *run)
{
    struct dw_run dw = {.run = run, .bands = input_bands_of(run)};
    int k = run->out_shape.c;

    dw.count = band_count(&dw.bands, run->batch);
    dw.chunks = chunk_count(dw.count);
    dw.threads_at = run->scratch + dw_padded_at(&dw.bands, k, run->batch);
    parallel_for(dw.chunks, add_chunk, &dw);
    parallel_for(dw.bands.window.kernel, add_copies, &dw);
    count_macs(run, &dw.bands);
    if (((const struct conv_config *)run->config)->bias)
        bias_gradient((int64_t)run->batch * run->out_shape.h * run->out_shape.w, k, run->out_grad,
            run->parameter_grad[1]);
}

/* ---- the gradient of the input ---- */

static void dx_band(void *context, int index, int thread)
{
    const struct band_run *bands = context;
    const struct layer_run *run = bands->run;
    struct band band = band_at(&bands->bands, index);
    bool plain = view_is_plain(&run->in[0]), apart = !plain && run->add_grad[0];
    float *padded = padded_of(bands, thread);
    float *grad = run->in_grad[0] + band.pixel * bands->columns;
    float *values = apart ? padded + bands->areas.padded : grad;

    multiply_band(bands, &band, padded, values, plain && run->add_grad[0]);
    if (!plain)
        view_in_gradient(
            run, 0, band.pixel, band.pixels, values, view_sums_block(run, 0, run->scratch, index));
}

static void input_gradient(const struct layer_run *run)
{
    struct bands input = input_bands_of(run);
    int k = run->out_shape.c, c = input.window.c;
    struct bands bands = gradient_bands(&input, k);
    struct areas areas = dx_areas(&input, k, run->batch);
    struct band_run work = open_run(run, &bands, &areas, (struct view){.data = run->out_grad}, c);
    float *turned = run->scratch + areas.sums;
    struct gemm_factor filter = {.n = c,
        .k = bands.window.kernel * bands.window.kernel * k,
        .b = turned,
        .transposed = true};

    conv_rotate(&input.window, k, run->parameter[0], turned);
    gemm_factor_pack(&filter, turned + areas.turned);
    parallel_for(band_count(&bands, run->batch), dx_band, &work);
    count_macs(run, &input);
    view_sums_add(run, 0, run->scratch, band_count(&bands, run->batch));
}

/* ---- as a layer ---- */

/* It writes the padding of a view itself; scattering reads no view. */
static bool direct_reads_views(
    const void *config, const struct shape *in, const struct shape *out, int input)
{
    (void)input;
    return conv_has_rotated_gradient(config, in, out);
}

static size_t direct_scratch(
    const void *config, const struct shape *in, const struct shape *out, int batch)
{
    return max_size(own_scratch(config, in, out, batch), conv_scatter_scratch(config, in, out));
}

/* The gradients of the parameters settle that of the output (view.h), which that of the input reads. */
static void direct_backward(const struct layer_run *run)
{
    weight_gradient(run);
    if (!run->in_grad[0])
        return;
    if (conv_has_rotated_gradient(run->config, run->in_shape, &run->out_shape))
        input_gradient(run);
    else
        conv_scatter(run);
}

const struct layer_algorithm conv_direct = {
    .name = "direct",
    .fits = direct_fits,
    .reads_views = direct_reads_views,
    .scratch_floats = direct_scratch,
    .forward = direct_forward,
    .backward = direct_backward,
};
