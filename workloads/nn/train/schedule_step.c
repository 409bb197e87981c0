/* A learning rate that falls in steps, as torch.optim.lr_scheduler.StepLR's. */
#include "schedule.h"

static double step_factor(const struct schedule_plan *plan, int64_t step)
{
    return schedule_decay(plan, step, true);
}

static int step_settle(struct schedule_settings *settings, struct err *err)
{
    if (settings->staircase != 0)
        return 0;
    return err_set(err, ERR_INPUT,
        "staircase is false, but the schedule step always has steps; use exponential for a smooth "
        "decay");
}

/* A tenth every 30 epochs is the classic recipe of ResNets. */
static const struct setting settings[] = {
    SCHEDULE_DECAY_RATE(0.1),
    SCHEDULE_DECAY_EPOCHS(30),
    {0},
};

const struct schedule_kind schedule_step = {
    .name = "step",
    .summary = "the peak times decay_rate every decay_epochs epochs, at once",
    .factor = step_factor,
    .settings = settings,
    .settle = step_settle,
};
