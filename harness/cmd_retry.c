/* `scalestudy retry`: failed and stopped jobs wait again. */
#include <stddef.h>

#include "cli.h"
#include "command.h"
#include "job_choice.h"
#include "ui.h"

struct arguments {
    struct job_choice_options choice;
    bool quiet;
};

static const struct cli_option options[] = {
    JOB_CHOICE_OPTIONS(struct arguments, choice),
    {"quiet", 'q', CLI_FLAG, offsetof(struct arguments, quiet), NULL, "say nothing but errors"},
    {0},
};

static const struct cli_usage usage = {
    .command = "retry",
    .arguments = "[STUDY.yaml|DIR] [JOB...]",
    .summary = "failed or stopped jobs wait again, to be run by the next `run`",
    .options = options,
    .details = "JOB is the beginning of an id. A job goes on from its last checkpoint, if it has "
               "left one. Jobs in other states stay as they are. `run --retry-failed` does the "
               "same for all that failed, and runs them.",
    .example = "scalestudy retry birds.yaml 3f2a\nscalestudy retry birds.yaml --state failed",
    .min_arguments = 0,
    .max_arguments = -1,
};

static int retry_jobs(struct job_choice *choice, struct err *err)
{
    int retried = 0, result = 0;
    bool changed;

    if (store_batch_begin(choice->store, err) < 0)
        return -1;
    for (int i = 0; result == 0 && i < choice->n; i++) {
        result = store_retry_job(choice->store, choice->ids[i], &changed, err);
        retried += result == 0 && changed;
        if (result == 0 && changed)
            result = run_view_say(&choice->view, choice->ids[i], ATTEMPT_RETRY, "retry", err);
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
    struct job_choice choice = JOB_CHOICE_INIT;
    struct arguments given = {0};
    char **arguments;
    int result;

    switch (cli_parse(&usage, argc, argv, &given, &arguments, err)) {
    case CLI_HELP:
        return 0;
    case -1:
        return -1;
    }
    if (given.quiet)
        ui_quiet();
    result = job_choice_open(&choice, &given.choice, arguments, STORE_WRITE, err);
    if (result == 0)
        result = retry_jobs(&choice, err);
    job_choice_close(&choice);
    return result;
}

const struct command command_retry = {
    .name = "retry",
    .summary = "failed and stopped jobs wait again",
    .run = run_retry,
};
