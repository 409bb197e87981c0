/* `scalestudy rm`: remove jobs and what they left. */
#include <stddef.h>
#include <stdio.h>

#include "command.h"
#include "run_files.h"
#include "steer.h"
#include "ui.h"

static const struct cli_option options[] = {
    STEER_OPTIONS,
    {"yes", 'y', CLI_FLAG, offsetof(struct steer_options, yes), NULL, "do not ask"},
    {0},
};

static const struct cli_usage usage = {
    .command = "rm",
    .arguments = "[STUDY.yaml] [JOB...]",
    .summary = "remove jobs from the database, with their results, epochs, logs and checkpoints",
    .options = options,
    .details = "JOB is the beginning of an id. It asks first, unless --yes says not to. Jobs that "
               "run are refused. A study that still asks for a job gets it anew by `run`.",
    .example = "scalestudy rm birds.yaml 3f2a\nscalestudy rm --db birds.db --state failed --yes",
    .min_arguments = 0,
    .max_arguments = -1,
};

static int may_remove(const struct job_choice *choice, bool yes, struct err *err)
{
    char question[200];

    if (yes || choice->n == 0)
        return 0;
    snprintf(question, sizeof(question), "Remove %d job%s from %.100s, with all results?",
        choice->n, ui_plural(choice->n), choice->database);
    if (ui_confirm(question))
        return 0;
    return err_set(err, ERR_INPUT, "nothing was removed; --yes removes without a question");
}

static int remove_jobs(
    struct job_choice *choice, const struct steer_options *given, struct err *err)
{
    int result = choice->view.is_open
                     ? err_set(err, ERR_INPUT,
                           "jobs are not removed from a run folder; remove them from the database "
                           "that they are collected into")
                     : may_remove(choice, given->yes, err);

    if (result < 0 || store_batch_begin(choice->store, err) < 0)
        return -1;
    for (int i = 0; result == 0 && i < choice->n; i++)
        result = store_remove_job(choice->store, choice->ids[i], err);
    if (store_batch_end(choice->store, result, err) < 0)
        return -1;
    for (int i = 0; i < choice->n; i++)
        run_files_remove(choice->database, choice->ids[i]);
    ui_say("%d job%s removed", choice->n, ui_plural(choice->n));
    return 0;
}

static int run_rm(int argc, char **argv, struct err *err)
{
    return steer(&usage, argc, argv, remove_jobs, err);
}

const struct command command_rm = {
    .name = "rm",
    .summary = "remove jobs and what they left",
    .run = run_rm,
};
