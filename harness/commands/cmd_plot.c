/* `scalestudy plot`: figures of a database, drawn by gnuplot. */
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "harness/system/file.h"
#include "harness/terminal/cli.h"
#include "command.h"
#include "images_change.h"
#include "harness/views/plot_network.h"
#include "plots/plot.h"
#include "results/query/query.h"
#include "results/store/store.h"
#include "harness/run/study_paths.h"
#include "harness/study/study.h"
#include "study_edits.h"
#include "harness/terminal/ui.h"

struct arguments {
    const char *database, *study, *output, *model;
    double depth, width_factor, resolution;
    bool dark, terminal;
    int width, height;
    enum output_format format;
};

static const struct cli_option options[] = {
    {"output", 'o', CLI_TEXT, offsetof(struct arguments, output), "F",
        "the figure's file: F.svg, F.png, F.pdf, or F.txt for text"},
    {"terminal", 0, CLI_FLAG, offsetof(struct arguments, terminal), NULL,
        "draw it as text in the terminal"},
    {"db", 0, CLI_TEXT, offsetof(struct arguments, database), "F",
        "the database (default: the study's)"},
    {"study", 0, CLI_TEXT, offsetof(struct arguments, study), "NAME",
        "the study, if the database has several"},
    {"model", 0, CLI_TEXT, offsetof(struct arguments, model), "MODEL",
        "network of fig2 and layers (default efficientnet_b0)"},
    {"width-factor", 'w', CLI_REAL, offsetof(struct arguments, width_factor), "W",
        "its width factor (layers)"},
    {"depth", 'd', CLI_REAL, offsetof(struct arguments, depth), "D", "its depth factor"},
    {"resolution", 'r', CLI_REAL, offsetof(struct arguments, resolution), "R",
        "its resolution factor"},
    {"dark", 0, CLI_FLAG, offsetof(struct arguments, dark), NULL,
        "light colours on a dark background"},
    {"width", 0, CLI_INT, offsetof(struct arguments, width), "PX", "width in pixels"},
    {"height", 0, CLI_INT, offsetof(struct arguments, height), "PX", "height in pixels"},
    {"format", 0, CLI_FORMAT, offsetof(struct arguments, format), "table|csv|json",
        "output format of the list"},
    {0},
};

static const struct cli_usage usage = {
    .command = "plot",
    .arguments = "[NAME] [STUDY.yaml]",
    .summary =
        "Draw a figure of the results as SVG, PNG, PDF or text; without a name, list the figures.",
    .options = options,
    .details =
        "The results are those of the study or of --db. The script and data of gnuplot stay "
        "beside the figure: `gnuplot F.svg.gp` draws F.svg again from F.svg.dat. A file of such a "
        "name that scalestudy did not write is not replaced. With --width "
        "or --height alone, the whole figure is scaled; with both, its panels fill the area. "
        "An inch of a PDF has 96 pixels. Figures of the paper need no database: "
        "without one, they show the paper's points alone, which were read off its drawings.",
    .description = "`fig2` and `layers` are drawn from the network of --model, and take no study "
                   "or database. Figures of EfficientNet-B0 are refused for results "
                   "without that model.",
    .example = "scalestudy plot flops-accuracy configs/studies/table3.yaml -o table3.svg\n"
               "scalestudy plot layers --model mobilenet_v2 -w 2 --terminal\n"
               "scalestudy plot flops-accuracy --db table3.db --dark --width 2400 -o table3.png",
    .min_arguments = 0,
    .max_arguments = 2,
};

static const struct column list_columns[] = {
    {.name = "name", .type = COLUMN_TEXT},
    {.name = "summary", .type = COLUMN_TEXT},
    {0},
};

static int list_plots(enum output_format format, struct err *err)
{
    struct rowset rows;
    int result;

    rowset_init(&rows, list_columns);
    for (const struct plot *const *plot = plot_all(); *plot; plot++) {
        rowset_text(&rows, (*plot)->name);
        rowset_text(&rows, (*plot)->summary);
    }
    result = rowset_print(&rows, stdout, format, err);
    rowset_release(&rows);
    return result;
}

/* What the database is asked for; none for figures that are drawn without one. */
struct source {
    const char *database; /* NULL: none */
    const char *study;
    const struct study *file; /* NULL: none was named */
};

static int draw_to(const struct plot *plot, const struct source *source,
    const struct arguments *given, const char *output, struct err *err)
{
    const struct plot_options how = {
        .study = source->study,
        .model = given->model,
        .depth = given->depth,
        .width_factor = given->width_factor,
        .resolution = given->resolution,
        .network = plot_network,
        .output = output,
        .dark = given->dark,
        .width = given->terminal && !given->width ? ui_columns() - 1 : given->width,
        .height = given->height,
    };
    struct store *store = NULL;
    int result = -1;

    if (source->database && store_open(&store, source->database, STORE_READ, err) < 0)
        goto done;
    if (source->study && query_has_study(store, source->study, err) < 0)
        goto done;
    if (source->file &&
        study_edits_look(store, source->file, source->database, STUDY_EDITS_NARROW, NULL, err) < 0)
        goto done;
    if (store && images_unknown_say(store, source->study, err) < 0)
        goto done;
    result = plot->draw(store, &how, err);
done:
    store_close(store);
    return result;
}

static int draw_file(const struct plot *plot, const struct source *source,
    const struct arguments *given, struct err *err)
{
    struct plot_files files;

    if (plot_files(&files, given->output, err) < 0 ||
        draw_to(plot, source, given, given->output, err) < 0)
        return -1;
    ui_say(
        "drew %s; gnuplot draws it again from %s and %s", files.figure, files.script, files.data);
    return 0;
}

/* In characters, by way of a file of our own that is not left. */
static int draw_terminal(const struct plot *plot, const struct source *source,
    const struct arguments *given, struct err *err)
{
    char folder[PATH_BYTES], path[PATH_BYTES];
    struct plot_files files;
    struct str text = STR_INIT;
    int result = -1;

    if (file_make_temporary_folder(folder, err) < 0)
        return -1;
    if (file_join(path, folder, "figure.txt", err) == 0 && plot_files(&files, path, err) == 0) {
        if (draw_to(plot, source, given, path, err) == 0 &&
            file_read(path, (size_t)1 << 22, &text, err) == 0) {
            fwrite(text.text, 1, text.length, stdout);
            result = 0;
        }
        unlink(files.figure);
        unlink(files.script);
        unlink(files.data);
    }
    rmdir(folder);
    str_release(&text);
    return result;
}

static int check(
    const struct plot *plot, const char *study_path, const struct arguments *given, struct err *err)
{
    bool factors = given->depth != 0 || given->width_factor != 0 || given->resolution != 0;

    if (!given->output && !given->terminal)
        return err_set(
            err, ERR_INPUT, "the output is missing: give -o F.svg, F.png or F.pdf, or --terminal");
    if (given->output && given->terminal)
        return err_set(err, ERR_INPUT, "-o and --terminal were both given; give one of them");
    if (given->terminal && given->dark)
        return err_set(err, ERR_INPUT,
            "--dark does not apply to --terminal, which uses the terminal's colours");
    if ((given->model || factors) && !plot->takes_a_model)
        return err_set(err, ERR_INPUT,
            "%s shows results; --model and its factors are options of fig2 and layers", plot->name);
    if (plot->takes_a_model && (study_path || given->study || given->database))
        return err_set(err, ERR_INPUT,
            "%s shows a network, not results: it takes --model MODEL, and no study or database",
            plot->name);
    if (given->depth < 0 || given->width_factor < 0 || given->resolution < 0)
        return err_set(err, ERR_INPUT, "the factors -d, -w and -r must be above 0");
    if (given->study && study_path)
        return err_set(
            err, ERR_INPUT, "--study and %s both name a study; give one of them", study_path);
    return 0;
}

static int draw_named(
    const char *name, const char *study_path, const struct arguments *given, struct err *err)
{
    const struct plot *plot = plot_find(name, err);
    struct study study = STUDY_INIT;
    struct source source = {.study = given->study};
    char database[PATH_BYTES];
    int result = -1;

    if (!plot || check(plot, study_path, given, err) < 0)
        return -1;
    if (given->database || study_path || given->study || !plot->takes_no_results) {
        if (study_paths_choose(given->database, study_path, database, err) < 0 ||
            (study_path && study_load(&study, study_path, err) < 0))
            goto done;
        source.database = database;
        if (study_path) {
            source.study = study.name;
            source.file = &study;
        }
    }
    result = (given->terminal ? draw_terminal : draw_file)(plot, &source, given, err);
done:
    study_release(&study);
    return result;
}

static int run_plot(int argc, char **argv, struct err *err)
{
    struct arguments given = {0};
    char **arguments;

    switch (cli_parse(&usage, argc, argv, &given, &arguments, err)) {
    case CLI_HELP:
        return 0;
    case -1:
        return -1;
    }
    if (!arguments[0])
        return list_plots(given.format, err);
    return draw_named(arguments[0], arguments[1], &given, err);
}

const struct command command_plot = {
    .name = "plot",
    .summary = "draw figures of the results, beside the paper's",
    .run = run_plot,
};
