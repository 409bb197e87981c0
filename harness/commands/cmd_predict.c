/* scalestudy predict: class scores of images. */
#include "harness/base/json_text.h"
#include "command.h"
#include "harness/views/scored_images.h"

struct args {
    struct workload_options workload;
    const char *weights;
    int top, batch;
    bool quiet;
    enum output_format format;
};

static const struct cli_option options[] = {
    {"weights", 0, CLI_TEXT, offsetof(struct args, weights), "F",
        "the network's weights, a safetensors file (required)"},
    {"top", 0, CLI_INT, offsetof(struct args, top), "K",
        "show the K likeliest classes of each image (default 5)"},
    WORKLOAD_IMAGE_OPTIONS(struct args, workload),
    {"batch", 0, CLI_INT, offsetof(struct args, batch), "N", "batch size (default 32)"},
    {"quiet", 'q', CLI_FLAG, offsetof(struct args, quiet), NULL, "show no progress"},
    {"format", 0, CLI_FORMAT, offsetof(struct args, format), "table|csv|json",
        "output format; JSON is one object per line"},
    {0},
};

static const struct cli_usage usage = {
    .command = "predict",
    .arguments = "MODEL FILE...",
    .summary = "Show the likeliest classes of images under given weights.",
    .options = options,
    .details =
        "A folder stands for all JPEG and PNG images in it and below. The network must be the one "
        "that the weights were made for: its width, depth, padding and input transform. Its "
        "number of outputs is read from the weights, unless --classes is given. The names of "
        "classes are "
        "those of the folders in --root (or of --data, or in --class-map); without these, "
        "they are ImageNet's if there are 1000 classes. A file that is not an image is reported, "
        "and the "
        "others go on; the exit status is then 2.",
    .description =
        "In JSON, a line is `file, trained_on, top[{class, name, logit, probability}]`. The name "
        "is null if it is unknown. `trained_on` says whether "
        "the network was trained on that image, as for `eval`. A warning counts these images.",
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

/* What the callback knows. */
struct reporter {
    struct scored_images images;
    int top;
};

static int print_json(
    struct reporter *reporter, const struct prediction *prediction, int top, struct err *err)
{
    json_t *list = json_array(), *object;

    for (int i = 0; i < top; i++) {
        const struct class_score *score = &reporter->images.scores[i];

        if (json_array_append_new(
                list, json_pack("{s:i, s:o, s:f, s:f}", "class", score->class, "name",
                          json_text(reporter->images.names.texts[score->class]), "logit",
                          (double)score->logit, "probability", score->probability)) < 0) {
            json_decref(list);
            list = NULL;
        }
    }
    object = json_pack("{s:o, s:o, s:o}", "file", json_text(prediction->file), "trained_on",
        prediction->trained_on < 0 ? json_null() : json_boolean(prediction->trained_on), "top",
        list);
    return scored_images_object(&reporter->images, object, err);
}

static int add_rows(
    struct reporter *reporter, const struct prediction *prediction, int top, struct err *err)
{
    struct rowset *rows = &reporter->images.rows;

    for (int i = 0; i < top; i++) {
        const struct class_score *score = &reporter->images.scores[i];

        rowset_text(rows, prediction->file);
        rowset_int(rows, i + 1);
        rowset_int(rows, score->class);
        rowset_text(rows, reporter->images.names.texts[score->class]);
        rowset_real(rows, (double)score->logit);
        rowset_real(rows, score->probability);
    }
    return scored_images_row(&reporter->images, err);
}

static int on_image(void *context, const struct prediction *prediction, struct err *err)
{
    struct reporter *reporter = context;
    int top = reporter->top < prediction->classes ? reporter->top : prediction->classes;
    int result = scored_images_begin(&reporter->images, prediction, err);

    if (result <= 0)
        return result;
    if (reporter->images.format == FORMAT_JSON)
        result = print_json(reporter, prediction, top, err);
    else
        result = add_rows(reporter, prediction, top, err);
    scored_images_progress(&reporter->images, prediction);
    return result;
}

static int check(const struct args *args, struct err *err)
{
    if (args->batch < 1 || args->batch > 65536)
        return err_set(err, ERR_INPUT, "--batch is %d; it must be from 1 to 65536", args->batch);
    if (args->top < 1)
        return err_set(err, ERR_INPUT,
            "--top is %d; it must be at least 1, and as many as there are classes gives all",
            args->top);
    return 0;
}

static int run(int argc, char **argv, struct err *err)
{
    struct args args = {.workload = WORKLOAD_DEFAULTS, .top = 5, .batch = 32};
    struct reporter reporter = {0};
    const struct predict_events events = {
        .context = &reporter, .image = on_image, .should_stop = scored_images_should_stop};
    struct workload job = {0};
    char **arguments;
    int status = cli_parse(&usage, argc, argv, &args, &arguments, err);

    if (status != 0)
        return status == CLI_HELP ? 0 : -1;
    recipe_init(&job.recipe);
    job.recipe.batch = args.batch;
    reporter.top = args.top;
    scored_images_init(&reporter.images, columns, args.format, stdout, args.quiet);
    status = -1;
    if (check(&args, err) == 0 && scored_images_open(&reporter.images, &args.workload, args.weights,
                                      arguments, &job, err) == 0)
        status = scored_images_finish(
            &reporter.images, workload_predict(&job, &reporter.images.files, &events, err), err);
    scored_images_release(&reporter.images);
    return status;
}

const struct command command_predict = {
    .name = "predict",
    .summary = "show the likeliest classes of images under given weights",
    .run = run,
};
