/* Products of compiled networks, shared between threads in pieces of rows and columns. */
#include "inference_private.h"

#include "workloads/nn/graph/sizes.h"
#include "workloads/nn/kernels/parallel.h"

#define TILE_ROWS 14 /* what the kernels like multiples of */
/* Floats of A in a piece: with a panel of B it stays in L2. */
#define PIECE_FLOATS 65536
#define LEAST_ROWS   56 /* all of B is read for every piece of rows */
#define MOST_ROWS    448
#define PIECES       4 /* for each thread, or the last to finish keeps the others waiting */

/* At most, whatever the number of rows. */
int64_t inference_most_rows(int k)
{
    int64_t piece = PIECE_FLOATS / k;

    piece = piece < LEAST_ROWS ? LEAST_ROWS : piece > MOST_ROWS ? MOST_ROWS : piece;
    return (piece + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS;
}

/* Pieces of equal size. */
int64_t inference_rows(int64_t rows, int k)
{
    int64_t piece = inference_most_rows(k);

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

    shared.rows = inference_rows(product->rows, product->k);
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

/* All of the product of a step, but for A. */
struct infer_product inference_product_of(const struct step *step, int n)
{
    const struct folded *part = &step->project;

    return (struct infer_product){.rows = n * step->conv.pixels,
        .n = part->n,
        .k = part->k,
        .packed = part->weight,
        .bias = part->bias,
        .residual = step->in2,
        .ldr = part->n,
        .act = part->act,
        .c = step->out,
        .ldc = part->n};
}
