/* `scalestudy data pack`: a dataset decoded into one file. */
#include <stddef.h>

#include "harness/base/clock.h"
#include "harness/terminal/cli.h"
#include "harness/commands/command.h"
#include "harness/options/data_options.h"
#include "harness/terminal/interrupt.h"
#include "harness/terminal/live_line.h"

#define MAX_SIDE 16384

struct arguments {
    struct data_options data;
    const char *output;
    int side;
    bool quiet;
    enum output_format format;
};

static const struct cli_option options[] = {
    {"output", 'o', CLI_TEXT, offsetof(struct arguments, output), "FILE",
        "the file to write (required)"},
    {"side", 0, CLI_INT, offsetof(struct arguments, side), "PX",
        "shrink larger images to PX pixels on the shorter side (default: keep the full size)"},
    CLI_GROUP(DATA_OPTIONS_TITLE),
    {"root", 0, CLI_TEXT, offsetof(struct arguments, data.root), "DIR",
        "folder of the images (default: where `data fetch` puts the set)"},
    {"class-map", 0, CLI_TEXT, offsetof(struct arguments, data.class_map), "F",
        "file of class numbers, with lines of folder, tab, number (default: by the folders' sorted "
        "order)"},
    {"match", 0, CLI_TEXT, offsetof(struct arguments, data.match), "PATTERN",
        "only files whose name matches, such as ILSVRC2012_val_*"},
    {"resize", 0, CLI_TEXT, offsetof(struct arguments, data.resize), "bilinear|bicubic",
        "filter of a resize (default bilinear)"},
    {"loader-threads", 0, CLI_INT, offsetof(struct arguments, data.loader_threads), "N",
        "threads that decode images (default 1)"},
    CLI_GROUP_END,
    {"quiet", 0, CLI_FLAG, offsetof(struct arguments, quiet), NULL, "show no progress"},
    {"format", 0, CLI_FORMAT, offsetof(struct arguments, format), "table|csv|json",
        "output format"},
    {0},
};

static const struct cli_usage usage = {
    .command = "data pack",
    .arguments = "DATASET",
    .summary = "Decode a dataset once, into one file that any number of jobs on a machine share.",
    .options = options,
    .details = "Studies read the file with `packed: FILE` under data, `train` and `eval` with "
               "--packed FILE. "
               "If the folder of the images is given too, the file is refused once images there "
               "have changed. "
               "Images of full size give the same results as the original files; smaller images "
               "load faster and need "
               "less space.",
    .example =
        "scalestudy data pack imagenette --root ~/imagenette2 --side 256 -o imagenette.pack\n"
        "scalestudy data info imagenette --packed imagenette.pack",
    .min_arguments = 1,
    .max_arguments = 1,
};

static const struct column columns[] = {
    {.name = "file", .type = COLUMN_TEXT},
    {.name = "images", .type = COLUMN_INT},
    {.name = "classes", .type = COLUMN_INT},
    {.name = "bytes", .type = COLUMN_INT},
    {.name = "seconds", .type = COLUMN_REAL, .decimals = 2},
    {0},
};

static bool show_progress(void *context, int done, int all)
{
    live_line_show(context, "packed %d of %d images", done, all);
    return !interrupt_asked();
}

static int print(const struct arguments *given, const struct data_pack_result *packed,
    double seconds, struct err *err)
{
    struct rowset rows;
    int result;

    rowset_init(&rows, columns);
    rowset_text(&rows, given->output);
    rowset_int(&rows, packed->images);
    rowset_int(&rows, packed->classes);
    rowset_int(&rows, packed->bytes);
    rowset_real(&rows, seconds);
    result = rowset_print(&rows, stdout, given->format, err);
    rowset_release(&rows);
    return result;
}

static int pack(const struct arguments *given, struct err *err)
{
    struct data_config data;
    struct data_pack_result packed;
    struct live_line line;
    const struct data_pack_options packing = {
        .side = given->side, .context = &line, .told = show_progress};
    double start = clock_seconds();
    int result;

    if (!given->output)
        return err_set(
            err, ERR_INPUT, "-o is missing: give the file to write, such as -o photos.pack");
    if (given->side < 0 || given->side > MAX_SIDE)
        return err_set(err, ERR_INPUT,
            "--side is %d; it must be from 1 to %d, or 0 for the full size", given->side, MAX_SIDE);
    if (data_options_resolve(&given->data, "DATASET", &data, err) < 0)
        return -1;
    interrupt_catch();
    live_line_init(&line, given->quiet);
    result = workload_data_pack(&data, &packing, given->output, &packed, err);
    live_line_close(&line);
    if (result < 0)
        return -1;
    data_notes_show(&packed.notes, given->quiet);
    return print(given, &packed, clock_seconds() - start, err);
}

static int run(int argc, char **argv, struct err *err)
{
    struct arguments given = {.data = DATA_DEFAULTS};
    char **arguments;
    int result = cli_parse(&usage, argc, argv, &given, &arguments, err);

    if (result != 0)
        return result == CLI_HELP ? 0 : -1;
    given.data.name = arguments[0];
    return pack(&given, err);
}

const struct command data_command_pack = {
    .name = "pack",
    .summary = "decode a dataset into one file that jobs share",
    .run = run,
};
