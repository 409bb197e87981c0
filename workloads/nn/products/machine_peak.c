/*
 * Measures this machine's best rates: matrix products (own kernels and OpenBLAS), and reading,
 * copying and updating memory.
 */
#include "machine_peak.h"

#include <string.h>

#include "blas.h"
#include "harness/base/arena.h"
#include "harness/base/clock.h"
#include "harness/system/cpu.h"
#include "workloads/nn/kernels/kernels.h"
#include "workloads/nn/kernels/parallel.h"

#define BLOCKS_A_THREAD 4     /* so that a thread that is held up for a moment costs little */
#define BLOCK_SECONDS   0.001 /* of products: far longer than handing out a block */

/* 256 MB: the last cache of a server, all of which a virtual machine may see, must not hold it. Less
 * where that would be more than a sixteenth of the memory. */
#define MEMORY_FLOATS ((size_t)64 << 20)
#define MEMORY_BLOCKS 64 /* an array is worked on in so many pieces */
#define SUM_CHANNELS  256

/* ---- products ---- */

struct product_size {
    int m, n, k;
};

/* Sizes at which each comes near its best: C and a slice of B fit in L2. */
static const struct product_size blas_sizes[] = {{384, 384, 384}, {768, 256, 256}};
static const struct product_size own_sizes[] = {{480, 64, 256}, {480, 128, 128}, {480, 256, 256}};

#define LARGEST_A (768 * 256) /* floats of the largest of the above */
#define LARGEST_B (384 * 384)
#define LARGEST_C (768 * 256)

struct products {
    struct product_size size;
    bool own;
    int repeats; /* of the product in a block */
    const float *a, *b;
    float *packed;
    float *c; /* LARGEST_C for each block */
};

static void multiply(const struct products *p, float *c)
{
    const struct product_size *s = &p->size;

    if (p->own)
        kernels()->product_rows(s->m, s->n, s->k, p->a, s->k, p->packed, c, s->n, false);
    else
        blas_multiply(&(struct blas_product){.m = s->m,
            .n = s->n,
            .k = s->k,
            .a = p->a,
            .lda = s->k,
            .b = p->b,
            .ldb = s->n,
            .c = c,
            .ldc = s->n});
}

static void multiply_block(void *context, int block, int thread)
{
    const struct products *p = context;

    (void)thread;
    for (int i = 0; i < p->repeats; i++)
        multiply(p, p->c + (size_t)block * LARGEST_C);
}

/* The best rate of some rounds, FLOP a second. */
static double time_products(struct products *p, double seconds)
{
    int blocks = BLOCKS_A_THREAD * parallel_threads();
    double macs = (double)p->size.m * p->size.n * p->size.k, best = 0, until, once;

    if (p->own)
        kernels()->product_pack(p->size.n, p->size.k, p->b, p->size.n, false, p->packed);
    p->repeats = 1;
    multiply(p, p->c); /* with what is done once, as starting the library */
    once = clock_seconds();
    multiply(p, p->c);
    once = clock_seconds() - once;
    p->repeats = 1 + (once > 0 ? (int)(BLOCK_SECONDS / once) : 0);
    until = clock_seconds() + seconds;
    do {
        double start = clock_seconds(), rate;

        parallel_for(blocks, multiply_block, p);
        rate = 2 * macs * p->repeats * blocks / (clock_seconds() - start);
        if (rate > best)
            best = rate;
    } while (clock_seconds() < until);
    return best;
}

static double best_product(struct products *p, const struct product_size *sizes, int n, double each)
{
    double best = 0;

    for (int i = 0; i < n; i++) {
        double rate;

        p->size = sizes[i];
        rate = time_products(p, each);
        if (rate > best)
            best = rate;
    }
    return best;
}

static float *take_floats(struct arena *arena, size_t count)
{
    float *at = arena_take(arena, count * sizeof(*at));

    for (size_t i = 0; at && i < count; i++)
        at[i] = 0.01f * (float)(i % 100);
    return at;
}

int machine_peak_products(double seconds, struct machine_peak *peak, struct err *err)
{
    enum {
        N_BLAS = sizeof(blas_sizes) / sizeof(blas_sizes[0]),
        N_OWN = sizeof(own_sizes) / sizeof(own_sizes[0])
    };
    size_t results = (size_t)(BLOCKS_A_THREAD * parallel_threads()) * LARGEST_C;
    size_t packed = PRODUCT_PACKED(256, 256);
    double each = seconds / (N_BLAS + N_OWN);
    struct arena arena = {0};
    struct products p = {0};
    struct err missing = {0};

    if (arena_init(&arena,
            (LARGEST_A + LARGEST_B + results + packed) * sizeof(float) + 4 * ARENA_ALIGN, err) < 0)
        return -1;
    p.a = take_floats(&arena, LARGEST_A);
    p.b = take_floats(&arena, LARGEST_B);
    p.packed = take_floats(&arena, packed);
    p.c = take_floats(&arena, results);
    peak->blas_flops = blas_open(&missing) < 0 ? 0 : best_product(&p, blas_sizes, N_BLAS, each);
    p.own = true;
    peak->own_flops = best_product(&p, own_sizes, N_OWN, each);
    peak->flops = peak->blas_flops > peak->own_flops ? peak->blas_flops : peak->own_flops;
    arena_release(&arena);
    return 0;
}

/* ---- memory ---- */

struct stream {
    size_t floats; /* of a block */
    const float *from;
    float *to;
};

static void read_block(void *context, int block, int thread)
{
    const struct stream *s = context;
    float sums[SUM_CHANNELS] = {0};

    (void)thread;
    kernels()->row_sums((int64_t)(s->floats / SUM_CHANNELS), SUM_CHANNELS,
        s->from + (size_t)block * s->floats, sums);
    s->to[(size_t)block * s->floats] = sums[0]; /* so that the sums are of use */
}

static void copy_block(void *context, int block, int thread)
{
    const struct stream *s = context;
    size_t at = (size_t)block * s->floats;

    (void)thread;
    memcpy(s->to + at, s->from + at, s->floats * sizeof(float));
}

static void update_block(void *context, int block, int thread)
{
    const struct stream *s = context;
    float *at = s->to + (size_t)block * s->floats;

    (void)thread;
    kernels()->scale((int64_t)s->floats, -1.0f, at, at, false);
}

/* The best rate of some rounds of `bytes`, bytes a second. */
static double time_stream(parallel_work *work, struct stream *s, double bytes, double seconds)
{
    double best = 0, until = clock_seconds() + seconds;

    do {
        double start = clock_seconds(), rate;

        parallel_for(MEMORY_BLOCKS, work, s);
        rate = bytes / (clock_seconds() - start);
        if (rate > best)
            best = rate;
    } while (clock_seconds() < until);
    return best;
}

static size_t memory_floats(void)
{
    uint64_t room = cpu_memory_bytes() / 16 / sizeof(float);
    size_t unit = (size_t)MEMORY_BLOCKS * SUM_CHANNELS;
    size_t floats = room > 0 && room < MEMORY_FLOATS ? (size_t)room : MEMORY_FLOATS;

    return floats < 2 * unit ? 2 * unit : floats / (2 * unit) * (2 * unit);
}

int machine_peak_memory(double seconds, struct machine_peak *peak, struct err *err)
{
    size_t floats = memory_floats();
    double bytes = (double)(floats * sizeof(float));
    struct arena arena = {0};
    struct stream whole, half;
    float *array;

    if (arena_init(&arena, floats * sizeof(float) + ARENA_ALIGN, err) < 0)
        return -1;
    array = take_floats(&arena, floats);
    whole = (struct stream){.floats = floats / MEMORY_BLOCKS, .from = array, .to = array};
    half = (struct stream){
        .floats = floats / 2 / MEMORY_BLOCKS, .from = array, .to = array + floats / 2};
    peak->read_bytes = time_stream(read_block, &whole, bytes, seconds / 3);
    peak->copy_bytes = time_stream(copy_block, &half, bytes, seconds / 3);
    peak->update_bytes = time_stream(update_block, &whole, 2 * bytes, seconds / 3);
    peak->bytes = peak->read_bytes;
    if (peak->copy_bytes > peak->bytes)
        peak->bytes = peak->copy_bytes;
    if (peak->update_bytes > peak->bytes)
        peak->bytes = peak->update_bytes;
    arena_release(&arena);
    return 0;
}
