/* scalestudy train: one network, one recipe, no study. */
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <string.h>

#include "harness/system/file.h"
#include "command.h"
#include "harness/terminal/live_line.h"
#include "harness/terminal/ui.h"
#include "harness/options/recipe_options.h"
#include "harness/options/workload_options.h"

struct args {
    struct workload_options workload;
    struct recipe_options recipe;
    const char *weights, *save, *checkpoint;
    double checkpoint_seconds;
    int steps;
    bool recompute, no_shuffle, log_steps, quiet;
    enum output_format format;
};

static const struct cli_option workload_options[] = {
    WORKLOAD_OPTIONS(struct args, workload),
    {0},
};

static const struct cli_option own_options[] = {
    {"weights", 0, CLI_TEXT, offsetof(struct args, weights), "F",
        "start from these weights, a safetensors file"},
    {"save", 0, CLI_TEXT, offsetof(struct args, save), "F", "write the final weights to this file"},
    {"checkpoint", 0, CLI_TEXT, offsetof(struct args, checkpoint), "F",
        "save progress to this file after every epoch, and continue from it if it exists"},
    {"checkpoint-seconds", 0, CLI_REAL, offsetof(struct args, checkpoint_seconds), "S",
        "also save progress every S seconds"},
    {"recompute", 0, CLI_FLAG, offsetof(struct args, recompute), NULL,
        "recompute layers' outputs in the backward pass: the same result with less memory and more "
        "time"},
    {"steps", 0, CLI_INT_ABOVE_0, offsetof(struct args, steps), "N",
        "stop after N steps; the schedule is still that of all epochs"},
    {"no-shuffle", 0, CLI_FLAG, offsetof(struct args, no_shuffle), NULL,
        "take images in the split's own order"},
    {"log-steps", 0, CLI_FLAG, offsetof(struct args, log_steps), NULL, "also print every step"},
    {"quiet", 'q', CLI_FLAG, offsetof(struct args, quiet), NULL, "show no progress and no notes"},
    {"format", 0, CLI_FORMAT, offsetof(struct args, format), "table|csv|json",
        "output format; JSON is one object per line"},
    {0},
};

/* These, with those of the recipe between them. */
static struct cli_option options[sizeof(workload_options) / sizeof(workload_options[0]) +
                                 RECIPE_MAX_OPTIONS + sizeof(own_options) / sizeof(own_options[0])];

static void join_options(void)
{
    size_t n = sizeof(workload_options) / sizeof(workload_options[0]) - 1;

    memcpy(options, workload_options, sizeof(workload_options));
    n += (size_t)recipe_options_add(options + n, offsetof(struct args, recipe));
    memcpy(options + n, own_options, sizeof(own_options));
}

static const struct cli_usage usage = {
    .command = "train",
    .arguments = "MODEL",
    .summary = "Train one network on one dataset.",
    .options = options,
    .details = "The first line says how many images are for training and for testing, and what "
               "decides which. After every epoch, there is a line for "
               "the training images (as augmented) and one for the test images. Ctrl-C saves the "
               "checkpoint; the same command then continues from it and "
               "gives the same bits.",
    .description = "The recipe is described under `TRAINING`, the datasets under `IMAGES`.",
    .example =
        "scalestudy train resnet18 -w 0.25 --input 32 --data shapes --epochs 3\n"
        "scalestudy train mobilenet_v2 --input 32 --stem-stride 1 --data folder --root cifar10 \\\n"
        "    --augment random_crop,horizontal_flip --save v2.safetensors",
    .min_arguments = 1,
    .max_arguments = 1,
};

/* What the callbacks know. */
struct reporter {
    const struct args *args;
    struct live_line line;
    bool has_heading;
};

static volatile sig_atomic_t stop_asked;

static void ask_to_stop(int signal_number)
{
    (void)signal_number;
    stop_asked = 1;
}

/* The first Ctrl-C ends the run after its step; a second one ends the program. */
static void catch_interrupts(void)
{
    struct sigaction action = {.sa_handler = ask_to_stop, .sa_flags = (int)SA_RESETHAND};

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static bool should_stop(void *context)
{
    (void)context;
    return stop_asked;
}

/* ---- progress, on standard error ---- */

static void on_recipe_remarks(void *context, const char *lines)
{
    const struct reporter *reporter = context;

    if (!reporter->args->quiet)
        ui_say_lines(lines);
}

static void on_data_notes(void *context, const struct data_notes *notes)
{
    const struct reporter *reporter = context;

    data_notes_show(notes, reporter->args->quiet);
}

static void show_progress(struct reporter *reporter, const struct step_record *record)
{
    int left = (record->epochs - record->epoch + 1) * record->steps - record->step;
    double seconds = (double)left * reporter->args->recipe.recipe.batch / record->images_per_second;
    char duration[UI_DURATION_BYTES];

    live_line_show(&reporter->line, "epoch %d/%d  step %d/%d  loss %.4f  %.0f images/s  %s left",
        record->epoch, record->epochs, record->step, record->steps, record->loss,
        record->images_per_second, ui_duration(seconds, duration));
}

/* ---- results, on standard output ---- */

static json_t *number_or_null(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* Consumes object; a line is flushed at once, so that a reader sees it when it happens. */
static void print_json(json_t *object)
{
    if (object)
        json_dumpf(object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(15));
    putchar('\n');
    fflush(stdout);
    json_decref(object);
}

/* Before the first line, not before it is sure that there will be one. */
static void print_heading(struct reporter *reporter)
{
    if (reporter->has_heading)
        return;
    reporter->has_heading = true;
    if (reporter->args->format == FORMAT_CSV)
        puts("epoch,split,loss,top1,top5,lr,seconds,images_per_second");
    else if (reporter->args->format == FORMAT_TABLE)
        puts("epoch  split            loss     top1     top5         lr   seconds   images/s");
}

static void on_step(void *context, const struct step_record *record)
{
    struct reporter *reporter = context;
    int step = (record->epoch - 1) * record->steps + record->step;

    if (reporter->args->log_steps) {
        live_line_close(&reporter->line);
        print_heading(reporter);
        if (reporter->args->format == FORMAT_JSON)
            print_json(json_pack("{s:i, s:i, s:o, s:f}", "epoch", record->epoch, "step", step,
                "loss", number_or_null(record->loss), "lr", record->lr));
        else if (reporter->args->format == FORMAT_CSV)
            printf("%d,step %d,%.9g,,,%.9g,,\n", record->epoch, step, record->loss, record->lr);
        else
            printf("%5d  step %-6d %9.5f  %27.6g\n", record->epoch, step, record->loss, record->lr);
    }
    show_progress(reporter, record);
}

static void print_cell(double value, int width, int decimals)
{
    if (isfinite(value))
        printf(" %*.*f", width, decimals, value);
    else
        printf(" %*s", width, "-");
}

static void print_line(const struct epoch_record *record)
{
    printf("%5d  %-6s", record->epoch, record->split);
    print_cell(record->loss, 14, 5);
    print_cell(record->top1, 8, 2);
    print_cell(record->top5, 8, 2);
    printf(" %10.6g", record->lr);
    print_cell(record->seconds, 9, 1);
    print_cell(record->images_per_second, 10, 0);
    putchar('\n');
}

static void print_csv_cell(double value)
{
    if (isfinite(value))
        printf(",%.9g", value);
    else
        putchar(',');
}

static void print_csv(const struct epoch_record *record)
{
    printf("%d,%s", record->epoch, record->split);
    print_csv_cell(record->loss);
    print_csv_cell(record->top1);
    print_csv_cell(record->top5);
    print_csv_cell(record->lr);
    print_csv_cell(record->seconds);
    print_csv_cell(record->images_per_second);
    putchar('\n');
}

static int on_epoch(void *context, const struct epoch_record *record, struct err *err)
{
    struct reporter *reporter = context;

    live_line_close(&reporter->line);
    print_heading(reporter);
    if (reporter->args->format == FORMAT_JSON)
        print_json(json_pack("{s:i, s:s, s:o, s:o, s:o, s:f, s:o, s:o}", "epoch", record->epoch,
            "split", record->split, "loss", number_or_null(record->loss), "top1",
            number_or_null(record->top1), "top5", number_or_null(record->top5), "lr", record->lr,
            "seconds", number_or_null(record->seconds), "images_per_second",
            number_or_null(record->images_per_second)));
    else if (reporter->args->format == FORMAT_CSV)
        print_csv(record);
    else
        print_line(record);
    fflush(stdout);
    return ferror(stdout) ? err_set(err, ERR_IO, "cannot write to standard output") : 0;
}

/* ---- the command ---- */

/* Before the work, not after it. */
static int check_outputs(const struct args *args, struct err *err)
{
    if (args->save && file_is_standard_output(args->save))
        return err_set(err, ERR_INPUT,
            "--save %s is standard output, which shows the epochs; give a file", args->save);
    if (args->save && file_check_output(args->save, err) < 0)
        return -1;
    return args->checkpoint ? file_check_output_plain(args->checkpoint, err) : 0;
}

static int resolve(
    const struct args *args, const char *model, struct workload *job, struct err *err)
{
    if (recipe_options_resolve(&args->recipe, &job->recipe, err) < 0)
        return -1;
    if (!(args->checkpoint_seconds >= 0))
        return err_set(err, ERR_INPUT, "--checkpoint-seconds is %g; it must be at least 0",
            args->checkpoint_seconds);
    if (args->checkpoint_seconds > 0 && !args->checkpoint)
        return err_set(err, ERR_INPUT,
            "--checkpoint-seconds needs --checkpoint FILE, where progress is saved");
    if (check_outputs(args, err) < 0)
        return -1;
    job->init_weights = args->weights;
    job->save_weights = args->save;
    job->checkpoint = args->checkpoint;
    job->checkpoint_seconds = args->checkpoint_seconds;
    job->max_steps = args->steps;
    job->recompute = args->recompute;
    job->no_shuffle = args->no_shuffle;
    return workload_options_resolve(&args->workload, model, job, err);
}

static int run(int argc, char **argv, struct err *err)
{
    struct args args = {.workload = WORKLOAD_DEFAULTS};
    struct reporter reporter = {.args = &args};
    const struct workload_events events = {.context = &reporter,
        .recipe_remarks = on_recipe_remarks,
        .data_notes = on_data_notes,
        .step = on_step,
        .epoch = on_epoch,
        .should_stop = should_stop};
    struct workload job = {0};
    struct workload_result result;
    char **arguments, duration[UI_DURATION_BYTES];
    int status;

    recipe_options_init(&args.recipe);
    join_options();
    status = cli_parse(&usage, argc, argv, &args, &arguments, err);
    if (status != 0)
        return status == CLI_HELP ? 0 : -1;
    if (resolve(&args, arguments[0], &job, err) < 0)
        return -1;
    catch_interrupts();
    live_line_init(&reporter.line, args.quiet);
    status = workload_train(&job, &events, &result, err);
    live_line_close(&reporter.line);
    if (status == 0 && !args.quiet)
        ui_say("trained in %s at %.0f images/s, peak memory %.0f MB",
            ui_duration(result.train_seconds, duration), result.images_per_second,
            (double)result.peak_bytes / 1e6);
    return status;
}

const struct command command_train = {
    .name = "train",
    .summary = "train one network",
    .run = run,
};
