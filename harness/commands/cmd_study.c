/* `scalestudy study`: whether a study file is right, and what it says in full. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "harness/terminal/cli.h"
#include "command.h"
#include "harness/study/plan.h"
#include "harness/views/plan_remarks.h"
#include "harness/study/study_keys.h"
#include "harness/terminal/ui.h"

struct arguments {
    enum output_format format;
    bool no_data;
};

static const struct cli_option options[] = {
    {"no-data", 0, CLI_FLAG, offsetof(struct arguments, no_data), NULL,
        "check: do not read the images, which may be on another machine"},
    {"format", 0, CLI_FORMAT, offsetof(struct arguments, format), "table|csv|json",
        "output format; show prints YAML, or json"},
    {0},
};

static const struct cli_usage usage = {
    .command = "study",
    .arguments = "check FILE | show FILE | keys",
    .summary = "Check a study file, print it in full, or list every key that a study can have.",
    .options = options,
    .details = "`check` reads the file and the files that it includes, builds the description of "
               "every network, checks the "
               "images, and counts the jobs. It points out consequences of a recipe that are easy "
               "to overlook, such as images that do not "
               "fill a batch and are left out of an epoch.\n\n"
               "`show` prints the study as a file that needs no other file: anchors and includes "
               "are resolved, "
               "grids are written out, and every default is filled in and marked. The result has "
               "the same jobs; `show` prints "
               "it unchanged.\n\n"
               "`keys` lists every key with its meaning, its default and what it takes.",
    .example = "scalestudy study check birds.yaml\nscalestudy study show birds.yaml >full.yaml\n"
               "scalestudy study keys",
    .min_arguments = 1,
    .max_arguments = 2,
};

int study_print_keys(enum output_format format, struct err *err)
{
    struct rowset rows;
    int result;

    rowset_init(&rows, config_columns);
    result = config_describe(&study_table, &rows, err);
    if (result == 0)
        result = rowset_print(&rows, stdout, format, err);
    rowset_release(&rows);
    return result;
}

/* ---- check ---- */

static const struct column check_columns[] = {
    {.name = "study", .type = COLUMN_TEXT},
    {.name = "files", .type = COLUMN_INT},
    {.name = "models", .type = COLUMN_INT},
    {.name = "networks", .type = COLUMN_INT},
    {.name = "seeds", .type = COLUMN_INT},
    {.name = "jobs", .type = COLUMN_INT},
    {.name = "skipped", .type = COLUMN_INT},
    {0},
};

static int check(const char *path, const struct arguments *given, struct err *err)
{
    struct study study = STUDY_INIT;
    struct plan plan = PLAN_INIT;
    struct rowset rows;
    int result;

    rowset_init(&rows, check_columns);
    if (given->no_data) {
        result = study_load(&study, path, err);
        if (result == 0)
            result = plan_build(&plan, &study, 0, PLAN_FILE, err);
    } else {
        result = plan_load(&plan, &study, path, PLAN_FILE, err);
    }
    if (result == 0) {
        rowset_text(&rows, study.name);
        rowset_int(&rows, study.tree.n_files + 1);
        rowset_int(&rows, study.models.count);
        rowset_int(&rows, plan.n_nets);
        rowset_int(&rows, study.seeds.count);
        rowset_int(&rows, plan.n_jobs);
        rowset_int(&rows, plan.n_skipped);
        result = rowset_print(&rows, stdout, given->format, err);
    }
    if (result == 0)
        result = plan_say_remarks(&plan, err);
    rowset_release(&rows);
    plan_release(&plan);
    study_release(&study);
    return result;
}

/* ---- show ---- */

static int show(const char *path, const struct arguments *given, struct err *err)
{
    struct study study = STUDY_INIT;
    struct plan plan = PLAN_INIT;
    struct str text = STR_INIT;
    int result = -1;

    if (given->format == FORMAT_CSV)
        return err_set(
            err, ERR_INPUT, "`study show` prints YAML, or JSON with --format json; not csv");
    if (study_load(&study, path, err) == 0 && plan_build(&plan, &study, 0, PLAN_FILE, err) == 0)
        result = plan_show(&plan, &study, given->format == FORMAT_JSON, &text, err);
    if (result == 0)
        fputs(text.text, stdout);
    str_release(&text);
    plan_release(&plan);
    study_release(&study);
    return result;
}

static int run(int argc, char **argv, struct err *err)
{
    struct arguments given = {0};
    char **arguments;
    int result = cli_parse(&usage, argc, argv, &given, &arguments, err);

    if (result != 0)
        return result == CLI_HELP ? 0 : -1;
    if (strcmp(arguments[0], "keys") == 0 && !arguments[1])
        return study_print_keys(given.format, err);
    if (strcmp(arguments[0], "check") == 0 && arguments[1])
        return check(arguments[1], &given, err);
    if (strcmp(arguments[0], "show") == 0 && arguments[1])
        return show(arguments[1], &given, err);
    return err_set(err, ERR_INPUT,
        "`scalestudy study` takes `check FILE`, `show FILE` or `keys`; see `scalestudy study "
        "--help`");
}

const struct command command_study = {
    .name = "study",
    .summary = "check a study file, or print it in full",
    .run = run,
};
