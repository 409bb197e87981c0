/*
 * Matrix products in blocks that threads share: C = A B by rows or columns of C, W += A^T B by
 * chunks of rows or tiles of W.
 */
#include "gemm.h"

#include <string.h>

#include "blas.h"
#include "workloads/nn/kernels/kernels.h"
#include "workloads/nn/kernels/parallel.h"
#include "workloads/nn/graph/sizes.h"

/* Below this many rows a product is split by columns of the result: row blocks would be too thin.
 */
#define FEW_ROWS 192
/* Floats of A and C that a row block touches, 300 KB: with a slice of B they stay in L2. */
#define BLOCK_FLOATS 75000
#define COLUMN_TILE  64
#define MAX_TILES    16
#define PACK_COLUMNS 64 /* that a thread packs at once: whole panels of the kernels */

/* gemm_reduce: results up to SMALL_RESULT floats are summed by chunks of rows, each into its own
 * copy. */
#define SMALL_RESULT    32768
#define MANY_ROWS       4096
#define MAX_CHUNKS      16
#define FILL_FLOATS     60000   /* of a thread's block of filled rows */
#define FILL_ALL_FLOATS 1000000 /* of a block that all threads fill together */

static int clamp_int(int64_t value, int low, int high)
{
    return value < low ? low : value > high ? high : (int)value;
}

/* The plain kernels are for comparison: without fast ones OpenBLAS is faster at everything. */
static bool is_own(void)
{
    return kernels() != kernels_find("reference");
}

/* ---- blocks of rows ---- */

size_t gemm_factor_floats(int n, int k)
{
    return is_own() ? PRODUCT_PACKED(n, k) : 0;
}

struct packing {
    const struct gemm_factor *factor;
    float *to;
};

static void pack_columns(void *context, int block, int thread)
{
    const struct packing *packing = context;
    const struct gemm_factor *f = packing->factor;
    int column = block * PACK_COLUMNS;

    (void)thread;
    kernels()->product_pack(min_int(PACK_COLUMNS, f->n - column), f->k,
        f->b + (f->transposed ? (size_t)column * (size_t)f->k : (size_t)column),
        f->transposed ? f->k : f->n, f->transposed, packing->to + (size_t)column * (size_t)f->k);
}

void gemm_factor_pack(struct gemm_factor *factor, float *scratch)
{
    struct packing packing = {factor, scratch};

    factor->packed = scratch;
    if (is_own())
        parallel_for((factor->n + PACK_COLUMNS - 1) / PACK_COLUMNS, pack_columns, &packing);
}

static void multiply_rows(const struct gemm_factor *factor, int rows, const float *a, int lda,
    float *c, int ldc, bool add)
{
    if (is_own()) {
        kernels()->product_rows(rows, factor->n, factor->k, a, lda, factor->packed, c, ldc, add);
        return;
    }
    blas_multiply(&(struct blas_product){.m = rows,
        .n = factor->n,
        .k = factor->k,
        .a = a,
        .lda = lda,
        .b = factor->b,
        .ldb = factor->transposed ? factor->k : factor->n,
        .b_transposed = factor->transposed,
        .c = c,
        .ldc = ldc,
        .add = add});
}

void gemm_block(
    const struct gemm_factor *factor, int rows, const float *a, int lda, float *c, int ldc)
{
    multiply_rows(factor, rows, a, lda, c, ldc, false);
}

void gemm_outer(
    int rows, int n, int k, const float *a, int lda, const float *b, int ldb, float *w, int ldw)
{
    if (is_own()) {
        kernels()->product_outer(rows, n, k, a, lda, b, ldb, w, ldw);
        return;
    }
    blas_multiply(&(struct blas_product){.m = k,
        .n = n,
        .k = rows,
        .a = a,
        .lda = lda,
        .a_transposed = true,
        .b = b,
        .ldb = ldb,
        .c = w,
        .ldc = ldw,
        .add = true});
}

/* ---- C = A B ---- */

/* Rows of each block but the last. */
static int block_rows(int64_t m, int n, int k)
{
    int least = (int64_t)n * k > 64 * 64 ? 128 : 64; /* packing B anew costs 1 / rows */
    int most = clamp_int(m / 16, least, 1 << 20);
    int rows = clamp_int(BLOCK_FLOATS / ((int64_t)n + k), least, most);

    if (m <= FEW_ROWS)
        return (int)m;
    return (rows + 11) / 12 * 12; /* the kernels take 12 or 6 rows at a time */
}

int gemm_block_count(int64_t m, int n, int k)
{
    int rows = block_rows(m, n, k);

    return (int)((m + rows - 1) / rows);
}

/* Blocks are at least 64 rows long, and longer where there would be more than 16 but for their
 * size. */
int gemm_most_blocks(int64_t m, int n, int k)
{
    int short_blocks = clamp_int((m + 63) / 64, 1, 17), blocks = gemm_block_count(m, n, k);

    return blocks > short_blocks ? blocks : short_blocks;
}

/*
 * Scratch: the rows that all threads fill, then those of C that only finish sees, in whole cache
 * lines each; then B packed for our kernels. Never less for more rows: a net is planned for its
 * largest batch.
 */
static size_t block_floats(int64_t m, int n, int k, int width)
{
    int few = (int)(m < FEW_ROWS ? m : FEW_ROWS), rows = block_rows(m, n, k);
    size_t floats = (size_t)(rows > few ? rows : few) * (size_t)width * (size_t)parallel_threads();

    return whole_lines(floats);
}

size_t gemm_rows_scratch(int64_t m, int n, int k)
{
    return block_floats(m, n, k, k) + block_floats(m, n, k, n) + gemm_factor_floats(n, k);
}

struct rows_run {
    const struct gemm_rows *product;
    struct gemm_factor factor;
    float *filled, *unstored, *packed; /* of scratch */
};

static void multiply_row_block(void *context, int block, int thread)
{
    const struct rows_run *run = context;
    const struct gemm_rows *p = run->product;
    int size = block_rows(p->m, p->n, p->k), lda = p->lda, ldc = p->ldc;
    int64_t row0 = (int64_t)block * size;
    int rows = p->m - row0 < size ? (int)(p->m - row0) : size;
    const float *a = p->a + (p->fill ? 0 : row0 * lda);
    float *c = p->c ? p->c + row0 * ldc : NULL;

    if (p->fill) {
        float *filled = run->filled + (size_t)thread * (size_t)size * (size_t)p->k;

        p->fill(p->context, row0, rows, filled);
        a = filled;
        lda = p->k;
    }
    if (!c) {
        c = run->unstored + (size_t)thread * (size_t)size * (size_t)p->n;
        ldc = p->n;
    }
    multiply_rows(&run->factor, rows, a, lda, c, ldc, p->add);
    if (p->finish)
        p->finish(p->context, row0, rows, block, c);
}

#define FILL_BAND 8 /* rows that a thread fills at once when a product has few */

static void fill_band(void *context, int block, int thread)
{
    const struct rows_run *run = context;
    const struct gemm_rows *p = run->product;
    int row0 = block * FILL_BAND;

    (void)thread;
    p->fill(p->context, row0, min_int(FILL_BAND, (int)p->m - row0),
        run->filled + (size_t)row0 * (size_t)p->k);
}

/* Width of a column tile: whole panels of the kernels. */
static int tile_width(int n)
{
    int tiles = clamp_int(n / COLUMN_TILE, 1, MAX_TILES);

    return ((n + tiles - 1) / tiles + 31) / 32 * 32;
}

static void multiply_column_tile(void *context, int block, int thread)
{
    const struct rows_run *run = context;
    const struct gemm_rows *p = run->product;
    int width = tile_width(p->n), column = block * width;
    struct gemm_factor tile = run->factor;

    (void)thread;
    tile.n = min_int(width, p->n - column);
    tile.b += tile.transposed ? (size_t)column * (size_t)p->k : (size_t)column;
    if (is_own()) {
        float *packed = run->packed + (size_t)column * (size_t)p->k;

        kernels()->product_pack(
            tile.n, p->k, tile.b, tile.transposed ? p->k : p->n, tile.transposed, packed);
        kernels()->product_rows(p->m, tile.n, p->k, p->fill ? run->filled : p->a,
            p->fill ? p->k : p->lda, packed, (p->c ? p->c : run->unstored) + column,
            p->c ? p->ldc : p->n, p->add);
        return;
    }
    blas_multiply(&(struct blas_product){.m = (int)p->m,
        .n = tile.n,
        .k = p->k,
        .a = p->fill ? run->filled : p->a,
        .lda = p->fill ? p->k : p->lda,
        .b = tile.b,
        .ldb = tile.transposed ? p->k : p->n,
        .b_transposed = tile.transposed,
        .c = (p->c ? p->c : run->unstored) + column,
        .ldc = p->c ? p->ldc : p->n,
        .add = p->add});
}

void gemm_rows(const struct gemm_rows *product)
{
    int64_t m = product->m;
    int n = product->n, k = product->k;
    struct rows_run run = {
        .product = product,
        .factor = {.n = n, .k = k, .b = product->b, .transposed = product->b_transposed},
        .filled = product->scratch,
        .unstored = product->scratch + block_floats(m, n, k, k),
    };

    run.packed = run.unstored + block_floats(m, n, k, n);
    if (m <= FEW_ROWS) {
        int width = tile_width(n);

        if (product->fill)
            parallel_for(((int)m + FILL_BAND - 1) / FILL_BAND, fill_band, &run);
        parallel_for((n + width - 1) / width, multiply_column_tile, &run);
        if (product->finish)
            product->finish(product->context, 0, (int)m, 0, product->c ? product->c : run.unstored);
    } else {
        gemm_factor_pack(&run.factor, run.packed);
        parallel_for(gemm_block_count(m, n, k), multiply_row_block, &run);
    }
    *product->macs += m * n * k;
}

/* ---- W += A^T B ---- */

/* How W += A^T B is cut up: by chunks of rows with a copy of W each, or by tiles of W. */
struct reduce_split {
    int chunks; /* 0: tiles */
    int64_t chunk_rows;
    int fill_rows; /* rows filled at once: by a thread (chunks) or by all together (tiles) */
    int tile_k, tile_n, tiles_k, tiles_n;
};

/* Rows that a thread fills at once, of a chunk of so many. */
static int fill_rows_of(int64_t rows, int k)
{
    return clamp_int(FILL_FLOATS / k, 32, clamp_int(rows, 32, 4096));
}

static struct reduce_split split_reduce(int64_t m, int n, int k, bool with_fill)
{
    struct reduce_split split = {0};
    int64_t result = (int64_t)n * k;

    if (m > FEW_ROWS && (result <= SMALL_RESULT || (m >= MANY_ROWS && !with_fill))) {
        split.chunks = result <= SMALL_RESULT ? clamp_int(m / 256, 1, MAX_CHUNKS) : 4;
        split.chunk_rows = (m + split.chunks - 1) / split.chunks;
        split.fill_rows = fill_rows_of(split.chunk_rows, k);
        return split;
    }
    split.tiles_k = clamp_int(k / 64, 1, result > SMALL_RESULT ? 8 : 4);
    split.tiles_n = clamp_int(n / 256, 1, 2);
    split.tile_k = (k + split.tiles_k - 1) / split.tiles_k;
    split.tile_n = (n + split.tiles_n - 1) / split.tiles_n;
    split.tiles_k = (k + split.tile_k - 1) / split.tile_k;
    split.tiles_n = (n + split.tile_n - 1) / split.tile_n;
    split.fill_rows = clamp_int(FILL_ALL_FLOATS / k, 64, clamp_int(m, 64, 4096));
    return split;
}

/* Never less for more rows, as above: fewer rows may be split by tiles, or into chunks that are
 * longer. */
size_t gemm_reduce_scratch(int64_t m, int n, int k, bool with_fill)
{
    struct reduce_split split = split_reduce(m, n, k, with_fill);
    struct reduce_split few = split_reduce(m < FEW_ROWS ? m : FEW_ROWS, n, k, with_fill);
    size_t copies = split.chunks > 1 ? (size_t)split.chunks * (size_t)n * (size_t)k : 0;
    size_t own = (size_t)fill_rows_of(m, k) * (size_t)parallel_threads();
    size_t together = (size_t)(split.chunks ? few.fill_rows : split.fill_rows);

    if (!with_fill)
        return copies;
    return copies + (split.chunks && own > together ? own : together) * (size_t)k;
}

struct reduce_run {
    const struct gemm_reduce *product;
    struct reduce_split split;
    int64_t row0; /* of the rows in scratch, when all threads fill together */
    int rows;
};

/* W or a copy of it, cleared, += rows [row, row + rows). */
static void reduce_rows(
    const struct reduce_run *run, int64_t row, int64_t rows, const float *a, int lda, float *w)
{
    const struct gemm_reduce *p = run->product;

    gemm_outer((int)rows, p->n, p->k, a, lda, p->b + row * p->ldb, p->ldb, w, p->n);
}

static void reduce_chunk(void *context, int block, int thread)
{
    const struct reduce_run *run = context;
    const struct gemm_reduce *p = run->product;
    const struct reduce_split *split = &run->split;
    int64_t row = block * split->chunk_rows;
    int64_t end = row + split->chunk_rows < p->m ? row + split->chunk_rows : p->m;
    size_t result = (size_t)p->n * (size_t)p->k;
    bool own = split->chunks > 1;
    float *w = own ? p->scratch + (size_t)block * result : p->w;
    float *filled = p->scratch + (own ? (size_t)split->chunks * result : 0) +
                    (size_t)thread * (size_t)split->fill_rows * (size_t)p->k;

    if (own)
        memset(w, 0, result * sizeof(*w));
    if (!p->fill && row < end)
        reduce_rows(run, row, end - row, p->a + row * p->lda, p->lda, w);
    for (; p->fill && row < end; row += split->fill_rows) {
        int rows = end - row < split->fill_rows ? (int)(end - row) : split->fill_rows;

        p->fill(p->context, row, rows, filled);
        reduce_rows(run, row, rows, filled, p->k, w);
    }
}

/* W += copy 0 + copy 1 + ..., in this order. */
static void add_copies(void *context, int block, int thread)
{
    const struct reduce_run *run = context;
    const struct gemm_reduce *p = run->product;
    size_t result = (size_t)p->n * (size_t)p->k;
    struct parallel_split split = parallel_split((int64_t)result, run->split.chunks, MAX_CHUNKS);
    int64_t from, to;

    (void)thread;
    parallel_range(&split, block, &from, &to);
    for (int chunk = 0; chunk < run->split.chunks; chunk++) {
        const float *copy = p->scratch + (size_t)chunk * result;

        for (int64_t i = from; i < to; i++)
            p->w[i] += copy[i];
    }
}

static void fill_together(void *context, int block, int thread)
{
    const struct reduce_run *run = context;
    const struct gemm_reduce *p = run->product;
    int row = block * FILL_BAND;

    (void)thread;
    p->fill(p->context, run->row0 + row, min_int(FILL_BAND, run->rows - row),
        p->scratch + (size_t)row * (size_t)p->k);
}

static void reduce_tile(void *context, int block, int thread)
{
    const struct reduce_run *run = context;
    const struct gemm_reduce *p = run->product;
    const struct reduce_split *split = &run->split;
    int k0 = block / split->tiles_n * split->tile_k, n0 = block % split->tiles_n * split->tile_n;
    const float *a = p->fill ? p->scratch : p->a + run->row0 * p->lda;

    (void)thread;
    gemm_outer(run->rows, min_int(split->tile_n, p->n - n0), min_int(split->tile_k, p->k - k0),
        a + k0, p->fill ? p->k : p->lda, p->b + run->row0 * p->ldb + n0, p->ldb,
        p->w + (size_t)k0 * (size_t)p->n + n0, p->n);
}

void gemm_reduce(const struct gemm_reduce *product)
{
    struct reduce_run run = {
        .product = product,
        .split = split_reduce(product->m, product->n, product->k, product->fill != NULL),
    };
    const struct reduce_split *split = &run.split;

    if (split->chunks) {
        parallel_for(split->chunks, reduce_chunk, &run);
        if (split->chunks > 1)
            parallel_for(
                parallel_split((int64_t)product->n * product->k, split->chunks, MAX_CHUNKS).blocks,
                add_copies, &run);
    } else {
        int64_t step = product->fill ? split->fill_rows : 1 << 30;

        for (run.row0 = 0; run.row0 < product->m; run.row0 += step) {
            run.rows = product->m - run.row0 < step ? (int)(product->m - run.row0) : (int)step;
            if (product->fill)
                parallel_for((run.rows + FILL_BAND - 1) / FILL_BAND, fill_together, &run);
            parallel_for(split->tiles_k * split->tiles_n, reduce_tile, &run);
        }
    }
    *product->macs += product->m * product->n * product->k;
}

int gemm_open(struct err *err)
{
    return is_own() ? 0 : blas_open(err);
}

const char *gemm_library(void)
{
    struct err missing = {0};
    const char *library = is_own() ? "own kernels" : blas_library(&missing);

    return library ? library : "no OpenBLAS";
}
