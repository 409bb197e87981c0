/* A learning rate that falls along half a cosine. */
#include <math.h>

#include "schedule.h"

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
};
