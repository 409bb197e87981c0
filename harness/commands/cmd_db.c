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
        "merge: new name for the other database's study, if both have one of that name with "
        "different networks (NAME-STUDY if there are several)"},
    {"format", 0, CLI_FORMAT, offsetof(struct arguments, format), "table|csv|json",
        "output format"},
    {0},
};

static const struct cli_usage usage = {
    .command = "db",
    .arguments = "check FILE | backup FILE COPY | merge FILE OTHER... | vacuum FILE",
    .summary = "Check a database for damage, copy it, merge others into it, or compact it.",
    .options = options,
    .details =
        "`check` reads every page and index, and compares the counts of studies with their jobs "
        "and the id of every "
        "job with its text. It finds values that no job can have, such as an accuracy above 100 or "
        "more epochs than the recipe's. The exit status is 1 if something is wrong.\n\n"
        "`backup` makes a compact copy in one file, even while `run` writes.\n\n"
        "`merge` adds the studies, jobs, results and benchmarks of other databases. Results in "
        "FILE "
        "stay; results of the others are not computed again. Merging again changes nothing. A "
        "database that is damaged, or has values that no job can have, is refused. Two "
        "studies of the same name are merged if one has all networks of the other, with any seeds; "
        "otherwise they are refused, "
        "unless --as renames the study of the other database.\n\n"
        "`vacuum` returns unused space to the disk; nothing may use the database meanwhile.",
    .description = "Read-only commands accept older databases unchanged. Commands that write, such "
                   "as `db vacuum`, convert the database to this version and keep "
                   "the old one beside it; they refuse to while the program of the older version "
                   "runs jobs in it.\n\n"
                   "A database may come from anybody. When it is opened, its tables, views and "
                   "triggers are compared with those of its version. A "
                   "database in which one was changed is refused, and so is one with any other "
                   "trigger, virtual table or index of an expression; the "
                   "message names it. No SQL from the file is executed. Other tables, views and "
                   "indexes of your own are "
                   "left alone. A rollback journal beside the database that no crash of scalestudy "
                   "left is refused before SQLite would delete a file that it "
                   "names.\n\n"
                   "Queries end, whoever made the database: one that takes more work than a file "
                   "of its size can need, or that reads a text of more than 8 "
                   "MiB, is stopped with an error.",
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
        "%s has %d problem%s; `sqlite3 %s .recover` saves what can still be read", path, n,
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
        ui_say("%s: %lld bytes (before: %lld)", path, size_of(path), before);
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
        return err_set(err, ERR_INPUT, "--as is an option of `db merge`");
    if (given.as && (!given.as[0] || strlen(given.as) > 64))
        return err_set(err, ERR_INPUT, "--as must be a name of 1 to 64 bytes");
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
