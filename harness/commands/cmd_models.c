/* scalestudy models: the baselines, or the stage table of one. */
#include <stddef.h>

#include "harness/terminal/cli.h"
#include "command.h"
#include "workloads/workload.h"

struct args {
    enum output_format format;
};

static const struct cli_option options[] = {
    {"format", 0, CLI_FORMAT, offsetof(struct args, format), "table|csv|json", "output format"},
    {0},
};

static const struct cli_usage usage = {
    .command = "models",
    .arguments = "[MODEL]",
    .summary = "List the baselines with their cost at 1000 classes, or the stages of one of them.",
    .options = options,
    .details = "MACs are multiply-adds, which the EfficientNet paper calls FLOPS.",
    .example = "scalestudy models\nscalestudy models efficientnet_b0",
    .max_arguments = 1,
};

static const struct column list_columns[] = {
    {.name = "model", .type = COLUMN_TEXT},
    {.name = "input", .type = COLUMN_INT},
    {.name = "stages", .type = COLUMN_INT},
    {.name = "blocks", .type = COLUMN_INT},
    {.name = "params", .type = COLUMN_INT},
    {.name = "macs", .type = COLUMN_INT},
    {.name = "summary", .type = COLUMN_TEXT},
    {0},
};

static const struct column stage_columns[] = {
    {.name = "stage", .type = COLUMN_INT},
    {.name = "operator", .type = COLUMN_TEXT},
    {.name = "kernel", .type = COLUMN_INT},
    {.name = "stride", .type = COLUMN_INT},
    {.name = "expand", .type = COLUMN_INT},
    {.name = "channels", .type = COLUMN_INT},
    {.name = "repeats", .type = COLUMN_INT},
    {.name = "se_ratio", .type = COLUMN_REAL, .decimals = 2},
    {.name = "activation", .type = COLUMN_TEXT},
    {0},
};

static int list_models(struct rowset *rows, struct err *err)
{
    for (const char *const *name = spec_names(); *name; name++) {
        struct spec spec;
        struct cost cost;
        int blocks = 0;

        if (spec_find(*name, &spec, err) < 0 || workload_counts(&spec, &cost, err) < 0)
            return -1;
        for (int s = 0; s < spec.n_stages; s++)
            if (spec.stages[s].block != BLOCK_CONV && spec.stages[s].block != BLOCK_POOL)
                blocks += spec.stages[s].repeats;
        rowset_text(rows, *name);
        rowset_int(rows, spec.input);
        rowset_int(rows, spec.n_stages);
        rowset_int(rows, blocks);
        rowset_int(rows, cost.parameters);
        rowset_int(rows, cost.macs);
        rowset_text(rows, spec_summary(*name));
    }
    return 0;
}

static void int_or_empty(struct rowset *rows, int value)
{
    if (value)
        rowset_int(rows, value);
    else
        rowset_null(rows);
}

static int list_stages(const char *model, struct rowset *rows, struct err *err)
{
    struct spec spec;

    if (spec_find(model, &spec, err) < 0)
        return -1;
    for (int s = 0; s < spec.n_stages; s++) {
        const struct stage *stage = &spec.stages[s];

        rowset_int(rows, s + 1);
        rowset_text(rows, spec_block_name(stage->block));
        rowset_int(rows, stage->kernel);
        rowset_int(rows, stage->stride);
        int_or_empty(rows, stage->expand);
        int_or_empty(rows, stage->channels);
        rowset_int(rows, stage->repeats);
        if (stage->se_ratio > 0)
            rowset_real(rows, stage->se_ratio);
        else
            rowset_null(rows);
        rowset_text(rows, stage->act == ACT_NONE ? NULL : spec_act_names()[stage->act]);
    }
    return 0;
}

static int run(int argc, char **argv, struct err *err)
{
    struct args args = {0};
    char **arguments;
    struct rowset rows;
    int result = cli_parse(&usage, argc, argv, &args, &arguments, err);

    if (result != 0)
        return result == CLI_HELP ? 0 : -1;
    rowset_init(&rows, arguments[0] ? stage_columns : list_columns);
    result = arguments[0] ? list_stages(arguments[0], &rows, err) : list_models(&rows, err);
    if (result == 0)
        result = rowset_print(&rows, stdout, args.format, err);
    rowset_release(&rows);
    return result;
}

const struct command command_models = {
    .name = "models",
    .summary = "list the baselines, or the stages of one",
    .run = run,
};
