/*
 * Blocks: [1x1 expansion,] depthwise convolution[, squeeze-excitation], 1x1 projection[, residual].
 *
 * Expanded maps are the largest of a network, and are never whole in memory. A piece of work takes
 * a band of output rows; for 32 hidden channels at a time it expands the rows that the band's
 * windows reach into a map with its padding around it (without expansion it copies them), and runs
 * the depthwise convolution from there. When all channels of the band are done they are projected,
 * from cache. The price: rows that two bands reach are expanded twice.
 *
 *     input rows --expand--> padded map --depthwise--> slot [pixels][hidden] --project--> output
 *
 * Squeeze-excitation has to see the whole map: then the slot holds an image, and the means are
 * added up in the order of bands. Where there are fewer pieces than threads, they share the images:
 * first bands and hidden channels, then rows and columns of the projection. Either way gives the
 * same bits.
 */
#include <string.h>

#include "inference_private.h"
#include "workloads/nn/kernels/parallel.h"
#include "workloads/nn/graph/sizes.h"
#include "workloads/nn/graph/window.h"

/* Padded map and depthwise output of a band: most of an L2 cache, with room for weights. */
#define BAND_FLOATS 110000
/* Rows of a projection that make it worth reading the weights once more. */
#define GROUP_PIXELS 196
#define MAP_LINE     16 /* floats that pixels of a padded map are aligned to */

/* ---- cutting ---- */

static int64_t band_rows_in(const struct kernel_window *window, int rows)
{
    return (int64_t)(rows - 1) * window->stride + window->kernel;
}

static int least(int64_t a, int64_t b)
{
    return (int)(a < b ? a : b);
}

/* Floats between pixels of `c` channels: not a multiple of what puts the rows of a tile into the
 * same lines of the L1 cache. */
static int64_t pitch_of(int c)
{
    int64_t pitch = (int64_t)whole_lines((size_t)c);

    return pitch % 256 == 0 ? pitch + 16 : pitch;
}

static void cut_channels(struct block_plan *plan, int hidden)
{
    int last;

    plan->n_chunks = hidden < 2 * INFER_COLUMNS ? 1 : hidden / INFER_COLUMNS;
    plan->chunk = plan->n_chunks == 1 ? hidden : INFER_COLUMNS;
    last = hidden - (plan->n_chunks - 1) * plan->chunk;
    plan->pixel = (last + MAP_LINE - 1) / MAP_LINE * MAP_LINE;
    if (plan->pixel < plan->chunk)
        plan->pixel = plan->chunk;
}

static void cut_rows(struct block_plan *plan)
{
    const struct kernel_window *window = &plan->window;
    int band = window->out_h;

    while (band > 1 && band_rows_in(window, band) * plan->columns * plan->pixel +
                               (plan->whole ? 0 : band * window->out_w * plan->ldd) >
                           BAND_FLOATS)
        band--;
    plan->n_bands = (window->out_h + band - 1) / band;
    plan->band = (window->out_h + plan->n_bands - 1) / plan->n_bands;
    plan->n_bands = (window->out_h + plan->band - 1) / plan->band;
}

static int images_at_a_time(const struct block_plan *plan, int n)
{
    int fair = n / parallel_threads();

    return fair < 1 ? 1 : fair < plan->group ? fair : plan->group;
}

/* Pieces of n images, if each piece is done by one thread from beginning to end. */
static int pieces_of(const struct block_plan *plan, int n)
{
    int group = images_at_a_time(plan, n), groups = (n + group - 1) / group;

    return plan->whole ? groups : groups * plan->n_bands;
}

/* Of n images, how many threads do each on their own; the others they share. */
static int images_alone(const struct block_plan *plan, int n)
{
    int threads = parallel_threads(), pieces = pieces_of(plan, n);

    if (pieces % threads == 0 || pieces >= 4 * threads)
        return n;
    return n - n % threads;
}

/*
 * A slot, from its beginning; what stands behind the first area is only there with squeeze-excitation:
 *
 *     0             depthwise outputs: of a band, of a whole image, or of a group of images
 *     sums_at       [group][n_bands][hidden]  sums of each band, of which the mean is made in order
 *     mean_at       [group][hidden]
 *     hidden_at     [group][squeeze.n]        behind the first product
 *     gate_at       [group][hidden]           behind the second
 *     gated_at      the projection's weights times the gate, if gates_weights
 *
 * Each thread has one slot. Where the images of a call do not go up in the threads, those that are left
 * are shared between all threads, and each has a slot of its own, as large as a whole image.
 */
static void size_slots(struct block_plan *plan, const struct step *step, int batch)
{
    size_t hidden = (size_t)step->depthwise.n, group = (size_t)plan->group;
    size_t pixels = (size_t)plan->window.out_h * (size_t)plan->window.out_w;
    size_t band = (size_t)plan->band * (size_t)plan->window.out_w;
    int shared = 0;

    for (int n = 1; n <= batch && n <= 8 * parallel_threads(); n++) {
        int rest = n - images_alone(plan, n);

        shared = rest > shared ? rest : shared;
    }
    plan->slots = shared > parallel_threads() ? shared : parallel_threads();
    plan->slot_floats = (plan->whole || shared ? pixels : band) * (size_t)plan->ldd;
    if (plan->slot_floats < pixels * group * (size_t)plan->ldd && plan->group > 1)
        plan->slot_floats = pixels * group * (size_t)plan->ldd;
    if (!folded_exists(&step->squeeze))
        return;
    plan->sums_at = plan->slot_floats;
    plan->mean_at = plan->sums_at + group * (size_t)plan->n_bands * INFER_PADDED(hidden);
    plan->hidden_at = plan->mean_at + group * INFER_PADDED(hidden);
    plan->gate_at = plan->hidden_at + group * INFER_PADDED((size_t)step->squeeze.n);
    plan->gated_at = plan->gate_at + group * INFER_PADDED(hidden);
    plan->slot_floats = plan->gated_at;
    if (plan->gates_weights)
        plan->slot_floats += INFER_PACKED((size_t)step->project.n, hidden);
}

static struct kernel_window window_of(const struct node *node)
{
    const struct depthwise_config *config = (const void *)node->config;
    struct window window = {config->kernel, config->stride, config->padding};

    return window_over(&window, node->in_shape, &node->shape);
}

static size_t block_plan(struct step *step, const struct graph *graph, int batch)
{
    struct block_plan *plan = &step->block;
    const struct node *node = &graph->nodes[step->depthwise.node];
    int pixels = node->shape.h * node->shape.w;
    int64_t reach;

    plan->window = window_of(node);
    plan->whole = folded_exists(&step->squeeze);
    plan->ldd = pitch_of(step->depthwise.n);
    cut_channels(plan, step->depthwise.n);
    reach = band_rows_in(
        &(struct kernel_window){.kernel = plan->window.kernel, .stride = plan->window.stride},
        plan->window.out_w);
    plan->columns = plan->window.before_w + plan->window.w;
    if (plan->columns < reach)
        plan->columns = (int)reach;
    cut_rows(plan);
    plan->group = plan->n_bands > 1 || pixels >= GROUP_PIXELS
                      ? 1
                      : least((GROUP_PIXELS + pixels - 1) / pixels, batch);
    plan->gates_weights = plan->whole && plan->group == 1 && step->project.n <= pixels;
    plan->map_floats = (size_t)band_rows_in(&plan->window, plan->band) * (size_t)plan->columns *
                       (size_t)plan->pixel;
    size_slots(plan, step, batch);
    return plan->map_floats * (size_t)parallel_threads() + plan->slot_floats * (size_t)plan->slots;
}

/* ---- one piece ---- */

struct block_run {
    const struct inference *inference;
    const struct step *step;
    int first, images; /* of the batch */
    int group;         /* images at a time */
    int64_t rows;      /* of a piece of the projection */
    int columns, n_columns;
};

/* A band of one image: rows of the output, and of the input, [from, to) of them real. */
struct band {
    int index, row, rows;
    int top; /* of the input; above the map it is negative */
    int from, to;
};

static struct band band_of(const struct block_plan *plan, int index)
{
    const struct kernel_window *window = &plan->window;
    struct band band = {.index = index, .row = index * plan->band};
    int bottom;

    band.rows = min_int(plan->band, window->out_h - band.row);
    band.top = band.row * window->stride - window->before_h;
    bottom = band.top + (int)band_rows_in(window, band.rows);
    band.from = band.top < 0 ? 0 : band.top;
    band.to = min_int(bottom, window->h);
    band.to = band.to < band.from ? band.from : band.to;
    return band;
}

static float *map_of(const struct block_run *run, int thread)
{
    return run->step->scratch + (size_t)thread * run->step->block.map_floats;
}

static float *slot_of(const struct block_run *run, int slot)
{
    const struct block_plan *plan = &run->step->block;

    return run->step->scratch + (size_t)parallel_threads() * plan->map_floats +
           (size_t)slot * plan->slot_floats;
}

/* Zeros around what the expansion will write. */
static void clear_padding(const struct block_plan *plan, const struct band *band, float *map)
{
    size_t line = (size_t)(plan->columns * plan->pixel);
    size_t left = (size_t)(plan->window.before_w * plan->pixel);
    size_t right = line - left - (size_t)(plan->window.w * plan->pixel);
    int rows = (int)band_rows_in(&plan->window, band->rows), above = band->from - band->top;
    int real = band->to - band->from;
    float *at = map + (size_t)above * line;

    memset(map, 0, ((size_t)above * line + left) * sizeof(*map));
    for (int i = 0; i < real; i++, at += line) {
        size_t edge = i < real - 1 ? right + left : right;

        memset(at + line - right, 0, edge * sizeof(*map));
    }
    memset(at, 0, (size_t)(rows - above - real) * line * sizeof(*map));
}

static void copy_rows(const struct block_plan *plan, const struct band *band, const float *x,
    int channel, int c, float *to)
{
    const struct kernel_window *window = &plan->window;

    for (int row = band->from; row < band->to; row++, to += plan->columns * plan->pixel) {
        const float *from = x + (size_t)row * (size_t)window->w * (size_t)window->c + channel;

        for (int j = 0; j < window->w; j++, from += window->c)
            memcpy(to + j * plan->pixel, from, (size_t)c * sizeof(*to));
    }
}

/* Hidden channels `chunk` of a band, from the input to the depthwise output at d. */
static void run_chunk(const struct block_run *run, const struct band *band, int image, int chunk,
    float *map, float *d, float *sums)
{
    const struct step *step = run->step;
    const struct block_plan *plan = &step->block;
    const struct kernel_window *window = &plan->window;
    int channel = chunk * plan->chunk;
    int c = chunk < plan->n_chunks - 1 ? plan->chunk : step->depthwise.n - channel;
    int64_t pixels = (int64_t)(band->to - band->from) * window->w, line = plan->columns;
    int in_c = folded_exists(&step->expand) ? step->expand.k : window->c;
    const float *x =
        step->in + (size_t)image * (size_t)window->h * (size_t)window->w * (size_t)in_c;
    float *inside = map + ((band->from - band->top) * line + window->before_w) * plan->pixel;

    clear_padding(plan, band, map);
    if (folded_exists(&step->expand))
        kernels()->infer_product(&(struct infer_product){.rows = pixels,
            .n = c,
            .k = in_c,
            .a = x + (int64_t)band->from * window->w * in_c,
            .lda = in_c,
            .packed = step->expand.weight + (int64_t)channel * in_c,
            .bias = step->expand.bias + channel,
            .act = step->expand.act,
            .c = inside,
            .ldc = plan->pixel,
            .line = window->w,
            .gap = (line - window->w) * plan->pixel});
    else
        copy_rows(plan, band, x, channel, c, inside);
    kernels()->infer_depthwise(&(struct infer_depthwise){.kernel = window->kernel,
        .stride = window->stride,
        .rows = band->rows,
        .columns = window->out_w,
        .c = c,
        .x = map,
        .x_row = line * plan->pixel,
        .x_pixel = plan->pixel,
        .weight = step->depthwise.weight + channel,
        .ldw = step->depthwise.n,
        .bias = step->depthwise.bias + channel,
        .act = step->depthwise.act,
        .y = d + channel,
        .y_row = window->out_w * plan->ldd,
        .y_pixel = plan->ldd,
        .sums = sums ? sums + channel : NULL});
    atomic_fetch_add_explicit(run->inference->macs,
        (folded_exists(&step->expand) ? pixels * in_c * c : 0) +
            (int64_t)band->rows * window->out_w * window->kernel * window->kernel * c,
        memory_order_relaxed);
}

/* ---- squeeze-excitation ---- */

static size_t padded_hidden(const struct step *step)
{
    return INFER_PADDED((size_t)step->depthwise.n);
}

/* Sums of a band of image `index` of a slot. */
static float *sums_of(const struct block_run *run, float *slot, int index, int band)
{
    const struct block_plan *plan = &run->step->block;

    return slot + plan->sums_at +
           ((size_t)index * (size_t)plan->n_bands + (size_t)band) * padded_hidden(run->step);
}

static void multiply_vectors(const struct block_run *run, const struct folded *part, int images,
    const float *a, size_t lda, float *c, size_t ldc)
{
    kernels()->infer_product(&(struct infer_product){.rows = images,
        .n = part->n,
        .k = part->k,
        .a = a,
        .lda = (int64_t)lda,
        .packed = part->weight,
        .bias = part->bias,
        .act = part->act,
        .c = c,
        .ldc = (int64_t)ldc});
    atomic_fetch_add_explicit(
        run->inference->macs, (int64_t)images * part->n * part->k, memory_order_relaxed);
}

/* The gates of the images of a slot, from the sums of their bands. */
static void find_gates(const struct block_run *run, float *slot, int images)
{
    const struct step *step = run->step;
    const struct block_plan *plan = &step->block;
    size_t hidden = padded_hidden(step), squeezed = INFER_PADDED((size_t)step->squeeze.n);
    float *mean = slot + plan->mean_at;
    int c = step->depthwise.n;

    for (int i = 0; i < images; i++) {
        float *sums = sums_of(run, slot, i, 0);

        for (int band = 1; band < plan->n_bands; band++)
            kernels()->add(c, sums, sums_of(run, slot, i, band), sums);
        kernels()->scale(c, 1.0f / (float)(plan->window.out_h * plan->window.out_w), sums,
            mean + (size_t)i * hidden, false);
    }
    multiply_vectors(run, &step->squeeze, images, mean, hidden, slot + plan->hidden_at, squeezed);
    multiply_vectors(
        run, &step->excite, images, slot + plan->hidden_at, squeezed, slot + plan->gate_at, hidden);
}

/* Columns of the gated weights of the projection. */
static void gate_weights(const struct block_run *run, float *slot, int column, int columns)
{
    const struct block_plan *plan = &run->step->block;
    const struct folded *part = &run->step->project;
    size_t at = (size_t)column * (size_t)part->k;

    kernels()->infer_gate(
        columns, part->k, part->weight + at, slot + plan->gate_at, slot + plan->gated_at + at);
}

static void apply_gate(
    const struct block_run *run, float *slot, int index, int64_t row, int64_t rows)
{
    const struct block_plan *plan = &run->step->block;
    int64_t pixels = (int64_t)plan->window.out_h * plan->window.out_w;
    const float *gate = slot + plan->gate_at + (size_t)index * padded_hidden(run->step);
    float *d = slot + (index * pixels + row) * plan->ldd;

    for (; rows > 0; rows--, d += plan->ldd)
        kernels()->multiply(run->step->depthwise.n, d, gate, d, false);
}

/* ---- projection ---- */

static const float *projection_weights(const struct block_run *run, const float *slot)
{
    const struct block_plan *plan = &run->step->block;

    return plan->gates_weights ? slot + plan->gated_at : run->step->project.weight;
}

/* Rows of the output from `row` (of the batch) on, columns from `column` on. */
static void project(const struct block_run *run, const float *weight, const float *d, int64_t row,
    int64_t rows, int column, int columns)
{
    const struct step *step = run->step;
    const struct folded *part = &step->project;
    int64_t at = row * part->n + column;

    kernels()->infer_product(&(struct infer_product){.rows = rows,
        .n = columns,
        .k = part->k,
        .a = d,
        .lda = step->block.ldd,
        .packed = weight + (int64_t)column * part->k,
        .bias = part->bias + column,
        .residual = step->in2 ? step->in2 + at : NULL,
        .ldr = part->n,
        .act = part->act,
        .c = step->out + at,
        .ldc = part->n});
    atomic_fetch_add_explicit(run->inference->macs, rows * columns * part->k, memory_order_relaxed);
}

/* ---- each image by one thread ---- */

static void run_band(const struct block_run *run, int image, int index, int thread)
{
    const struct block_plan *plan = &run->step->block;
    struct band band = band_of(plan, index);
    float *d = slot_of(run, thread);
    int64_t width = plan->window.out_w,
            row = ((int64_t)image * plan->window.out_h + band.row) * width;

    for (int chunk = 0; chunk < plan->n_chunks; chunk++)
        run_chunk(run, &band, image, chunk, map_of(run, thread), d, NULL);
    project(run, projection_weights(run, NULL), d, row, band.rows * width, 0, run->step->project.n);
}

/* Whole images: with squeeze-excitation, or so small that some share the reading of weights. */
static void run_images(const struct block_run *run, int image, int images, int thread)
{
    const struct block_plan *plan = &run->step->block;
    int64_t pixels = (int64_t)plan->window.out_h * plan->window.out_w;
    float *slot = slot_of(run, thread);

    if (plan->whole)
        memset(sums_of(run, slot, 0, 0), 0,
            (size_t)images * (size_t)plan->n_bands * padded_hidden(run->step) * sizeof(*slot));
    for (int i = 0; i < images; i++)
        for (int index = 0; index < plan->n_bands; index++) {
            struct band band = band_of(plan, index);
            float *d = slot + (i * pixels + band.row * plan->window.out_w) * plan->ldd;

            for (int chunk = 0; chunk < plan->n_chunks; chunk++)
                run_chunk(run, &band, image + i, chunk, map_of(run, thread), d,
                    plan->whole ? sums_of(run, slot, i, index) : NULL);
        }
    if (plan->whole) {
        find_gates(run, slot, images);
        for (int i = 0; i < images && !plan->gates_weights; i++)
            apply_gate(run, slot, i, 0, pixels);
        if (plan->gates_weights)
            gate_weights(run, slot, 0, run->step->project.n);
    }
    project(run, projection_weights(run, slot), slot, image * pixels, images * pixels, 0,
        run->step->project.n);
}

static void run_alone(void *context, int block, int thread)
{
    const struct block_run *run = context;
    const struct block_plan *plan = &run->step->block;
    int image = block * run->group;

    if (plan->n_bands > 1 && !plan->whole)
        run_band(run, block / plan->n_bands, block % plan->n_bands, thread);
    else
        run_images(run, image, min_int(run->group, run->images - image), thread);
}

/* ---- images that the threads share: slots are images here ---- */

static void share_chunk(void *context, int block, int thread)
{
    const struct block_run *run = context;
    const struct block_plan *plan = &run->step->block;
    int chunk = block % plan->n_chunks, index = block / plan->n_chunks % plan->n_bands;
    int slot = block / plan->n_chunks / plan->n_bands;
    struct band band = band_of(plan, index);
    float *d = slot_of(run, slot);

    run_chunk(run, &band, run->first + slot, chunk, map_of(run, thread),
        d + (int64_t)band.row * plan->window.out_w * plan->ldd,
        plan->whole ? sums_of(run, d, 0, index) : NULL);
}

static void share_gate(void *context, int block, int thread)
{
    const struct block_run *run = context;
    const struct kernel_window *window = &run->step->block.window;
    int64_t pixels = (int64_t)window->out_h * window->out_w,
            pieces = (pixels + run->rows - 1) / run->rows;
    int64_t row = block % pieces * run->rows;

    (void)thread;
    apply_gate(run, slot_of(run, (int)(block / pieces)), 0, row,
        pixels - row < run->rows ? pixels - row : run->rows);
}

static void share_weights(void *context, int block, int thread)
{
    const struct block_run *run = context;
    int at = block % run->n_columns, column = at * run->columns, n = run->step->project.n;

    (void)thread;
    gate_weights(run, slot_of(run, block / run->n_columns), column,
        at < run->n_columns - 1 ? run->columns : n - column);
}

static void share_projection(void *context, int block, int thread)
{
    const struct block_run *run = context;
    const struct block_plan *plan = &run->step->block;
    int64_t pixels = (int64_t)plan->window.out_h * plan->window.out_w;
    int64_t pieces = (pixels + run->rows - 1) / run->rows;
    int64_t row = block / run->n_columns % pieces * run->rows;
    int slot = (int)(block / run->n_columns / pieces), at = block % run->n_columns;
    int column = at * run->columns, n = run->step->project.n;

    (void)thread;
    project(run, projection_weights(run, slot_of(run, slot)), slot_of(run, slot) + row * plan->ldd,
        (run->first + slot) * pixels + row, pixels - row < run->rows ? pixels - row : run->rows,
        column, at < run->n_columns - 1 ? run->columns : n - column);
}

/* Four pieces for each thread: rows, unless that would be less than four tiles; then columns. */
static void cut_projection(struct block_run *run, int64_t pixels)
{
    int wanted = 4 * parallel_threads(), n = run->step->project.n;
    int64_t pieces;

    run->rows = ((pixels + wanted - 1) / wanted + 13) / 14 * 14;
    run->rows = run->rows < 56 ? 56 : run->rows;
    pieces = (pixels + run->rows - 1) / run->rows;
    run->n_columns = least((wanted + pieces - 1) / pieces, n / INFER_COLUMNS);
    run->n_columns = run->n_columns < 1 ? 1 : run->n_columns;
    run->columns = n / run->n_columns / INFER_COLUMNS * INFER_COLUMNS;
}

static void share_images(struct block_run *run, int images)
{
    const struct block_plan *plan = &run->step->block;
    int64_t pixels = (int64_t)plan->window.out_h * plan->window.out_w;
    int pieces;

    cut_projection(run, pixels);
    pieces = (int)((pixels + run->rows - 1) / run->rows) * images;
    if (plan->whole)
        for (int i = 0; i < images; i++)
            memset(sums_of(run, slot_of(run, i), 0, 0), 0,
                (size_t)plan->n_bands * padded_hidden(run->step) * sizeof(float));
    parallel_for(images * plan->n_bands * plan->n_chunks, share_chunk, run);
    if (plan->whole) {
        for (int i = 0; i < images; i++)
            find_gates(run, slot_of(run, i), 1);
        if (plan->gates_weights)
            parallel_for(images * run->n_columns, share_weights, run);
        else
            parallel_for(pieces, share_gate, run);
    }
    parallel_for(pieces * run->n_columns, share_projection, run);
}

static void block_step_run(const struct inference *inference, const struct step *step, int n)
{
    int alone = images_alone(&step->block, n);
    struct block_run run = {.inference = inference,
        .step = step,
        .images = alone,
        .group = images_at_a_time(&step->block, alone)};

    if (alone > 0)
        parallel_for(pieces_of(&step->block, alone), run_alone, &run);
    if (alone == n)
        return;
    run.first = alone;
    share_images(&run, n - alone);
}

const struct step_kind step_block = {.name = "block", .plan = block_plan, .run = block_step_run};
