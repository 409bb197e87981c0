/* `scalestudy plot`: figures of a database, drawn by gnuplot. */
#include <stddef.h>
#include <stdio.h>

#include "base/file.h"
#include "cli.h"
#include "command.h"
#include "plots/plot.h"
#include "results/query.h"
#include "results/store.h"
#include "run_files.h"
#include "study.h"
#include "ui.h"

struct arguments {
    const char *database, *study, *output;
    bool dark;
    int width, height;
    enum output_format format;
};

static const struct cli_option options[] = {
    {"output", 'o', CLI_TEXT, offsetof(struct arguments, output), "F",
        "where the figure goes: F.svg, F.png or F.pdf"},
    {"db", 0, CLI_TEXT, offsetof(struct arguments, database), "F",
        "database with what was measured"},
    {"study", 0, CLI_TEXT, offsetof(struct arguments, study), "NAME",
        "study of that database, if it has several"},
    {"dark", 0, CLI_FLAG, offsetof(struct arguments, dark), NULL, "light on dark"},
    {"width", 0, CLI_INT, offsetof(struct arguments, width), "PX", "width in pixels"},
    {"height", 0, CLI_INT, offsetof(struct arguments, height), "PX", "height in pixels"},
    {"format", 0, CLI_FORMAT, offsetof(struct arguments, format), "table|csv|json",
        "output format of the list"},
    {0},
};

static const struct cli_usage usage = {
    .command = "plot",
    .arguments = "[NAME] [STUDY.yaml]",
    .summary = "draw a figure of what was measured; without a name, list the figures",
    .options = options,
    .details =
        "The results are those of the study file, or of --db. gnuplot's script and data stay "
        "beside\nthe figure, as F.gp and F.dat: `gnuplot F.gp` draws it again. With a width "
        "or a height the\nwhole figure grows or shrinks; with both its panels fill the room. "
        "An inch of a PDF has\n96 pixels.",
    .example = "scalestudy plot flops-accuracy configs/studies/table3.yaml -o table3.svg\n"
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

static int draw(const struct plot *plot, const char *database, const char *study,
    const struct arguments *given, struct err *err)
{
    const struct plot_options how = {
        .study = study,
        .output = given->output,
        .dark = given->dark,
        .width = given->width,
        .height = given->height,
    };
    struct plot_files files;
    struct store *store = NULL;
    int result = -1;

    if (plot_files(&files, given->output, err) < 0 ||
        store_open(&store, database, STORE_READ, err) < 0)
        goto done;
    if (study && query_has_study(store, study, err) < 0)
        goto done;
    result = plot->draw(store, &how, err);
    if (result == 0)
        ui_say("drew %s; gnuplot draws it again from %s and %s", files.figure, files.script,
            files.data);
done:
    store_close(store);
    return result;
}

static int draw_named(
    const char *name, const char *study_path, const struct arguments *given, struct err *err)
{
    const struct plot *plot = plot_find(name, err);
    struct study study = STUDY_INIT;
    char database[PATH_BYTES];
    const char *study_name = given->study;
    int result = -1;

    if (!plot)
        return -1;
    if (!given->output)
        return err_set(err, ERR_INPUT, "where does the figure go? Give -o F.svg, F.png or F.pdf");
    if (given->study && study_path)
        return err_set(
            err, ERR_INPUT, "--study and %s both name a study; give one of them", study_path);
    if (run_files_choose(given->database, study_path, database, err) == 0 &&
        (!study_path || study_load(&study, study_path, err) == 0)) {
        if (study_path)
            study_name = study.name;
        result = draw(plot, database, study_name, given, err);
    }
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
    .summary = "figures of what was measured, beside the paper",
    .run = run_plot,
};
