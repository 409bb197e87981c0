/* `scalestudy search nas`: the networks of a study by the objective of the paper's search. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>

#include "harness/terminal/cli.h"
#include "harness/commands/command.h"
#include "harness/base/number.h"
#include "ranking_view.h"
#include "harness/commands/results_open.h"

struct arguments {
    const char *database, *study, *model, *target;
    double exponent;
    enum output_format format;
};

static const struct cli_option options[] = {
    {"target", 0, CLI_TEXT, offsetof(struct arguments, target), "FLOPS",
        "the target FLOPs, such as 400M (required)"},
    {"exponent", 0, CLI_REAL, offsetof(struct arguments, exponent), "W",
        "exponent of FLOPs / target (default -0.07, as in the paper)"},
    {"db", 0, CLI_TEXT, offsetof(struct arguments, database), "F",
        "the database (default: the study's)"},
    {"study", 0, CLI_TEXT, offsetof(struct arguments, study), "NAME",
        "the study, if the database has several"},
    {"model", 0, CLI_TEXT, offsetof(struct arguments, model), "NAME", "only this baseline"},
    {"format", 0, CLI_DOCUMENT_FORMAT, offsetof(struct arguments, format),
        "table|csv|json|markdown|latex", "output format"},
    {0},
};

static const struct cli_usage usage = {
    .command = "search nas",
    .arguments = "[STUDY.yaml]",
    .summary = "Rank the networks of a study by the objective that EfficientNet-B0 was searched "
               "with: top-1 x (FLOPs / target)^-0.07.",
    .options = options,
    .details =
        "The search space is spanned by the study's grids: models, variants and scalings, each "
        "with a "
        "list of values. `run` trains all of it, or, with `prune: {method: asha}`, stops networks "
        "that "
        "fall behind; `search nas` ranks the finished ones. Every network is tested against the "
        "best, seed "
        "by seed where they have the same seeds, with Holm's correction. The objective is that of "
        "MnasNet (Tan et al. 2019) with FLOPs instead of latency (Tan & Le 2019, Section 4).",
    .example = "scalestudy search nas space.yaml --target 30M\n"
               "scalestudy search nas --db space.db --target 400M --format csv",
    .min_arguments = 0,
    .max_arguments = 1,
};

static int check(const struct arguments *given, struct ranking_options *how, struct err *err)
{
    if (!given->target)
        return err_set(err, ERR_INPUT, "--target is missing: give the target FLOPs, such as 400M");
    if (!number_parse_count(given->target, &how->target) || !(how->target > 0))
        return err_set(err, ERR_INPUT,
            "--target is '%s'; it must be FLOPs above 0, such as 400M or 1.3B", given->target);
    if (!(given->exponent >= -10 && given->exponent <= 10))
        return err_set(
            err, ERR_INPUT, "--exponent is %g; it must be from -10 to 10", given->exponent);
    how->exponent = given->exponent;
    how->model = given->model;
    return 0;
}

static int run(int argc, char **argv, struct err *err)
{
    struct arguments given = {.exponent = RANKING_EXPONENT};
    struct ranking_options how = RANKING_DEFAULTS;
    struct store *store = NULL;
    char study[STUDY_NAME_BYTES], **arguments;
    int result = cli_parse(&usage, argc, argv, &given, &arguments, err);

    if (result != 0)
        return result == CLI_HELP ? 0 : -1;
    result = -1;
    if (check(&given, &how, err) == 0 &&
        results_open_one(&store, study, given.database, arguments[0], given.study, err) == 0)
        result = ranking_view_print(store, study, &how, given.format, stdout, err);
    store_close(store);
    return result;
}

const struct command search_command_nas = {
    .name = "nas",
    .summary = "rank the networks of a study by top-1 x (FLOPs / target)^-0.07",
    .run = run,
};
