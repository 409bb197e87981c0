/* `scalestudy data list`: the datasets there are. */
#include <stddef.h>
#include <stdio.h>

#include "harness/terminal/cli.h"
#include "harness/commands/command.h"
#include "workloads/data/data_sets.h"

struct arguments {
    enum output_format format;
};

static const struct cli_option options[] = {
    {"format", 0, CLI_FORMAT, offsetof(struct arguments, format), "table|csv|json",
        "output format"},
    {0},
};

static const struct cli_usage usage = {
    .command = "data list",
    .arguments = "",
    .summary = "List the datasets with their images, classes, size, licence and source.",
    .options = options,
    .details =
        "`bytes` is the size of the download; `present` says whether the set is where `data fetch` "
        "puts "
        "it. CSV and JSON have more columns: that folder, the publisher's page, and a sentence "
        "on each set.",
    .example = "scalestudy data list",
};

static int list_datasets(enum output_format format, struct err *err)
{
    struct rowset rows;
    int result;

    rowset_init(&rows, data_list_columns);
    result = data_list(&rows, err);
    if (result == 0)
        result = rowset_print(&rows, stdout, format, err);
    rowset_release(&rows);
    return result;
}

static int run(int argc, char **argv, struct err *err)
{
    struct arguments given = {0};
    char **arguments;
    int result = cli_parse(&usage, argc, argv, &given, &arguments, err);

    if (result != 0)
        return result == CLI_HELP ? 0 : -1;
    return list_datasets(given.format, err);
}

const struct command data_command_list = {
    .name = "list",
    .summary = "list the datasets",
    .run = run,
};
