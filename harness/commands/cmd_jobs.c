/* `scalestudy jobs`: every job of a database, with its result or its error. */
#include <stddef.h>

#include "harness/terminal/cli.h"
#include "command.h"
#include "images_change.h"
#include "job_choice.h"

struct arguments {
    struct job_choice_options choice;
    enum output_format format;
};

static const struct cli_option options[] = {
    JOB_CHOICE_OPTIONS(struct arguments, choice),
    {"format", 0, CLI_FORMAT, offsetof(struct arguments, format), "table|csv|json",
        "output format"},
    {0},
};

static const struct cli_usage usage = {
    .command = "jobs",
    .arguments = "[STUDY.yaml|DIR]",
    .summary = "List the jobs of a study with their results and errors.",
    .options = options,
    .details = "The columns are those of the view `job_result` of the database. Accuracies are in "
               "per cent. "
               "The column `setting` distinguishes networks of the same model, method and factors. "
               "The table shows the first digits of a job's id, by which other commands find it.",
    .description = "`setting` shows how networks differ: in their recipe (`epochs=8`), their "
                   "variant (`variant w=0.25`) or their images. Means "
                   "over seeds are over jobs that differ in the seed alone. Tables, comparisons, "
                   "laws, rankings, figures and the report name "
                   "the settings if there are several.\n\n"
                   "`logs`, `curve`, `retry`, `cancel` and `rm` take the first digits of a job's "
                   "id. `retry`, `cancel` and `rm` also choose jobs by --study, "
                   "--state and --where, as `jobs` does.",
    .example = "scalestudy jobs configs/studies/table3.yaml\nscalestudy jobs --db table3.db "
               "--where \"state = 'done' AND top1 > 90\"",
    .min_arguments = 0,
    .max_arguments = 1,
};

static int show_jobs(
    struct job_choice *choice, const struct arguments *given, char **arguments, struct err *err)
{
    const struct job_choice_options *by = &given->choice;
    struct rowset rows;
    char **rest;
    int result;

    rowset_init(&rows, query_job_columns);
    result = job_choice_database(choice, by, arguments, STORE_READ, &rest, err);
    if (result == 0 && rest[0])
        result = err_set(err, ERR_INPUT,
            "'%.60s' is not a study file, whose name ends in .yaml or .yml", rest[0]);
    if (result == 0 && by->where) {
        result = query_jobs_where(choice->store, choice->study, by->state, by->where, &rows, err);
        if (result < 0)
            err_context(err, "--where");
    } else if (result == 0) {
        result = query_jobs(choice->store, choice->study, by->state, &rows, err);
    }
    if (result == 0)
        result = rowset_print(&rows, stdout, given->format, err);
    if (result == 0)
        result = images_unknown_say(choice->store, choice->study, err);
    rowset_release(&rows);
    return result;
}

static int run_jobs(int argc, char **argv, struct err *err)
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
    result = show_jobs(&choice, &given, arguments, err);
    job_choice_close(&choice);
    return result;
}

const struct command command_jobs = {
    .name = "jobs",
    .summary = "list the jobs of a study with results and errors",
    .run = run_jobs,
};
