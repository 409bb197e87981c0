/*
 * Every kernel of kernels.def, in every version that this processor runs, against the plain one. A
 * kernel without a trial here does not link.
 */
#include "tests/lib/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/system/cpu.h"
#include "harness/base/rng.h"
#include "trial.h"
#include "trials_of_tiles.h"
#include "workloads/nn/kernels/kernels.h"

/* Rows and channels: below, at and above the length of vectors, and sizes that fold. */
static const struct {
    int rows, c;
} sizes[] = {{1, 1}, {7, 3}, {33, 8}, {20, 16}, {50, 24}, {3, 40}, {65, 17}, {9, 130}, {2, 600},
    {31, 64}, {128, 1}};

#define N_SIZES ((int)(sizeof(sizes) / sizeof(sizes[0])))

static bool try_act_forward(const struct kernels *table, int index, struct trial *t)
{
    trial_result(t, 1003);
    if (index < N_ACTS)
        table->act_forward((enum activation)index, 1003, t->a, t->out);
    return index < N_ACTS;
}

static bool try_act_backward(const struct kernels *table, int index, struct trial *t)
{
    trial_result(t, 1003);
    if (SIZED(index) < N_ACTS)
        table->act_backward((enum activation)SIZED(index), 1003, t->a, t->b, t->out, ADDS(index));
    return SIZED(index) < N_ACTS;
}

static bool try_add(const struct kernels *table, int index, struct trial *t)
{
    trial_result(t, 77);
    table->add(77, t->a, t->b, t->out);
    return index < 1;
}

static bool try_scale(const struct kernels *table, int index, struct trial *t)
{
    trial_result(t, 77);
    table->scale(77, 0.3f, t->a, t->out, ADDS(index));
    return index < 2;
}

static bool try_multiply(const struct kernels *table, int index, struct trial *t)
{
    trial_result(t, 77);
    table->multiply(77, t->a, t->b, t->out, ADDS(index));
    return index < 2;
}

static bool try_affine(const struct kernels *table, int index, struct trial *t)
{
    int size = SIZED(index) % N_SIZES, act = SIZED(index) / N_SIZES;

    if (act >= N_ACTS)
        return false;
    trial_result(t, (size_t)(sizes[size].rows * sizes[size].c));
    table->affine(sizes[size].rows, sizes[size].c, t->a, t->channel[0],
        size % 3 ? t->channel[1] : NULL, (enum activation)act, t->out, ADDS(index));
    return true;
}

static bool try_spread(const struct kernels *table, int index, struct trial *t)
{
    int size = SIZED(index);

    if (size >= N_SIZES)
        return false;
    trial_result(t, (size_t)(sizes[size].rows * sizes[size].c));
    table->spread(sizes[size].rows, sizes[size].c, t->channel[0], t->out, ADDS(index));
    return true;
}

static bool try_row_sums(const struct kernels *table, int index, struct trial *t)
{
    if (index >= N_SIZES)
        return false;
    trial_result(t, (size_t)sizes[index].c);
    table->row_sums(sizes[index].rows, sizes[index].c, t->a, t->out);
    return true;
}

static bool try_product_sums(const struct kernels *table, int index, struct trial *t)
{
    if (index >= N_SIZES)
        return false;
    trial_result(t, (size_t)sizes[index].c);
    table->product_sums(sizes[index].rows, sizes[index].c, t->a, t->b, t->out);
    return true;
}

static bool try_norm_sums(const struct kernels *table, int index, struct trial *t)
{
    if (index >= N_SIZES)
        return false;
    t->gives_sums = true;
    t->count = 2 * (size_t)sizes[index].c;
    memset(t->sums, 0, t->count * sizeof(*t->sums));
    table->norm_sums(sizes[index].rows, sizes[index].c, t->a, t->sums);
    return true;
}

static bool try_norm_grad_sums(const struct kernels *table, int index, struct trial *t)
{
    if (index >= N_SIZES)
        return false;
    t->gives_sums = true;
    t->count = 2 * (size_t)sizes[index].c;
    memset(t->sums, 0, t->count * sizeof(*t->sums));
    table->norm_grad_sums(sizes[index].rows, sizes[index].c, t->a, t->b, t->channel[0], t->sums);
    return true;
}

static bool try_norm_dx(const struct kernels *table, int index, struct trial *t)
{
    int size = SIZED(index);

    if (size >= N_SIZES)
        return false;
    trial_result(t, (size_t)(sizes[size].rows * sizes[size].c));
    table->norm_dx(sizes[size].rows, sizes[size].c, t->a, t->b, t->channel[0], t->channel[1],
        t->channel[2], t->out, ADDS(index));
    return true;
}

/* Every activation with and without a batch norm, its sums first and then what is written. */
static bool try_view_grad(const struct kernels *table, int index, struct trial *t)
{
    int size = SIZED(index) % N_SIZES, act = SIZED(index) / N_SIZES % N_ACTS,
        kind = SIZED(index) / N_SIZES / N_ACTS;
    size_t count = (size_t)(sizes[size].rows * sizes[size].c), sums = 2 * (size_t)sizes[size].c;
    const float *factor = kind < 2 ? t->channel[0] : NULL;

    if (kind > 2)
        return false;
    memset(t->sums, 0, sums * sizeof(*t->sums));
    trial_result(t, count + sums);
    table->view_grad(sizes[size].rows, sizes[size].c, t->a, factor, t->channel[1], t->channel[2],
        (enum activation)act, t->b, t->out, ADDS(index), kind < 1 ? t->sums : NULL);
    for (size_t i = 0; i < sums; i++)
        t->out[count + i] = (float)t->sums[i];
    return true;
}

static struct kernel_gate gate_of(const struct trial *t, enum activation act)
{
    return (struct kernel_gate){.scale = t->channel[0],
        .shift = t->channel[1],
        .gate = t->channel[2],
        .mean = t->channel[2],
        .constant = t->channel[3],
        .act = act};
}

static bool try_gate_apply(const struct kernels *table, int index, struct trial *t)
{
    int size = index % N_SIZES, act = index / N_SIZES;
    struct kernel_gate gate = gate_of(t, (enum activation)act);

    if (act >= N_ACTS)
        return false;
    trial_result(t, (size_t)(sizes[size].rows * sizes[size].c));
    table->gate_apply(sizes[size].rows, sizes[size].c, t->a, &gate, t->out);
    return true;
}

static bool try_gate_sums(const struct kernels *table, int index, struct trial *t)
{
    int size = index % N_SIZES, act = index / N_SIZES;
    struct kernel_gate gate = gate_of(t, (enum activation)act);

    if (act >= N_ACTS)
        return false;
    t->gives_sums = true;
    t->count = KERNEL_GATE_SUMS * (size_t)sizes[size].c;
    for (size_t i = 0; i < t->count; i++)
        t->sums[i] = (double)i;
    table->gate_sums(sizes[size].rows, sizes[size].c, t->a, &gate, t->b, t->sums);
    return true;
}

static bool try_gate_dx(const struct kernels *table, int index, struct trial *t)
{
    int size = index % N_SIZES, act = index / N_SIZES;
    struct kernel_gate gate = gate_of(t, (enum activation)act);

    if (act >= N_ACTS)
        return false;
    trial_result(t, (size_t)(sizes[size].rows * sizes[size].c));
    table->gate_dx(sizes[size].rows, sizes[size].c, t->a, &gate, t->b, t->channel[1], t->channel[0],
        t->weight, t->out);
    return true;
}

/* Maps of every small size, as at 32 pixels, and some larger; `same` pads less in front. */
static bool window_of(int index, struct kernel_window *p)
{
    static const int widths[] = {1, 2, 3, 4, 5, 7, 8, 14};
    static const int channels[] = {3, 16, 37, 8, 32, 70, 24, 17};
    static const int kernels_and_strides[][2] = {
        {3, 1}, {3, 2}, {5, 1}, {5, 2}, {7, 1}, {1, 1}, {2, 2}, {3, 3}};
    int width = index % 8, shape = index / 8 % 8, same = index / 64;

    *p = (struct kernel_window){.h = widths[(width + shape) % 8],
        .w = widths[width],
        .c = channels[(width + same) % 8],
        .kernel = kernels_and_strides[shape][0],
        .stride = kernels_and_strides[shape][1]};
    p->before_h = p->before_w =
        same ? (p->kernel - p->stride > 0 ? (p->kernel - p->stride) / 2 : 0) : p->kernel / 2;
    p->out_h = (p->h + p->stride - 1) / p->stride;
    p->out_w = (p->w + p->stride - 1) / p->stride;
    return same < 2;
}

#define IMAGES 2

static size_t in_size(const struct kernel_window *p)
{
    return (size_t)(IMAGES * p->h * p->w * p->c);
}

static size_t out_size(const struct kernel_window *p)
{
    return (size_t)(IMAGES * p->out_h * p->out_w * p->c);
}

/* Rows of a padded map one after the other in `a`, one of them missing in odd trials. */
static void take_rows(const struct trial *t, const struct kernel_window *p, int columns,
    int missing, const float **to)
{
    for (int r = 0; r < p->kernel; r++)
        to[r] = r == missing ? NULL : t->a + (size_t)r * (size_t)columns * (size_t)p->c;
}

static bool try_depthwise_row(const struct kernels *table, int index, struct trial *t)
{
    struct kernel_window p;
    const float *rows[8];

    if (!window_of(SIZED(index), &p))
        return false;
    take_rows(t, &p, depthwise_columns(&p), ADDS(index) ? p.kernel / 2 : -1, rows);
    trial_result(t, (size_t)(p.out_w * p.c));
    table->depthwise_row(&p, rows, t->weight, t->out);
    return true;
}

static bool try_depthwise_dx_row(const struct kernels *table, int index, struct trial *t)
{
    struct kernel_window p;
    const float *rows[8];

    if (!window_of(SIZED(index), &p))
        return false;
    take_rows(t, &p, depthwise_dy_columns(&p), ADDS(index) ? p.kernel / 2 : -1, rows);
    trial_result(t, (size_t)(p.w * p.c));
    /* the padding is 0, as the caller of the kernel has it */
    for (int r = 0; r < p.kernel; r++)
        for (int column = 0; column < depthwise_dy_columns(&p); column++) {
            int output = column - depthwise_dy_lead(&p);

            if (output < 0 || output >= p.out_w)
                memset(t->a + ((size_t)r * (size_t)depthwise_dy_columns(&p) + (size_t)column) *
                                  (size_t)p.c,
                    0, (size_t)p.c * sizeof(float));
        }
    table->depthwise_dx_row(&p, rows, t->weight, t->out);
    return true;
}

static bool try_depthwise_dw_row(const struct kernels *table, int index, struct trial *t)
{
    struct kernel_window p;
    const float *rows[8];

    if (!window_of(SIZED(index), &p))
        return false;
    take_rows(t, &p, depthwise_columns(&p), ADDS(index) ? p.kernel / 2 : -1, rows);
    trial_result(t, (size_t)(p.kernel * p.kernel * p.c));
    table->depthwise_dw_row(&p, rows, t->b, t->out);
    return true;
}

/* All rows of the windows of two images, or some in their middle. */
static bool try_gather(const struct kernels *table, int index, struct trial *t)
{
    struct kernel_window p;
    int rows, line, row0;

    if (!window_of(SIZED(index), &p))
        return false;
    line = p.kernel * p.kernel * p.c;
    rows = IMAGES * p.out_h * p.out_w;
    row0 = ADDS(index) ? rows / 3 : 0;
    rows = ADDS(index) ? (rows + 2) / 3 : rows;
    rows = rows * line > ROOM ? ROOM / line : rows;
    trial_result(t, (size_t)(rows * line));
    table->gather(&p, t->a, row0, rows, t->out);
    return true;
}

static bool try_max_pool_forward(const struct kernels *table, int index, struct trial *t)
{
    struct kernel_window p;

    if (!window_of(index, &p))
        return false;
    trial_result(t, 2 * out_size(&p)); /* the taps are compared too, as floats behind the outputs */
    table->max_pool_forward(&p, IMAGES, t->a, t->out, t->taps);
    for (size_t i = 0; i < out_size(&p); i++)
        t->out[out_size(&p) + i] = (float)t->taps[i];
    return true;
}

static bool try_max_pool_backward(const struct kernels *table, int index, struct trial *t)
{
    struct kernel_window p;

    if (!window_of(SIZED(index), &p))
        return false;
    trial_result(t, in_size(&p));
    kernels_find("reference")->max_pool_forward(&p, IMAGES, t->a, t->channel[3], t->taps);
    table->max_pool_backward(&p, IMAGES, t->b, t->taps, t->out, ADDS(index));
    return true;
}

/* Rows, columns and depth around the sizes of tiles and vectors. */
static const struct {
    int m, n, k;
} products[] = {{1, 1, 1}, {5, 16, 3}, {12, 32, 27}, {25, 8, 40}, {40, 24, 16}, {13, 33, 12},
    {31, 17, 9}, {100, 48, 64}, {6, 70, 5}, {23, 40, 50}, {600, 16, 27}, {70, 20, 7}, {70, 9, 14},
    {70, 32, 23}, {70, 16, 31}, {70, 16, 26}};

#define N_PRODUCTS ((int)(sizeof(products) / sizeof(products[0])))

static bool try_product(const struct kernels *table, int index, bool transposed, struct trial *t)
{
    int at = SIZED(index), m, n, k;

    if (at >= N_PRODUCTS)
        return false;
    m = products[at].m;
    n = products[at].n;
    k = products[at].k;
    trial_result(t, (size_t)m * (size_t)n);
    assert_true(PRODUCT_PACKED(n, k) <= ROOM && m * k <= ROOM);
    table->product_pack(n, k, t->weight, transposed ? k : n, transposed, t->channel[0]);
    table->product_rows(m, n, k, t->a, k, t->channel[0], t->out, n, ADDS(index));
    return true;
}

static bool try_product_pack(const struct kernels *table, int index, struct trial *t)
{
    return try_product(table, index, true, t);
}

static bool try_product_rows(const struct kernels *table, int index, struct trial *t)
{
    return try_product(table, index, false, t);
}

static bool try_product_outer(const struct kernels *table, int index, struct trial *t)
{
    if (index >= N_PRODUCTS)
        return false;
    trial_result(t, (size_t)products[index].k * (size_t)products[index].n);
    table->product_outer(products[index].m, products[index].n, products[index].k, t->a,
        products[index].k, t->b, products[index].n, t->out, products[index].n);
    return true;
}

/* Windows of a map: lines of k numbers, rows at the distance of a pixel, overlapping. */
static const struct {
    int rows, n, lines, k, lda;
} windows[] = {{32, 16, 7, 21, 3}, {17, 32, 3, 9, 6}, {15, 40, 3, 9, 3}, {8, 33, 2, 5, 4},
    {1, 7, 4, 1, 1}, {29, 16, 1, 48, 16}};

#define N_WINDOWS ((int)(sizeof(windows) / sizeof(windows[0])))

static bool try_product_lines(const struct kernels *table, int index, struct trial *t)
{
    int at = SIZED(index), rows, n, k;
    struct kernel_lines row;

    if (at >= N_WINDOWS)
        return false;
    rows = windows[at].rows;
    n = windows[at].n;
    row = (struct kernel_lines){.n = windows[at].lines, .k = windows[at].k};
    row.pitch = rows * windows[at].lda + row.k;
    k = row.n * row.k;
    trial_result(t, (size_t)rows * (size_t)n);
    assert_true(PRODUCT_PACKED(n, k) <= ROOM && row.n * row.pitch <= ROOM);
    table->product_pack(n, k, t->weight, n, false, t->channel[0]);
    table->product_lines(
        rows, n, &row, t->a, windows[at].lda, t->channel[0], t->out, n, ADDS(index));
    return true;
}

static bool try_product_outer_map(const struct kernels *table, int index, struct trial *t)
{
    struct kernel_map map = {.rows = 3};
    int n, k;

    if (index >= N_WINDOWS)
        return false;
    map.columns = windows[index].rows;
    map.a_pitch = map.columns * windows[index].lda + windows[index].k;
    map.b_pitch = map.columns * windows[index].n + 2;
    n = windows[index].n;
    k = windows[index].k;
    trial_result(t, (size_t)k * (size_t)n);
    assert_true(3 * map.a_pitch <= ROOM && 3 * map.b_pitch <= ROOM);
    table->product_outer_map(&map, n, k, t->a, windows[index].lda, t->b, n, t->out, n);
    return true;
}

typedef bool try_kernel(const struct kernels *table, int index, struct trial *trial);

static const struct {
    const char *name;
    double tolerance;
    try_kernel *run;
} trials[] = {
#define KERNEL(name, tolerance) {#name, tolerance, try_##name},
#include "workloads/nn/kernels/kernels.def"
#undef KERNEL
};

static double result_at(const struct trial *trial, size_t i)
{
    return trial->gives_sums ? trial->sums[i] : (double)trial->out[i];
}

static void compare_results(const char *isa, const char *name, int index, double tolerance,
    const struct trial *expected, const struct trial *got)
{
    double largest = 1;

    for (size_t i = 0; i < expected->count; i++)
        largest = fmax(largest, fabs(result_at(expected, i)));
    for (size_t i = 0; i < expected->count; i++)
        if (!(fabs(result_at(got, i) - result_at(expected, i)) <= tolerance * largest))
            fail_msg("%s of %s, trial %d: element %zu is %.9g, expected %.9g", name, isa, index, i,
                result_at(got, i), result_at(expected, i));
    for (size_t i = 0; !got->gives_sums && i < GUARD; i++)
        if (got->out[got->count + i] != MARK)
            fail_msg("%s of %s, trial %d: writes %zu behind its result", name, isa, index, i);
}

static void compare_with_reference(const char *isa)
{
    const struct kernels *table = kernels_find(isa), *reference = kernels_find("reference");
    struct trial *fresh, *expected, *got;

    if (!table)
        skip();
    fresh = malloc(sizeof(*fresh));
    expected = malloc(sizeof(*expected));
    got = malloc(sizeof(*got));
    assert_true(fresh && expected && got);
    trial_fill(fresh);
    for (size_t k = 0; k < sizeof(trials) / sizeof(trials[0]); k++)
        for (int index = 0;; index++) {
            memcpy(expected, fresh, sizeof(*expected));
            memcpy(got, fresh, sizeof(*got));
            if (!trials[k].run(reference, index, expected))
                break;
            assert_true(trials[k].run(table, index, got));
            compare_results(isa, trials[k].name, index, trials[k].tolerance, expected, got);
        }
    free(fresh);
    free(expected);
    free(got);
}

static void test_kernels__avx2_gives_what_the_reference_gives(void **state)
{
    (void)state;
    compare_with_reference("avx2");
}

static void test_kernels__avx512_gives_what_the_reference_gives(void **state)
{
    (void)state;
    compare_with_reference("avx512");
}

/* Otherwise the comparisons above would be skipped, and the program slow, with nobody the wiser. */
static void test_kernels__the_best_that_this_machine_has_are_in_the_build_and_used(void **state)
{
    (void)state;
    unsetenv("SCALESTUDY_ISA");
    assert_non_null(kernels_find(cpu_isa()));
    assert_string_equal(kernels()->isa, cpu_isa());
}

static void test_kernels__an_unknown_instruction_set_has_no_table(void **state)
{
    (void)state;
    assert_null(kernels_find("mmx"));
    assert_non_null(kernels_find("reference"));
}

/* Over the whole range of floats that do not overflow, against double. */
static void test_kernels__sigmoid_is_exact_to_a_few_units_of_the_last_place(void **state)
{
    static float x[20000], y[20000];

    (void)state;
    for (int i = 0; i < 20000; i++)
        x[i] = -86.0f + 172.0f * (float)i / 20000;
    kernels()->act_forward(ACT_SIGMOID, 20000, x, y);
    for (int i = 0; i < 20000; i++) {
        double expected = 1 / (1 + exp(-(double)x[i]));

        assert_true(fabs(y[i] - expected) <= 4e-7 * expected);
    }
}

static void test_kernels__activations_bound_huge_inputs_and_keep_nan(void **state)
{
    float x[5] = {-1e30f, 1e30f, -INFINITY, INFINITY, NAN}, y[5];

    (void)state;
    kernels()->act_forward(ACT_SIGMOID, 5, x, y);
    assert_true(
        y[0] >= 0 && y[0] < 1e-30f && y[1] == 1 && y[2] < 1e-30f && y[3] == 1 && isnan(y[4]));
    kernels()->act_forward(ACT_RELU6, 5, x, y);
    assert_true(y[0] == 0 && y[1] == 6 && y[2] == 0 && y[3] == 6 && isnan(y[4]));
    kernels()->act_forward(ACT_RELU, 5, x, y);
    assert_true(y[0] == 0 && y[1] == 1e30f && y[2] == 0 && isinf(y[3]) && isnan(y[4]));
    kernels()->act_forward(ACT_SILU, 5, x, y);
    assert_true(isnan(y[4]));
}

static void test_kernels__norm_sums_keep_a_small_variance_beside_a_large_mean(void **state)
{
    enum { ROWS = 20000, C = 19 };
    static float x[ROWS * C];
    struct rng rng = rng_open(5, RNG_TEST, 0, 0);
    double sums[2 * C] = {0};

    (void)state;
    for (int i = 0; i < ROWS * C; i++)
        x[i] = (float)(1000 + 0.1 * rng_normal(&rng));
    for (int c = 0; c < C; c++) /* as at the edge of a map, where windows see padding */
        x[c] = 1010;
    kernels()->norm_sums(ROWS, C, x, sums);
    for (int c = 0; c < C; c++) {
        double mean = 0, var = 0;

        for (int row = 0; row < ROWS; row++)
            mean += (double)x[row * C + c] / ROWS;
        for (int row = 0; row < ROWS; row++)
            var += ((double)x[row * C + c] - mean) * ((double)x[row * C + c] - mean) / ROWS;
        assert_true(fabs(sums[c] / ROWS - mean) < 1e-4);
        assert_true(
            fabs(sums[C + c] / ROWS - sums[c] / ROWS * (sums[c] / ROWS) - var) < 1e-3 * var);
    }
}
