#include "schedule.h"

#include <math.h>
#include <stddef.h>

/* Loshchilov & Hutter 2017, arXiv 1608.03983, equation 5 without restarts, down to 0. */
static double cosine_factor(double progress)
{
    return 0.5 * (1 + cos(3.14159265358979323846 * progress));
}

const struct schedule_kind schedule_cosine = {
    .name = "cosine",
    .summary = "half a cosine from the peak to 0",
    .factor = cosine_factor,
};

static double constant_factor(double progress)
{
    (void)progress;
    return 1;
}

const struct schedule_kind schedule_constant = {
    .name = "constant",
    .summary = "the peak throughout",
    .factor = constant_factor,
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
    int64_t remaining = plan->steps - plan->warmup_steps;

    if (step < plan->warmup_steps)
        return plan->lr * (double)(step + 1) / (double)plan->warmup_steps;
    if (remaining < 1)
        return plan->lr;
    return plan->lr * plan->kind->factor((double)(step - plan->warmup_steps) / (double)remaining);
}
