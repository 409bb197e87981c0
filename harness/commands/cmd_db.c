/* `scalestudy db`: care of a database file. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/terminal/cli.h"
#include "command.h"
#include "harness/terminal/interrupt.h"
#include "results/store/store_admin.h"
#include "harness/terminal/ui.h"

struct arguments {
    const char *as;
    enum output_format format;
};

static const struct cli_option options[] = {
    {"as", 0, CLI_TEXT, offsetof(struct arguments, as), "NAME",
        "of merge: new name for the other database's study, if both have one of that name with "
        "different networks (NAME-STUDY if there are several)"},
    {"format", 0, CLI_FORMAT, offsetof(struct arguments, format), "table|csv|json",
        "output format"},
    {0},
};

static const struct cli_usage usage = {
    .command = "db",
    .arguments = "check FILE | backup FILE COPY | merge FILE OTHER... | vacuum FILE",
    .summary = "Look a database over for damage, copy it, take over others, or compact it.",
    .options = options,
    .details =
        "check reads every page and index, counts of studies against their jobs, the id of every "
        "job against its text, and values that no job can have, such as an accuracy above 100 or "
        "more epochs than its recipe's. Exit status 1 if it finds something.\n\n"
        "backup makes a compact copy in one file, also while `run` writes.\n\n"
        "merge takes over studies, jobs, results and benchmarks of other databases. What is done "
        "here stays; what is done there is not done again here. Merging again changes nothing. A "
        "database that is damaged, or has values that no job can have, is refused. Two "
        "studies of the same name are refused if each has networks that the other does not have, "
        "unless --as renames the other database's.\n\n"
        "vacuum gives the room of what was removed back to the disk; nothing may run meanwhile.",
    .example = "scalestudy db check birds.db\nscalestudy db backup birds.db monday.db\n"
               "scalestudy db merge birds.db laptop.db",
    .min_arguments = 2,
    .max_arguments = -1,
};

static int print_and_release(struct rowset *rows, enum output_format format, struct err *err)
{
    int result = rowset_print(rows, stdout, format, err);

    rowset_release(rows);
    return result;
}

static int check(const char *path, enum output_format format, struct err *err)
{
    struct store *store = NULL;
    struct rowset problems;
    int n = 0, result = store_open(&store, path, STORE_AS_IT_IS, err);

    rowset_init(&problems, store_problem_columns);
    if (result == 0)
        result = store_check(store, &problems, &n, err);
    store_close(store);
    if (result < 0 || (n == 0 && format == FORMAT_TABLE)) {
        rowset_release(&problems);
        if (result == 0)
            ui_line(stdout, "%s is sound", path);
        return result;
    }
    if (print_and_release(&problems, format, err) < 0)
        return -1;
    if (n == 0)
        return 0;
    return err_set(err, ERR_IO,
        "%s has %d problem%s; what can be read of it is saved by `sqlite3 %s .recover`", path, n,
        ui_plural(n), path);
}

static int backup(const char *path, const char *copy, struct err *err)
{
    struct store *store = NULL;
    int result;

    interrupt_catch();
    result = store_open(&store, path, STORE_AS_IT_IS, err);
    if (result == 0)
        result = store_backup(store, copy, err);
    store_close(store);
    if (result == 0)
        ui_say("%s is a copy of %s", copy, path);
    return result;
}

static const struct column merge_columns[] = {
    {.name = "file", .type = COLUMN_TEXT},
    {.name = "studies", .type = COLUMN_INT},
    {.name = "jobs", .type = COLUMN_INT},
    {.name = "results", .type = COLUMN_INT},
    {.name = "known", .type = COLUMN_INT},
    {.name = "differing", .type = COLUMN_INT},
    {0},
};

static int merge(
    const char *path, char *const *others, const struct arguments *given, struct err *err)
{
    struct store *store = NULL;
    struct rowset rows;
    int result;

    interrupt_catch();
    result = store_open(&store, path, STORE_CREATE, err);
    rowset_init(&rows, merge_columns);
    for (; result == 0 && *others; others++) {
        struct store_merged merged;

        result = store_merge(store, *others, given->as, &merged, err);
        if (result < 0) {
            err_context(err, "%s", *others);
            break;
        }
        rowset_text(&rows, *others);
        rowset_int(&rows, merged.studies);
        rowset_int(&rows, merged.jobs);
        rowset_int(&rows, merged.results);
        rowset_int(&rows, merged.known);
        rowset_int(&rows, merged.differing);
        if (merged.differing > 0)
            ui_say("%s: %d result%s differ from those in %s, which stay", *others, merged.differing,
                ui_plural(merged.differing), path);
    }
    store_close(store);
    if (result == 0)
        result = rowset_print(&rows, stdout, given->format, err);
    rowset_release(&rows);
    return result;
}

static long long size_of(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 ? (long long)info.st_size : 0;
}

static int vacuum(const char *path, struct err *err)
{
    struct store *store = NULL;
    long long before = size_of(path);
    int result = store_open(&store, path, STORE_WRITE, err);

    if (result == 0)
        result = store_vacuum(store, err);
    store_close(store);
    if (result == 0)
        ui_say("%s: %lld bytes, before %lld", path, size_of(path), before);
    return result;
}

static int run(int argc, char **argv, struct err *err)
{
    struct arguments given = {0};
    char **arguments;
    const char *what, *path;
    int result = cli_parse(&usage, argc, argv, &given, &arguments, err);

    if (result != 0)
        return result == CLI_HELP ? 0 : -1;
    what = arguments[0];
    if (given.as && strcmp(what, "merge") != 0)
        return err_set(err, ERR_INPUT, "--as is for merge");
    if (given.as && (!given.as[0] || strlen(given.as) > 64))
        return err_set(err, ERR_INPUT, "--as takes a name of 1 to 64 bytes");
    path = arguments[1];
    if (strcmp(what, "check") == 0 && !arguments[2])
        return check(path, given.format, err);
    if (strcmp(what, "backup") == 0 && arguments[2] && !arguments[3])
        return backup(path, arguments[2], err);
    if (strcmp(what, "merge") == 0 && arguments[2])
        return merge(path, arguments + 2, &given, err);
    if (strcmp(what, "vacuum") == 0 && !arguments[2])
        return vacuum(path, err);
    return err_set(err, ERR_INPUT,
        "`scalestudy db` takes `check FILE`, `backup FILE COPY`, `merge FILE OTHER...` or `vacuum "
        "FILE`; see `scalestudy db --help`");
}

const struct command command_db = {
    .name = "db",
    .summary = "check, copy, merge or compact a database",
    .run = run,
};
