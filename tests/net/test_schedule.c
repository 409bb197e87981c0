#include "tests/lib/test.h"

#include <math.h>

#include "workloads/nn/train/schedule.h"

#define NEAR(a, b) assert_true(fabs((a) - (b)) <= 1e-12 * fabs((double)(b)))

static void test_schedule__every_kind_warms_up_in_a_line_and_begins_at_its_peak(void **state)
{
    (void)state;
    for (const struct schedule_kind *const *kind = schedule_kinds(); *kind; kind++) {
        const struct schedule_plan plan = {.kind = *kind,
            .lr = 0.4,
            .warmup_steps = 4,
            .steps = 40,
            .steps_per_epoch = 10,
            .settings = {.decay_rate = 0.5, .decay_epochs = 1, .staircase = 1}};

        NEAR(schedule_lr(&plan, 0), 0.1);
        NEAR(schedule_lr(&plan, 2), 0.3);
        NEAR(schedule_lr(&plan, 4), 0.4);
    }
}

static void test_schedule__cosine_is_half_of_one_over_what_the_warm_up_leaves(void **state)
{
    const struct schedule_plan plan = {
        .kind = &schedule_cosine, .lr = 2, .warmup_steps = 10, .steps = 110};

    (void)state;
    NEAR(schedule_lr(&plan, 35), 1 + cos(acos(-1.0) / 4));
    NEAR(schedule_lr(&plan, 60), 1);
    assert_true(schedule_lr(&plan, 109) > 0 && schedule_lr(&plan, 109) < 0.001);
}

/* As tf.train.exponential_decay: from the first step on, the warm-up's too. */
static void test_schedule__exponential_falls_every_so_many_epochs(void **state)
{
    struct schedule_plan plan = {.kind = &schedule_exponential,
        .lr = 0.256,
        .warmup_steps = 50,
        .steps = 3500,
        .steps_per_epoch = 10,
        .settings = {.decay_rate = 0.97, .decay_epochs = 2.4, .staircase = 1}};

    (void)state;
    NEAR(schedule_lr(&plan, 50), 0.256 * 0.97 * 0.97);
    NEAR(schedule_lr(&plan, 71), 0.256 * 0.97 * 0.97);
    NEAR(schedule_lr(&plan, 72), 0.256 * pow(0.97, 3));
    NEAR(schedule_lr(&plan, 3499), 0.256 * pow(0.97, 145));
    plan.settings.staircase = 0;
    NEAR(schedule_lr(&plan, 84), 0.256 * pow(0.97, 3.5));
}

static void test_schedule__step_falls_at_once(void **state)
{
    const struct schedule_plan plan = {.kind = &schedule_step,
        .lr = 1,
        .steps = 90,
        .steps_per_epoch = 1,
        .settings = {.decay_rate = 0.1, .decay_epochs = 30}};

    (void)state;
    NEAR(schedule_lr(&plan, 29), 1);
    NEAR(schedule_lr(&plan, 30), 0.1);
    NEAR(schedule_lr(&plan, 59), 0.1);
    NEAR(schedule_lr(&plan, 89), 0.01);
}

static void test_schedule__constant_stays(void **state)
{
    const struct schedule_plan plan = {.kind = &schedule_constant, .lr = 0.3, .steps = 9};

    (void)state;
    NEAR(schedule_lr(&plan, 0), 0.3);
    NEAR(schedule_lr(&plan, 8), 0.3);
}

/* Steps at which k decays are due, in whole numbers: decay_epochs as tenths or hundredths. */
static void check_stairs(int hundredths, int steps_per_epoch)
{
    const struct schedule_plan plan = {.kind = &schedule_exponential,
        .lr = 1,
        .steps = 100000,
        .steps_per_epoch = steps_per_epoch,
        .settings = {.decay_rate = 0.5, .decay_epochs = hundredths / 100.0, .staircase = 1}};

    for (int64_t step = 0; step < 400; step++) {
        int64_t due = step * 100 / ((int64_t)hundredths * steps_per_epoch);

        if (schedule_lr(&plan, step) != pow(0.5, (double)due))
            fail_msg("step %d of %d an epoch, a factor every %g epochs: %g, not %g", (int)step,
                steps_per_epoch, plan.settings.decay_epochs, schedule_lr(&plan, step),
                pow(0.5, (double)due));
    }
}

static void test_schedule__a_fraction_of_epochs_is_counted_as_it_is_written(void **state)
{
    (void)state;
    for (int hundredths = 3; hundredths <= 330; hundredths++)
        for (int steps_per_epoch = 1; steps_per_epoch <= 40; steps_per_epoch++)
            check_stairs(hundredths, steps_per_epoch);
}
