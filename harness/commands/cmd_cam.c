/* scalestudy cam: where in an image a network sees a class. */
#include <stdlib.h>
#include <string.h>

#include "harness/system/file.h"
#include "harness/base/str.h"
#include "harness/base/json_text.h"
#include "harness/views/cam_picture.h"
#include "command.h"
#include "harness/views/scored_images.h"

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
        "the network's weights, a safetensors file (required)"},
    {"output", 'o', CLI_TEXT, offsetof(struct args, output), "F.png|svg|pdf",
        "write a picture of each image with its maps as colours over it"},
    {"top", 0, CLI_INT, offsetof(struct args, top), "K",
        "map the K likeliest classes of each image (default 1)"},
    {"class", 0, CLI_TEXT, offsetof(struct args, class), "C",
        "map this class instead, by its number or name"},
    WORKLOAD_IMAGE_OPTIONS(struct args, workload),
    {"quiet", 'q', CLI_FLAG, offsetof(struct args, quiet), NULL, "show no progress"},
    {"format", 0, CLI_FORMAT, offsetof(struct args, format), "table|csv|json",
        "output format; JSON is one object per line, with the map's values"},
    {0},
};

static const struct cli_usage usage = {
    .command = "cam",
    .arguments = "MODEL FILE...",
    .summary = "Show where in images a network with given weights sees a class.",
    .options = options,
    .details =
        "A class activation map (Zhou et al. 2016; Figure 7 of the EfficientNet paper) is what "
        "each place of the network's last feature map adds to the class's logit: the logit is the "
        "map's mean plus the class's "
        "bias. The table has the place of the highest value, in pixels of the network's input, "
        "from the upper left. In the picture, every map ranges from its own lowest "
        "value (dark) to its own highest (bright). Use it with the networks of a study to compare "
        "the effect of scaling. Images, weights and class names are as for `predict`.",
    .description = "In JSON, a line is `file, class, name, logit, probability, bias, height, "
                   "width, map`; the map is a list of rows.",
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

/* What the callback knows. */
struct reporter {
    const struct args *args;
    struct scored_images images;
    int class; /* of --class; -1: the likeliest */
    struct cam_picture picture;
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

static int print_json(struct reporter *reporter, const struct activations *activations,
    const struct class_score *score, const float *map, struct err *err)
{
    const struct activation_image *image = activation_image(activations);
    json_t *object = json_pack("{s:o, s:i, s:o, s:f, s:f, s:f, s:i, s:i, s:o}", "file",
        json_text(image->prediction.file), "class", score->class, "name",
        json_text(reporter->images.names.texts[score->class]), "logit", (double)score->logit,
        "probability", score->probability, "bias",
        (double)activation_bias(activations, score->class), "height", image->height, "width",
        image->width, "map", json_map(image, map));

    return scored_images_object(&reporter->images, object, err);
}

/* Pixel of the input in the middle of place `at` of `count`. */
static int64_t pixel_of(const struct activation_image *image, int at, int count)
{
    return ((int64_t)2 * at + 1) * image->input / (2 * (int64_t)count);
}

static int add_row(struct reporter *reporter, const struct activation_image *image,
    const struct class_score *score, const float *map, struct err *err)
{
    struct rowset *rows = &reporter->images.rows;
    int best = 0;

    for (int i = 1; i < image->height * image->width; i++)
        if (map[i] > map[best])
            best = i;
    rowset_text(rows, image->prediction.file);
    rowset_int(rows, score->class);
    rowset_text(rows, reporter->images.names.texts[score->class]);
    rowset_real(rows, (double)score->logit);
    rowset_real(rows, score->probability);
    rowset_int(rows, pixel_of(image, best % image->width, image->width));
    rowset_int(rows, pixel_of(image, best / image->width, image->height));
    rowset_real(rows, (double)map[best]);
    return scored_images_row(&reporter->images, err);
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
    if (reporter->images.format == FORMAT_JSON)
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
    struct class_score *scores = reporter->images.scores;
    int top = reporter->args->top, place = 0;

    if (reporter->class < 0)
        return top < prediction->classes ? top : prediction->classes;
    while (scores[place].class != reporter->class)
        place++;
    scores[0] = scores[place];
    return 1;
}

static int on_image(void *context, struct activations *activations, struct err *err)
{
    struct reporter *reporter = context;
    const struct prediction *prediction = &activation_image(activations)->prediction;
    struct scored_images *images = &reporter->images;
    int result = scored_images_begin(images, prediction, err), n;

    if (result <= 0)
        return result;
    n = choose(reporter, prediction);
    for (int i = 0; i < n; i++)
        if (show_map(reporter, activations, &images->scores[i], err) < 0)
            return -1;
    if (reporter->args->output) {
        reporter->picture.n_maps = n;
        if (cam_picture_add(&reporter->picture, activations, images->scores, &images->names, err) <
            0)
            return -1;
    }
    scored_images_progress(images, prediction);
    return 0;
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

static int look(struct reporter *reporter, const struct workload *job, struct err *err)
{
    const struct cam_events events = {
        .context = reporter, .image = on_image, .should_stop = scored_images_should_stop};
    int result = workload_cam(job, &reporter->images.files, &events, err);

    if (result == 0 && reporter->picture.n_rows > 0)
        result = draw(reporter, job, err);
    return scored_images_finish(&reporter->images, result, err);
}

/* ---- options ---- */

static int check(const struct args *args, struct err *err)
{
    static const char *const endings[] = {".png", ".svg", ".pdf", NULL};
    int i = 0;

    if (args->top < 1 || args->top > MOST_MAPS)
        return err_set(
            err, ERR_INPUT, "--top is %d; it must be from 1 to %d", args->top, MOST_MAPS);
    if (args->class && args->top != 1)
        return err_set(err, ERR_INPUT, "--class and --top both choose the maps; give one of them");
    while (args->output && endings[i] && !str_ends_with(args->output, endings[i]))
        i++;
    if (args->output && !endings[i])
        return err_set(err, ERR_INPUT,
            "%s does not end in .png, .svg or .pdf, the formats that -o writes", args->output);
    return args->output ? file_check_output(args->output, err) : 0;
}

static int find_class(struct reporter *reporter, int classes, struct err *err)
{
    const char *wanted = reporter->args->class;
    char *const *names = reporter->images.names.texts;
    char *end;
    long number;

    reporter->class = -1;
    if (!wanted)
        return 0;
    for (int c = 0; c < classes; c++)
        if (names[c] && strcmp(names[c], wanted) == 0) {
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
            "there are %d images, but a picture holds at most %d; give fewer, or leave out -o",
            images, CAM_MOST_IMAGES);
    return 0;
}

static int run(int argc, char **argv, struct err *err)
{
    struct args args = {.workload = WORKLOAD_DEFAULTS, .top = 1};
    struct reporter reporter = {.args = &args};
    struct workload job = {0};
    char **arguments;
    int status = cli_parse(&usage, argc, argv, &args, &arguments, err);

    if (status != 0)
        return status == CLI_HELP ? 0 : -1;
    recipe_init(&job.recipe);
    scored_images_init(&reporter.images, columns, args.format, stdout, args.quiet);
    status = -1;
    if (check(&args, err) == 0 &&
        scored_images_open(&reporter.images, &args.workload, args.weights, arguments, &job, err) ==
            0 &&
        find_class(&reporter, job.spec.classes, err) == 0 &&
        check_images(&args, reporter.images.files.n, err) == 0)
        status = look(&reporter, &job, err);
    cam_picture_release(&reporter.picture);
    scored_images_release(&reporter.images);
    return status;
}

const struct command command_cam = {
    .name = "cam",
    .summary = "show where in images a network sees a class",
    .run = run,
};
