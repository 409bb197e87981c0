/* Convolutions whose windows are gathered, a block of rows at a time, as rows of a product. */
#include "inference_private.h"

#include "workloads/nn/graph/sizes.h"
#include "workloads/nn/kernels/parallel.h"

static int64_t pieces_of(int64_t rows, int64_t piece)
{
    return (rows + piece - 1) / piece;
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
    return rows <= (int64_t)2 * parallel_threads() * inference_most_rows(k);
}

static bool im2col_fits(const struct step *step, int batch)
{
    (void)step, (void)batch;
    return true;
}

static size_t im2col_plan(struct step *step, int batch)
{
    const struct conv_plan *conv = &step->conv;
    int64_t most = parallel_threads() * inference_most_rows(step->project.k);

    for (int n = 1; n <= batch && gathers_first(n * conv->pixels, step->project.k); n++)
        most = n * conv->pixels > most ? n * conv->pixels : most;
    return (size_t)most * (size_t)conv->lda;
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

static void im2col_run(const struct inference *inference, const struct step *step, int n)
{
    struct gathering gathering = {inference, step, inference_product_of(step, n), 0};
    struct infer_product *product = &gathering.product;

    product->a = step->scratch;
    product->lda = step->conv.lda;
    if (gathers_first(product->rows, product->k)) {
        gathering.rows = (product->rows + 4 * parallel_threads() - 1) / (4 * parallel_threads());
        parallel_for((int)pieces_of(product->rows, gathering.rows), gather_piece, &gathering);
        inference_product(inference, product);
        return;
    }
    gathering.rows = inference_rows(product->rows, product->k);
    parallel_for((int)pieces_of(product->rows, gathering.rows), gather_and_multiply, &gathering);
    atomic_fetch_add_explicit(
        inference->macs, product->rows * product->n * product->k, memory_order_relaxed);
}

const struct step_conv_algorithm step_conv_im2col = {
    .name = "im2col", .fits = im2col_fits, .plan = im2col_plan, .run = im2col_run};
