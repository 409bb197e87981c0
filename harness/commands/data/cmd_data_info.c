/* `scalestudy data info`: what a dataset has in it. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/system/file.h"
#include "harness/base/str.h"
#include "harness/terminal/cli.h"
#include "harness/commands/command.h"
#include "harness/options/data_options.h"
#include "harness/options/recipe_options.h"
#include "plots/draw/picture.h"
#include "plots/draw/style.h"
#include "harness/terminal/ui.h"

#define MAX_INPUT 16384

/* Of a picture, in pixels. */
#define LABELS 240 /* the column of them */
#define HEAD   104
#define MARGIN 16

struct arguments {
    struct data_options data;
    const char *output;
    struct recipe_options recipe;
    int input;
    int64_t seed;
    bool pixels;
    enum output_format format;
};

static const struct cli_option first_options[] = {
    DATA_FILE_OPTIONS(struct arguments, data),
    DATA_CHOICE_OPTIONS(struct arguments, data),
    {"pixels", 0, CLI_FLAG, offsetof(struct arguments, pixels), NULL,
        "read every image: sizes, mean, deviation, test images that are also training images"},
    {"output", 'o', CLI_TEXT, offsetof(struct arguments, output), "F.html|png|svg|pdf",
        "write a page or picture with an image of each class, before and after augmentation"},
    {"input", 0, CLI_INT, offsetof(struct arguments, input), "PX",
        "with -o: the network's input size (default 224)"},
    {0},
};

static const struct cli_option last_options[] = {
    {"seed", 0, CLI_INT64, offsetof(struct arguments, seed), "N",
        "with -o: seed of the augmentation (default 0)"},
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
    .command = "data info",
    .arguments = "DATASET",
    .summary =
        "Show the classes of a dataset and how many images each split has; inspect the images; or "
        "write a page that shows some of them.",
    .options = options,
    .details =
        "A folder of images is ROOT/SPLIT/CLASS/IMAGE, with the splits train and test (or, without "
        "test, the first of testing, val, valid, validation); or ROOT/CLASS/IMAGE, where a fifth "
        "of each class is for testing. The same rules hold for the column `split` of a manifest. "
        "Standard error says what decides which "
        "images are for testing, and counts the files that are left out.",
    .description = "--pixels reads every image and shows the smallest and largest size, and the "
                   "mean and deviation of each split. It warns of test images that "
                   "are also training images, or look like one.\n\n"
                   "-o writes a page of HTML that loads nothing, or a picture (PNG, SVG or PDF). "
                   "It shows an image of each class as it is tested, and as it is "
                   "trained on with --augment, the options of augmentation, and --seed.",
    .example = "scalestudy data info shapes\nscalestudy data info folder --root ~/photos --pixels\n"
               "scalestudy data info shapes --input 96 --augment horizontal_flip --rand-augment 9 "
               "-o page.html",
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

/* ---- what the images are like ---- */

static const struct column pixel_columns[] = {
    {.name = "split", .type = COLUMN_TEXT},
    {.name = "images", .type = COLUMN_INT},
    {.name = "least_width", .type = COLUMN_INT},
    {.name = "least_height", .type = COLUMN_INT},
    {.name = "most_width", .type = COLUMN_INT},
    {.name = "most_height", .type = COLUMN_INT},
    {.name = "mean_r", .type = COLUMN_REAL, .decimals = 4},
    {.name = "mean_g", .type = COLUMN_REAL, .decimals = 4},
    {.name = "mean_b", .type = COLUMN_REAL, .decimals = 4},
    {.name = "std_r", .type = COLUMN_REAL, .decimals = 4},
    {.name = "std_g", .type = COLUMN_REAL, .decimals = 4},
    {.name = "std_b", .type = COLUMN_REAL, .decimals = 4},
    {0},
};

static void add_split(struct rowset *rows, const char *name, const struct data_survey_split *split)
{
    rowset_text(rows, name);
    rowset_int(rows, split->images);
    rowset_int(rows, split->least_width);
    rowset_int(rows, split->least_height);
    rowset_int(rows, split->most_width);
    rowset_int(rows, split->most_height);
    for (int c = 0; c < 3; c++)
        rowset_real(rows, split->mean[c]);
    for (int c = 0; c < 3; c++)
        rowset_real(rows, split->std[c]);
}

static void warn_of_shared(const struct data_survey *survey)
{
    char pair[2 * sizeof(survey->example_test) + 16] = "";

    if (survey->identical + survey->alike == 0)
        return;
    if (survey->example_train[0])
        snprintf(pair, sizeof(pair), ": %s is %s", survey->example_test, survey->example_train);
    ui_warn("%d of the test images are also training images, and %d look like one%s; accuracy on "
            "these means nothing",
        survey->identical, survey->alike, pair);
}

static int describe_pixels(
    const struct data_config *data, enum output_format format, struct err *err)
{
    struct data_survey survey;
    struct rowset rows;
    int result;

    if (workload_data_survey(data, &survey, err) < 0)
        return -1;
    rowset_init(&rows, pixel_columns);
    add_split(&rows, "train", &survey.train);
    add_split(&rows, "test", &survey.test);
    result = rowset_print(&rows, stdout, format, err);
    rowset_release(&rows);
    warn_of_shared(&survey);
    return result;
}

/* ---- the page, or picture ---- */

static int write_page(const struct arguments *given, const struct data_config *data,
    const struct sheet_options *sheet, struct err *err)
{
    struct str page = STR_INIT;
    int result = workload_contact_page(data, sheet, &page, err);

    if (result == 0)
        result = file_write(given->output, page.text, page.length, err);
    str_release(&page);
    return result;
}

/* The texts beside the rows and above them. */
static void lay_out(const struct arguments *given, const struct sheet_picture *sheet,
    struct picture_text *texts, struct picture *picture)
{
    int n = 0;

    *picture = (struct picture){
        .width = LABELS + sheet->width + MARGIN,
        .height = HEAD + sheet->height + MARGIN,
        .x = LABELS,
        .y = HEAD,
        .pixels = sheet->pixels,
        .pixels_wide = sheet->width,
        .pixels_high = sheet->height,
        .texts = texts,
        .title = "images",
    };
    texts[n++] = (struct picture_text){
        MARGIN, 24, given->data.name, STYLE_TITLE_SIZE, picture->width - 2 * MARGIN, false};
    for (int i = 0; i < 2; i++)
        texts[n++] = (struct picture_text){MARGIN, 48 + 16 * i, sheet->about[i], STYLE_SMALL_SIZE,
            picture->width - 2 * MARGIN, true};
    texts[n++] =
        (struct picture_text){LABELS, HEAD - 12, "tested", STYLE_TEXT_SIZE, sheet->step, false};
    texts[n++] = (struct picture_text){
        LABELS + sheet->step, HEAD - 12, "trained on", STYLE_TEXT_SIZE, 2 * sheet->step, false};
    for (int i = 0; i < sheet->n_rows; i++) {
        double y = HEAD + i * sheet->step + sheet->side / 2.0;

        texts[n++] = (struct picture_text){
            MARGIN, y - 8, sheet->rows[i].name, STYLE_HEAD_SIZE, LABELS - 2 * MARGIN, false};
        texts[n++] = (struct picture_text){
            MARGIN, y + 10, sheet->rows[i].note, STYLE_SMALL_SIZE, LABELS - 2 * MARGIN, true};
    }
    picture->n_texts = n;
}

static int write_picture(const struct arguments *given, const struct data_config *data,
    const struct sheet_options *chosen, struct err *err)
{
    struct sheet_picture sheet;
    struct picture_text *texts = NULL;
    struct picture picture;
    int result = workload_contact_picture(data, chosen, &sheet, err);

    if (result == 0) {
        texts = calloc((size_t)(5 + 2 * sheet.n_rows), sizeof(*texts));
        if (!texts)
            result = err_set(err, ERR_MEMORY, "no memory for a picture");
    }
    if (result == 0) {
        lay_out(given, &sheet, texts, &picture);
        result = picture_draw(&picture, given->output, err);
    }
    free(texts);
    sheet_picture_release(&sheet);
    return result;
}

static int write_sheet(
    const struct arguments *given, const struct data_config *data, struct err *err)
{
    static const char *const endings[] = {".html", ".png", ".svg", ".pdf", NULL};
    struct sheet_options sheet = {.input = given->input, .seed = (uint64_t)given->seed};
    struct recipe recipe;
    int place;

    if (given->input < 1 || given->input > MAX_INPUT)
        return err_set(
            err, ERR_INPUT, "--input is %d; it must be from 1 to %d", given->input, MAX_INPUT);
    if (given->seed < 0)
        return err_set(err, ERR_INPUT, "--seed is negative; it must be at least 0");
    if (recipe_options_resolve(&given->recipe, &recipe, err) < 0)
        return -1;
    sheet.augment = recipe.augment;
    sheet.settings = recipe.settings;
    for (place = 0; endings[place] && !str_ends_with(given->output, endings[place]);)
        place++;
    if (!endings[place])
        return err_set(err, ERR_INPUT,
            "%s does not end in .html, .png, .svg or .pdf, the formats that -o writes",
            given->output);
    return place == 0 ? write_page(given, data, &sheet, err)
                      : write_picture(given, data, &sheet, err);
}

static int describe_dataset(const struct arguments *given, struct err *err)
{
    struct class_count *classes = NULL;
    struct data_config data;
    struct data_notes notes;
    int n = 0, result = -1;

    if (data_options_resolve(&given->data, "DATASET", &data, err) < 0 ||
        workload_data_classes(&data, &classes, &n, &notes, err) < 0)
        return -1;
    data_notes_show(&notes, false);
    if (!given->output || write_sheet(given, &data, err) == 0)
        result = given->pixels ? describe_pixels(&data, given->format, err)
                               : print_classes(classes, n, given->format, err);
    free(classes);
    return result;
}

static int run(int argc, char **argv, struct err *err)
{
    struct arguments given = {.data = DATA_DEFAULTS, .input = 224};
    char **arguments;
    int result;

    join_options();
    recipe_options_init(&given.recipe);
    result = cli_parse(&usage, argc, argv, &given, &arguments, err);
    if (result != 0)
        return result == CLI_HELP ? 0 : -1;
    given.data.name = arguments[0];
    return describe_dataset(&given, err);
}

const struct command data_command_info = {
    .name = "info",
    .summary = "show the classes and splits of a dataset, and its images",
    .run = run,
};
