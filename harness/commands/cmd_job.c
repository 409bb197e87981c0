/* `scalestudy job`: what `run` starts as a child for every job; not for people. */
#include <stddef.h>

#include "harness/terminal/cli.h"
#include "command.h"
#include "harness/run/worker_main.h"
#include "harness/options/trust.h"

static const struct cli_option options[] = {
    {"db", 0, CLI_TEXT, offsetof(struct worker_options, database), "F", "the database"},
    {"study", 0, CLI_TEXT, offsetof(struct worker_options, study), "NAME",
        "take a job of this study"},
    {"threads", 0, CLI_INT, offsetof(struct worker_options, threads), "N", "threads that compute"},
    {"loader-threads", 0, CLI_INT, offsetof(struct worker_options, loader_threads), "N",
        "threads that load images"},
    {"checkpoint-seconds", 0, CLI_REAL, offsetof(struct worker_options, checkpoint_seconds), "S",
        "save a checkpoint every S seconds"},
    {"memory", 0, CLI_INT64, offsetof(struct worker_options, memory_bytes), "BYTES",
        "take only a job that fits into this memory, besides those that run"},
    {"keep-best", 0, CLI_FLAG, offsetof(struct worker_options, keep_best), NULL,
        "keep the weights of the best epoch"},
    {"keep-last", 0, CLI_FLAG, offsetof(struct worker_options, keep_last), NULL,
        "keep the last weights"},
    {"prune-factor", 0, CLI_INT, offsetof(struct worker_options, prune_factor), "N",
        "stop jobs early: one in N goes on"},
    {"prune-epochs", 0, CLI_INT, offsetof(struct worker_options, prune_epochs), "N",
        "compare jobs after N epochs first"},
    {"progress-fd", 0, CLI_INT, offsetof(struct worker_options, progress_fd), "FD",
        "report to this descriptor"},
    {"packed", 0, CLI_TEXT, offsetof(struct worker_options, packed), "F",
        "read this copy of the job's packed set instead"},
    {"attempt-fd", 0, CLI_INT, offsetof(struct worker_options, attempt_fd), "FD",
        "descriptor of the folder for the job's files, and for metrics of its epochs"},
    TRUST_OPTION(struct worker_options, trust),
    {0},
};

static const struct cli_usage usage = {
    .command = "job",
    .arguments = "",
    .summary = "Take one waiting job from a database and run it.",
    .options = options,
    .details = "`scalestudy run` starts it; there is no need to do so by hand.",
    .example = "scalestudy job --db table3.db",
    .min_arguments = 0,
    .max_arguments = 0,
};

static int run_job(int argc, char **argv, struct err *err)
{
    struct worker_options given = {.threads = 1,
        .loader_threads = 1,
        .checkpoint_seconds = 60,
        .progress_fd = -1,
        .attempt_fd = -1};
    char **arguments;

    switch (cli_parse(&usage, argc, argv, &given, &arguments, err)) {
    case CLI_HELP:
        return 0;
    case -1:
        return -1;
    }
    if (!given.database)
        return err_set(err, ERR_INPUT, "job needs --db F");
    return worker_main(&given, err);
}

const struct command command_job = {.name = "job", .run = run_job};
