/* `scalestudy report`: a study as one page of HTML, and while it runs, again and again. */
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include "harness/base/clock.h"
#include "harness/system/file.h"
#include "harness/terminal/cli.h"
#include "command.h"
#include "images_change.h"
#include "harness/terminal/interrupt.h"
#include "harness/report/report.h"
#include "results/query/query.h"
#include "results/store/store.h"
#include "harness/run/study_paths.h"
#include "harness/study/study.h"
#include "study_edits.h"
#include "harness/terminal/ui.h"

#define DEFAULT_SECONDS 15
#define MOST_SECONDS    86400

struct arguments {
    const char *database, *study, *output;
    bool watch;
    int every;
};

static const struct cli_option options[] = {
    {"output", 'o', CLI_TEXT, offsetof(struct arguments, output), "F",
        "the page's file (required)"},
    {"db", 0, CLI_TEXT, offsetof(struct arguments, database), "F",
        "the database (default: the study's)"},
    {"study", 0, CLI_TEXT, offsetof(struct arguments, study), "NAME",
        "the study, if the database has several"},
    {"watch", 0, CLI_FLAG, offsetof(struct arguments, watch), NULL,
        "write the page again and again until all jobs are done"},
    {"every", 0, CLI_INT, offsetof(struct arguments, every), "S",
        "with --watch: seconds between two pages (default 15)"},
    {0},
};

static const struct cli_usage usage = {
    .command = "report",
    .arguments = "[STUDY.yaml]",
    .summary =
        "Write a study as one page of HTML: summary, Table 3, figures, jobs, and how to repeat it.",
    .options = options,
    .details = "The page loads nothing and can be sent as one file. The summary says what the "
               "results support and "
               "what they do not. The page also has the results of `compare` and `fit`, every job "
               "with its curves, and the study file. The "
               "results are those of the study or of --db. With --watch, a browser that "
               "shows the page reloads it.",
    .example = "scalestudy report configs/studies/table3.yaml -o table3.html\n"
               "scalestudy report --db table3.db --watch -o table3.html",
    .min_arguments = 0,
    .max_arguments = 1,
};

/* Whether jobs wait or run. */
static int is_open(struct store *store, const char *study, bool *open, struct err *err)
{
    struct study_status *statuses = NULL;
    int n = 0;

    if (query_status(store, study, &statuses, &n, err) < 0)
        return -1;
    *open = false;
    for (int i = 0; i < n; i++)
        *open |= statuses[i].waiting + statuses[i].running > 0;
    free(statuses);
    return 0;
}

/* A page of --watch. */
struct page {
    struct store *store;
    struct report_options *how;
    int every; /* 0: the last page, without a refresh */
    bool open; /* jobs wait or run */
};

static int write_once(struct store *store, const struct report_options *how, struct err *err)
{
    struct err warning = {0};

    if (report_write(store, how, &warning, err) < 0)
        return -1;
    if (warning.code)
        ui_error(&warning);
    return 0;
}

static void wait_seconds(int seconds)
{
    double end = clock_seconds() + seconds;
    const struct timespec tick = {.tv_nsec = 100000000};

    while (!interrupt_asked() && clock_seconds() < end)
        nanosleep(&tick, NULL);
}

static int write_page(void *context, struct err *err)
{
    struct page *page = context;

    if (is_open(page->store, page->how->study, &page->open, err) < 0)
        return -1;
    page->how->refresh_seconds = page->open ? page->every : 0;
    return write_once(page->store, page->how, err);
}

/* The last page is written after the last job ended, without a refresh. */
static int watch(struct store *store, struct report_options *how, int every, struct err *err)
{
    struct page page = {.store = store, .how = how, .every = every, .open = true};

    interrupt_catch();
    for (;;) {
        if (store_look(store, write_page, &page, err) < 0)
            return -1;
        if (!page.open)
            return 0;
        wait_seconds(every);
        if (interrupt_asked()) {
            page.every = 0;
            if (store_look(store, write_page, &page, err) < 0)
                return -1;
            return err_set(err, ERR_INTERRUPTED,
                "no longer watching; %s shows the study as it is now", how->output);
        }
    }
}

static int write_report(
    const char *database, const struct study *file, const struct arguments *given, struct err *err)
{
    const char *study = file ? file->name : given->study;
    struct report_options how = {.study = study, .output = given->output, .database = database};
    struct store *store = NULL;
    int result = store_open(&store, database, STORE_READ, err);

    if (result == 0 && file)
        result = study_edits_look(store, file, database,
            given->watch ? STUDY_EDITS_SAY : STUDY_EDITS_NARROW, &how.edited, err);
    if (result == 0)
        result = images_unknown_say(store, study, err);
    if (result == 0 && given->watch)
        result = store_check_live(store, "--watch", err);
    if (result == 0)
        result = given->watch
                     ? watch(store, &how, given->every ? given->every : DEFAULT_SECONDS, err)
                     : write_once(store, &how, err);
    store_close(store);
    if (result == 0)
        ui_say("wrote %s, one page that loads nothing else", given->output);
    return result;
}

static int check(const struct arguments *given, const char *study_path, struct err *err)
{
    if (!given->output)
        return err_set(err, ERR_INPUT, "the output is missing: give -o F.html");
    if ((given->watch ? file_check_output_plain : file_check_output)(given->output, err) < 0)
        return -1;
    if (given->study && study_path)
        return err_set(
            err, ERR_INPUT, "--study and %.600s both name a study; give one of them", study_path);
    if (given->every && !given->watch)
        return err_set(err, ERR_INPUT, "--every needs --watch");
    if (given->every < 0 || given->every > MOST_SECONDS)
        return err_set(err, ERR_INPUT, "--every is %d seconds; it must be from 1 to %d",
            given->every, MOST_SECONDS);
    return 0;
}

static int run_report(int argc, char **argv, struct err *err)
{
    struct arguments given = {0};
    struct study study = STUDY_INIT;
    char database[PATH_BYTES], **arguments;
    int result = -1;

    switch (cli_parse(&usage, argc, argv, &given, &arguments, err)) {
    case CLI_HELP:
        return 0;
    case -1:
        return -1;
    }
    if (check(&given, arguments[0], err) == 0 &&
        study_paths_choose(given.database, arguments[0], database, err) == 0 &&
        (!arguments[0] || study_load(&study, arguments[0], err) == 0))
        result = write_report(database, arguments[0] ? &study : NULL, &given, err);
    study_release(&study);
    return result;
}

const struct command command_report = {
    .name = "report",
    .summary = "write a study as one page of HTML",
    .run = run_report,
};
