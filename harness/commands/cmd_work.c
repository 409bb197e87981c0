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
        "jobs at the same time, each in its own process (default: as many as cores and memory "
        "allow)"},
    {"checkpoint-seconds", 0, CLI_REAL, offsetof(struct arguments, checkpoint_seconds), "S",
        "save the progress of a job so often, besides at every epoch (default: as `submit` said)"},
    {"scratch", 0, CLI_TEXT, offsetof(struct arguments, scratch), "DIR",
        "folder of this machine for files that need not last (default: $SLURM_TMPDIR, $TMPDIR, "
        "/tmp)"},
    {"copy-packed", 0, CLI_TEXT, offsetof(struct arguments, packed), "auto|always|never",
        "whether the study's packed set is copied into it first, for the jobs to share (default: "
        "auto, from file systems of the network)"},
    {"submission", 0, CLI_TEXT, offsetof(struct arguments, submission), "KEY",
        "only the jobs of one task of what `submit` sent; with --task and --queue-job"},
    {"task", 0, CLI_INT, offsetof(struct arguments, task), "I", "its index in the array"},
    {"queue-job", 0, CLI_TEXT, offsetof(struct arguments, queue_job), "A_I",
        "what the queue calls it; on SIGUSR1 it is put back into the queue by that name"},
    TRUST_OPTION(struct arguments, trust),
    {"quiet", 'q', CLI_FLAG, offsetof(struct arguments, quiet), NULL, "no progress, only errors"},
    {0},
};

static const struct cli_usage usage = {
    .command = "work",
    .arguments = "DIR",
    .summary = "do the jobs of a run folder, together with other machines that see it",
    .options = options,
    .details =
        "Start it on as many machines as you like; `submit --via hand` makes the folder, tasks of "
        "Slurm call it themselves. Each job is done once: machines agree through the folder, and "
        "need neither a server nor the same time. Ctrl-C saves and gives the jobs back; a second "
        "one stops at once. A machine "
        "that dies is silent; after the time that `submit --takeover-seconds` set, another one "
        "goes on from its last checkpoint, and should the first one come back, its attempt ends "
        "without a result. A job fails if the images here differ from those that it was planned "
        "with. "
        "`work` ends when no job is left, also none that others run.\n\n"
        "A study's packed set that lies on a file system of the network is copied to this machine "
        "first, compared with the original, and read by all jobs of this process; it is removed in "
        "the end, and what a killed one left, by the next.\n\n"
        "`scalestudy collect` brings the results into a database.\n\n"
        "Exit status: 0 all done, 3 some jobs failed, 75 at the time limit of a queue if the task "
        "could not be put back, 130 interrupted.",
    .example = "scalestudy submit birds.yaml --via hand\nscalestudy work birds.run\nssh other "
               "\"cd $PWD && scalestudy work birds.run\"\nscalestudy collect birds.yaml",
    .min_arguments = 1,
    .max_arguments = 1,
};

static int check_arguments(const struct arguments *given, struct err *err)
{
    if (given->workers < 0 || given->workers > 256)
        return err_set(err, ERR_INPUT, "--workers: %d is not from 1 to 256", given->workers);
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
            "%d job%s failed: `scalestudy jobs %s --state failed` says why, `scalestudy retry` "
            "lets them be tried again",
            summary.failed_in_all, ui_plural(summary.failed_in_all), arguments[0]);
    if (summary.open > 0) {
        ui_say("the task went back into the queue; it goes on from what was saved");
        return 0;
    }
    ui_say("nothing is left to do here: %d job%s done by this machine; `scalestudy collect %s` "
           "brings the results together",
        summary.done, ui_plural(summary.done), arguments[0]);
    return 0;
}

const struct command command_work = {
    .name = "work",
    .summary = "do jobs of a run folder, on as many machines as see it",
    .run = run_work,
};
