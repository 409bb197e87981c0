/* `scalestudy status`: how far the studies of a database are. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "harness/base/clock.h"
#include "harness/system/file.h"
#include "harness/terminal/cli.h"
#include "command.h"
#include "images_change.h"
#include "harness/terminal/interrupt.h"
#include "results/store/store.h"
#include "harness/run/study_paths.h"
#include "harness/views/run_view.h"
#include "harness/terminal/screen.h"
#include "harness/views/status_view.h"
#include "harness/study/study.h"
#include "study_edits.h"
#include "harness/terminal/ui.h"

/* Between two looks at the database, in times of what one took. */
#define LOOK_SHARE 20

struct arguments {
    const char *database, *study;
    struct run_access access;
    bool watch, groups;
    double seconds;
    enum output_format format;
};

static const struct cli_option options[] = {
    {"db", 0, CLI_TEXT, offsetof(struct arguments, database), "F",
        "the database (default: the study's)"},
    {"study", 0, CLI_TEXT, offsetof(struct arguments, study), "NAME",
        "only this study of the database"},
    {"watch", 0, CLI_FLAG, offsetof(struct arguments, watch), NULL,
        "show the status on the whole screen and update it until q or Ctrl-C; if the output is no "
        "terminal, print a line for every change until no job is left"},
    {"seconds", 0, CLI_REAL, offsetof(struct arguments, seconds), "S",
        "with --watch: time between two updates (default 1)"},
    {"groups", 0, CLI_FLAG, offsetof(struct arguments, groups), NULL,
        "in CSV and JSON: a row for each model and method, not for each study"},
    RUN_ACCESS_OPTIONS(struct arguments, access),
    {"format", 0, CLI_FORMAT, offsetof(struct arguments, format), "table|csv|json",
        "output format"},
    {0},
};

static const struct cli_usage usage = {
    .command = "status",
    .arguments = "[STUDY.yaml|DIR]",
    .summary = "Show how many jobs of a study are done, running, failed, waiting and stopped.",
    .options = options,
    .details =
        "Jobs are counted by model and method, with their speed and the estimated time left at the "
        "current "
        "parallelism. The last lines compare the estimate of `plan` with the times of jobs that "
        "are done. --db without a "
        "study file shows all studies of that database, or the one of --study. If the study's file "
        "was edited since it was "
        "last run, the jobs are those that the file has now. For a run folder, the output also "
        "shows the state of its tasks in "
        "the queue, and why they wait. The exit status is 3 if some jobs failed, with --watch too; "
        "q and Ctrl-C end --watch and interrupt no job.",
    .description = "A slurmrestd is asked only at an address that you gave yourself, to `submit` "
                   "or by --url and --token-file; an address that only the run "
                   "folder names is not used. `jobs`, `logs`, `curve`, `retry` and `cancel` accept "
                   "a run folder, too.",
    .example = "scalestudy status configs/studies/table3.yaml --watch\nscalestudy status --db "
               "table3.db --format json",
    .min_arguments = 0,
    .max_arguments = 1,
};

static const struct column study_columns[] = {
    {.name = "study", .type = COLUMN_TEXT},
    {.name = "total", .type = COLUMN_INT},
    {.name = "done", .type = COLUMN_INT},
    {.name = "running", .type = COLUMN_INT},
    {.name = "failed", .type = COLUMN_INT},
    {.name = "waiting", .type = COLUMN_INT},
    {.name = "stopped", .type = COLUMN_INT},
    {.name = "eta_seconds", .type = COLUMN_REAL},
    {.name = "estimated", .type = COLUMN_INT},
    {.name = "estimated_seconds", .type = COLUMN_REAL},
    {.name = "taken_seconds", .type = COLUMN_REAL},
    {0},
};

static const struct column group_columns[] = {
    {.name = "study", .type = COLUMN_TEXT},
    {.name = "model", .type = COLUMN_TEXT},
    {.name = "method", .type = COLUMN_TEXT},
    {.name = "total", .type = COLUMN_INT},
    {.name = "done", .type = COLUMN_INT},
    {.name = "running", .type = COLUMN_INT},
    {.name = "failed", .type = COLUMN_INT},
    {.name = "waiting", .type = COLUMN_INT},
    {.name = "stopped", .type = COLUMN_INT},
    {.name = "images_per_second", .type = COLUMN_REAL, .heading = "images/s"},
    {.name = "eta_seconds", .type = COLUMN_REAL, .heading = "seconds left"},
    {0},
};

static void add_study(struct rowset *rows, const struct study_status *study)
{
    rowset_text(rows, study->study);
    rowset_int(rows, study->total);
    rowset_int(rows, study->done);
    rowset_int(rows, study->running);
    rowset_int(rows, study->failed);
    rowset_int(rows, study->waiting);
    rowset_int(rows, study->stopped);
    rowset_real(rows, study->eta_seconds);
    rowset_int(rows, study->estimated);
    rowset_real(rows, study->estimated_seconds);
    rowset_real(rows, study->taken_seconds);
}

static void add_group(
    struct rowset *rows, const struct status *status, const struct progress_group *group)
{
    rowset_text(rows, group->study);
    rowset_text(rows, group->model);
    rowset_text(rows, group->method);
    rowset_int(rows, group->total);
    rowset_int(rows, group->done);
    rowset_int(rows, group->running);
    rowset_int(rows, group->failed);
    rowset_int(rows, group->waiting);
    rowset_int(rows, group->stopped);
    rowset_real(rows, group->images_per_second);
    rowset_real(rows, status_group_seconds(status, group));
}

static int print_rows(
    const struct status *status, bool groups, enum output_format format, struct err *err)
{
    struct rowset rows;
    int result;

    rowset_init(&rows, groups ? group_columns : study_columns);
    for (int i = 0; !groups && i < status->n_studies; i++)
        add_study(&rows, &status->studies[i]);
    for (int i = 0; groups && i < status->n_groups; i++)
        add_group(&rows, status, &status->groups[i]);
    result = rowset_print(&rows, stdout, format, err);
    rowset_release(&rows);
    return result;
}

/* The same for people, then each study as a whole. */
static int print_table(const struct status *status, struct err *err)
{
    struct str text = STR_INIT;
    int result;

    if (status->n_groups > 0 && print_rows(status, true, FORMAT_TABLE, err) < 0)
        return -1;
    status_line(status, &text);
    status_estimate_line(status, &text);
    result = str_check(&text, err);
    if (result == 0 && printf("%s%s", status->n_groups > 0 ? "\n" : "", text.text) < 0)
        result = err_set(err, ERR_IO, "cannot write the result");
    str_release(&text);
    return result;
}

static int conclude(const struct status *status, struct err *err)
{
    int failed = status_failed(status);

    if (failed > 0)
        return err_set(err, ERR_JOBS, "%d job%s failed; `scalestudy jobs --state failed` shows why",
            failed, ui_plural(failed));
    return 0;
}

/* What a look at the database is for. */
struct looking {
    struct store *store;
    const char *study;
    struct status *status;
};

static int load_status(void *context, struct err *err)
{
    const struct looking *at = context;

    return status_load(at->status, at->store, at->study, err);
}

static int draw(const struct status *status, const char *database, struct screen *screen,
    bool colour, struct err *err)
{
    const struct status_style style = {
        .rows = screen->rows, .columns = screen->columns, .colour = colour, .database = database};
    struct str text = STR_INIT;
    int result;

    status_screen(status, &style, &text);
    result = str_check(&text, err);
    if (result == 0)
        screen_draw(screen, text.text);
    str_release(&text);
    return result;
}

static int watch_screen(struct store *store, const char *database, const char *study,
    double seconds, struct status *status, struct err *err)
{
    struct looking at = {store, study, status};
    bool colour = ui_output_has_colour();
    double pause = seconds;
    enum screen_event event = SCREEN_TICK;
    struct screen screen;
    int result;

    if (screen_open(&screen, err) < 0)
        return -1;
    do {
        double began = clock_seconds();

        result = event == SCREEN_TICK ? store_look(store, load_status, &at, err) : 0;
        /* A study of very many jobs is looked at less often than would keep a core busy. */
        if (event == SCREEN_TICK)
            pause = fmax(seconds, LOOK_SHARE * (clock_seconds() - began));
        if (result == 0)
            result = draw(status, database, &screen, colour, err);
        if (result == 0)
            event = screen_wait(&screen, pause);
    } while (result == 0 && event != SCREEN_END);
    screen_close(&screen);
    return result;
}

/* A line for every change. */
static int watch_lines(
    struct store *store, const char *study, double seconds, struct status *status, struct err *err)
{
    struct looking at = {store, study, status};
    struct str last = STR_INIT, text = STR_INIT;
    const struct timespec pause = {
        .tv_sec = (time_t)seconds, .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};
    int result;

    interrupt_catch();
    for (;;) {
        result = store_look(store, load_status, &at, err);
        if (result < 0 && err->code == ERR_INTERRUPTED) {
            err_clear(err);
            result = 0;
            break;
        }
        if (result < 0)
            break;
        str_clear(&text);
        status_line(status, &text);
        if (strcmp(text.text, last.text) != 0)
            printf("%s", text.text);
        str_clear(&last);
        str_add(&last, text.text);
        if (fflush(stdout) != 0)
            result = err_set(err, ERR_IO, "cannot write the result");
        if (result < 0 || status_unfinished(status) == 0 || interrupt_asked())
            break;
        nanosleep(&pause, NULL);
    }
    str_release(&last);
    str_release(&text);
    return result;
}

static int show(struct store *store, const char *database, const char *study,
    const struct arguments *given, struct err *err)
{
    struct status status = {0};
    int result = study ? query_has_study(store, study, err) : 0;

    if (result == 0 && given->watch)
        result = store_check_live(store, "--watch", err);
    if (result == 0 && given->watch)
        result = ui_output_is_live()
                     ? watch_screen(store, database, study, given->seconds, &status, err)
                     : watch_lines(store, study, given->seconds, &status, err);
    else if (result == 0) {
        /* Groups cost a look at every job, studies do not. */
        result = given->format == FORMAT_TABLE || given->groups
                     ? status_load(&status, store, study, err)
                     : query_status(store, study, &status.studies, &status.n_studies, err);
        if (result == 0)
            result = given->format == FORMAT_TABLE
                         ? print_table(&status, err)
                         : print_rows(&status, given->groups, given->format, err);
    }
    if (result == 0 && !given->watch)
        result = images_unknown_say(store, study, err);
    if (result == 0)
        result = conclude(&status, err);
    status_release(&status);
    return result;
}

static int check_arguments(const struct arguments *given, struct err *err)
{
    if (!(given->seconds >= 0.05 && given->seconds <= 86400))
        return err_set(
            err, ERR_INPUT, "--seconds is %g; it must be from 0.05 to 86400", given->seconds);
    if (given->watch && given->format != FORMAT_TABLE)
        return err_set(err, ERR_INPUT, "--watch draws for people; leave out --format");
    return 0;
}

/* A run folder: what its files say, then what the queue does. */
static int show_run(
    struct run_view *view, const struct arguments *given, const char *path, struct err *err)
{
    struct str sentences = STR_INIT;
    struct store *store = NULL;
    char *rest, *line;
    int result = -1;

    if (check_arguments(given, err) < 0)
        return -1;
    if (given->watch || given->database)
        return err_set(err, ERR_INPUT, "a run folder takes neither --watch nor --db");
    if (given->study)
        return err_set(err, ERR_INPUT, "a run folder has one study: leave --study out");
    if (run_view_open(view, path, RUN_FOLDER_LOOK, true, err) < 0)
        return -1;
    view->access = given->access;
    if (run_view_queue(view, &sentences, err) == 0 &&
        store_open(&store, view->database, STORE_READ, err) == 0)
        result = show(store, view->database, view->run.study, given, err);
    store_close(store);
    rest = sentences.text;
    while (sentences.length > 0 && (line = strsep(&rest, "\n")))
        if (*line)
            ui_say("%s", line);
    str_release(&sentences);
    return result;
}

static int run_status(int argc, char **argv, struct err *err)
{
    struct arguments given = {.seconds = 1};
    struct study study = STUDY_INIT;
    struct store *store = NULL;
    struct run_view view = {0};
    char database[PATH_BYTES], **arguments;
    int result = -1;

    switch (cli_parse(&usage, argc, argv, &given, &arguments, err)) {
    case CLI_HELP:
        return 0;
    case -1:
        return -1;
    }
    if (arguments[0] && run_folder_is(arguments[0])) {
        result = show_run(&view, &given, arguments[0], err);
        run_view_close(&view);
        return result;
    }
    if (given.study && (arguments[0] || !given.database)) {
        err_set(err, ERR_INPUT,
            "--study %.128s needs --db, the database that it is in, and no study file",
            given.study);
        goto done;
    }
    if (check_arguments(&given, err) == 0 && run_access_check_unused(&given.access, err) == 0 &&
        study_paths_choose(given.database, arguments[0], database, err) == 0 &&
        (!arguments[0] || study_load(&study, arguments[0], err) == 0) &&
        store_open(&store, database, STORE_READ, err) == 0 &&
        (!arguments[0] || study_edits_look(store, &study, database,
                              given.watch ? STUDY_EDITS_SAY : STUDY_EDITS_NARROW, NULL, err) == 0))
        result = show(store, database, arguments[0] ? study.name : given.study, &given, err);
done:
    store_close(store);
    study_release(&study);
    return result;
}

const struct command command_status = {
    .name = "status",
    .summary = "show how far a study is",
    .run = run_status,
};
