/* A Winograd convolution with its arrays, in winograd.c and threads_of_winograd.c: random inputs, and
 * guards behind what it may write. */
#ifndef SCALESTUDY_TESTS_KERNELS_WINOGRAD_TRIAL_H
#define SCALESTUDY_TESTS_KERNELS_WINOGRAD_TRIAL_H

#include "tests/lib/test.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/rng.h"
#include "workloads/nn/conv/winograd.h"

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

static inline float *random_floats(size_t count, uint64_t stream)
{
    float *floats = aligned_alloc(64, (count * sizeof(*floats) + 63) / 64 * 64);
    struct rng rng = rng_open(7, RNG_TEST, stream, 0);

    assert_non_null(floats);
    for (size_t i = 0; i < count; i++)
        floats[i] = (float)rng_between(&rng, -1, 1);
    return floats;
}

static inline size_t scratch_of(const struct winograd *shape, enum pass pass)
{
    return pass == FORWARD ? winograd_forward_scratch(shape)
           : pass == DX    ? winograd_dx_scratch(shape)
                           : winograd_dw_scratch(shape);
}

#define GUARD 64
#define MARK  12345.0f

static inline size_t result_floats(const struct trial *trial, enum pass pass)
{
    return pass == FORWARD ? trial->out_floats
           : pass == DX    ? trial->in_floats
                           : trial->weight_floats;
}

static inline struct trial trial_open(const struct winograd *shape, enum pass pass)
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
static inline float *trial_close(struct trial *trial, enum pass pass)
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

static inline void copy_rows(const float *from, int channels, int64_t row0, int rows, float *block)
{
    memcpy(block, from + row0 * channels, (size_t)rows * (size_t)channels * sizeof(*block));
}

static inline void fill_x(const void *context, int64_t row0, int rows, float *block)
{
    const struct trial *trial = context;

    copy_rows(trial->x, trial->shape.c, row0, rows, block);
}

static inline void fill_dy(const void *context, int64_t row0, int rows, float *block)
{
    const struct trial *trial = context;

    copy_rows(trial->dy, trial->shape.k, row0, rows, block);
}

/* Doubles the rows and counts them; each row is one block's. */
static inline void double_rows(const void *context, int64_t row0, int rows, int block, float *c)
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

static inline float *run_trial(
    const struct winograd *shape, enum pass pass, bool add, bool callbacks)
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

#endif
