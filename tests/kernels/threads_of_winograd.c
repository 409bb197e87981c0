/* Winograd convolutions with several threads, and with weights packed before: the same bits. */
#include "winograd_trial.h"

#include "workloads/nn/kernels/parallel.h"

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
