/* `scalestudy rm`: remove jobs and what they left. */
#include <stddef.h>
#include <stdio.h>

#include "cli.h"
#include "command.h"
#include "job_choice.h"
#include "run_files.h"
#include "ui.h"

struct arguments {
    struct job_choice_options choice;
    bool quiet;
    bool yes;
};

static const struct cli_option options[] = {
    JOB_CHOICE_OPTIONS(struct arguments, choice),
    {"yes", 'y', CLI_FLAG, offsetof(struct arguments, yes), NULL, "do not ask"},
    {"quiet", 'q', CLI_FLAG, offsetof(struct arguments, quiet), NULL, "say nothing but errors"},
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

static int remove_jobs(struct job_choice *choice, bool yes, struct err *err)
{
    int result = choice->view.is_open
                     ? err_set(err, ERR_INPUT,
                           "jobs are not removed from a run folder; remove them from the database "
                           "that they are collected into")
                     : may_remove(choice, yes, err);

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
        result = remove_jobs(&choice, given.yes, err);
    job_choice_close(&choice);
    return result;
}

const struct command command_rm = {
    .name = "rm",
    .summary = "remove jobs and what they left",
    .run = run_rm,
};
