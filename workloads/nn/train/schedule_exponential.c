/* A learning rate that decays exponentially, as the EfficientNet authors' does. */
#include "schedule.h"

static double exponential_factor(const struct schedule_plan *plan, int64_t step)
{
    return schedule_decay(plan, step, plan->settings.staircase > 0);
}

/* Tan & Le 2019, section 5.2: 0.97 every 2.4 epochs, in steps as their code does. */
static const struct setting settings[] = {
    SCHEDULE_DECAY_RATE(0.97),
    SCHEDULE_DECAY_EPOCHS(2.4),
    {SETTING(schedule, staircase), .initial = 1,
        .help = "apply each factor at once, not a little at every step"},
    {0},
};

const struct schedule_kind schedule_exponential = {
    .name = "exponential",
    .summary = "the peak times decay_rate every decay_epochs epochs, at once or smoothly",
    .factor = exponential_factor,
    .settings = settings,
};
