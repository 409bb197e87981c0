/* Winograd convolutions against the direct sums in double, and what winograd.h promises besides. */
#include "tests/lib/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/rng.h"
#include "workloads/nn/kernels/kernels.h"
#include "workloads/nn/parallel.h"
#include "workloads/nn/winograd.h"

/* Maps smaller than a tile, of whole tiles and of cut ones; channels that are no multiple of any
 * vector; blocks of lines and of images; few tiles with many channels, which go by strips; more
 * channels than a band has; dw in chunks, in squares and in two
 * groups of tiles. */
static const struct winograd shapes[] = {
    {1, 1, 1, 1, 1, 1, 1},
    {2, 2, 2, 17, 5, 1, 1},
    {3, 3, 5, 8, 33, 1, 1},
    {2, 7, 7, 20, 150, 1, 1},
    {5, 8, 8, 64, 40, 1, 1},
    {1, 14, 14, 35, 16, 1, 1},
    {40, 4, 4, 16, 24, 1, 1},
    {1, 33, 61, 24, 64, 1, 1},
    {2, 28, 28, 130, 160, 1, 1},
    {3, 4, 4, 300, 130, 1, 1},
    {80, 3, 3, 8, 2600, 1, 1},
    {300, 3, 3, 12, 144, 1, 1},
    {2, 9, 6, 7, 12, 0, 2},
    {2, 6, 9, 12, 7, 2, 0},
};

#define N_SHAPES ((int)(sizeof(shapes) / sizeof(shapes[0])))

enum pass { FORWARD, DX, DW };

/* Everything of one convolution; `finished` counts how often a row was given back. */
struct trial {
    struct winograd shape;
    size_t pixels;
    float *x, *dy, *weight, *result, *scratch;
    size_t in_floats, out_floats, weight_floats;
    int *finished;
    int channels; /* of the result's rows, for finish */
};

static float *random_floats(size_t count, uint64_t stream)
{
    float *floats = aligned_alloc(64, (count * sizeof(*floats) + 63) / 64 * 64);
    struct rng rng = rng_open(7, RNG_TEST, stream, 0);

    assert_non_null(floats);
    for (size_t i = 0; i < count; i++)
        floats[i] = (float)rng_between(&rng, -1, 1);
    return floats;
}

static size_t scratch_of(const struct winograd *shape, enum pass pass)
{
    return pass == FORWARD ? winograd_forward_scratch(shape)
           : pass == DX    ? winograd_dx_scratch(shape)
                           : winograd_dw_scratch(shape);
}

#define GUARD 64
#define MARK  12345.0f

static size_t result_floats(const struct trial *trial, enum pass pass)
{
    return pass == FORWARD ? trial->out_floats
           : pass == DX    ? trial->in_floats
                           : trial->weight_floats;
}

static struct trial trial_open(const struct winograd *shape, enum pass pass)
{
    struct trial trial = {.shape = *shape};
    size_t scratch = scratch_of(shape, pass);

    trial.pixels = (size_t)shape->batch * (size_t)shape->h * (size_t)shape->w;
    trial.in_floats = trial.pixels * (size_t)shape->c;
    trial.out_floats = trial.pixels * (size_t)shape->k;
    trial.weight_floats = 9 * (size_t)shape->c * (size_t)shape->k;
    trial.x = random_floats(trial.in_floats, 1);
    trial.dy = random_floats(trial.out_floats, 2);
    trial.weight = random_floats(trial.weight_floats, 3);
    trial.result = random_floats(result_floats(&trial, pass) + GUARD, 4);
    trial.scratch = random_floats(scratch + GUARD, 5); /* what is left there must not matter */
    trial.finished = calloc(trial.pixels, sizeof(*trial.finished));
    trial.channels = pass == DX ? shape->c : shape->k;
    assert_non_null(trial.finished);
    for (int i = 0; i < GUARD; i++) {
        trial.result[result_floats(&trial, pass) + (size_t)i] = MARK;
        trial.scratch[scratch + (size_t)i] = MARK;
    }
    return trial;
}

/* Checks that nothing was written behind the result and the scratch; gives the result. */
static float *trial_close(struct trial *trial, enum pass pass)
{
    size_t scratch = scratch_of(&trial->shape, pass);

    for (int i = 0; i < GUARD; i++) {
        assert_true(trial->result[result_floats(trial, pass) + (size_t)i] == MARK);
        assert_true(trial->scratch[scratch + (size_t)i] == MARK);
    }
    free(trial->x);
    free(trial->dy);
    free(trial->weight);
    free(trial->scratch);
    free(trial->finished);
    return trial->result;
}

static void copy_rows(const float *from, int channels, int64_t row0, int rows, float *block)
{
    memcpy(block, from + row0 * channels, (size_t)rows * (size_t)channels * sizeof(*block));
}

static void fill_x(const void *context, int64_t row0, int rows, float *block)
{
    const struct trial *trial = context;

    copy_rows(trial->x, trial->shape.c, row0, rows, block);
}

static void fill_dy(const void *context, int64_t row0, int rows, float *block)
{
    const struct trial *trial = context;

    copy_rows(trial->dy, trial->shape.k, row0, rows, block);
}

/* Doubles the rows and counts them; each row is one block's. */
static void double_rows(const void *context, int64_t row0, int rows, int block, float *c)
{
    const struct trial *trial = context;

    assert_true(c == trial->result + row0 * trial->channels);
    assert_true(row0 % trial->shape.w == 0 && rows % trial->shape.w == 0);
    assert_in_range(block, 0, winograd_block_count(&trial->shape) - 1);
    for (int i = 0; i < rows * trial->channels; i++)
        c[i] *= 2;
    for (int i = 0; i < rows; i++)
        trial->finished[row0 + i] += 1;
}

static float *run_trial(const struct winograd *shape, enum pass pass, bool add, bool callbacks)
{
    struct trial trial = trial_open(shape, pass);
    struct winograd_rows x = {.data = trial.x}, dy = {.data = trial.dy};
    struct winograd_run run;
    int64_t macs = 3;

    if (callbacks) {
        x = (struct winograd_rows){.fill = fill_x, .context = &trial};
        dy = (struct winograd_rows){.fill = fill_dy, .context = &trial};
    }
    run = (struct winograd_run){.in = pass == DX ? dy : x,
        .weight = trial.weight,
        .out = trial.result,
        .add = add,
        .finish = callbacks ? double_rows : NULL,
        .context = &trial,
        .scratch = trial.scratch,
        .macs = &macs};
    if (pass == FORWARD)
        winograd_forward(shape, &run);
    else if (pass == DX)
        winograd_dx(shape, &run);
    else
        winograd_dw(shape,
            &(struct winograd_dw_run){
                .x = x, .dy = dy, .dw = trial.result, .scratch = trial.scratch, .macs = &macs});
    assert_int_equal(macs, 3 + (int64_t)trial.pixels * 9 * shape->c * shape->k);
    for (size_t i = 0; i < trial.pixels; i++)
        assert_int_equal(trial.finished[i], callbacks && pass != DW);
    return trial_close(&trial, pass);
}

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

/* With packed weights and no more scratch than that needs: the bits of weights as they are. */
static void check_packed(const struct winograd *shape)
{
    struct trial trial = trial_open(shape, FORWARD);
    size_t scratch = winograd_packed_scratch(shape), count = result_floats(&trial, FORWARD);
    size_t packed_floats = winograd_packed_floats(shape);
    float *plain = run_trial(shape, FORWARD, false, false), *room, *packed, *work;
    int64_t macs = 0;

    assert_true(scratch <= scratch_of(shape, FORWARD));
    work = malloc(winograd_pack_scratch() * sizeof(*work));
    packed = malloc((packed_floats + GUARD) * sizeof(*packed));
    room = malloc((scratch + GUARD) * sizeof(*room));
    assert_true(work && packed && room);
    for (int i = 0; i < GUARD; i++)
        packed[packed_floats + (size_t)i] = room[scratch + (size_t)i] = MARK;
    winograd_pack(shape, trial.weight, packed, work);
    winograd_forward(shape, &(struct winograd_run){.in = {.data = trial.x},
                                .packed = packed,
                                .out = trial.result,
                                .scratch = room,
                                .macs = &macs});
    assert_memory_equal(trial.result, plain, count * sizeof(*plain));
    for (int i = 0; i < GUARD; i++)
        assert_true(packed[packed_floats + (size_t)i] == MARK && room[scratch + (size_t)i] == MARK);
    free(trial_close(&trial, FORWARD));
    free(plain);
    free(work);
    free(packed);
    free(room);
}

static void test_winograd__packed_weights_change_no_bit(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
        check_packed(&shapes[i]);
    parallel_set_threads(3);
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
        check_packed(&shapes[i]);
    parallel_set_threads(1);
}

static void test_winograd__bits_do_not_depend_on_threads(void **state)
{
    (void)state;
    for (int i = 0; i < N_SHAPES; i++)
        for (enum pass pass = FORWARD; pass <= DW; pass++) {
            struct trial trial = trial_open(&shapes[i], pass);
            size_t bytes = result_floats(&trial, pass) * sizeof(float);
            float *one, *three;

            free(trial_close(&trial, pass));
            one = run_trial(&shapes[i], pass, true, true);
            parallel_set_threads(3);
            three = run_trial(&shapes[i], pass, true, true);
            parallel_set_threads(1);
            assert_memory_equal(one, three, bytes);
            free(one);
            free(three);
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
