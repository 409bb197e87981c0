/*
 * scalestudy manual: the manual page, as mdoc(7). The page is made of the texts in harness/manual, with what the
 * program knows itself put where they say `.\" INSERT name`: commands and options as in --help, the keys of a study, and
 * the registered models, methods, datasets, tables, figures and launchers.
 */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "gen/manual_mdoc.h"
#include "harness/cluster/launch.h"
#include "harness/study/config.h"
#include "harness/study/study.h"
#include "harness/terminal/mdoc.h"
#include "manual_commands.h"
#include "plots/plot.h"
#include "results/tables/table.h"
#include "scalers/scaler.h"
#include "workloads/workload.h"

/* ---- lists ---- */

/* Collected by the sections of the commands, printed after them. */
static struct shared_options shared;

static void begin_list(void)
{
    puts(".Bl -tag -width Ds -compact");
}

static void print_item(const char *name, const char *summary)
{
    fputs(".It Li", stdout);
    mdoc_argument(stdout, name);
    putchar('\n');
    mdoc_text(stdout, summary);
}

static void end_list(void)
{
    puts(".El");
}

static int print_models(struct err *err)
{
    (void)err;
    begin_list();
    for (const char *const *name = spec_names(); *name; name++)
        print_item(*name, spec_summary(*name));
    end_list();
    return 0;
}

static int print_methods(struct err *err)
{
    int result = 0;

    begin_list();
    for (const char *const *name = scaler_names(); *name && result == 0; name++) {
        const struct scaler *scaler = scaler_find(*name, err);
        struct str text = STR_INIT;

        if (!scaler)
            return -1;
        str_addf(&text, "%s (%s)", scaler->summary, scaler->source);
        result = str_check(&text, err);
        if (result == 0)
            print_item(scaler->name, text.text);
        str_release(&text);
    }
    end_list();
    return result;
}

static int print_datasets(struct err *err)
{
    (void)err;
    begin_list();
    for (const char *const *name = workload_dataset_names(); *name; name++)
        print_item(*name, workload_dataset_summary(*name));
    end_list();
    return 0;
}

static int print_tables(struct err *err)
{
    (void)err;
    begin_list();
    for (const struct table *const *table = table_all(); *table; table++)
        print_item((*table)->name, (*table)->summary);
    end_list();
    return 0;
}

static int print_figures(struct err *err)
{
    (void)err;
    begin_list();
    for (const struct plot *const *plot = plot_all(); *plot; plot++)
        print_item((*plot)->name, (*plot)->summary);
    end_list();
    return 0;
}

static int print_launchers(struct err *err)
{
    begin_list();
    for (const char *const *name = launcher_names(); *name; name++) {
        const struct launcher *launcher = launcher_find(*name, err);

        if (!launcher)
            return -1;
        print_item(launcher->name, launcher->summary);
    }
    end_list();
    return 0;
}

/* ---- keys of a study ---- */

enum key_column {
    KEY_NAME,
    KEY_DEFAULT,
    KEY_HELP,
    KEY_TAKES,
};

static int print_keys(struct err *err)
{
    struct rowset rows;
    int result;

    rowset_init(&rows, config_columns);
    result = config_describe(&study_table, &rows, err);
    begin_list();
    for (size_t i = 0; result == 0 && i < rowset_count(&rows); i++) {
        const char *usual = rowset_text_at(&rows, i, KEY_DEFAULT);
        struct str text = STR_INIT;

        str_addf(&text, "%s. Takes %s", rowset_text_at(&rows, i, KEY_HELP),
            rowset_text_at(&rows, i, KEY_TAKES));
        if (usual)
            str_addf(
                &text, "; %s%s", strcmp(usual, "must be given") == 0 ? "" : "default: ", usual);
        str_add(&text, ".");
        result = str_check(&text, err);
        if (result == 0)
            print_item(rowset_text_at(&rows, i, KEY_NAME), text.text);
        str_release(&text);
    }
    end_list();
    rowset_release(&rows);
    return result;
}

/* ---- commands ---- */

static int print_list(struct err *err)
{
    (void)err;
    manual_print_list(stdout);
    return 0;
}

static int print_commands(struct err *err)
{
    return manual_print_commands(stdout, &shared, err);
}

static int print_shared(struct err *err)
{
    (void)err;
    manual_print_shared(stdout, &shared);
    return 0;
}

/* ---- the page ---- */

/* What `.\" INSERT name` stands for. */
static const struct insert {
    const char *name;
    int (*print)(struct err *err);
} inserts[] = {
    {"command list", print_list},
    {"commands", print_commands},
    {"shared options", print_shared}, /* after the commands, which collect them */
    {"keys", print_keys},
    {"models", print_models},
    {"methods", print_methods},
    {"datasets", print_datasets},
    {"tables", print_tables},
    {"figures", print_figures},
    {"launchers", print_launchers},
};

static int print_insert(const char *name, int length, struct err *err)
{
    for (size_t i = 0; i < sizeof(inserts) / sizeof(inserts[0]); i++)
        if ((int)strlen(inserts[i].name) == length && memcmp(inserts[i].name, name, length) == 0)
            return inserts[i].print(err);
    return err_set(err, ERR_BUG, "the manual inserts \"%.*s\", which nothing prints", length, name);
}

static int print_page(struct err *err)
{
    static const char mark[] = ".\\\" INSERT ";

    for (const char *line = manual_mdoc; *line;) {
        int length = (int)strcspn(line, "\n"), begin = (int)sizeof(mark) - 1;

        if (strncmp(line, mark, sizeof(mark) - 1) != 0)
            printf("%.*s\n", length, line);
        else if (print_insert(line + begin, length - begin, err) < 0)
            return -1;
        line += length + (line[length] == '\n');
    }
    return 0;
}

static const struct cli_option options[] = {{0}};

static const struct cli_usage usage = {
    .command = "manual",
    .arguments = "",
    .summary = "print the manual page, for man -l",
    .options = options,
    .example = "scalestudy manual | man -l -",
};

static int run(int argc, char **argv, struct err *err)
{
    char **arguments;
    int result = cli_parse(&usage, argc, argv, NULL, &arguments, err);

    if (result != 0)
        return result == CLI_HELP ? 0 : -1;
    return print_page(err);
}

const struct command command_manual = {.name = "manual", .run = run};
