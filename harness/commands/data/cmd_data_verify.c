/* `scalestudy data verify`: which files of a dataset are missing, truncated or altered. */
#include <stddef.h>
#include <stdio.h>

#include "harness/terminal/cli.h"
#include "harness/commands/command.h"
#include "fetch_view.h"
#include "harness/terminal/ui.h"
#include "workloads/data/data_sets.h"

struct arguments {
    const char *root;
    enum output_format format;
    bool quiet;
};

static const struct cli_option options[] = {
    {"root", 0, CLI_TEXT, offsetof(struct arguments, root), "DIR", "folder of the images"},
    {"format", 0, CLI_FORMAT, offsetof(struct arguments, format), "table|csv|json",
        "output format"},
    {"quiet", 'q', CLI_FLAG, offsetof(struct arguments, quiet), NULL, "show no progress"},
    {0},
};

static const struct cli_usage usage = {
    .command = "data verify",
    .arguments = "DATASET",
    .summary = "Find files of a dataset that are missing, truncated or altered.",
    .options = options,
    .details =
        "Files of a set that `data fetch` wrote are compared with the SHA-256 they had then; of "
        "other sets, every image is decoded. The output has a row for each bad file, and the exit "
        "status is 2 "
        "if there is one. If all is well, nothing is printed.",
    .example = "scalestudy data verify cifar10\n"
               "scalestudy data verify folder --root ~/photos",
    .min_arguments = 1,
    .max_arguments = 1,
};

static int run(int argc, char **argv, struct err *err)
{
    struct arguments given = {0};
    char **arguments;
    int result = cli_parse(&usage, argc, argv, &given, &arguments, err);
    struct fetch_events events;
    struct fetch_view view;
    struct rowset rows;
    int64_t checked = 0;

    if (result != 0)
        return result == CLI_HELP ? 0 : -1;
    rowset_init(&rows, data_verify_columns);
    events = fetch_view_start(&view, given.quiet);
    result = data_verify(arguments[0], given.root, &events, &rows, &checked, err);
    fetch_view_end(&view);
    if (result == 0 && (rowset_count(&rows) > 0 || given.format != FORMAT_TABLE))
        result = rowset_print(&rows, stdout, given.format, err);
    if (result == 0 && rowset_count(&rows) > 0)
        result = err_set(err, ERR_INPUT, "%zu of %lld files or images of %s are missing or damaged",
            rowset_count(&rows), (long long)checked, arguments[0]);
    if (result == 0)
        ui_say("all %lld files or images of %s are intact", (long long)checked, arguments[0]);
    rowset_release(&rows);
    return result;
}

const struct command data_command_verify = {
    .name = "verify",
    .summary = "find missing, truncated and altered files of a dataset",
    .run = run,
};
