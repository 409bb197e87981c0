/* `scalestudy rm`: remove jobs and what they left. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "harness/run/study_paths.h"
#include "steer.h"
#include "harness/terminal/ui.h"

static const struct cli_option options[] = {
    STEER_OPTIONS,
    {"yes", 'y', CLI_FLAG, offsetof(struct steer_options, yes), NULL, "do not ask"},
    {0},
};

static const struct cli_usage usage = {
    .command = "rm",
    .arguments = "[STUDY.yaml] [JOB...]",
    .summary = "Remove jobs from the database with their results, logs and checkpoints.",
    .options = options,
    .details = "JOB is the beginning of a job's id. `rm` asks before it removes anything, and goes "
               "on after y or yes, unless --yes is given. Running "
               "jobs are refused. With a study, given by its file or by --study, a job that "
               "another study of "
               "the database also lists is removed from that study only, and its result stays; "
               "--db without a study removes it from all "
               "studies. `run` does a removed job again if the study's file still has it.",
    .example = "scalestudy rm birds.yaml 3f2a\nscalestudy rm --db birds.db --state failed --yes",
    .min_arguments = 0,
    .max_arguments = -1,
};

static int may_remove(
    const struct job_choice *choice, const struct job_choice *shared, bool yes, struct err *err)
{
    char question[400];
    int n;

    if (yes || choice->n + shared->n == 0)
        return 0;
    n = snprintf(question, sizeof(question), "Remove %d job%s from %.100s, with all results",
        choice->n, ui_plural(choice->n), choice->database);
    if (shared->n > 0)
        n += snprintf(question + n, sizeof(question) - (size_t)n,
            ", and %d that other studies also list from the study %.100s only", shared->n,
            choice->study);
    snprintf(question + n, sizeof(question) - (size_t)n, "?");
    if (ui_confirm(question))
        return 0;
    return err_set(err, ERR_INPUT, "nothing was removed; --yes removes without asking");
}

static int remove_jobs(
    struct job_choice *choice, const struct steer_options *given, struct err *err)
{
    struct job_choice shared = JOB_CHOICE_INIT;
    struct study_paths files = STUDY_PATHS_CLOSED;
    struct str others = STR_INIT;
    int result = choice->view.is_open
                     ? err_set(err, ERR_INPUT,
                           "jobs are not removed from a run folder; remove them from the database "
                           "that they are collected into")
                     : job_choice_split(choice, &shared, &others, err);

    if (result == 0)
        result = study_paths_open(&files, choice->database, given->choice.trust, err);
    if (result == 0)
        result = may_remove(choice, &shared, given->yes, err);
    if (result == 0 && (result = store_batch_begin(choice->store, err)) == 0) {
        for (int i = 0; result == 0 && i < choice->n; i++)
            result = store_remove_job(choice->store, choice->ids[i], err);
        for (int i = 0; result == 0 && i < shared.n; i++)
            result = store_unlist_job(choice->store, shared.ids[i], choice->study, err);
        result = store_batch_end(choice->store, result, err);
    }
    if (result == 0) {
        for (int i = 0; i < choice->n; i++)
            study_paths_remove(&files, choice->ids[i]);
        ui_say("%d job%s removed", choice->n, ui_plural(choice->n));
        if (shared.n > 0)
            ui_say("%d job%s removed from the study %s only, with results kept for: %s", shared.n,
                ui_plural(shared.n), choice->study, others.text);
    }
    free(shared.ids);
    str_release(&others);
    study_paths_close(&files);
    return result;
}

static int run_rm(int argc, char **argv, struct err *err)
{
    return steer(&usage, argc, argv, remove_jobs, err);
}

const struct command command_rm = {
    .name = "rm",
    .summary = "remove jobs with their results, logs and checkpoints",
    .run = run_rm,
};
