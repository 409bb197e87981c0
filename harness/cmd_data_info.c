/* `scalestudy data info`: what a dataset has in it. */
#include <stddef.h>
#include <stdlib.h>

#include "cli.h"
#include "command.h"
#include "data_options.h"

struct arguments {
    struct data_options data;
    enum output_format format;
};

static const struct cli_option options[] = {
    DATA_FILE_OPTIONS(struct arguments, data),
    DATA_CHOICE_OPTIONS(struct arguments, data),
    {"format", 0, CLI_FORMAT, offsetof(struct arguments, format), "table|csv|json",
        "output format"},
    {0},
};

static const struct cli_usage usage = {
    .command = "data info",
    .arguments = "DATASET",
    .summary = "The classes of a dataset and how many images each split has.",
    .options = options,
    .details = "A folder of images is ROOT/CLASS/IMAGE, of which every fifth image is for testing, "
               "or\nROOT/SPLIT/CLASS/IMAGE with the splits train and test (or val, valid, "
               "validation).",
    .example = "scalestudy data info shapes\nscalestudy data info folder --root ~/photos",
    .min_arguments = 1,
    .max_arguments = 1,
};

static const struct column class_columns[] = {
    {.name = "class", .type = COLUMN_INT},
    {.name = "name", .type = COLUMN_TEXT},
    {.name = "train", .type = COLUMN_INT},
    {.name = "test", .type = COLUMN_INT},
    {0},
};

static int print_classes(
    const struct class_count *classes, int n, enum output_format format, struct err *err)
{
    struct rowset rows;
    int result;

    rowset_init(&rows, class_columns);
    for (int i = 0; i < n; i++) {
        rowset_int(&rows, i);
        rowset_text(&rows, classes[i].name);
        rowset_int(&rows, classes[i].train);
        rowset_int(&rows, classes[i].test);
    }
    result = rowset_print(&rows, stdout, format, err);
    rowset_release(&rows);
    return result;
}

static int describe_dataset(const struct arguments *given, struct err *err)
{
    struct class_count *classes = NULL;
    struct data_config data;
    int n = 0, result = -1;

    if (data_options_resolve(&given->data, "DATASET", &data, err) < 0)
        return -1;
    if (workload_data_classes(&data, &classes, &n, err) == 0)
        result = print_classes(classes, n, given->format, err);
    free(classes);
    return result;
}

static int run(int argc, char **argv, struct err *err)
{
    struct arguments given = {.data = DATA_DEFAULTS};
    char **arguments;
    int result = cli_parse(&usage, argc, argv, &given, &arguments, err);

    if (result != 0)
        return result == CLI_HELP ? 0 : -1;
    given.data.name = arguments[0];
    return describe_dataset(&given, err);
}

const struct command data_command_info = {
    .name = "info",
    .summary = "the classes of one, and how many images each split has",
    .run = run,
};
