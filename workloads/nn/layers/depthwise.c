/*
 * Depthwise convolution: one R x S filter for each channel. An image goes by row by row: rows of
 * the input, read through their view, and rows of the output's gradient lie in rings of R rows with
 * their padding, so that they are made once and stay in cache.
 */
#include <string.h>

#include "channel_sums.h"
#include "workloads/nn/kernels/kernels.h"
#include "workloads/nn/graph/layer.h"
#include "workloads/nn/graph/layer_configs.h"
#include "workloads/nn/kernels/parallel.h"
#include "workloads/nn/graph/sizes.h"
#include "view.h"
#include "workloads/nn/graph/window.h"

#define MOST_BLOCKS 128  /* groups of images, forward */
#define MOST_COPIES 16   /* groups of images in backward, each with a gradient of the weights */
#define LATE_FLOATS 8192 /* of finished rows that wait for their sums */
#define MAX_KERNEL  15

static struct window window_of(const struct depthwise_config *config)
{
    return (struct window){
        .kernel = config->kernel, .stride = config->stride, .padding = config->padding};
}

static int depthwise_shape(
    const void *config, const struct shape *in, struct shape *out, struct err *err)
{
    struct window window = window_of(config);

    if (window.kernel > MAX_KERNEL)
        return err_set(err, ERR_INPUT, "a depthwise kernel of %d pixels; at most %d are possible",
            window.kernel, MAX_KERNEL);
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

static struct kernel_window kernel_window_of(
    const struct depthwise_config *config, const struct shape *in, const struct shape *out)
{
    struct window window = window_of(config);

    return window_over(&window, in, out);
}

/* ---- rings of rows ---- */

/* The last `kernel` rows of a map, each with its padding, which is cleared once. */
struct ring {
    float *rows;
    int kernel;
    size_t pitch;  /* floats of a row */
    size_t before; /* of its padding in front */
    int height;    /* rows of the map */
    int made;      /* rows of the map so far */
};

static size_t ring_floats(int kernel, int columns, int c)
{
    return (size_t)kernel * whole_lines((size_t)columns * (size_t)c);
}

static struct ring ring_open(float *rows, int kernel, int columns, int before, int height, int c)
{
    struct ring ring = {.rows = rows,
        .kernel = kernel,
        .pitch = whole_lines((size_t)columns * (size_t)c),
        .before = (size_t)before * (size_t)c,
        .height = height};

    memset(rows, 0, ring_floats(kernel, columns, c) * sizeof(*rows));
    return ring;
}

static float *ring_slot(const struct ring *ring, int row)
{
    return ring->rows + (size_t)(row % ring->kernel) * ring->pitch;
}

/* Where the next row goes, behind its padding. */
static float *ring_next(struct ring *ring)
{
    return ring_slot(ring, ring->made++) + ring->before;
}

/* Row `row` with its padding, or NULL if the map has none such. */
static const float *ring_row(const struct ring *ring, int row)
{
    return row >= 0 && row < ring->height ? ring_slot(ring, row) : NULL;
}

/* The rows of the input under the window of output row `row`. */
static void rows_under(
    const struct ring *ring, const struct kernel_window *p, int row, const float *rows[MAX_KERNEL])
{
    for (int r = 0; r < p->kernel; r++)
        rows[r] = ring_row(ring, row * p->stride - p->before_h + r);
}

static int last_row_under(const struct kernel_window *p, int row)
{
    int last = row * p->stride - p->before_h + p->kernel - 1;

    return last < p->h - 1 ? last : p->h - 1;
}

/* ---- forward ---- */

static struct parallel_split split_images(const struct shape *out, int batch)
{
    return parallel_split(batch, (int64_t)count_floats(out, 1), MOST_BLOCKS);
}

static size_t sums_floats(const struct shape *out, int batch)
{
    int64_t elements = (int64_t)count_floats(out, 1);

    return channel_sums_floats(parallel_most_blocks(batch, elements, MOST_BLOCKS), out->c);
}

struct forward_group {
    const struct layer_run *run;
    struct kernel_window window;
};

static int64_t late_rows(int width, int c)
{
    int64_t rows = LATE_FLOATS / ((int64_t)width * c);

    return rows < 1 ? 1 : rows;
}

/* Rows of the output are summed up to `*summed`, counted through all images: a few at a time, while
 * they are in cache. */
static void forward_image(const struct forward_group *group, struct ring *ring, int64_t image,
    int64_t *summed, double *sums)
{
    const struct kernel_window *p = &group->window;
    const struct layer_run *run = group->run;
    int64_t late = late_rows(p->out_w, p->c), line = (int64_t)p->out_w * p->c;
    const float *rows[MAX_KERNEL];

    ring->made = 0;
    for (int row = 0; row < p->out_h; row++) {
        int64_t at = image * p->out_h + row;

        while (ring->made <= last_row_under(p, row)) {
            int64_t from = (image * p->h + ring->made) * p->w;

            view_rows(&run->in[0], from, p->w, p->c, ring_next(ring));
        }
        rows_under(ring, p, row, rows);
        kernels()->depthwise_row(p, rows, run->parameter[0], run->out + at * line);
        if (sums && at + 1 - *summed >= late) {
            kernels()->norm_sums(
                (at + 1 - *summed) * p->out_w, p->c, run->out + *summed * line, sums);
            *summed = at + 1;
        }
    }
}

static void forward_images(void *context, int block, int thread)
{
    const struct forward_group *group = context;
    const struct kernel_window *p = &group->window;
    const struct layer_run *run = group->run;
    struct parallel_split split = split_images(&run->out_shape, run->batch);
    int columns = depthwise_columns(p);
    size_t sums_size = sums_floats(&run->out_shape, run->batch);
    struct ring ring =
        ring_open(run->scratch + sums_size + (size_t)thread * ring_floats(p->kernel, columns, p->c),
            p->kernel, columns, p->before_w, p->h, p->c);
    double *sums = run->out_sums ? channel_sums_block(run->scratch, block, p->c) : NULL;
    int64_t from, to, summed, line = (int64_t)p->out_w * p->c;

    parallel_range(&split, block, &from, &to);
    summed = from * p->out_h;
    if (sums)
        memset(sums, 0, 2 * (size_t)p->c * sizeof(*sums));
    for (int64_t image = from; image < to; image++)
        forward_image(group, &ring, image, &summed, sums);
    if (sums && summed < to * p->out_h)
        kernels()->norm_sums(
            (to * p->out_h - summed) * p->out_w, p->c, run->out + summed * line, sums);
}

static void depthwise_forward(const struct layer_run *run)
{
    struct forward_group group = {
        run, kernel_window_of(run->config, run->in_shape, &run->out_shape)};
    int blocks = split_images(&run->out_shape, run->batch).blocks;

    parallel_for(blocks, forward_images, &group);
    *run->macs += depthwise_macs(run->config, run->in_shape, &run->out_shape) * run->batch;
    if (run->out_sums) {
        const double *total = channel_sums_total(run->scratch, blocks, run->out_shape.c);

        for (int i = 0; i < 2 * run->out_shape.c; i++)
            run->out_sums[i] += total[i];
    }
}

/* ---- backward ---- */

/* As many groups as are worth a gradient of their own. */
static struct parallel_split split_copies(const struct kernel_window *p, int batch)
{
    int64_t pixels = (int64_t)batch * p->out_h * p->out_w;
    int64_t most = pixels / (8 * p->kernel * p->kernel);
    struct parallel_split split = {.items = batch};

    most = most < 4 ? 4 : most > MOST_COPIES ? MOST_COPIES : most;
    split.per_block = (batch + most - 1) / most;
    split.blocks = (int)((batch + split.per_block - 1) / split.per_block);
    return split;
}

struct backward_sizes {
    size_t copy, sums, of_thread, x_ring, dy_ring, late, total;
};

static struct backward_sizes backward_sizes_of(const struct kernel_window *p)
{
    struct backward_sizes s = {
        .copy = whole_lines((size_t)p->kernel * (size_t)p->kernel * (size_t)p->c),
        .x_ring = ring_floats(p->kernel, depthwise_columns(p), p->c),
        .dy_ring = ring_floats(p->kernel, depthwise_dy_columns(p), p->c),
        .late = whole_lines((size_t)(late_rows(p->w, p->c) * p->w) * (size_t)p->c),
    };

    s.sums = MOST_COPIES * s.copy;
    s.of_thread = s.sums + whole_lines(channel_sums_floats(MOST_COPIES, p->c));
    s.total = s.of_thread + (size_t)parallel_threads() * (s.x_ring + s.dy_ring + s.late);
    return s;
}

static size_t depthwise_scratch(
    const void *config, const struct shape *in, const struct shape *out, int batch)
{
    struct kernel_window p = kernel_window_of(config, in, out);
    size_t forward = sums_floats(out, batch) +
                     (size_t)parallel_threads() * ring_floats(p.kernel, depthwise_columns(&p), p.c);
    size_t backward = backward_sizes_of(&p).total;

    return forward > backward ? forward : backward;
}

struct backward_run {
    const struct layer_run *run;
    struct kernel_window window;
    struct parallel_split split;
    struct backward_sizes sizes;
};

/* What one thread works with on a group of images. */
struct backward_group {
    const struct backward_run *all;
    struct ring x, dy;
    float *dw;
    float *late; /* rows of the gradient of the input's values, before they go through the view */
    int64_t late_from, late_to; /* counted through all images */
    double *sums;
};

static void flush_late(struct backward_group *group)
{
    const struct kernel_window *p = &group->all->window;

    if (group->late_to > group->late_from)
        view_in_gradient(group->all->run, 0, group->late_from * p->w,
            (group->late_to - group->late_from) * p->w, group->late, group->sums);
    group->late_from = group->late_to;
}

/* Row `row` of the gradient of the input, from rows of dy that have all been made. */
static void emit_dx_row(struct backward_group *group, int64_t image, int row)
{
    const struct kernel_window *p = &group->all->window;
    const float *rows[MAX_KERNEL];

    if (group->late_to - group->late_from >= late_rows(p->w, p->c))
        flush_late(group);
    for (int r = 0; r < p->kernel; r++) {
        int scaled = row + p->before_h - r;

        rows[r] =
            scaled < 0 || scaled % p->stride ? NULL : ring_row(&group->dy, scaled / p->stride);
    }
    group->late_to = image * p->h + row + 1;
    kernels()->depthwise_dx_row(p, rows, group->all->run->parameter[0],
        group->late + (image * p->h + row - group->late_from) * p->w * p->c);
}

static void make_dy_row(struct backward_group *group, int64_t image)
{
    const struct kernel_window *p = &group->all->window;
    int64_t from = (image * p->out_h + group->dy.made) * p->out_w;
    float *to = ring_next(&group->dy);
    const float *dy = view_out_gradient(group->all->run, from, p->out_w, to);

    if (dy != to)
        memcpy(to, dy, (size_t)p->out_w * (size_t)p->c * sizeof(*to));
}

static void backward_image(struct backward_group *group, int64_t image)
{
    const struct kernel_window *p = &group->all->window;
    const struct layer_run *run = group->all->run;
    const float *rows[MAX_KERNEL];
    int emitted = 0;

    group->x.made = group->dy.made = 0;
    for (int row = 0; row < p->out_h; row++) {
        make_dy_row(group, image);
        while (group->x.made <= last_row_under(p, row)) {
            int64_t from = (image * p->h + group->x.made) * p->w;

            view_rows(&run->in[0], from, p->w, p->c, ring_next(&group->x));
        }
        rows_under(&group->x, p, row, rows);
        kernels()->depthwise_dw_row(
            p, rows, ring_slot(&group->dy, row) + group->dy.before, group->dw);
        while (run->in_grad[0] && emitted < p->h &&
               (row == p->out_h - 1 || (emitted + p->before_h) / p->stride <= row))
            emit_dx_row(group, image, emitted++);
    }
}

static void backward_images(void *context, int block, int thread)
{
    const struct backward_run *all = context;
    const struct kernel_window *p = &all->window;
    const struct layer_run *run = all->run;
    const struct backward_sizes *s = &all->sizes;
    float *own = run->scratch + s->of_thread + (size_t)thread * (s->x_ring + s->dy_ring + s->late);
    struct backward_group group = {.all = all,
        .x = ring_open(own, p->kernel, depthwise_columns(p), p->before_w, p->h, p->c),
        .dy = ring_open(own + s->x_ring, p->kernel, depthwise_dy_columns(p), depthwise_dy_lead(p),
            p->out_h, p->c),
        .dw = run->scratch + (size_t)block * s->copy,
        .late = own + s->x_ring + s->dy_ring,
        .sums = view_sums_block(run, 0, run->scratch + s->sums, block)};
    int64_t from, to;

    parallel_range(&all->split, block, &from, &to);
    memset(group.dw, 0, s->copy * sizeof(*group.dw));
    group.late_from = group.late_to = from * p->h;
    for (int64_t image = from; image < to; image++)
        backward_image(&group, image);
    if (run->in_grad[0])
        flush_late(&group);
}

static void depthwise_backward(const struct layer_run *run)
{
    struct backward_run all = {
        .run = run, .window = kernel_window_of(run->config, run->in_shape, &run->out_shape)};
    int64_t macs = depthwise_macs(run->config, run->in_shape, &run->out_shape) * run->batch;
    int64_t weights = (int64_t)all.window.kernel * all.window.kernel * all.window.c;

    all.split = split_copies(&all.window, run->batch);
    all.sizes = backward_sizes_of(&all.window);
    parallel_for(all.split.blocks, backward_images, &all);
    for (int i = 0; i < all.split.blocks; i++)
        kernels()->add(weights, run->parameter_grad[0], run->scratch + (size_t)i * all.sizes.copy,
            run->parameter_grad[0]);
    if (run->in_grad[0])
        view_sums_add(run, 0, run->scratch + all.sizes.sums, all.split.blocks);
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
    .takes_factors = true,
    .keeps_input = true,
    .only.reads_views = view_reads_all,
    .shape = depthwise_shape,
    .parameters = depthwise_parameters,
    .macs = depthwise_macs,
    .only.scratch_floats = depthwise_scratch,
    .only.forward = depthwise_forward,
    .only.backward = depthwise_backward,
    .backward_macs_factor = 2,
    .example = depthwise_example,
};
