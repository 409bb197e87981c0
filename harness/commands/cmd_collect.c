/* `scalestudy collect`: results of many machines into one database. */
#include <stddef.h>
#include <stdio.h>

#include "harness/terminal/cli.h"
#include "harness/shared_queue/collect.h"
#include "command.h"
#include "harness/run/study_paths.h"
#include "harness/options/trust.h"
#include "harness/terminal/ui.h"

struct arguments {
    const char *database, *run;
    bool trust;
};

static const struct cli_option options[] = {
    {"db", 0, CLI_TEXT, offsetof(struct arguments, database), "F",
        "the database (default: the study's name with .db, in the current folder)"},
    {"run", 0, CLI_TEXT, offsetof(struct arguments, run), "DIR",
        "the run folder (default: the study file's name with .run)"},
    TRUST_OPTION(struct arguments, trust),
    {0},
};

static const struct cli_usage usage = {
    .command = "collect",
    .arguments = "STUDY.yaml|DIR",
    .summary = "Bring the results of a run folder into a database.",
    .options = options,
    .details =
        "Anyone who can read the folder can collect, at any time and any number of times, even if "
        "the queue no longer "
        "exists. Each result is one transaction, and is merged once. A result that is "
        "damaged or not of this folder is moved to `set-aside/` in it and named, and its job "
        "waits again. In a folder that another user owns, or in which everybody may write, nothing "
        "is changed without --trust: such a result is skipped and named. If a result differs "
        "from the one in the database, it is named and the first one "
        "stays. Jobs that the folder does not have, such as jobs with other images, are removed "
        "from the study; their results stay in the database.\n\n"
        "Exit status: 0 if everything was collected, 1 if some results were set aside or differ.",
    .description = "Files of finished jobs that killed processes left in the folder are removed.",
    .example = "scalestudy collect birds.yaml\nscalestudy status birds.yaml",
    .min_arguments = 1,
    .max_arguments = 1,
};

static void tell(void *context, const char *why)
{
    (void)context;
    ui_say("%s", why);
}

static int collect_run(const struct run_folder *run, const char *database, struct err *err)
{
    const struct collect_options how = {.tell = tell};
    struct collect_summary summary = {0};
    struct store *store = NULL;
    int result = store_open(&store, database, STORE_CREATE, err);

    if (result == 0)
        result = collect_into(store, run, &how, &summary, err);
    store_close(store);
    if (result < 0)
        return -1;
    ui_say("%d result%s added to %s, %d already there", summary.merged, ui_plural(summary.merged),
        database, summary.known);
    if (summary.set_aside > 0 || summary.differing > 0)
        return err_set(err, ERR_IO,
            "%d result%s set aside or skipped, and %d that differ%s from those in the database; "
            "see above",
            summary.set_aside, ui_plural(summary.set_aside), summary.differing,
            summary.differing == 1 ? "s" : "");
    return 0;
}

/* Named as the folder is, which is how `submit` named it; or as the study's file is. */
static int choose_database(const struct arguments *given, const char *named,
    const struct run_folder *run, char to[PATH_BYTES], struct err *err)
{
    const char *slash = strrchr(run->folder.path, '/');
    size_t length = strlen(slash + 1);

    if (given->database || !file_is_folder(named))
        return study_paths_choose(given->database, named, to, err);
    if (str_ends_with(slash, ".run"))
        length -= strlen(".run");
    snprintf(to, PATH_BYTES, "%.*s.db", (int)length, slash + 1);
    return 0;
}

static int run_collect(int argc, char **argv, struct err *err)
{
    struct arguments given = {0};
    struct run_folder run;
    char **arguments, folder[PATH_BYTES], database[PATH_BYTES];
    int result = -1;

    switch (cli_parse(&usage, argc, argv, &given, &arguments, err)) {
    case CLI_HELP:
        return 0;
    case -1:
        return -1;
    }
    if (run_folder_choose(given.run, arguments[0], folder, err) < 0)
        return -1;
    if (run_folder_open(&run, folder, given.trust ? RUN_FOLDER_TRUST : RUN_FOLDER_LOOK, err) == 0 &&
        choose_database(&given, arguments[0], &run, database, err) == 0) {
        if (!run.may_write)
            ui_say("%s belongs to another user, or everybody may write in it: nothing is changed "
                   "there (--trust cleans it up)",
                run.folder.path);
        result = collect_run(&run, database, err);
    }
    run_folder_close(&run);
    return result;
}

const struct command command_collect = {
    .name = "collect",
    .summary = "bring the results of many machines into a database",
    .run = run_collect,
};
