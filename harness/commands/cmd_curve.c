/* `scalestudy curve`: a job's epochs, drawn in the terminal. */
#include <stddef.h>
#include <stdlib.h>

#include "harness/terminal/cli.h"
#include "command.h"
#include "harness/views/curve_view.h"
#include "job_choice.h"
#include "harness/terminal/ui.h"

#define ROWS 20

struct arguments {
    struct job_choice_options choice;
    const char *metric;
    int rows;
    enum output_format format;
};

static const struct cli_option options[] = {
    JOB_OPTIONS(struct arguments, choice),
    {"metric", 0, CLI_TEXT, offsetof(struct arguments, metric), "loss|top1|top5",
        "what to draw (default loss)"},
    {"rows", 0, CLI_INT, offsetof(struct arguments, rows), "N", "height in lines (default 20)"},
    {"format", 0, CLI_FORMAT, offsetof(struct arguments, format), "table|csv|json",
        "csv and json: the values of the epochs"},
    {0},
};

static const struct cli_usage usage = {
    .command = "curve",
    .arguments = "[STUDY.yaml|DIR] JOB",
    .summary = "Draw a job's loss or accuracy over its epochs in the terminal.",
    .options = options,
    .details = "JOB is the beginning of a job's id, as `scalestudy jobs` shows it. The curve is as "
               "wide as the "
               "terminal, or 80 columns.",
    .example = "scalestudy curve birds.yaml 3f2a --metric top1",
    .min_arguments = 1,
    .max_arguments = 2,
};

static int draw(struct store *store, const char *id, const struct arguments *given, struct err *err)
{
    const struct curve_style style = {
        .columns = ui_output_columns(), .rows = given->rows, .colour = ui_output_has_colour()};
    struct epoch_metric *epochs = NULL;
    struct str text = STR_INIT;
    enum curve_metric metric;
    int n = 0, result = -1;

    if (curve_metric_find(given->metric, &metric, err) == 0 &&
        query_epochs(store, id, &epochs, &n, err) == 0)
        result = curve_view(epochs, n, metric, &style, &text, err);
    if (result == 0 && fputs(text.text, stdout) == EOF)
        result = err_set(err, ERR_IO, "cannot write the curve");
    free(epochs);
    str_release(&text);
    return result;
}

static int print_epochs(
    struct store *store, const char *id, enum output_format format, struct err *err)
{
    struct rowset rows;
    int result;

    rowset_init(&rows, query_epoch_columns);
    result = query_epoch_rows(store, NULL, id, &rows, err);
    if (result == 0)
        result = rowset_print(&rows, stdout, format, err);
    rowset_release(&rows);
    return result;
}

static int run_curve(int argc, char **argv, struct err *err)
{
    struct job_choice choice = JOB_CHOICE_INIT;
    struct arguments given = {.metric = "loss", .rows = ROWS};
    char **arguments;
    int result;

    switch (cli_parse(&usage, argc, argv, &given, &arguments, err)) {
    case CLI_HELP:
        return 0;
    case -1:
        return -1;
    }
    if (given.rows < 8 || given.rows > 1000)
        return err_set(err, ERR_INPUT, "--rows is %d; it must be from 8 to 1000", given.rows);
    result = job_choice_open(&choice, &given.choice, arguments, STORE_READ, err);
    if (result == 0 && choice.n != 1)
        result = err_set(err, ERR_INPUT, "curve shows one job; give one JOB");
    if (result == 0)
        result = given.format == FORMAT_TABLE
                     ? draw(choice.store, choice.ids[0], &given, err)
                     : print_epochs(choice.store, choice.ids[0], given.format, err);
    job_choice_close(&choice);
    return result;
}

const struct command command_curve = {
    .name = "curve",
    .summary = "draw a job's loss or accuracy in the terminal",
    .run = run_curve,
};
