/* `scalestudy jobs`: every job of a database, with its result or its error. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli.h"
#include "command.h"
#include "results/query.h"
#include "results/store.h"
#include "run_files.h"
#include "study.h"

struct arguments {
    const char *database, *study, *state;
    enum output_format format;
};

static const struct cli_option options[] = {
    {"db", 0, CLI_TEXT, offsetof(struct arguments, database), "F", "database to look at"},
    {"study", 0, CLI_TEXT, offsetof(struct arguments, study), "NAME",
        "only the jobs of this study"},
    {"state", 0, CLI_TEXT, offsetof(struct arguments, state), "S",
        "only jobs that are waiting, running, done, failed or stopped"},
    {"format", 0, CLI_FORMAT, offsetof(struct arguments, format), "table|csv|json",
        "output format"},
    {0},
};

static const struct cli_usage usage = {
    .command = "jobs",
    .arguments = "[STUDY.yaml]",
    .summary = "the jobs of a study, with what came of them",
    .options = options,
    .details =
        "The columns are those of the view job_result in the database; accuracies are per cent.",
    .example = "scalestudy jobs configs/studies/table3.yaml\nscalestudy jobs --db table3.db "
               "--state failed",
    .min_arguments = 0,
    .max_arguments = 1,
};

static int check_state(const char *state, struct err *err)
{
    static const char *const states[] = {"waiting", "running", "done", "failed", "stopped", NULL};

    if (!state)
        return 0;
    for (int i = 0; states[i]; i++)
        if (strcmp(states[i], state) == 0)
            return 0;
    return err_set(
        err, ERR_INPUT, "--state: '%.60s' is not waiting, running, done, failed or stopped", state);
}

static int show_jobs(
    const char *database, const char *study, const struct arguments *given, struct err *err)
{
    struct store *store = NULL;
    struct rowset rows;
    int result = -1;

    rowset_init(&rows, query_job_columns);
    if (store_open(&store, database, STORE_READ, err) < 0)
        goto done;
    if (study && query_has_study(store, study, err) < 0)
        goto done;
    if (query_jobs(store, study, given->state, &rows, err) < 0)
        goto done;
    result = rowset_print(&rows, stdout, given->format, err);
done:
    rowset_release(&rows);
    store_close(store);
    return result;
}

static int run_jobs(int argc, char **argv, struct err *err)
{
    struct arguments given = {0};
    struct study study = STUDY_INIT;
    char database[PATH_BYTES], **arguments;
    const char *name;
    int result = -1;

    switch (cli_parse(&usage, argc, argv, &given, &arguments, err)) {
    case CLI_HELP:
        return 0;
    case -1:
        return -1;
    }
    name = given.study;
    if (check_state(given.state, err) < 0 ||
        run_files_choose(given.database, arguments[0], database, err) < 0)
        return -1;
    if (arguments[0]) {
        if (study_load(&study, arguments[0], err) < 0)
            goto done;
        name = name ? name : study.name;
    }
    result = show_jobs(database, name, &given, err);
done:
    study_release(&study);
    return result;
}

const struct command command_jobs = {
    .name = "jobs",
    .summary = "the jobs of a study, with results and errors",
    .run = run_jobs,
};
