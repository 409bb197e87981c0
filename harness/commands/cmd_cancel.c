/* `scalestudy cancel`: stop jobs, those that run too. */
#include <stddef.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "harness/system/process.h"
#include "steer.h"
#include "harness/terminal/ui.h"

static const struct cli_option options[] = {
    STEER_OPTIONS,
    RUN_ACCESS_OPTIONS(struct steer_options, access),
    {0},
};

static const struct cli_usage usage = {
    .command = "cancel",
    .arguments = "[STUDY.yaml|DIR] [JOB...]",
    .summary = "Stop jobs that wait or run.",
    .options = options,
    .details = "JOB is the beginning of a job's id. A job that runs on this machine saves its "
               "progress and stops at once; a job on "
               "another machine does so within seconds. `retry` makes it wait again. "
               "With a study, given by its file or by --study, jobs that another study of the "
               "database also lists "
               "are not stopped; --db alone stops them in all studies.\n\n"
               "When a run folder has no job left to do, its tasks are cancelled in the queue, and "
               "`cancel` waits until they are "
               "gone. If they stay, the exit status is 1.",
    .description = "A process gets a signal only if it is a worker of that database; other workers "
                   "notice the change in the database or the run folder. "
                   "--url and --token-file are those of `status`.",
    .example = "scalestudy cancel birds.yaml 3f2a\nscalestudy cancel birds.yaml --state waiting",
    .min_arguments = 0,
    .max_arguments = -1,
};

/* The process of a job that was just cancelled, if it is on this machine. Any other finds out by the
 * database. */
static void stop_process(const struct owner *owner, const char *database)
{
    struct owner here;
    struct err ignored = {0};

    if (process_owner(&here, &ignored) == 0 && strcmp(here.host, owner->host) == 0)
        process_signal_worker(owner, database, SIGTERM);
}

static int cancel_jobs(
    struct job_choice *choice, const struct steer_options *given, struct err *err)
{
    struct job_choice shared = JOB_CHOICE_INIT;
    struct str others = STR_INIT;
    int cancelled = 0, arrays = 0, result;

    if (!choice->view.is_open && run_access_check_unused(&given->access, err) < 0)
        return -1;
    choice->view.access = given->access;
    result = job_choice_split(choice, &shared, &others, err);
    if (result == 0 && shared.n > 0)
        ui_say("%d job%s not stopped, since %s also in: %s; `scalestudy cancel --db %s` without a "
               "study stops such jobs too",
            shared.n, ui_plural(shared.n), shared.n == 1 ? "it is" : "they are", others.text,
            choice->database);
    free(shared.ids);
    str_release(&others);
    if (result < 0)
        return -1;
    for (int i = 0; i < choice->n; i++) {
        struct job_owner owner;
        bool changed;

        if (store_job_owner(choice->store, choice->ids[i], &owner, err) < 0 ||
            store_cancel(choice->store, choice->ids[i], &changed, err) < 0)
            return -1;
        if (!changed)
            continue;
        cancelled++;
        if (choice->view.is_open) {
            if (run_view_say(&choice->view, choice->ids[i], ENTRY_STOPPED, "cancelled", err) < 0)
                return -1;
            continue; /* who runs it finds out by the folder */
        }
        if (strcmp(owner.state, "running") == 0)
            stop_process(&owner.process, choice->database);
    }
    if (run_view_empty_queue(&choice->view, &arrays, err) < 0)
        return -1;
    if (arrays > 0)
        ui_say("no job is left: %d array%s cancelled in the queue", arrays, ui_plural(arrays));
    ui_say("%d of %d job%s stopped; `scalestudy retry` makes them wait again", cancelled, choice->n,
        ui_plural(choice->n));
    return 0;
}

static int run_cancel(int argc, char **argv, struct err *err)
{
    return steer(&usage, argc, argv, cancel_jobs, err);
}

const struct command command_cancel = {
    .name = "cancel",
    .summary = "stop jobs that wait or run",
    .run = run_cancel,
};
