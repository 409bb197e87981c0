/* scalestudy cam: where in an image a network sees a class. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cam_picture.h"
#include "class_scores.h"
#include "command.h"
#include "interrupt.h"
#include "live_line.h"
#include "ui.h"
#include "workload_options.h"

/* Maps beside each other in a picture. */
#define MOST_MAPS 20

struct args {
    struct workload_options workload;
    const char *weights, *class, *output;
    int top;
    bool quiet;
    enum output_format format;
};

static const struct cli_option options[] = {
    {"weights", 0, CLI_TEXT, offsetof(struct args, weights), "F",
        "safetensors file of the network"},
    {"output", 'o', CLI_TEXT, offsetof(struct args, output), "F.png|svg|pdf",
        "a picture: each image, and its maps as colours over it"},
    {"top", 0, CLI_INT, offsetof(struct args, top), "K",
        "maps of so many classes of each image, the likeliest first (default 1)"},
    {"class", 0, CLI_TEXT, offsetof(struct args, class), "C",
        "the map of this class instead: its number, or its name"},
    WORKLOAD_IMAGE_OPTIONS(struct args, workload),
    {"quiet", 'q', CLI_FLAG, offsetof(struct args, quiet), NULL, "no progress on standard error"},
    {"format", 0, CLI_FORMAT, offsetof(struct args, format), "table|csv|json",
        "how to print; JSON is an object a line, with the map's values"},
    {0},
};

static const struct cli_usage usage = {
    .command = "cam",
    .arguments = "MODEL FILE...",
    .summary = "Show where in images a network with given weights sees a class.",
    .options = options,
    .details =
        "A class activation map (Zhou et al. 2016; Figure 7 of the EfficientNet paper) is what "
        "each place of the network's last map adds to the class's logit: its mean and the class's "
        "bias are the logit. The table has its place of the highest value, in pixels of what the "
        "network was given, from the upper left. In the picture every map goes from its own lowest "
        "value (dark) to its own highest (bright). Run it with the networks of a study to compare "
        "what scaling changed. Images, weights and class names are as for predict.",
    .example =
        "scalestudy cam efficientnet_b0 --weights b0.safetensors --crop-ratio 0.875 -o maps.png "
        "dog.jpg\n"
        "scalestudy cam resnet18 --weights r18.safetensors --class tench --format json lake/",
    .min_arguments = 2,
    .max_arguments = -1,
};

static const struct column columns[] = {
    {.name = "file", .type = COLUMN_TEXT},
    {.name = "class", .type = COLUMN_INT},
    {.name = "name", .type = COLUMN_TEXT},
    {.name = "logit", .type = COLUMN_REAL, .decimals = 3},
    {.name = "probability", .type = COLUMN_REAL, .decimals = 4},
    {.name = "x", .type = COLUMN_INT},
    {.name = "y", .type = COLUMN_INT},
    {.name = "value", .type = COLUMN_REAL, .decimals = 3},
    {0},
};

/* What the callbacks know. */
struct reporter {
    const struct args *args;
    struct text_list names;
    int class;                  /* of --class; -1: the likeliest */
    struct class_score *scores; /* [classes] */
    struct rowset rows;         /* of all images for a table, of one for CSV */
    struct cam_picture picture;
    struct live_line line;
    int unreadable;
};

/* ---- one map ---- */

static json_t *json_map(const struct activation_image *image, const float *map)
{
    json_t *rows = json_array();

    for (int y = 0; y < image->height; y++) {
        json_t *row = json_array();

        for (int x = 0; x < image->width; x++)
            json_array_append_new(row, json_real((double)map[y * image->width + x]));
        json_array_append_new(rows, row);
    }
    return rows;
}

/* An object a line, at once, so that a reader sees it when it happens. */
static int print_json(const struct reporter *reporter, const struct activations *activations,
    const struct class_score *score, const float *map, struct err *err)
{
    const struct activation_image *image = activation_image(activations);
    json_t *object = json_pack("{s:o, s:i, s:o, s:f, s:f, s:f, s:i, s:i, s:o}", "file",
        json_name(image->prediction.file), "class", score->class, "name",
        json_name(reporter->names.texts[score->class]), "logit", (double)score->logit,
        "probability", score->probability, "bias",
        (double)activation_bias(activations, score->class), "height", image->height, "width",
        image->width, "map", json_map(image, map));
    int failed = !object || json_dumpf(object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(9)) < 0 ||
                 putchar('\n') == EOF || fflush(stdout) != 0;

    json_decref(object);
    return failed ? err_set(err, ERR_IO, "cannot write the result to standard output") : 0;
}

/* Pixel of the input in the middle of place `at` of `count`. */
static int64_t pixel_of(const struct activation_image *image, int at, int count)
{
    return ((int64_t)2 * at + 1) * image->input / (2 * (int64_t)count);
}

static int add_row(struct reporter *reporter, const struct activation_image *image,
    const struct class_score *score, const float *map, struct err *err)
{
    struct rowset *rows = &reporter->rows;
    int best = 0;

    for (int i = 1; i < image->height * image->width; i++)
        if (map[i] > map[best])
            best = i;
    rowset_text(rows, image->prediction.file);
    rowset_int(rows, score->class);
    rowset_text(rows, reporter->names.texts[score->class]);
    rowset_real(rows, (double)score->logit);
    rowset_real(rows, score->probability);
    rowset_int(rows, pixel_of(image, best % image->width, image->width));
    rowset_int(rows, pixel_of(image, best / image->width, image->height));
    rowset_real(rows, (double)map[best]);
    if (reporter->args->format != FORMAT_CSV)
        return 0;
    if (rowset_print(rows, stdout, FORMAT_CSV, err) < 0)
        return -1;
    rowset_release(rows);
    rowset_init(rows, columns);
    rows->no_heading = true;
    return 0;
}

static int show_map(struct reporter *reporter, const struct activations *activations,
    const struct class_score *score, struct err *err)
{
    const struct activation_image *image = activation_image(activations);
    float *map = calloc((size_t)image->height * (size_t)image->width, sizeof(*map));
    int result;

    if (!map)
        return err_set(
            err, ERR_MEMORY, "no memory for a map of %d x %d", image->width, image->height);
    activation_map(activations, score->class, map);
    if (reporter->args->format == FORMAT_JSON)
        result = print_json(reporter, activations, score, map, err);
    else
        result = add_row(reporter, image, score, map, err);
    free(map);
    return result;
}

/* ---- one image ---- */

/* The scores of the classes that are shown, first in `scores`; returns how many. */
static int choose(struct reporter *reporter, const struct prediction *prediction)
{
    int top = reporter->args->top, place = 0;

    class_scores_rank(prediction->logits, prediction->classes, reporter->scores);
    if (reporter->class < 0)
        return top < prediction->classes ? top : prediction->classes;
    while (reporter->scores[place].class != reporter->class)
        place++;
    reporter->scores[0] = reporter->scores[place];
    return 1;
}

static int on_image(void *context, struct activations *activations, struct err *err)
{
    struct reporter *reporter = context;
    const struct prediction *prediction = &activation_image(activations)->prediction;
    int n;

    if (!prediction->logits) {
        reporter->unreadable++;
        if (prediction->files == 1)
            return err_set(err, prediction->problem->code, "%s", prediction->problem->message);
        live_line_close(&reporter->line);
        ui_error(prediction->problem);
        return 0;
    }
    n = choose(reporter, prediction);
    if (reporter->args->format != FORMAT_TABLE)
        live_line_close(&reporter->line);
    for (int i = 0; i < n; i++)
        if (show_map(reporter, activations, &reporter->scores[i], err) < 0)
            return -1;
    if (reporter->args->output) {
        reporter->picture.n_maps = n;
        if (cam_picture_add(
                &reporter->picture, activations, reporter->scores, &reporter->names, err) < 0)
            return -1;
    }
    live_line_show(&reporter->line, "image %d/%d", prediction->index + 1, prediction->files);
    return 0;
}

static bool should_stop(void *context)
{
    (void)context;
    return interrupt_asked();
}

/* ---- all of them ---- */

static int draw(struct reporter *reporter, const struct workload *job, struct err *err)
{
    const char *slash = strrchr(job->init_weights, '/');
    struct str about = STR_INIT;
    int result = -1;

    str_addf(&about, "%d pixels, %s", job->spec.input, slash ? slash + 1 : job->init_weights);
    reporter->picture.title = job->spec.name;
    reporter->picture.about[0] = about.text;
    reporter->picture.about[1] = "Each map from its lowest (dark) to its highest value (bright)";
    if (str_check(&about, err) == 0)
        result = cam_picture_draw(&reporter->picture, reporter->args->output, err);
    str_release(&about);
    return result;
}

/* Prints also what was done before an error, which is said in the end. */
static int look(struct reporter *reporter, const struct workload *job,
    const struct text_list *files, struct err *err)
{
    const struct cam_events events = {
        .context = reporter, .image = on_image, .should_stop = should_stop};
    struct err printing = {0};
    int result;

    reporter->scores = calloc((size_t)job->spec.classes, sizeof(*reporter->scores));
    if (!reporter->scores)
        return err_set(err, ERR_MEMORY, "no memory for %d scores", job->spec.classes);
    interrupt_catch();
    result = workload_cam(job, files, &events, err);
    live_line_close(&reporter->line);
    if (reporter->args->format == FORMAT_TABLE && rowset_count(&reporter->rows) > 0 &&
        rowset_print(&reporter->rows, stdout, FORMAT_TABLE, &printing) < 0 && result == 0)
        result = err_set(err, printing.code, "%s", printing.message);
    if (result == 0 && reporter->picture.n_rows > 0)
        result = draw(reporter, job, err);
    if (result == 0 && reporter->unreadable > 0)
        result = err_set(err, ERR_INPUT, "%d of %d files could not be read as images",
            reporter->unreadable, files->n);
    return result;
}

/* ---- options ---- */

static int check(const struct args *args, struct err *err)
{
    static const char *const endings[] = {".png", ".svg", ".pdf", NULL};
    int i = 0;

    if (!args->weights)
        return err_set(err, ERR_INPUT, "--weights is missing: a safetensors file of the network");
    if (args->top < 1 || args->top > MOST_MAPS)
        return err_set(
            err, ERR_INPUT, "--top is %d; it must be from 1 to %d", args->top, MOST_MAPS);
    if (args->class && args->top != 1)
        return err_set(err, ERR_INPUT, "--class and --top both say which maps; give one of them");
    while (args->output && endings[i] && !str_ends_with(args->output, endings[i]))
        i++;
    if (args->output && !endings[i])
        return err_set(err, ERR_INPUT,
            "%s ends in none of .png, .svg and .pdf, which are what -o writes", args->output);
    return 0;
}

static int resolve(struct args *args, const char *model, struct workload *job, struct err *err)
{
    recipe_init(&job->recipe);
    job->init_weights = args->weights;
    if (check(args, err) < 0)
        return -1;
    if (!args->workload.data.name)
        args->workload.data.name = "folder";
    if (workload_options_resolve(&args->workload, model, job, err) < 0)
        return -1;
    return job->spec.classes ? 0 : workload_weight_classes(job, &job->spec.classes, err);
}

static int find_class(struct reporter *reporter, int classes, struct err *err)
{
    const char *wanted = reporter->args->class;
    char *end;
    long number;

    reporter->class = -1;
    if (!wanted)
        return 0;
    for (int c = 0; c < classes; c++)
        if (reporter->names.texts[c] && strcmp(reporter->names.texts[c], wanted) == 0) {
            reporter->class = c;
            return 0;
        }
    number = strtol(wanted, &end, 10);
    if (end != wanted && !*end && number >= 0 && number < classes) {
        reporter->class = (int)number;
        return 0;
    }
    return err_set(err, ERR_INPUT,
        "--class %s is neither the name of a class nor a number from 0 to %d; `predict` shows both",
        wanted, classes - 1);
}

static int check_images(const struct args *args, int images, struct err *err)
{
    if (args->output && images > CAM_MOST_IMAGES)
        return err_set(err, ERR_INPUT,
            "there are %d images, and a picture has room for %d: name fewer, or leave out -o",
            images, CAM_MOST_IMAGES);
    return 0;
}

static int run(int argc, char **argv, struct err *err)
{
    struct args args = {.workload = WORKLOAD_DEFAULTS, .top = 1};
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
        find_class(&reporter, job.spec.classes, err) == 0 &&
        workload_image_files(arguments + 1, n - 1, &files, err) == 0 &&
        check_images(&args, files.n, err) == 0)
        status = look(&reporter, &job, &files, err);
    cam_picture_release(&reporter.picture);
    text_list_release(&files);
    text_list_release(&reporter.names);
    rowset_release(&reporter.rows);
    free(reporter.scores);
    return status;
}

const struct command command_cam = {
    .name = "cam",
    .summary = "where in images a network sees a class",
    .run = run,
};
