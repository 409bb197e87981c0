/* A learning rate that stays. */
#include "schedule.h"

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
};
