/* `scalestudy work`: do jobs of a run folder, on one of many machines. */
#include <stddef.h>

#include "harness/terminal/cli.h"
#include "command.h"
#include "harness/options/trust.h"
#include "harness/terminal/ui.h"
#include "harness/run/source_folder.h"

struct arguments {
    int workers, task;
    double checkpoint_seconds;
    const char *scratch, *packed, *submission, *queue_job;
    bool trust, quiet;
};

static const struct cli_option options[] = {
    {"workers", 0, CLI_INT, offsetof(struct arguments, workers), "N",
        "jobs at a time, each in its own process (default: as many as cores and memory allow)"},
    {"checkpoint-seconds", 0, CLI_REAL, offsetof(struct arguments, checkpoint_seconds), "S",
        "save a checkpoint every S seconds as well as after every epoch (default: as for "
        "`submit`)"},
    {"scratch", 0, CLI_TEXT, offsetof(struct arguments, scratch), "DIR",
        "folder of this machine for temporary files (default: the first of $SLURM_TMPDIR, $TMPDIR "
        "and /tmp)"},
    {"copy-packed", 0, CLI_TEXT, offsetof(struct arguments, packed), "auto|always|never",
        "whether to copy the study's packed set there first, for all jobs (auto, the default: from "
        "network file systems)"},
    {"submission", 0, CLI_TEXT, offsetof(struct arguments, submission), "KEY",
        "do only the jobs of one task that `submit` sent; with --task and --queue-job"},
    {"task", 0, CLI_INT, offsetof(struct arguments, task), "I", "the task's index in its array"},
    {"queue-job", 0, CLI_TEXT, offsetof(struct arguments, queue_job), "A_I",
        "the task's name in the queue, by which it is put back on SIGUSR1"},
    TRUST_OPTION(struct arguments, trust),
    {"quiet", 'q', CLI_FLAG, offsetof(struct arguments, quiet), NULL, "show errors only"},
    {0},
};

static const struct cli_usage usage = {
    .command = "work",
    .arguments = "DIR",
    .summary = "Do the jobs of a run folder, together with other machines that share it.",
    .options = options,
    .details =
        "Start it on any number of machines: `submit --via hand` makes the folder; tasks of "
        "Slurm call `work` themselves. Each job is done once: machines agree through the folder, "
        "without "
        "a server or synchronised clocks. Ctrl-C saves the progress and gives the jobs back; a "
        "second one stops at once. If a "
        "machine "
        "is silent for the time set by `submit --takeover-seconds` (default 180), another one "
        "continues from its last checkpoint; if the first one comes back, its attempt ends "
        "without a result. A job fails if the images on this machine differ from those it was "
        "planned with. "
        "`work` ends when no job is left, including those that other machines run.\n\n"
        "A study's packed set on a network file system is copied to this machine "
        "first, compared with the original, and read by all jobs of this process. The copy is "
        "removed at the "
        "end; the next process in the same folder removes copies that a killed process left.\n\n"
        "`scalestudy collect` brings the results into a database.\n\n"
        "Exit status: 0 if all jobs are done, 3 if some jobs failed, 75 at the time limit of a "
        "queue if the task "
        "could not be put back, 130 if interrupted.",
    .description = "A job whose process crashed or was killed is tried again from its last "
                   "checkpoint, as often as `submit --retries` says (default 2). "
                   "On SIGTERM and SIGINT the jobs save their progress and are given back. SIGUSR1 "
                   "does the same and puts the task back into the queue.\n\n"
                   "`--copy-packed always` copies from any file system, `never` from none. If a "
                   "copy is not possible, jobs read the original.",
    .example = "scalestudy submit birds.yaml --via hand\nscalestudy work birds.run\nssh other "
               "\"cd $PWD && scalestudy work birds.run\"\nscalestudy collect birds.yaml",
    .min_arguments = 1,
    .max_arguments = 1,
};

static int check_arguments(const struct arguments *given, struct err *err)
{
    if (given->workers < 0 || given->workers > 256)
        return err_set(err, ERR_INPUT, "--workers is %d; it must be from 1 to 256", given->workers);
    if (given->submission && given->task < 0)
        return err_set(err, ERR_INPUT, "--submission needs --task I, an index of its array");
    if (!given->submission && (given->task >= 0 || given->queue_job))
        return err_set(err, ERR_INPUT, "--task and --queue-job need --submission KEY");
    return 0;
}

static int choose_policy(const char *given, enum packed_policy *policy, struct err *err)
{
    int place = str_find("policy", given ? given : "auto", packed_policy_names(), err);

    *policy = place < 0 ? PACKED_NEVER : (enum packed_policy)place;
    return place < 0 ? err_context(err, "--copy-packed") : 0;
}

static int work_in(const char *path, bool trust, const struct work_options *how,
    struct work_summary *summary, struct err *err)
{
    struct run_folder run;
    int result = run_folder_open(&run, path, trust ? RUN_FOLDER_TRUST : RUN_FOLDER_WRITE, err);

    if (result == 0)
        result = work_on(&run, how, summary, err);
    run_folder_close(&run);
    return result;
}

static int run_work(int argc, char **argv, struct err *err)
{
    struct arguments given = {.task = -1, .checkpoint_seconds = -1};
    struct work_options how;
    struct work_summary summary;
    char **arguments;

    switch (cli_parse(&usage, argc, argv, &given, &arguments, err)) {
    case CLI_HELP:
        return 0;
    case -1:
        return -1;
    }
    if (given.quiet)
        ui_quiet();
    how = (struct work_options){.workers = given.workers,
        .checkpoint_seconds = given.checkpoint_seconds,
        .scratch = given.scratch,
        .submission = given.submission,
        .task = given.task,
        .queue_job = given.queue_job,
        .quiet = given.quiet};
    if (choose_policy(given.packed, &how.packed, err) < 0 || check_arguments(&given, err) < 0 ||
        work_in(arguments[0], given.trust, &how, &summary, err) < 0)
        return -1;
    if (summary.failed_in_all > 0)
        return err_set(err, ERR_JOBS,
            "%d job%s failed: `scalestudy jobs %s --state failed` shows why, `scalestudy retry` "
            "makes them wait again",
            summary.failed_in_all, ui_plural(summary.failed_in_all), arguments[0]);
    if (summary.open > 0) {
        ui_say("the task is back in the queue and will continue from its checkpoints");
        return 0;
    }
    ui_say("no job is left: this machine did %d job%s; `scalestudy collect %s` brings the results "
           "together",
        summary.done, ui_plural(summary.done), arguments[0]);
    return 0;
}

const struct command command_work = {
    .name = "work",
    .summary = "do jobs of a run folder, on every machine that shares it",
    .run = run_work,
};
