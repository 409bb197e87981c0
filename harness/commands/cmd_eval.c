/* scalestudy eval: weights on a dataset. */
#include <inttypes.h>
#include <jansson.h>
#include <math.h>

#include "harness/base/clock.h"
#include "harness/system/file.h"
#include "command.h"
#include "harness/terminal/interrupt.h"
#include "harness/terminal/live_line.h"
#include "harness/terminal/ui.h"
#include "harness/options/workload_options.h"

#define TOP_SCORES 5

struct args {
    struct workload_options workload;
    const char *weights, *split, *scores;
    int batch;
    bool quiet;
    enum output_format format;
};

static const struct cli_option options[] = {
    {"weights", 0, CLI_TEXT, offsetof(struct args, weights), "F",
        "the network's weights, a safetensors file (required)"},
    WORKLOAD_OPTIONS(struct args, workload),
    {"split", 0, CLI_TEXT, offsetof(struct args, split), "test|train|all",
        "the images to score (default: test, or all if the set has no test images of its own)"},
    {"batch", 0, CLI_INT, offsetof(struct args, batch), "N", "batch size (default 32)"},
    {"scores", 0, CLI_TEXT, offsetof(struct args, scores), "F",
        "write a line for each image: path, label and the five highest class:logit, separated by "
        "tabs"},
    {"quiet", 'q', CLI_FLAG, offsetof(struct args, quiet), NULL, "show no progress"},
    {"format", 0, CLI_FORMAT, offsetof(struct args, format), "table|csv|json", "output format"},
    {0},
};

static const struct cli_usage usage = {
    .command = "eval",
    .arguments = "MODEL",
    .summary = "Score a network with given weights on a dataset.",
    .options = options,
    .details =
        "The network must be the one that the weights were made for: its width, depth and padding. "
        "Its number of outputs is read from the weights, unless --classes is given. Accuracies are "
        "in "
        "per cent; the loss is the mean cross-entropy. `images` is the number of images scored, "
        "`set_images` the number of images in the set. "
        "`trained_on` is the number of scored images that the network was trained on; it is an "
        "estimate if "
        "the training set had more than 1024 images, and empty if the weights do not record it. "
        "`trained_set`, in JSON, is the set that "
        "the network was last trained on.",
    .description =
        "By default, the images are those of the split test, or all if nothing says which are for "
        "testing: a folder without splits, a manifest without "
        "a column for them. A warning says how many of the scored images were trained on, if any.",
    .example =
        "scalestudy eval mobilenet_v1 -w 0.5 --input 160 --padding same --weights v1.safetensors "
        "\\\n    --data folder --root ~/imagenet --mean 0.5 --std 0.5 --format json",
    .min_arguments = 1,
    .max_arguments = 1,
};

static const struct column columns[] = {
    {.name = "images", .type = COLUMN_INT},
    {.name = "top1", .type = COLUMN_REAL, .decimals = 2},
    {.name = "top5", .type = COLUMN_REAL, .decimals = 2},
    {.name = "loss", .type = COLUMN_REAL, .decimals = 4},
    {.name = "classes", .type = COLUMN_INT},
    {.name = "images_per_second", .type = COLUMN_REAL, .decimals = 1},
    {.name = "split", .type = COLUMN_TEXT},
    {.name = "set_images", .type = COLUMN_INT},
    {.name = "trained_on", .type = COLUMN_INT},
    {0},
};

static json_t *number_or_null(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* How many of the images the network was trained on, estimated from a sample if not all are known;
 * -1: not known. */
static int64_t trained_images(const struct workload_result *result)
{
    if (result->trained_on < 0)
        return -1;
    return llround(
        (double)result->trained_on * (double)result->images / (double)result->trained_known);
}

/* One object: the contract's form. */
static int print_json(const struct workload_result *result, struct err *err)
{
    int64_t trained = trained_images(result);
    json_t *object = json_pack("{s:I, s:o, s:o, s:o, s:i, s:o, s:s, s:I, s:o, s:o}", "images",
        (json_int_t)result->images, "top1", number_or_null(result->top1), "top5",
        number_or_null(result->top5), "loss", number_or_null(result->loss), "classes",
        result->classes, "images_per_second", number_or_null(result->images_per_second), "split",
        result->split, "set_images", (json_int_t)result->set_images, "trained_on",
        trained < 0 ? json_null() : json_integer(trained), "trained_set",
        result->trained_set[0] ? json_string(result->trained_set) : json_null());
    int failed = !object ||
                 json_dumpf(object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(15)) < 0 ||
                 putchar('\n') == EOF;

    json_decref(object);
    return failed ? err_set(err, ERR_IO, "cannot write the result to standard output") : 0;
}

static int print_rows(
    const struct workload_result *result, enum output_format format, struct err *err)
{
    struct rowset rows;
    int status;

    rowset_init(&rows, columns);
    rowset_int(&rows, result->images);
    rowset_real(&rows, result->top1);
    rowset_real(&rows, result->top5);
    rowset_real(&rows, result->loss);
    rowset_int(&rows, result->classes);
    rowset_real(&rows, result->images_per_second);
    rowset_text(&rows, result->split);
    rowset_int(&rows, result->set_images);
    if (trained_images(result) < 0)
        rowset_null(&rows);
    else
        rowset_int(&rows, trained_images(result));
    status = rowset_print(&rows, stdout, format, err);
    rowset_release(&rows);
    return status;
}

/* The classes with the highest logits, falling; `top` has room for TOP_SCORES. Returns how many. */
static int find_top(const float *logits, int classes, int top[TOP_SCORES])
{
    int n = 0;

    for (int k = 0; k < classes; k++) {
        int at = n < TOP_SCORES ? n : TOP_SCORES;

        while (at > 0 && logits[k] > logits[top[at - 1]])
            at--;
        if (at == TOP_SCORES)
            continue;
        if (n < TOP_SCORES)
            n++;
        for (int i = n - 1; i > at; i--)
            top[i] = top[i - 1];
        top[at] = k;
    }
    return n;
}

/* What the callbacks know. */
struct reporter {
    FILE *scores; /* NULL: not asked for */
    struct live_line line;
    double started;
};

static int write_scores(
    void *context, const char *path, int label, const float *logits, int classes, struct err *err)
{
    const struct reporter *reporter = context;
    FILE *stream = reporter->scores;
    int top[TOP_SCORES], n = find_top(logits, classes, top);

    for (const char *c = path; *c; c++) /* a tab or line end in a name would break the row */
        fputc((unsigned char)*c < ' ' ? '?' : *c, stream);
    fprintf(stream, "\t%d", label);
    for (int i = 0; i < n; i++)
        fprintf(stream, "\t%d:%.4f", top[i], (double)logits[top[i]]);
    fputc('\n', stream);
    return ferror(stream) ? err_set(err, ERR_IO, "cannot write the scores") : 0;
}

static void show_data_notes(void *context, const struct data_notes *notes)
{
    (void)context;
    data_notes_show(notes, true);
}

static void warn_of_trained(const struct workload_result *result)
{
    int64_t trained = trained_images(result);

    if (trained > 0)
        ui_warn(
            "the network was trained on %s%" PRId64 " of these %" PRId64
            " images, according to its weights (last on the training images of %s): the accuracy "
            "does not show how good it is on new images",
            result->trained_known < result->images ? "about " : "", trained, result->images,
            result->trained_set[0] ? result->trained_set : "a set without a name");
}

static void show_progress(void *context, int64_t done, int64_t images)
{
    struct reporter *reporter = context;
    double rate = (double)done / (clock_seconds() - reporter->started);
    char left[UI_DURATION_BYTES];

    live_line_show(&reporter->line, "image %" PRId64 "/%" PRId64 "  %.1f images/s  %s left", done,
        images, rate, ui_duration((double)(images - done) / rate, left));
}

static bool should_stop(void *context)
{
    (void)context;
    return interrupt_asked();
}

static int evaluate_with(struct reporter *reporter, const struct args *args,
    const struct workload *job, struct workload_result *result, struct err *err)
{
    const struct eval_events events = {.context = reporter,
        .data_notes = show_data_notes,
        .scores = reporter->scores ? write_scores : NULL,
        .progress = show_progress,
        .should_stop = should_stop};
    int status;

    interrupt_catch();
    live_line_init(&reporter->line, args->quiet);
    reporter->started = clock_seconds();
    status = workload_eval(job, args->split, &events, result, err);
    live_line_close(&reporter->line);
    return status;
}

static int evaluate_job(const struct args *args, const struct workload *job,
    struct workload_result *result, struct err *err)
{
    struct reporter reporter = {0};
    struct file_writer writer;

    if (!args->scores)
        return evaluate_with(&reporter, args, job, result, err);
    if (file_is_standard_output(args->scores))
        return err_set(err, ERR_INPUT,
            "--scores %s is standard output, which has the result; give a file", args->scores);
    if (file_writer_open(&writer, args->scores, err) < 0)
        return -1;
    reporter.scores = writer.stream;
    if (evaluate_with(&reporter, args, job, result, err) < 0) {
        file_writer_abort(&writer);
        return -1;
    }
    return file_writer_commit(&writer, err);
}

static int run(int argc, char **argv, struct err *err)
{
    struct args args = {.workload = WORKLOAD_DEFAULTS, .batch = 32};
    struct workload job = {0};
    struct workload_result result;
    char **arguments;
    int status = cli_parse(&usage, argc, argv, &args, &arguments, err);

    if (status != 0)
        return status == CLI_HELP ? 0 : -1;
    recipe_init(&job.recipe);
    job.recipe.batch = args.batch;
    job.init_weights = args.weights;
    if (!args.weights)
        return err_set(
            err, ERR_INPUT, "--weights is missing: give the network's weights, a safetensors file");
    if (args.batch < 1 || args.batch > 65536)
        return err_set(err, ERR_INPUT, "--batch is %d; it must be from 1 to 65536", args.batch);
    if (workload_options_resolve(&args.workload, arguments[0], &job, err) < 0 ||
        evaluate_job(&args, &job, &result, err) < 0)
        return -1;
    warn_of_trained(&result);
    return args.format == FORMAT_JSON ? print_json(&result, err)
                                      : print_rows(&result, args.format, err);
}

const struct command command_eval = {
    .name = "eval",
    .summary = "score a network with given weights on a dataset",
    .run = run,
};
