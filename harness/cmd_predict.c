/* scalestudy predict: class scores of images. */
#include <stdlib.h>

#include "base/clock.h"
#include "class_scores.h"
#include "command.h"
#include "interrupt.h"
#include "live_line.h"
#include "ui.h"
#include "workload_options.h"

struct args {
    struct workload_options workload;
    const char *weights;
    int top, batch;
    bool quiet;
    enum output_format format;
};

static const struct cli_option options[] = {
    {"weights", 0, CLI_TEXT, offsetof(struct args, weights), "F",
        "safetensors file of the network"},
    {"top", 0, CLI_INT, offsetof(struct args, top), "K",
        "so many classes of each image, the likeliest first (default 5)"},
    WORKLOAD_IMAGE_OPTIONS(struct args, workload),
    {"batch", 0, CLI_INT, offsetof(struct args, batch), "N", "images at a time (default 32)"},
    {"quiet", 'q', CLI_FLAG, offsetof(struct args, quiet), NULL, "no progress on standard error"},
    {"format", 0, CLI_FORMAT, offsetof(struct args, format), "table|csv|json",
        "how to print; JSON is an object a line"},
    {0},
};

static const struct cli_usage usage = {
    .command = "predict",
    .arguments = "MODEL FILE...",
    .summary = "Say what a network with given weights sees in images.",
    .options = options,
    .details =
        "A folder stands for all JPEG and PNG images in it and below. The network must be the one "
        "that the weights were made for: its width, depth, padding and input transform. Its "
        "number of outputs is read from the weights, unless --classes says. Classes have the "
        "names of the folders in --root (or of --data, or in --class-map) and, without those, "
        "ImageNet's if there are 1000. Of a file that is no image an error says so, and the "
        "others go on.",
    .example =
        "scalestudy predict efficientnet_b0 --weights b0.safetensors --crop-ratio 0.875 dog.jpg\n"
        "scalestudy predict resnet18 --weights r18.safetensors --root flowers --format json new/",
    .min_arguments = 2,
    .max_arguments = -1,
};

static const struct column columns[] = {
    {.name = "file", .type = COLUMN_TEXT},
    {.name = "rank", .type = COLUMN_INT},
    {.name = "class", .type = COLUMN_INT},
    {.name = "name", .type = COLUMN_TEXT},
    {.name = "logit", .type = COLUMN_REAL, .decimals = 3},
    {.name = "probability", .type = COLUMN_REAL, .decimals = 4},
    {0},
};

/* What the callbacks know. */
struct reporter {
    const struct args *args;
    struct text_list names;
    struct class_score *scores; /* [classes] */
    struct rowset rows;         /* of all images for a table, of one for CSV */
    struct live_line line;
    double started;
    int unreadable;
};

/* An object a line, at once, so that a reader sees it when it happens. */
static int print_json(
    struct reporter *reporter, const struct prediction *prediction, int top, struct err *err)
{
    json_t *list = json_array(), *object;
    int failed = !list;

    for (int i = 0; i < top && !failed; i++) {
        const struct class_score *score = &reporter->scores[i];
        const char *name = reporter->names.texts[score->class];

        failed =
            json_array_append_new(list,
                json_pack("{s:i, s:o, s:f, s:f}", "class", score->class, "name", json_name(name),
                    "logit", (double)score->logit, "probability", score->probability)) < 0;
    }
    object = json_pack("{s:o, s:o}", "file", json_name(prediction->file), "top", list);
    failed = failed || !object ||
             json_dumpf(object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(9)) < 0 ||
             putchar('\n') == EOF || fflush(stdout) != 0;
    json_decref(object);
    return failed ? err_set(err, ERR_IO, "cannot write the result to standard output") : 0;
}

static int add_rows(
    struct reporter *reporter, const struct prediction *prediction, int top, struct err *err)
{
    struct rowset *rows = &reporter->rows;

    for (int i = 0; i < top; i++) {
        const struct class_score *score = &reporter->scores[i];

        rowset_text(rows, prediction->file);
        rowset_int(rows, i + 1);
        rowset_int(rows, score->class);
        rowset_text(rows, reporter->names.texts[score->class]);
        rowset_real(rows, (double)score->logit);
        rowset_real(rows, score->probability);
    }
    if (reporter->args->format != FORMAT_CSV)
        return 0;
    if (rowset_print(rows, stdout, FORMAT_CSV, err) < 0)
        return -1;
    rowset_release(rows);
    rowset_init(rows, columns);
    rows->no_heading = true;
    return 0;
}

static void show_progress(struct reporter *reporter, const struct prediction *prediction)
{
    int done = prediction->index + 1;
    double rate = done / (clock_seconds() - reporter->started);
    char duration[UI_DURATION_BYTES];

    live_line_show(&reporter->line, "image %d/%d  %.1f images/s  %s left", done, prediction->files,
        rate, ui_duration((prediction->files - done) / rate, duration));
}

static int on_image(void *context, const struct prediction *prediction, struct err *err)
{
    struct reporter *reporter = context;
    int top = reporter->args->top < prediction->classes ? reporter->args->top : prediction->classes;
    int result;

    if (!prediction->logits) {
        reporter->unreadable++;
        if (prediction->files == 1)
            return err_set(err, prediction->problem->code, "%s", prediction->problem->message);
        live_line_close(&reporter->line);
        ui_error(prediction->problem);
        return 0;
    }
    class_scores_rank(prediction->logits, prediction->classes, reporter->scores);
    if (reporter->args->format == FORMAT_TABLE) {
        result = add_rows(reporter, prediction, top, err);
    } else {
        live_line_close(&reporter->line);
        result = reporter->args->format == FORMAT_JSON ? print_json(reporter, prediction, top, err)
                                                       : add_rows(reporter, prediction, top, err);
    }
    show_progress(reporter, prediction);
    return result;
}

static bool should_stop(void *context)
{
    (void)context;
    return interrupt_asked();
}

/* Prints also what was done before an error, which is said in the end. */
static int predict(struct reporter *reporter, const struct workload *job,
    const struct text_list *files, struct err *err)
{
    const struct predict_events events = {
        .context = reporter, .image = on_image, .should_stop = should_stop};
    struct err printing = {0};
    int result;

    reporter->scores = calloc((size_t)job->spec.classes, sizeof(*reporter->scores));
    if (!reporter->scores)
        return err_set(err, ERR_MEMORY, "no memory for %d scores", job->spec.classes);
    interrupt_catch();
    reporter->started = clock_seconds();
    result = workload_predict(job, files, &events, err);
    live_line_close(&reporter->line);
    if (reporter->args->format == FORMAT_TABLE && rowset_count(&reporter->rows) > 0 &&
        rowset_print(&reporter->rows, stdout, FORMAT_TABLE, &printing) < 0 && result == 0)
        result = err_set(err, printing.code, "%s", printing.message);
    if (result == 0 && reporter->unreadable > 0)
        result = err_set(err, ERR_INPUT, "%d of %d files could not be read as images",
            reporter->unreadable, files->n);
    return result;
}

static int resolve(struct args *args, const char *model, struct workload *job, struct err *err)
{
    recipe_init(&job->recipe);
    job->recipe.batch = args->batch;
    job->init_weights = args->weights;
    if (!args->weights)
        return err_set(err, ERR_INPUT, "--weights is missing: a safetensors file of the network");
    if (args->batch < 1 || args->batch > 65536)
        return err_set(err, ERR_INPUT, "--batch is %d; it must be from 1 to 65536", args->batch);
    if (args->top < 1)
        return err_set(err, ERR_INPUT,
            "--top is %d; it must be at least 1, and as many as there are classes gives all",
            args->top);
    if (!args->workload.data.name)
        args->workload.data.name = "folder";
    if (workload_options_resolve(&args->workload, model, job, err) < 0)
        return -1;
    return job->spec.classes ? 0 : workload_weight_classes(job, &job->spec.classes, err);
}

static int run(int argc, char **argv, struct err *err)
{
    struct args args = {.workload = WORKLOAD_DEFAULTS, .top = 5, .batch = 32};
    struct reporter reporter = {.args = &args};
    struct workload job = {0};
    struct text_list files = {0};
    char **arguments;
    bool names_a_set;
    int status = cli_parse(&usage, argc, argv, &args, &arguments, err), n = 1;

    if (status != 0)
        return status == CLI_HELP ? 0 : -1;
    names_a_set = args.workload.data.name || args.workload.data.root || args.workload.data.packed;
    while (arguments[n])
        n++;
    rowset_init(&reporter.rows, columns);
    live_line_init(&reporter.line, args.quiet);
    status = -1;
    if (resolve(&args, arguments[0], &job, err) == 0 &&
        workload_class_names(&job.data, names_a_set, job.spec.classes, &reporter.names, err) == 0 &&
        workload_image_files(arguments + 1, n - 1, &files, err) == 0)
        status = predict(&reporter, &job, &files, err);
    text_list_release(&files);
    text_list_release(&reporter.names);
    rowset_release(&reporter.rows);
    free(reporter.scores);
    return status;
}

const struct command command_predict = {
    .name = "predict",
    .summary = "class scores of images under given weights",
    .run = run,
};
