/*
 * 1x1 convolutions, any stride: products of rows of pixels with a C x K matrix. Forward reads its
 * input through a view and sums its output while that is in cache; backward does all that belongs
 * to a block of rows at once: the gradient of the output, that of the input, and what both give to
 * the gradient of the weights.
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

/* Gradients of weights up to so many floats are summed by chunks of rows with a copy each, in the
 * pass that makes the gradient of the input: a copy stays in L2 beside a block of rows. */
#define SMALL_RESULT 65536
#define FEW_ROWS     192 /* no more are worth cutting in chunks */
#define MOST_CHUNKS  16
#define CHUNK_ROWS   768
#define BLOCK_FLOATS 90000 /* of the rows of a block: input, its gradient, the output's gradient */

struct sizes {
    int64_t m; /* pixels of the output, of all images */
    int c, k;
    bool in_order;       /* stride 1: rows of the input are the output's */
    int64_t gate_pixels; /* rows that a gate is common to, or 0 */
};

static struct sizes sizes_of(
    const struct conv_config *config, const struct shape *in, const struct shape *out, int batch)
{
    return (struct sizes){.m = (int64_t)batch * out->h * out->w,
        .c = in->c,
        .k = out->c,
        .in_order = config->stride == 1};
}

static struct sizes sizes_of_run(const struct layer_run *run)
{
    struct sizes sizes = sizes_of(run->config, run->in_shape, &run->out_shape, run->batch);

    sizes.gate_pixels = run->in[0].gate ? run->in[0].pixels : 0;
    return sizes;
}

/* ---- rows of the input ---- */

/* The row of the input that output row `row` reads. */
static int64_t input_row(const struct layer_run *run, int64_t row)
{
    int stride = ((const struct conv_config *)run->config)->stride;
    int64_t pixels = (int64_t)run->out_shape.h * run->out_shape.w, pixel = row % pixels;
    int64_t y = pixel / run->out_shape.w * stride, x = pixel % run->out_shape.w * stride;

    return (row / pixels * run->in_shape[0].h + y) * run->in_shape[0].w + x;
}

/* Raw rows of some [..][c], as the outputs row0 .. read them. */
static void pick_rows(
    const struct layer_run *run, const float *from, int64_t row0, int64_t rows, float *to)
{
    size_t c = (size_t)run->in_shape[0].c;

    for (int64_t row = row0; row < row0 + rows; row++, to += c)
        memcpy(to, from + (size_t)input_row(run, row) * c, c * sizeof(*to));
}

static bool is_read_in_place(const struct layer_run *run, const struct sizes *sizes)
{
    return sizes->in_order && view_is_plain(&run->in[0]);
}

/* What outputs row0 .. multiply: where it is, or in `to`. */
static const float *input_rows(
    const struct layer_run *run, const struct sizes *sizes, int64_t row0, int64_t rows, float *to)
{
    if (is_read_in_place(run, sizes))
        return run->in[0].data + row0 * sizes->c;
    if (sizes->in_order) {
        view_rows(&run->in[0], row0, rows, sizes->c, to);
    } else {
        pick_rows(run, run->in[0].data, row0, rows, to);
        view_apply(&run->in[0], rows, sizes->c, to, to);
    }
    return to;
}

/* ---- forward ---- */

static void fill_rows(const void *context, int64_t row0, int rows, float *block)
{
    const struct layer_run *run = context;
    struct sizes sizes = sizes_of_run(run);

    input_rows(run, &sizes, row0, rows, block);
}

static float *forward_sums(const struct layer_run *run, const struct sizes *sizes)
{
    return run->scratch + gemm_rows_scratch(sizes->m, sizes->k, sizes->c);
}

static void finish_rows(const void *context, int64_t row0, int rows, int block, float *out)
{
    const struct layer_run *run = context;
    struct sizes sizes = sizes_of_run(run);

    (void)row0;
    if (((const struct conv_config *)run->config)->bias)
        bias_add(rows, sizes.k, run->parameter[1], out);
    if (run->out_sums) {
        double *sums = channel_sums_block(forward_sums(run, &sizes), block, sizes.k);

        memset(sums, 0, 2 * (size_t)sizes.k * sizeof(*sums));
        kernels()->norm_sums(rows, sizes.k, out, sums);
    }
}

static void pointwise_forward(const struct layer_run *run)
{
    struct sizes sizes = sizes_of_run(run);

    gemm_rows(&(struct gemm_rows){.m = sizes.m,
        .n = sizes.k,
        .k = sizes.c,
        .a = run->in[0].data,
        .lda = sizes.c,
        .b = run->parameter[0],
        .c = run->out,
        .ldc = sizes.k,
        .fill = is_read_in_place(run, &sizes) ? NULL : fill_rows,
        .finish = finish_rows,
        .context = run,
        .scratch = run->scratch,
        .macs = run->macs});
    if (run->out_sums) {
        const double *total = channel_sums_total(
            forward_sums(run, &sizes), gemm_block_count(sizes.m, sizes.k, sizes.c), sizes.k);

        for (int i = 0; i < 2 * sizes.k; i++)
            run->out_sums[i] += total[i];
    }
}

/* ---- backward, a block of rows at a time ---- */

struct chunks {
    int count;
    int64_t rows;   /* of a chunk */
    int block_rows; /* of a block */
};

static bool is_chunked(const struct sizes *sizes)
{
    return sizes->m > FEW_ROWS && (int64_t)sizes->c * sizes->k <= SMALL_RESULT;
}

static int clamp(int64_t value, int low, int high)
{
    return value < low ? low : value > high ? high : (int)value;
}

static struct chunks split_chunks(const struct sizes *sizes)
{
    struct chunks chunks = {
        .block_rows = clamp(BLOCK_FLOATS / (2 * sizes->c + sizes->k), 48, CHUNK_ROWS) / 24 * 24,
        .count = clamp(sizes->m / CHUNK_ROWS, 1, MOST_CHUNKS)};

    chunks.rows = (sizes->m + chunks.count - 1) / chunks.count;
    if (sizes->gate_pixels) { /* whole images, whose sums nobody else adds to */
        int64_t images = (chunks.rows + sizes->gate_pixels - 1) / sizes->gate_pixels;

        chunks.rows = images * sizes->gate_pixels;
        chunks.count = (int)((sizes->m + chunks.rows - 1) / chunks.rows);
    }
    return chunks;
}

/* Scratch of the chunked way, piece after piece. */
struct chunk_scratch {
    size_t copies, sums, packed, of_thread, total;
};

static struct chunk_scratch plan_chunks(const struct sizes *sizes)
{
    struct chunks chunks = split_chunks(sizes);
    size_t result = whole_lines((size_t)sizes->c * (size_t)sizes->k);
    struct chunk_scratch s = {0};

    if (result > SMALL_RESULT)
        return s;                          /* never cut in chunks */
    s.sums = (size_t)MOST_CHUNKS * result; /* room for any batch */
    s.packed = s.sums + whole_lines(channel_sums_floats(MOST_CHUNKS, sizes->c));
    s.of_thread = s.packed + whole_lines(gemm_factor_floats(sizes->c, sizes->k));
    s.total = s.of_thread + (size_t)parallel_threads() * (size_t)chunks.block_rows *
                                (2 * (size_t)sizes->c + (size_t)sizes->k);
    return s;
}

struct chunk_run {
    const struct layer_run *run;
    struct sizes sizes;
    struct chunks chunks;
    struct chunk_scratch scratch;
    struct gemm_factor factor;
};

/* in_grad of rows row0 .. from da, of inputs that are not in order: pixel by pixel. */
static void scatter_gradient(
    const struct layer_run *run, int64_t row0, int64_t rows, const float *da, double *sums)
{
    for (int64_t row = 0; row < rows; row++)
        view_in_gradient(
            run, 0, input_row(run, row0 + row), 1, da + row * run->in_shape[0].c, sums);
}

static void input_gradient(const struct layer_run *run, const struct sizes *sizes, int64_t row0,
    int64_t rows, const float *da, double *sums)
{
    if (sizes->in_order)
        view_in_gradient(run, 0, row0, rows, da, sums);
    else
        scatter_gradient(run, row0, rows, da, sums);
}

/* Whether the gradient of the values is in_grad itself, row by row. */
static bool is_gradient_in_place(const struct layer_run *run, const struct sizes *sizes)
{
    return sizes->in_order && !run->add_grad[0] &&
           (sizes->gate_pixels || view_is_plain(&run->in[0]));
}

static void backward_block(
    const struct chunk_run *chunk, int64_t row0, int rows, float *scratch, float *dw, double *sums)
{
    const struct layer_run *run = chunk->run;
    const struct sizes *sizes = &chunk->sizes;
    size_t most = (size_t)chunk->chunks.block_rows;
    float *da = scratch + most * (size_t)sizes->c, *dy_rows = da + most * (size_t)sizes->c;
    const float *a = input_rows(run, sizes, row0, rows, scratch);
    const float *dy = view_out_gradient(run, row0, rows, dy_rows);

    gemm_outer(rows, sizes->k, sizes->c, a, sizes->c, dy, sizes->k, dw, sizes->k);
    if (!run->in_grad[0])
        return;
    if (is_gradient_in_place(run, sizes))
        da = run->in_grad[0] + row0 * sizes->c;
    gemm_block(&chunk->factor, rows, dy, sizes->k, da, sizes->c);
    input_gradient(run, sizes, row0, rows, da, sums);
    if (sizes->gate_pixels)
        view_gate_sums(run, row0, rows);
}

static void backward_chunk(void *context, int block, int thread)
{
    const struct chunk_run *chunk = context;
    const struct layer_run *run = chunk->run;
    const struct sizes *sizes = &chunk->sizes;
    const struct chunks *chunks = &chunk->chunks;
    size_t result = (size_t)sizes->c * (size_t)sizes->k;
    float *dw = run->scratch + (size_t)block * whole_lines(result);
    float *scratch =
        run->scratch + chunk->scratch.of_thread +
        (size_t)thread * (size_t)chunks->block_rows * (2 * (size_t)sizes->c + (size_t)sizes->k);
    double *sums = view_sums_block(run, 0, run->scratch + chunk->scratch.sums, block);
    int64_t row = block * chunks->rows,
            end = row + chunks->rows < sizes->m ? row + chunks->rows : sizes->m;

    memset(dw, 0, result * sizeof(*dw));
    if (sizes->gate_pixels)
        view_gate_sums_clear(run, row / sizes->gate_pixels, end / sizes->gate_pixels);
    for (; row < end; row += chunks->block_rows)
        backward_block(chunk, row, clamp(end - row, 0, chunks->block_rows), scratch, dw, sums);
}

static void add_copies(void *context, int block, int thread)
{
    const struct chunk_run *chunk = context;
    int64_t result = (int64_t)chunk->sizes.c * chunk->sizes.k, from, to;
    struct parallel_split split = parallel_split(result, chunk->chunks.count, MOST_CHUNKS);
    float *w = chunk->run->parameter_grad[0];

    (void)thread;
    parallel_range(&split, block, &from, &to);
    for (int i = 0; i < chunk->chunks.count; i++)
        kernels()->add(to - from, w + from,
            chunk->run->scratch + (size_t)i * whole_lines((size_t)result) + from, w + from);
}

static void clear_image(void *context, int image, int thread)
{
    const struct layer_run *run = context;
    const struct shape *in = run->in_shape;
    size_t floats = (size_t)in->h * (size_t)in->w * (size_t)in->c;

    (void)thread;
    memset(run->in_grad[0] + (size_t)image * floats, 0, floats * sizeof(float));
}

static void backward_in_chunks(const struct layer_run *run, const struct sizes *sizes)
{
    struct chunk_run chunk = {.run = run,
        .sizes = *sizes,
        .chunks = split_chunks(sizes),
        .scratch = plan_chunks(sizes),
        .factor = {.n = sizes->c, .k = sizes->k, .b = run->parameter[0], .transposed = true}};

    if (run->in_grad[0])
        gemm_factor_pack(&chunk.factor, run->scratch + chunk.scratch.packed);
    parallel_for(chunk.chunks.count, backward_chunk, &chunk);
    parallel_for(
        parallel_split((int64_t)sizes->c * sizes->k, chunk.chunks.count, MOST_CHUNKS).blocks,
        add_copies, &chunk);
    if (run->in_grad[0])
        view_sums_add(run, 0, run->scratch + chunk.scratch.sums, chunk.chunks.count);
    *run->macs += (run->in_grad[0] ? 2 : 1) * sizes->m * sizes->c * sizes->k;
}

/* ---- backward, one product after the other ---- */

static float *product_sums(const struct layer_run *run, const struct sizes *sizes)
{
    return run->scratch + gemm_rows_scratch(sizes->m, sizes->c, sizes->k);
}

static void finish_gradient(const void *context, int64_t row0, int rows, int block, float *da)
{
    const struct layer_run *run = context;
    struct sizes sizes = sizes_of_run(run);

    input_gradient(
        run, &sizes, row0, rows, da, view_sums_block(run, 0, product_sums(run, &sizes), block));
}

static void gate_sums_image(void *context, int image, int thread)
{
    const struct layer_run *run = context;

    (void)thread;
    view_gate_sums_clear(run, image, image + 1);
    view_gate_sums(run, image * run->in[0].pixels, run->in[0].pixels);
}

static void backward_by_products(const struct layer_run *run, const struct sizes *sizes)
{
    view_settle_out_gradient(run);
    gemm_reduce(&(struct gemm_reduce){.m = sizes->m,
        .n = sizes->k,
        .k = sizes->c,
        .a = run->in[0].data,
        .lda = sizes->c,
        .b = run->out_grad,
        .ldb = sizes->k,
        .w = run->parameter_grad[0],
        .fill = is_read_in_place(run, sizes) ? NULL : fill_rows,
        .context = run,
        .scratch = run->scratch,
        .macs = run->macs});
    if (!run->in_grad[0])
        return;
    gemm_rows(&(struct gemm_rows){.m = sizes->m,
        .n = sizes->c,
        .k = sizes->k,
        .a = run->out_grad,
        .lda = sizes->k,
        .b = run->parameter[0],
        .b_transposed = true,
        .finish = finish_gradient,
        .context = run,
        .scratch = run->scratch,
        .macs = run->macs});
    view_sums_add(run, 0, product_sums(run, sizes), gemm_block_count(sizes->m, sizes->c, sizes->k));
    if (sizes->gate_pixels)
        parallel_for(run->batch, gate_sums_image, (void *)(uintptr_t)run);
}

static void pointwise_backward(const struct layer_run *run)
{
    const struct conv_config *config = run->config;
    struct sizes sizes = sizes_of_run(run);
    struct layer_run adding = *run;

    if (config->bias) {
        view_settle_out_gradient(run);
        bias_gradient(sizes.m, sizes.k, run->out_grad, run->parameter_grad[1]);
        adding.out_grad_factors = NULL;
    }
    if (!sizes.in_order && run->in_grad[0] && !run->add_grad[0]) {
        parallel_for(run->batch, clear_image, &adding); /* pixels between the strides */
        adding.add_grad[0] = true;
    }
    if (is_chunked(&sizes))
        backward_in_chunks(&adding, &sizes);
    else
        backward_by_products(&adding, &sizes);
}

static size_t pointwise_scratch(
    const void *config, const struct shape *in, const struct shape *out, int batch)
{
    struct sizes sizes = sizes_of(config, in, out, batch);
    int64_t m = sizes.m;
    size_t forward = gemm_rows_scratch(m, sizes.k, sizes.c) +
                     channel_sums_floats(gemm_most_blocks(m, sizes.k, sizes.c), sizes.k);
    size_t dw = gemm_reduce_scratch(m, sizes.k, sizes.c, true);
    size_t dx = gemm_rows_scratch(m, sizes.c, sizes.k) +
                channel_sums_floats(gemm_most_blocks(m, sizes.c, sizes.k), sizes.c);

    return max_size(max_size(forward, plan_chunks(&sizes).total), max_size(dw, dx));
}

static bool pointwise_fits(const void *config, const struct shape *in, const struct shape *out)
{
    (void)in, (void)out;
    return ((const struct conv_config *)config)->kernel == 1;
}

const struct layer_algorithm conv_pointwise = {
    .name = "pointwise",
    .fits = pointwise_fits,
    .reads_views = view_reads_all,
    .scratch_floats = pointwise_scratch,
    .forward = pointwise_forward,
    .backward = pointwise_backward,
};
