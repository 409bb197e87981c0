#include "schedule.h"

#include <float.h>
#include <math.h>
#include <stddef.h>

#define NO_DECAY                                                                                   \
    {                                                                                              \
        .decay_rate = NAN, .decay_epochs = NAN, .staircase = NAN                                   \
    }

/* Loshchilov & Hutter 2017, arXiv 1608.03983, equation 5 without restarts, down to 0, over the
 * steps that the warm-up leaves. */
static double cosine_factor(const struct schedule_plan *plan, int64_t step)
{
    int64_t remaining = plan->steps - plan->warmup_steps;

    if (remaining < 1)
        return 1;
    return 0.5 * (1 + cos(3.14159265358979323846 *
                          ((double)(step - plan->warmup_steps) / (double)remaining)));
}

const struct schedule_kind schedule_cosine = {
    .name = "cosine",
    .summary = "half a cosine from the peak to 0",
    .factor = cosine_factor,
    .defaults = NO_DECAY,
};

static double constant_factor(const struct schedule_plan *plan, int64_t step)
{
    (void)plan;
    (void)step;
    return 1;
}

const struct schedule_kind schedule_constant = {
    .name = "constant",
    .summary = "the peak throughout",
    .factor = constant_factor,
    .defaults = NO_DECAY,
};

/* The whole number below, where what rounding alone keeps from the next one counts as that: 1.1 epochs
 * of 10 steps are 11 steps, but in doubles 11 / (10 * 1.1) is less than 1. The quotient has three
 * roundings in it, of decay_epochs, of the product and its own. */
static double whole_times(double times)
{
    double nearest = round(times);

    return fabs(times - nearest) <= 2 * DBL_EPSILON * nearest ? nearest : floor(times);
}

/* decay_rate^(epochs so far / decay_epochs), the exponent cut to a whole number if it is a
 * staircase. Epochs count from the start of the run, warm-up included, as tf.train.exponential_decay
 * does in the EfficientNet authors' code. */
static double decay_factor(const struct schedule_plan *plan, int64_t step)
{
    double times = (double)step / ((double)plan->steps_per_epoch * plan->decay_epochs);

    return pow(plan->decay_rate, plan->staircase ? whole_times(times) : times);
}

/* Tan & Le 2019, section 5.2: 0.97 every 2.4 epochs, in steps as their code does. */
const struct schedule_kind schedule_exponential = {
    .name = "exponential",
    .summary = "a factor every few epochs, in steps or without",
    .factor = decay_factor,
    .defaults = {.decay_rate = 0.97, .decay_epochs = 2.4, .staircase = 1},
};

static double step_factor(const struct schedule_plan *plan, int64_t step)
{
    struct schedule_plan stairs = *plan;

    stairs.staircase = true;
    return decay_factor(&stairs, step);
}

/* torch.optim.lr_scheduler.StepLR; a tenth every 30 epochs is the classic recipe of ResNets. */
const struct schedule_kind schedule_step = {
    .name = "step",
    .summary = "a tenth, or another factor, every 30 epochs, or another number",
    .factor = step_factor,
    .defaults = {.decay_rate = 0.1, .decay_epochs = 30, .staircase = NAN},
};

const struct schedule_kind *const *schedule_kinds(void)
{
    static const struct schedule_kind *const kinds[] = {
#define SCHEDULE(NAME, name) &schedule_##name,
#include "schedules.def"
#undef SCHEDULE
        NULL,
    };

    return kinds;
}

double schedule_lr(const struct schedule_plan *plan, int64_t step)
{
    if (step < plan->warmup_steps)
        return plan->lr * (double)(step + 1) / (double)plan->warmup_steps;
    return plan->lr * plan->kind->factor(plan, step);
}
