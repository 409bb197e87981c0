/*
 * Convolutions and linear layers on their own: products whose rows are the input's pixels where
 * they lie (1x1), or windows gathered a block of rows at a time.
 */
#include "inference_private.h"
#include "workloads/nn/kernels/parallel.h"
#include "workloads/nn/graph/sizes.h"
#include "workloads/nn/graph/window.h"

#define TILE_ROWS 14 /* what the kernels like multiples of */
/* Floats of A in a piece: with a panel of B it stays in L2. */
#define PIECE_FLOATS 65536
#define LEAST_ROWS   56 /* all of B is read for every piece of rows */
#define MOST_ROWS    448
#define PIECES       4 /* for each thread, or the last to finish keeps the others waiting */

/* ---- products shared between threads ---- */

/* At most, whatever the number of rows. */
static int64_t most_rows_of_piece(int k)
{
    int64_t piece = PIECE_FLOATS / k;

    piece = piece < LEAST_ROWS ? LEAST_ROWS : piece > MOST_ROWS ? MOST_ROWS : piece;
    return (piece + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS;
}

/* Pieces of equal size. */
static int64_t rows_of_piece(int64_t rows, int k)
{
    int64_t piece = most_rows_of_piece(k);

    piece = (rows + (rows + piece - 1) / piece - 1) / ((rows + piece - 1) / piece);
    return (piece + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS;
}

static int64_t pieces_of(int64_t rows, int64_t piece)
{
    return (rows + piece - 1) / piece;
}

static void multiply_piece(void *context, int block, int thread)
{
    const struct shared_product *shared = context;
    struct infer_product part = shared->product;
    int64_t row = block / shared->n_columns * shared->rows;
    int column = block % shared->n_columns * shared->columns;

    (void)thread;
    part.rows = part.rows - row < shared->rows ? part.rows - row : shared->rows;
    if (block % shared->n_columns < shared->n_columns - 1)
        part.n = shared->columns;
    else
        part.n -= column;
    part.a += row * part.lda;
    part.packed += (int64_t)column * part.k;
    part.bias += column;
    part.c += row * part.ldc + column;
    if (part.residual)
        part.residual += row * part.ldr + column;
    kernels()->infer_product(&part);
}

void inference_product(const struct inference *inference, const struct infer_product *product)
{
    struct shared_product shared = {.product = *product};
    int wanted = PIECES * parallel_threads(), most = product->n / INFER_COLUMNS;
    int64_t pieces;

    shared.rows = rows_of_piece(product->rows, product->k);
    pieces = pieces_of(product->rows, shared.rows);
    shared.n_columns = parallel_threads() == 1 || pieces >= wanted
                           ? 1
                           : min_int((int)((wanted + pieces - 1) / pieces), most);
    shared.n_columns = shared.n_columns < 1 ? 1 : shared.n_columns;
    shared.columns = product->n / shared.n_columns / INFER_COLUMNS * INFER_COLUMNS;
    parallel_for((int)pieces * shared.n_columns, multiply_piece, &shared);
    atomic_fetch_add_explicit(
        inference->macs, product->rows * product->n * product->k, memory_order_relaxed);
}

/* ---- the step ---- */

static struct kernel_window window_of(const struct node *node)
{
    const struct conv_config *config = (const void *)node->config;
    struct window window = {1, 1, PADDING_TORCH};

    if (node->layer == &layer_conv)
        window = (struct window){config->kernel, config->stride, config->padding};
    return window_over(&window, node->in_shape, &node->shape);
}

/* Rows that are a multiple of 4 KB apart share one set of the first cache, which has fewer places than a
 * tile has rows. They are copied with a line between them: ResNet-50, whose 1x1 convolutions of 1024 and
 * 2048 channels are so, gains 4 % by it at batch 16. */
#define ALIASED_FLOATS 1024

static int64_t apart(int k)
{
    return k % ALIASED_FLOATS == 0 ? k + LINE_FLOATS : k;
}

static void gather_rows(const struct step *step, int64_t row, int n, float *to)
{
    const struct conv_plan *conv = &step->conv;

    if (conv->lda == step->project.k) {
        kernels()->gather(&conv->window, step->in, row, n, to);
        return;
    }
    for (int i = 0; i < n; i++)
        kernels()->gather(&conv->window, step->in, row + i, 1, to + i * conv->lda);
}

/* Few rows are all gathered first and then shared by rows and columns; else every piece of rows
 * gathers its own. */
static bool gathers_first(int64_t rows, int k)
{
    return rows <= (int64_t)2 * parallel_threads() * most_rows_of_piece(k);
}

static size_t conv_plan(struct step *step, const struct graph *graph, int batch)
{
    struct conv_plan *conv = &step->conv;
    int k = step->project.k;
    int64_t most;
    size_t winograd, gathered;

    conv->window = window_of(&graph->nodes[step->project.node]);
    conv->pixels = (int64_t)conv->window.out_h * conv->window.out_w;
    conv->lda = conv->pixels > 1 ? apart(k) : k;
    conv->in_place = conv->window.kernel == 1 && conv->window.stride == 1 && conv->lda == k;
    conv->padded = inference_rows_takes(step);
    winograd = inference_winograd_plan(step, batch);
    if (conv->padded)
        return inference_rows_plan(step);
    if (conv->in_place || !conv->direct)
        return winograd;
    most = parallel_threads() * most_rows_of_piece(k);
    for (int n = 1; n <= batch && gathers_first(n * conv->pixels, k); n++)
        most = n * conv->pixels > most ? n * conv->pixels : most;
    gathered = (size_t)most * (size_t)conv->lda;
    return winograd > gathered ? winograd : gathered;
}

struct gathering {
    const struct inference *inference;
    const struct step *step;
    struct infer_product product; /* all of it, but for A */
    int64_t rows;                 /* of a piece */
};

static void gather_piece(void *context, int block, int thread)
{
    const struct gathering *gathering = context;
    const struct step *step = gathering->step;
    int64_t row = block * gathering->rows, left = gathering->product.rows - row;

    (void)thread;
    gather_rows(step, row, (int)(left < gathering->rows ? left : gathering->rows),
        step->scratch + row * step->conv.lda);
}

static void gather_and_multiply(void *context, int block, int thread)
{
    const struct gathering *gathering = context;
    struct infer_product part = gathering->product;
    int64_t row = block * gathering->rows;
    float *gathered = gathering->step->scratch + thread * gathering->rows * part.lda;

    part.rows = part.rows - row < gathering->rows ? part.rows - row : gathering->rows;
    gather_rows(gathering->step, row, (int)part.rows, gathered);
    part.a = gathered;
    part.c += row * part.ldc;
    if (part.residual)
        part.residual += row * part.ldr;
    kernels()->infer_product(&part);
}

static void conv_run(const struct inference *inference, const struct step *step, int n)
{
    const struct folded *part = &step->project;
    struct gathering gathering = {inference, step,
        {.rows = n * step->conv.pixels,
            .n = part->n,
            .k = part->k,
            .a = step->conv.in_place ? step->in : step->scratch,
            .lda = step->conv.in_place ? part->k : step->conv.lda,
            .packed = part->weight,
            .bias = part->bias,
            .residual = step->in2,
            .ldr = part->n,
            .act = part->act,
            .c = step->out,
            .ldc = part->n},
        0};
    const struct infer_product *product = &gathering.product;

    if (step->conv.padded) {
        inference_rows_run(inference, step, n);
        return;
    }
    if (inference_winograd_run(inference, step, n))
        return;
    if (step->conv.in_place) {
        inference_product(inference, product);
        return;
    }
    gathering.rows = rows_of_piece(product->rows, product->k);
    if (gathers_first(product->rows, product->k)) {
        gathering.rows = (product->rows + 4 * parallel_threads() - 1) / (4 * parallel_threads());
        parallel_for((int)pieces_of(product->rows, gathering.rows), gather_piece, &gathering);
        inference_product(inference, product);
        return;
    }
    parallel_for((int)pieces_of(product->rows, gathering.rows), gather_and_multiply, &gathering);
    atomic_fetch_add_explicit(
        inference->macs, product->rows * product->n * product->k, memory_order_relaxed);
}

const struct step_kind step_conv = {.name = "conv", .plan = conv_plan, .run = conv_run};
