/* Matrix products against plain loops, and their promise that bits do not depend on threads. */
#include "tests/lib/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/rng.h"
#include "workloads/nn/products/gemm.h"
#include "workloads/nn/kernels/kernels.h"
#include "workloads/nn/kernels/parallel.h"

/* Few and many rows, thin and wide, odd everywhere; the last ones take the split by tiles and by
 * chunks. */
static const struct {
    int m, n, k;
} sizes[] = {{1, 1, 1}, {5, 7, 3}, {32, 200, 64}, {193, 16, 9}, {700, 33, 20}, {1025, 24, 150},
    {300, 200, 300}, {4500, 190, 180}, {192, 130, 257}, {2000, 8, 27}, {613, 96, 16},
    {261, 40, 40}};

#define N_SIZES ((int)(sizeof(sizes) / sizeof(sizes[0])))

static float *random_matrix(size_t count, uint64_t stream)
{
    float *matrix = malloc(count * sizeof(*matrix) + 1);
    struct rng rng = rng_open(3, RNG_TEST, stream, 0);

    assert_non_null(matrix);
    for (size_t i = 0; i < count; i++)
        matrix[i] = (float)rng_between(&rng, -1, 1);
    return matrix;
}

/* Large results are checked at every CHECKED-th element: a prime, so that all rows and columns get
 * their turn. */
#define CHECKED(count) ((count) > 20000 ? 97 : 1)

static void check_near(const float *got, const double *expected, size_t count, int terms)
{
    for (size_t i = 0; i < count; i += CHECKED(count))
        if (!(fabs(got[i] - expected[i]) <= 3e-6 * sqrt(terms) + 1e-6 * fabs(expected[i])))
            fail_msg("element %zu of a sum of %d is %g, expected %g", i, terms, (double)got[i],
                expected[i]);
}

/* Rows of A from an array, as im2col would give them. */
struct source {
    const float *a;
    int k, n;
    int finished; /* rows; atomically, blocks finish in any order */
};

static void copy_rows(const void *context, int64_t row0, int rows, float *block)
{
    const struct source *source = context;

    memcpy(block, source->a + row0 * source->k, (size_t)rows * (size_t)source->k * sizeof(*block));
}

static void double_rows(const void *context, int64_t row0, int rows, int block, float *c)
{
    const struct source *source = context;

    (void)block;
    (void)row0;
    for (int i = 0; i < rows * source->n; i++)
        c[i] *= 2;
    __atomic_fetch_add((int *)(uintptr_t)&source->finished, rows, __ATOMIC_RELAXED);
}

/* C = A B, of every kind; returns C, to be freed. */
static float *multiply(int index, bool transposed, bool add, bool callbacks)
{
    int m = sizes[index].m, n = sizes[index].n, k = sizes[index].k;
    float *a = random_matrix((size_t)m * (size_t)k, 1),
          *b = random_matrix((size_t)n * (size_t)k, 2);
    float *c = random_matrix((size_t)m * (size_t)n, 3),
          *scratch = malloc(gemm_rows_scratch(m, n, k) * sizeof(float));
    struct source source = {.a = a, .k = k, .n = n};
    int64_t macs = 5;
    struct gemm_rows product = {.m = m,
        .n = n,
        .k = k,
        .a = a,
        .lda = k,
        .b = b,
        .b_transposed = transposed,
        .c = c,
        .ldc = n,
        .add = add,
        .scratch = scratch,
        .macs = &macs};

    if (callbacks) {
        product.a = NULL;
        product.fill = copy_rows;
        product.finish = double_rows;
        product.context = &source;
    }
    gemm_rows(&product);
    assert_int_equal(macs, 5 + (int64_t)m * n * k);
    assert_int_equal(source.finished, callbacks ? m : 0);
    free(a);
    free(b);
    free(scratch);
    return c;
}

static double *expect(int index, bool transposed, bool add, bool callbacks)
{
    int m = sizes[index].m, n = sizes[index].n, k = sizes[index].k;
    float *a = random_matrix((size_t)m * (size_t)k, 1),
          *b = random_matrix((size_t)n * (size_t)k, 2);
    float *c = random_matrix((size_t)m * (size_t)n, 3);
    double *sums = malloc((size_t)m * (size_t)n * sizeof(*sums));

    assert_non_null(sums);
    for (size_t at = 0, count = (size_t)m * (size_t)n; at < count; at += CHECKED(count)) {
        size_t i = at / (size_t)n, j = at % (size_t)n;
        double sum = add ? c[at] : 0;

        for (size_t l = 0; l < (size_t)k; l++)
            sum += (double)a[i * (size_t)k + l] *
                   b[transposed ? j * (size_t)k + l : l * (size_t)n + j];
        sums[at] = callbacks ? 2 * sum : sum;
    }
    free(a);
    free(b);
    free(c);
    return sums;
}

static void check_products(bool transposed, bool add, bool callbacks)
{
    for (int index = 0; index < N_SIZES; index++) {
        double *expected = expect(index, transposed, add, callbacks);
        float *c = multiply(index, transposed, add, callbacks);

        check_near(c, expected, (size_t)sizes[index].m * (size_t)sizes[index].n, sizes[index].k);
        free(expected);
        free(c);
    }
}

static void test_gemm__product_by_rows_is_the_product(void **state)
{
    (void)state;
    check_products(false, false, false);
}

static void test_gemm__product_with_a_transposed_matrix_is_added(void **state)
{
    (void)state;
    check_products(true, true, false);
}

static void test_gemm__rows_are_filled_and_finished_once_each(void **state)
{
    (void)state;
    check_products(false, false, true);
    check_products(true, false, true);
}

static void test_gemm__product_by_reference_kernels_is_the_product(void **state)
{
    const struct kernels *best = kernels();

    (void)state;
    kernels_use(kernels_find("reference"));
    check_products(false, true, false);
    check_products(true, false, true);
    kernels_use(best);
}

static void test_gemm__bits_of_products_do_not_depend_on_threads(void **state)
{
    (void)state;
    for (int index = 0; index < N_SIZES; index++)
        for (int kind = 0; kind < 4; kind++) {
            size_t bytes = (size_t)sizes[index].m * (size_t)sizes[index].n * sizeof(float);
            float *one = multiply(index, kind & 1, false, kind & 2), *three;

            parallel_set_threads(3);
            three = multiply(index, kind & 1, false, kind & 2);
            parallel_set_threads(1);
            assert_memory_equal(one, three, bytes);
            free(one);
            free(three);
        }
}

/* W += A^T B; returns W, to be freed. */
static float *reduce(int index, bool filled)
{
    int m = sizes[index].m, n = sizes[index].n, k = sizes[index].k;
    float *a = random_matrix((size_t)m * (size_t)k, 1),
          *b = random_matrix((size_t)m * (size_t)n, 2);
    float *w = random_matrix((size_t)k * (size_t)n, 3);
    float *scratch = malloc(gemm_reduce_scratch(m, n, k, filled) * sizeof(float) + 1);
    struct source source = {.a = a, .k = k};
    int64_t macs = 0;

    gemm_reduce(&(struct gemm_reduce){.m = m,
        .n = n,
        .k = k,
        .a = filled ? NULL : a,
        .lda = k,
        .b = b,
        .ldb = n,
        .w = w,
        .fill = filled ? copy_rows : NULL,
        .context = &source,
        .scratch = scratch,
        .macs = &macs});
    assert_int_equal(macs, (int64_t)m * n * k);
    free(a);
    free(b);
    free(scratch);
    return w;
}

static void check_reductions(bool filled)
{
    for (int index = 0; index < N_SIZES; index++) {
        int m = sizes[index].m, n = sizes[index].n, k = sizes[index].k;
        float *a = random_matrix((size_t)m * (size_t)k, 1),
              *b = random_matrix((size_t)m * (size_t)n, 2);
        float *before = random_matrix((size_t)k * (size_t)n, 3), *w = reduce(index, filled);
        double *expected = malloc((size_t)k * (size_t)n * sizeof(*expected));

        assert_non_null(expected);
        for (size_t at = 0, count = (size_t)k * (size_t)n; at < count; at += CHECKED(count)) {
            expected[at] = before[at];
            for (size_t i = 0; i < (size_t)m; i++)
                expected[at] +=
                    (double)a[i * (size_t)k + at / (size_t)n] * b[i * (size_t)n + at % (size_t)n];
        }
        check_near(w, expected, (size_t)k * (size_t)n, m);
        free(a);
        free(b);
        free(before);
        free(w);
        free(expected);
    }
}

static void test_gemm__reduction_adds_the_product_of_the_transposed(void **state)
{
    (void)state;
    check_reductions(false);
}

static void test_gemm__reduction_takes_filled_rows(void **state)
{
    (void)state;
    check_reductions(true);
}

static void test_gemm__bits_of_reductions_do_not_depend_on_threads(void **state)
{
    (void)state;
    for (int index = 0; index < N_SIZES; index++)
        for (int filled = 0; filled < 2; filled++) {
            size_t bytes = (size_t)sizes[index].k * (size_t)sizes[index].n * sizeof(float);
            float *one = reduce(index, filled), *three;

            parallel_set_threads(3);
            three = reduce(index, filled);
            parallel_set_threads(1);
            assert_memory_equal(one, three, bytes);
            free(one);
            free(three);
        }
}
