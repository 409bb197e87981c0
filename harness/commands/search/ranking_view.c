/* Networks ranked by an objective, as a table with notes. */
#include "ranking_view.h"

#include <math.h>
#include <stdio.h>

#include "harness/base/str.h"
#include "harness/terminal/document.h"
#include "results/query/query.h"

/* With an objective, its columns too. */
static const struct column columns[] = {
    {.name = "model", .type = COLUMN_TEXT},
    {.name = "rank", .type = COLUMN_INT},
    {.name = "method", .type = COLUMN_TEXT, .json_only = true},
    {.name = "scaling", .type = COLUMN_TEXT},
    {.name = "depth", .type = COLUMN_REAL, .decimals = 4, .json_only = true},
    {.name = "width", .type = COLUMN_REAL, .decimals = 4, .json_only = true},
    {.name = "resolution", .type = COLUMN_REAL, .decimals = 4, .json_only = true},
    {.name = "input", .type = COLUMN_INT},
    {.name = "params", .type = COLUMN_INT, .json_only = true},
    {.name = "macs", .type = COLUMN_INT},
    {.name = "macs_ratio", .type = COLUMN_REAL, .decimals = 2, .heading = "x FLOPs"},
    {.name = "seeds", .type = COLUMN_INT, .heading = "n"},
    {.name = "top1", .type = COLUMN_REAL, .decimals = 2},
    {.name = "top1_ci95", .type = COLUMN_REAL, .decimals = 2, .heading = "±"},
    {.name = "difference", .type = COLUMN_REAL, .decimals = 2, .heading = "diff."},
    {.name = "low", .type = COLUMN_REAL, .decimals = 2, .json_only = true},
    {.name = "high", .type = COLUMN_REAL, .decimals = 2, .json_only = true},
    {.name = "p", .type = COLUMN_REAL, .decimals = 4, .json_only = true},
    {.name = "p_holm", .type = COLUMN_REAL, .decimals = 3, .heading = "p"},
    {.name = "verdict", .type = COLUMN_TEXT},
    {.name = "objective", .type = COLUMN_REAL, .decimals = 2},
    {.name = "objective_ci95", .type = COLUMN_REAL, .decimals = 2, .json_only = true},
    {.name = "setting", .type = COLUMN_TEXT, .if_any = true},
    {0},
};

#define COLUMNS ((int)(sizeof(columns) / sizeof(columns[0])))

static int add_row(const struct ranking *ranking, const struct ranked *one, bool objective,
    struct rowset *rows, struct err *err)
{
    const struct run_config *config = &ranking->runs.configs[one->config];
    struct str scaling = STR_INIT;

    query_add_scaling(&scaling, config->depth, config->width, config->resolution);
    if (str_check(&scaling, err) < 0)
        return -1;
    rowset_text(rows, config->model);
    rowset_int(rows, one->rank);
    rowset_text(rows, config->method);
    rowset_text(rows, scaling.text);
    rowset_real(rows, config->depth);
    rowset_real(rows, config->width);
    rowset_real(rows, config->resolution);
    rowset_int(rows, config->input);
    rowset_int(rows, config->params);
    rowset_int(rows, config->macs);
    rowset_real(rows, one->baseline < 0 ? NAN
                                        : (double)config->macs /
                                              (double)ranking->runs.configs[one->baseline].macs);
    rowset_int(rows, one->seeds);
    rowset_real(rows, one->top1);
    rowset_real(rows, one->top1_ci95);
    rowset_real(rows, one->test.difference);
    rowset_real(rows, one->test.low);
    rowset_real(rows, one->test.high);
    rowset_real(rows, one->test.p);
    rowset_real(rows, one->p_holm);
    rowset_text(rows, ranking_verdict_names[one->verdict]);
    if (objective) {
        rowset_real(rows, one->score);
        rowset_real(rows, one->score_ci95);
    }
    rowset_text(rows, config->label[0] ? config->label : NULL);
    str_release(&scaling);
    return 0;
}

static int most_seeds(const struct ranking *ranking)
{
    int most = 0;

    for (int i = 0; i < ranking->n; i++)
        most = ranking->all[i].seeds > most ? ranking->all[i].seeds : most;
    return most;
}

static void add_notes(
    const struct ranking *ranking, const struct ranking_options *options, struct str *notes)
{
    if (!isnan(options->target))
        str_addf(notes,
            "objective: top-1 x (FLOPs / %.0f)^%g. diff.: the network's objective minus the best "
            "network's.\n",
            options->target, options->exponent);
    else
        str_add(notes, "diff.: the network's top-1 minus the best network's, in per cent.\n");
    if (ranking->n_tests > 0)
        str_addf(notes,
            "p-values are Holm-corrected for %d tests (family-wise error rate %g %%). The best of "
            "many networks is also the luckiest: train it again with other seeds before you rely "
            "on it.\n",
            ranking->n_tests, 100 * RANKING_LEVEL);
    else if (ranking->n > 1 && most_seeds(ranking) > 1)
        str_add(notes, "No difference was tested: a test needs two seeds of the best network and "
                       "of another one, and accuracies that differ between seeds.\n");
    else if (ranking->n > 1)
        str_add(notes, "With one seed per network, the effect of chance is unknown: use at least "
                       "two seeds, better five.\n");
    if (ranking->n_unfinished > 0)
        str_addf(notes, "%d more network%s no finished job.\n", ranking->n_unfinished,
            ranking->n_unfinished == 1 ? " has" : "s have");
}

static int print(const struct ranking *ranking, const struct ranking_options *options,
    enum output_format format, FILE *stream, struct err *err)
{
    struct column shown[COLUMNS] = {{0}};
    bool objective = !isnan(options->target);
    struct str notes = STR_INIT;
    struct rowset rows;
    int result = 0, n = 0;

    for (int i = 0; i < COLUMNS - 1; i++)
        if (objective || !str_starts_with(columns[i].name, "objective"))
            shown[n++] = columns[i];
    rowset_init(&rows, shown);
    for (int i = 0; i < ranking->n && result == 0; i++)
        result = add_row(ranking, &ranking->all[i], objective, &rows, err);
    add_notes(ranking, options, &notes);
    if (result == 0 && str_check(&notes, err) < 0)
        result = -1;
    if (result == 0)
        result = document_print(&(struct document){.caption = "networks from the best to the worst",
                                    .rows = &rows,
                                    .notes = notes.text},
            stream, format, err);
    rowset_release(&rows);
    str_release(&notes);
    return result;
}

int ranking_view_print(struct store *store, const char *study,
    const struct ranking_options *options, enum output_format format, FILE *stream, struct err *err)
{
    struct ranking ranking = RANKING_INIT;
    int result = ranking_load(&ranking, store, study, options, err);

    if (result == 0 && ranking.n == 0)
        result = err_set(err, ERR_INPUT,
            "there is nothing to rank: no %s%snetwork of the study %s is done",
            options->method ? options->method : "", options->method ? " " : "", study);
    else if (result == 0)
        result = print(&ranking, options, format, stream, err);
    ranking_release(&ranking);
    return result;
}
