/* scalestudy scale: a network scaled by one of the methods, what was asked and what rounding
 * achieved. */

#include "command.h"
#include "harness/base/str.h"
#include "harness/options/network.h"
#include "scalers/scaler.h"
#include "workloads/workload.h"

struct args {
    const char *method;
    struct scaling_request request;
    int input;
    enum output_format format;
    bool stages;
};

static const struct cli_option options[] = {
    {"method", 'm', CLI_TEXT, offsetof(struct args, method), "METHOD",
        "baseline, width, depth, resolution, compound or dwr"},
    {"factor", 0, CLI_REAL, offsetof(struct args, request.factor), "S",
        "factor of the methods width, depth and resolution"},
    {"phi", 0, CLI_REAL, offsetof(struct args, request.phi), "P",
        "compound coefficient: d = alpha^P, w = beta^P, r = gamma^P"},
    {"flops", 0, CLI_COUNT, offsetof(struct args, request.flops), "N",
        "budget of multiply-adds, such as 1.3B, instead of a factor"},
    {"flops-ratio", 0, CLI_REAL, offsetof(struct args, request.flops_ratio), "X",
        "budget as a multiple of the baseline's, such as 4"},
    {"depth", 'd', CLI_REAL, offsetof(struct args, request.depth), "D",
        "depth factor (depth, compound, dwr)"},
    {"width", 'w', CLI_REAL, offsetof(struct args, request.width), "W",
        "width factor (width, compound, dwr)"},
    {"resolution", 'r', CLI_REAL, offsetof(struct args, request.resolution), "R",
        "resolution factor (resolution, compound, dwr)"},
    COMPOUND_OPTIONS(struct args, request, input),
    {"stages", 0, CLI_FLAG, offsetof(struct args, stages), NULL,
        "show the scaled stages, each beside the baseline's"},
    {"format", 0, CLI_FORMAT, offsetof(struct args, format), "table|csv|json", "output format"},
    {0},
};

static const struct cli_usage usage = {
    .command = "scale",
    .arguments = "MODEL",
    .summary = "Scale a network's width, depth, input resolution, or all three, and show the "
               "effect of rounding.",
    .options = options,
    .details = "Channels are rounded to multiples of 8 (never below 90 % of the exact value), "
               "blocks are rounded up, and the input is rounded to "
               "the nearest pixel, as in the authors' code. The output shows the factors requested "
               "and the exact cost of the "
               "rounded network.",
    .example = "scalestudy scale mobilenet_v2 --method compound --flops 1.3B\n"
               "scalestudy scale resnet50 --method width --factor 2 --stages",
    .min_arguments = 1,
    .max_arguments = 1,
};

static const struct column scale_columns[] = {
    {.name = "model", .type = COLUMN_TEXT},
    {.name = "method", .type = COLUMN_TEXT},
    {.name = "depth", .type = COLUMN_REAL, .decimals = 4},
    {.name = "width", .type = COLUMN_REAL, .decimals = 4},
    {.name = "resolution", .type = COLUMN_REAL, .decimals = 4},
    {.name = "input", .type = COLUMN_INT},
    {.name = "blocks_ratio", .type = COLUMN_REAL, .decimals = 3},
    {.name = "channels_ratio", .type = COLUMN_REAL, .decimals = 3},
    {.name = "input_ratio", .type = COLUMN_REAL, .decimals = 3},
    {.name = "params", .type = COLUMN_INT},
    {.name = "macs", .type = COLUMN_INT},
    {.name = "macs_ratio", .type = COLUMN_REAL, .decimals = 3},
    {0},
};

static const struct column stage_columns[] = {
    {.name = "stage", .type = COLUMN_INT},
    {.name = "channels", .type = COLUMN_INT},
    {.name = "baseline_channels", .type = COLUMN_INT},
    {.name = "repeats", .type = COLUMN_INT},
    {.name = "baseline_repeats", .type = COLUMN_INT},
    {0},
};

/* Blocks of all stages, and their mean channels: what depth and width became. */
static void measure(const struct spec *spec, double *blocks, double *channels)
{
    *blocks = *channels = 0;
    for (int s = 0; s < spec->n_stages; s++) {
        if (spec->stages[s].block != BLOCK_CONV && spec->stages[s].block != BLOCK_POOL)
            *blocks += spec->stages[s].repeats;
        *channels += spec->stages[s].channels;
    }
}

static int add_scale_row(struct rowset *rows, const struct spec *base, const struct spec *scaled,
    const struct scaling *scaling, struct err *err)
{
    double base_blocks, base_channels, blocks, channels;
    struct cost base_cost, cost;

    if (workload_counts(base, &base_cost, err) < 0 || workload_counts(scaled, &cost, err) < 0)
        return -1;
    measure(base, &base_blocks, &base_channels);
    measure(scaled, &blocks, &channels);
    rowset_text(rows, base->name);
    rowset_text(rows, scaling->method);
    rowset_real(rows, scaling->depth);
    rowset_real(rows, scaling->width);
    rowset_real(rows, scaling->resolution);
    rowset_int(rows, scaled->input);
    rowset_real(rows, blocks / base_blocks);
    rowset_real(rows, channels / base_channels);
    rowset_real(rows, (double)scaled->input / base->input);
    rowset_int(rows, cost.parameters);
    rowset_int(rows, cost.macs);
    rowset_real(rows, (double)cost.macs / (double)base_cost.macs);
    return 0;
}

static void add_stage_rows(struct rowset *rows, const struct spec *base, const struct spec *scaled)
{
    for (int s = 0; s < base->n_stages; s++) {
        if (base->stages[s].block == BLOCK_POOL)
            continue;
        rowset_int(rows, s + 1);
        rowset_int(rows, scaled->stages[s].channels);
        rowset_int(rows, base->stages[s].channels);
        rowset_int(rows, scaled->stages[s].repeats);
        rowset_int(rows, base->stages[s].repeats);
    }
}

static int scale_network(
    const struct args *args, const char *model, struct rowset *rows, struct err *err)
{
    struct spec base, scaled;
    struct scaling scaling;

    if (spec_find(model, &base, err) < 0)
        return -1;
    if (args->input)
        base.input = args->input;
    if (scaling_resolve(&base, &args->request, workload_macs, &scaling, err) < 0 ||
        scaling_apply(&base, &scaling, &scaled, err) < 0)
        return -1;
    if (args->stages) {
        add_stage_rows(rows, &base, &scaled);
        return 0;
    }
    return add_scale_row(rows, &base, &scaled, &scaling, err);
}

static int run(int argc, char **argv, struct err *err)
{
    struct args args = {.method = "compound"};
    struct rowset rows;
    char **arguments;
    int result;

    scaling_request_init(&args.request, args.method);
    result = cli_parse(&usage, argc, argv, &args, &arguments, err);
    if (result != 0)
        return result == CLI_HELP ? 0 : -1;
    if (!scaler_find(args.method, err))
        return -1;
    str_copy(args.request.method, sizeof(args.request.method), args.method);
    rowset_init(&rows, args.stages ? stage_columns : scale_columns);
    result = scale_network(&args, arguments[0], &rows, err);
    if (result == 0)
        result = rowset_print(&rows, stdout, args.format, err);
    rowset_release(&rows);
    return result;
}

const struct command command_scale = {
    .name = "scale",
    .summary = "scale a network's width, depth, input resolution, or all three",
    .run = run,
};
