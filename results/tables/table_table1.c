/*
 * Table 1 of the EfficientNet paper: the stages of EfficientNet-B0, from the network that is built
 * here, beside what the paper prints.
 */
#include "table.h"

#include <math.h>
#include <string.h>

#include "results/analysis/verdict.h"

#define MODEL "efficientnet_b0"

/* As printed; an operator is our name, its kernel and its expansion (0: it has none). */
static const struct printed_stage {
    const char *text, *operator;
    int kernel, expand, input, channels, layers;
} printed[] = {
    {"Conv3x3", "conv", 3, 0, 224, 32, 1},
    {"MBConv1, k3x3", "mbconv", 3, 1, 112, 16, 1},
    {"MBConv6, k3x3", "mbconv", 3, 6, 112, 24, 2},
    {"MBConv6, k5x5", "mbconv", 5, 6, 56, 40, 2},
    {"MBConv6, k3x3", "mbconv", 3, 6, 28, 80, 3},
    {"MBConv6, k5x5", "mbconv", 5, 6, 14, 112, 3},
    {"MBConv6, k5x5", "mbconv", 5, 6, 14, 192, 4},
    {"MBConv6, k3x3", "mbconv", 3, 6, 7, 320, 1},
    {"Conv1x1 & Pooling & FC", "conv", 1, 0, 7, 1280, 1},
};
#define N_PRINTED ((int)(sizeof(printed) / sizeof(printed[0])))

static const struct column columns[] = {
    {.name = "stage", .type = COLUMN_INT},
    {.name = "operator_paper", .type = COLUMN_TEXT, .heading = "paper"},
    {.name = "operator", .type = COLUMN_TEXT, .json_only = true},
    {.name = "kernel", .type = COLUMN_INT, .json_only = true},
    {.name = "expand", .type = COLUMN_INT, .json_only = true},
    {.name = "stride", .type = COLUMN_INT},
    {.name = "se_ratio", .type = COLUMN_REAL, .decimals = 2, .heading = "SE"},
    {.name = "input", .type = COLUMN_INT, .heading = "px"},
    {.name = "input_paper", .type = COLUMN_INT, .heading = "paper"},
    {.name = "channels", .type = COLUMN_INT},
    {.name = "channels_paper", .type = COLUMN_INT, .heading = "paper"},
    {.name = "layers", .type = COLUMN_INT},
    {.name = "layers_paper", .type = COLUMN_INT, .heading = "paper"},
    {.name = "verdict", .type = COLUMN_TEXT},
    {.name = "params", .type = COLUMN_INT},
    {.name = "macs", .type = COLUMN_INT},
    {0},
};

static bool matches(const struct table_stage *stage, const struct printed_stage *paper)
{
    return strcmp(stage->operator, paper->operator) == 0 && stage->kernel == paper->kernel &&
           stage->expand == paper->expand && stage->input == paper->input &&
           stage->channels == paper->channels && stage->layers == paper->layers;
}

static void int_or_empty(struct rowset *rows, int value)
{
    if (value > 0)
        rowset_int(rows, value);
    else
        rowset_null(rows);
}

static void add_stage(struct rowset *rows, int number, const struct table_stage *stage,
    const struct printed_stage *paper)
{
    rowset_int(rows, number);
    rowset_text(rows, paper->text);
    rowset_text(rows, stage->operator);
    rowset_int(rows, stage->kernel);
    int_or_empty(rows, stage->expand);
    rowset_int(rows, stage->stride);
    rowset_real(rows, stage->se_ratio > 0 ? stage->se_ratio : NAN);
    rowset_int(rows, stage->input);
    rowset_int(rows, paper->input);
    rowset_int(rows, stage->channels);
    rowset_int(rows, paper->channels);
    rowset_int(rows, stage->layers);
    rowset_int(rows, paper->layers);
    rowset_text(rows, verdict_name(matches(stage, paper) ? VERDICT_MATCH : VERDICT_DIFFERS));
    rowset_int(rows, stage->params);
    rowset_int(rows, stage->macs);
}

static int fill(
    struct store *store, const struct table_options *options, struct rowset *rows, struct err *err)
{
    struct table_stage stages[TABLE_MAX_STAGES];
    int n = 0;

    (void)store;
    if (options->counter->stages(MODEL, stages, &n, err) < 0)
        return -1;
    if (n != N_PRINTED)
        return err_set(
            err, ERR_BUG, MODEL " has %d stages, and Table 1 of the paper %d", n, N_PRINTED);
    for (int i = 0; i < n; i++)
        add_stage(rows, i + 1, &stages[i], &printed[i]);
    return 0;
}

static int add_notes(
    struct store *store, const struct table_options *options, struct str *notes, struct err *err)
{
    struct table_network network;

    (void)store;
    if (options->counter->cost(MODEL, 1, 1, 1, &network, err) < 0)
        return -1;
    str_addf(notes,
        "px is the input of a stage. macs are multiply-adds of one image with %d px, params "
        "trainable parameters: %.6g and %.6g million in all, with the classifier of 1000 classes, "
        "which is in stage %d.\n",
        network.input, (double)network.macs / 1e6, (double)network.params / 1e6, N_PRINTED);
    str_add(notes, "match: operator, kernel, expansion, resolution, channels and layers are all "
                   "what the paper prints. It prints no strides; they follow from its "
                   "resolutions, and the squeeze-excitation (SE) is the authors' code's.\n");
    return 0;
}

const struct table table_table1 = {
    .name = "table1",
    .summary =
        "Table 1 of the EfficientNet paper: the stages of EfficientNet-B0, and what each costs",
    .columns = columns,
    .fill = fill,
    .notes = add_notes,
};
