/* Winograd convolutions against the direct sums in double, and what winograd.h promises besides. */
#include "winograd_trial.h"

#include <math.h>

#include "workloads/nn/kernels/kernels.h"

/* What one pair of pixels, of input and of output, and one tap give to the result. */
static void add_pair(
    const struct trial *trial, enum pass pass, size_t in, size_t out, int tap, double *sums)
{
    size_t n_c = (size_t)trial->shape.c, n_k = (size_t)trial->shape.k;
    const float *x = trial->x + in * n_c, *dy = trial->dy + out * n_k;
    const float *weight = trial->weight + (size_t)tap * n_c * n_k;

    for (size_t c = 0; c < n_c; c++)
        for (size_t k = 0; k < n_k; k++) {
            double w = weight[c * n_k + k];

            if (pass == FORWARD)
                sums[out * n_k + k] += x[c] * w;
            else if (pass == DX)
                sums[in * n_c + c] += dy[k] * w;
            else
                sums[((size_t)tap * n_c + c) * n_k + k] += (double)x[c] * dy[k];
        }
}

static double *expect(const struct winograd *s, enum pass pass)
{
    struct trial trial = trial_open(s, pass);
    double *sums = calloc(result_floats(&trial, pass), sizeof(*sums));

    assert_non_null(sums);
    for (size_t out = 0; out < trial.pixels; out++)
        for (int tap = 0; tap < 9; tap++) {
            int y = (int)(out / (size_t)s->w) % s->h + tap / 3 - s->before_h;
            int x = (int)(out % (size_t)s->w) + tap % 3 - s->before_w;
            size_t image = out / (size_t)(s->w * s->h);

            if (y >= 0 && y < s->h && x >= 0 && x < s->w)
                add_pair(&trial, pass,
                    (image * (size_t)s->h + (size_t)y) * (size_t)s->w + (size_t)x, out, tap, sums);
        }
    free(trial_close(&trial, pass));
    return sums;
}

/* Of the root mean square of all results. */
#define LARGEST_ERROR 1.5e-5
#define RMS_ERROR     3e-6

/* The plain kernels add one term after the other, and their error grows as the square root of the
 * terms, as that of the direct sum in float does: measured at 1.8 to 2 times of it, 64 to 2600
 * channels. The fast ones sum bands of channels and get no leave. */
#define DEEP_SUM 500.0

static double leave_for(const struct winograd *shape, enum pass pass)
{
    double terms = pass == FORWARD ? shape->c
                   : pass == DX    ? shape->k
                                   : (double)shape->batch * shape->h * shape->w;

    return kernels() == kernels_find("reference") ? fmax(1, sqrt(terms / DEEP_SUM)) : 1;
}

static void compare(const struct winograd *shape, enum pass pass, bool add, bool callbacks)
{
    struct trial trial = trial_open(shape, pass);
    size_t count = result_floats(&trial, pass);
    float *before = trial_close(&trial, pass), *got = run_trial(shape, pass, add, callbacks);
    double *expected = expect(shape, pass), square = 0, error = 0;
    double leave = leave_for(shape, pass);

    for (size_t i = 0; i < count; i++) {
        expected[i] += add ? before[i] : 0;
        expected[i] *= callbacks && pass != DW ? 2 : 1;
        square += expected[i] * expected[i] / (double)count;
        error += (got[i] - expected[i]) * (got[i] - expected[i]) / (double)count;
    }
    for (size_t i = 0; i < count; i++)
        if (!(fabs(got[i] - expected[i]) <= LARGEST_ERROR * leave * sqrt(square)))
            fail_msg("%s, pass %d of %dx%dx%dx%d -> %d: element %zu is %.9g, expected %.9g",
                kernels()->isa, (int)pass, shape->batch, shape->h, shape->w, shape->c, shape->k, i,
                (double)got[i], expected[i]);
    assert_true(sqrt(error) <= RMS_ERROR * leave * sqrt(square));
    free(before);
    free(got);
    free(expected);
}

static void test_winograd__forward_is_the_direct_convolution(void **state)
{
    (void)state;
    for (int i = 0; i < N_SHAPES; i++) {
        compare(&shapes[i], FORWARD, false, false);
        compare(&shapes[i], FORWARD, true, false);
    }
}

static void test_winograd__dx_is_the_gradient_of_the_input(void **state)
{
    (void)state;
    for (int i = 0; i < N_SHAPES; i++) {
        compare(&shapes[i], DX, false, false);
        compare(&shapes[i], DX, true, false);
    }
}

static void test_winograd__dw_adds_the_gradient_of_the_weights(void **state)
{
    (void)state;
    for (int i = 0; i < N_SHAPES; i++)
        compare(&shapes[i], DW, true, false);
}

static void test_winograd__rows_are_filled_and_finished_once_each(void **state)
{
    (void)state;
    for (int i = 0; i < N_SHAPES; i++) {
        compare(&shapes[i], FORWARD, false, true);
        compare(&shapes[i], DX, true, true);
        compare(&shapes[i], DW, true, true);
    }
}

static void test_winograd__any_instruction_set_gives_the_convolution(void **state)
{
    static const char *const names[] = {"reference", "avx2"};
    const struct kernels *best = kernels();

    (void)state;
    for (int name = 0; name < 2; name++) {
        if (!kernels_find(names[name]))
            continue;
        kernels_use(kernels_find(names[name]));
        for (int i = 0; i < N_SHAPES; i++) {
            compare(&shapes[i], FORWARD, false, false);
            compare(&shapes[i], DX, false, false);
            compare(&shapes[i], DW, true, false);
        }
        kernels_use(best);
    }
}

/* A net is planned for its largest batch. */
static void test_winograd__room_for_a_batch_is_room_for_a_smaller_one(void **state)
{
    (void)state;
    for (int i = 0; i < N_SHAPES; i++) {
        struct winograd shape = shapes[i];
        size_t floats[3] = {0};
        int blocks = 0;

        for (shape.batch = 1; shape.batch < 400; shape.batch++) {
            for (enum pass pass = FORWARD; pass <= DW; pass++) {
                assert_true(scratch_of(&shape, pass) >= floats[pass]);
                floats[pass] = scratch_of(&shape, pass);
            }
            assert_true(winograd_block_count(&shape) >= blocks);
            blocks = winograd_block_count(&shape);
        }
    }
}

/* Shapes of ResNets at 224 and 32 pixels, as measured. */
static void test_winograd__pays_where_it_was_measured_to_be_faster(void **state)
{
    static const struct {
        struct winograd shape;
        bool pays;
    } measured[] = {
        {{16, 56, 56, 64, 64, 1, 1}, true},
        {{16, 7, 7, 512, 512, 1, 1}, true},
        {{1, 14, 14, 256, 256, 1, 1}, true},
        {{1, 7, 7, 512, 512, 1, 1}, false},
        {{128, 4, 4, 128, 128, 1, 1}, true},
        {{128, 2, 2, 256, 256, 1, 1}, false},
        {{16, 28, 28, 8, 8, 1, 1}, false},
    };
    const struct kernels *best = kernels();

    (void)state;
    if (best == kernels_find("reference"))
        skip();
    for (size_t i = 0; i < sizeof(measured) / sizeof(measured[0]); i++)
        assert_int_equal(winograd_pays(&measured[i].shape), measured[i].pays);
    kernels_use(kernels_find("reference")); /* the products would be plain loops */
    assert_false(winograd_pays(&measured[0].shape));
    kernels_use(best);
}
