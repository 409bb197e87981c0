/* What a trial of a kernel works on, in fast_kernels.c: arrays that are the same for every version,
 * and a result that must not be written beyond. */
#ifndef SCALESTUDY_TESTS_KERNELS_TRIAL_H
#define SCALESTUDY_TESTS_KERNELS_TRIAL_H

#include "tests/lib/test.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/rng.h"
#include "workloads/nn/kernels/kernels.h"

#define ROOM  40000 /* elements of each array */
#define GUARD 64    /* behind the result, not to be touched */
#define MARK  12345.0f

/* Arrays of one trial: inputs are the same for every version, `out` starts out the same too. */
struct trial {
    float a[ROOM], b[ROOM], weight[ROOM], channel[4][ROOM];
    float out[ROOM + GUARD];
    double sums[ROOM];
    int32_t taps[ROOM + GUARD];
    size_t count; /* of out, or of sums if out is not what the kernel gives */
    bool gives_sums;
};

static inline void trial_fill(struct trial *trial)
{
    struct rng rng = rng_open(1, RNG_TEST, 0, 0);

    for (int i = 0; i < ROOM; i++) {
        trial->a[i] = (float)rng_between(&rng, -8, 8);
        trial->b[i] = (float)rng_between(&rng, -2, 2);
        trial->weight[i] = (float)rng_between(&rng, -1, 1);
        for (int j = 0; j < 4; j++)
            trial->channel[j][i] = (float)rng_between(&rng, 0.2, 2);
        trial->out[i] = (float)rng_between(&rng, -1, 1);
        trial->taps[i] = -1;
    }
    for (int i = ROOM; i < ROOM + GUARD; i++)
        trial->out[i] = MARK;
    trial->gives_sums = false;
}

/* Nothing may be written behind `count`: the guard is moved there. */
static inline void trial_result(struct trial *trial, size_t count)
{
    assert_true(count <= ROOM);
    trial->count = count;
    for (int i = 0; i < GUARD; i++)
        trial->out[count + (size_t)i] = MARK;
}

/* One trial of each kernel: false past the last. Even numbers write, odd ones add. */
#define ADDS(i)  ((i) % 2 == 1)
#define SIZED(i) ((i) / 2)

/* All activations, and one that no kernel knows: it has no definition either and does nothing. */
#define N_ACTS (ACT_COUNT + 1)

#endif
