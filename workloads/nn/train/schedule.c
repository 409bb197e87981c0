/* What all schedules share: the warm-up, and decay by epochs. */
#include "schedule.h"

#include <float.h>
#include <math.h>
#include <stddef.h>

/* The whole number below, where what rounding alone keeps from the next one counts as that: 1.1 epochs
 * of 10 steps are 11 steps, but in doubles 11 / (10 * 1.1) is less than 1. The quotient has three
 * roundings in it, of decay_epochs, of the product and its own. */
static double whole_times(double times)
{
    double nearest = round(times);

    return fabs(times - nearest) <= 2 * DBL_EPSILON * nearest ? nearest : floor(times);
}

double schedule_decay(const struct schedule_plan *plan, int64_t step, bool staircase)
{
    const struct schedule_settings *settings = &plan->settings;
    double times = (double)step / ((double)plan->steps_per_epoch * settings->decay_epochs);

    return pow(settings->decay_rate, staircase ? whole_times(times) : times);
}

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
