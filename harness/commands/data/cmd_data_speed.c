/* `scalestudy data speed`: how fast a dataset's images become batches. */
#include <stddef.h>
#include <string.h>

#include "harness/terminal/cli.h"
#include "harness/commands/command.h"
#include "harness/options/data_options.h"
#include "harness/options/recipe_options.h"

#define MAX_INPUT   16384
#define MAX_BATCH   65536
#define MAX_SECONDS 86400

struct arguments {
    struct data_options data;
    struct recipe_options recipe;
    int input, batch;
    double cache_bytes, seconds;
    enum output_format format;
};

static const struct cli_option first_options[] = {
    {"input", 0, CLI_INT, offsetof(struct arguments, input), "PX",
        "the network's input size (default 224)"},
    {0},
};

static const struct cli_option last_options[] = {
    {"batch", 0, CLI_INT, offsetof(struct arguments, batch), "N", "batch size (default 64)"},
    DATA_FILE_OPTIONS(struct arguments, data),
    DATA_PIXEL_OPTIONS(struct arguments, data),
    DATA_CHOICE_OPTIONS(struct arguments, data),
    {"cache", 0, CLI_COUNT, offsetof(struct arguments, cache_bytes), "BYTES",
        "memory for decoded images, such as 1G (default 0: decode each time)"},
    {"seconds", 0, CLI_REAL, offsetof(struct arguments, seconds), "S",
        "load batches for S seconds (default 3)"},
    {"format", 0, CLI_FORMAT, offsetof(struct arguments, format), "table|csv|json",
        "output format"},
    {0},
};

/* These, with those of augmentation between them. */
static struct cli_option options[sizeof(first_options) / sizeof(first_options[0]) +
                                 RECIPE_MAX_OPTIONS +
                                 sizeof(last_options) / sizeof(last_options[0])];

static void join_options(void)
{
    size_t n = sizeof(first_options) / sizeof(first_options[0]) - 1;

    memcpy(options, first_options, sizeof(first_options));
    n += (size_t)recipe_options_add_augmentation(options + n, offsetof(struct arguments, recipe));
    memcpy(options + n, last_options, sizeof(last_options));
}

static const struct cli_usage usage = {
    .command = "data speed",
    .arguments = "DATASET",
    .summary = "Measure how many images per second the loader reads, decodes and augments.",
    .options = options,
    .details = "Nothing uses the images. A training that runs faster than this (see `scalestudy "
               "bench`) waits for its images: "
               "give it more --loader-threads, or a packed set. Every image is decoded each time, "
               "unless --cache keeps some.",
    .example = "scalestudy data speed imagenette --root ~/imagenette2 --augment "
               "random_resized_crop,horizontal_flip \\\n"
               "    --loader-threads 2",
    .min_arguments = 1,
    .max_arguments = 1,
};

static const struct column columns[] = {
    {.name = "dataset", .type = COLUMN_TEXT},
    {.name = "input", .type = COLUMN_INT},
    {.name = "batch", .type = COLUMN_INT},
    {.name = "threads", .type = COLUMN_INT},
    {.name = "images", .type = COLUMN_INT},
    {.name = "seconds", .type = COLUMN_REAL, .decimals = 2},
    {.name = "images_per_second", .type = COLUMN_REAL, .decimals = 1, .heading = "images/s"},
    {0},
};

static int resolve(const struct arguments *given, struct data_config *data,
    struct feed_options *feed, struct err *err)
{
    struct recipe recipe;

    if (given->input < 1 || given->input > MAX_INPUT)
        return err_set(
            err, ERR_INPUT, "--input is %d; it must be from 1 to %d", given->input, MAX_INPUT);
    if (given->batch < 1 || given->batch > MAX_BATCH)
        return err_set(
            err, ERR_INPUT, "--batch is %d; it must be from 1 to %d", given->batch, MAX_BATCH);
    if (!(given->seconds > 0 && given->seconds <= MAX_SECONDS))
        return err_set(err, ERR_INPUT, "--seconds is %g; it must be above 0 and at most %d",
            given->seconds, MAX_SECONDS);
    if (!(given->cache_bytes >= 0 && given->cache_bytes <= 1e15))
        return err_set(
            err, ERR_INPUT, "--cache is %g; it must be at least 0 bytes", given->cache_bytes);
    *feed = (struct feed_options){
        .input = given->input,
        .batch = given->batch,
        .cache_bytes = (size_t)given->cache_bytes,
        .seconds = given->seconds,
    };
    if (recipe_options_resolve(&given->recipe, &recipe, err) < 0)
        return -1;
    feed->augment = recipe.augment;
    feed->settings = recipe.settings;
    return data_options_resolve(&given->data, "DATASET", data, err);
}

static int print(const struct arguments *given, const struct feed_result *result, struct err *err)
{
    struct rowset rows;
    int status;

    rowset_init(&rows, columns);
    rowset_text(&rows, given->data.name);
    rowset_int(&rows, given->input);
    rowset_int(&rows, given->batch);
    rowset_int(&rows, given->data.loader_threads);
    rowset_int(&rows, result->images);
    rowset_real(&rows, result->seconds);
    rowset_real(&rows, result->images_per_second);
    status = rowset_print(&rows, stdout, given->format, err);
    rowset_release(&rows);
    return status;
}

static int run(int argc, char **argv, struct err *err)
{
    struct arguments given = {.data = DATA_DEFAULTS, .input = 224, .batch = 64, .seconds = 3};
    struct data_config data;
    struct feed_options feed;
    struct feed_result measured;
    char **arguments;
    int result;

    join_options();
    recipe_options_init(&given.recipe);
    result = cli_parse(&usage, argc, argv, &given, &arguments, err);
    if (result != 0)
        return result == CLI_HELP ? 0 : -1;
    given.data.name = arguments[0];
    if (resolve(&given, &data, &feed, err) < 0 || workload_feed(&data, &feed, &measured, err) < 0)
        return -1;
    return print(&given, &measured, err);
}

const struct command data_command_speed = {
    .name = "speed",
    .summary = "measure how fast images are loaded here",
    .run = run,
};
