/* `scalestudy retry`: failed and stopped jobs wait again. */
#include <stddef.h>

#include "command.h"
#include "steer.h"
#include "harness/terminal/ui.h"

static const struct cli_option options[] = {
    STEER_OPTIONS,
    {0},
};

static const struct cli_usage usage = {
    .command = "retry",
    .arguments = "[STUDY.yaml|DIR] [JOB...]",
    .summary = "Make failed and stopped jobs wait again, for the next `run`.",
    .options = options,
    .details = "JOB is the beginning of a job's id. A job continues from its last checkpoint, if "
               "there is one. "
               "Jobs in other states are not changed. `run --retry-failed` does the "
               "same for all failed jobs, and runs them.",
    .example = "scalestudy retry birds.yaml 3f2a\nscalestudy retry birds.yaml --state failed",
    .min_arguments = 0,
    .max_arguments = -1,
};

static int retry_jobs(struct job_choice *choice, const struct steer_options *given, struct err *err)
{
    int retried = 0, result = 0;
    bool changed;

    (void)given;
    if (store_batch_begin(choice->store, err) < 0)
        return -1;
    for (int i = 0; result == 0 && i < choice->n; i++) {
        result = store_retry_job(choice->store, choice->ids[i], &changed, err);
        retried += result == 0 && changed;
        if (result == 0 && changed)
            result = run_view_say(&choice->view, choice->ids[i], ENTRY_RETRY, "retry", err);
    }
    if (store_batch_end(choice->store, result, err) < 0)
        return -1;
    ui_say("%d of %d job%s wait%s again; `scalestudy %s` runs them", retried, choice->n,
        ui_plural(choice->n), retried == 1 ? "s" : "",
        choice->view.is_open ? "work` or `submit" : "run");
    return 0;
}

static int run_retry(int argc, char **argv, struct err *err)
{
    return steer(&usage, argc, argv, retry_jobs, err);
}

const struct command command_retry = {
    .name = "retry",
    .summary = "make failed and stopped jobs wait again",
    .run = run_retry,
};
