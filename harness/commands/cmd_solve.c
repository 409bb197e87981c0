/* scalestudy solve: the factors whose network meets a budget, nearest first. */
#include <math.h>
#include <stdlib.h>

#include "harness/terminal/cli.h"
#include "command.h"
#include "harness/options/network.h"
#include "scalers/solve.h"
#include "workloads/workload.h"

struct args {
    double flops, params, train_bytes; /* NaN: not given */
    struct solve_request request;
    int input, classes, batch, limit;
    enum padding padding;
    enum output_format format;
};

static const struct cli_option options[] = {
    {"flops", 0, CLI_COUNT, offsetof(struct args, flops), "N",
        "budget of multiply-adds, such as 2.3B"},
    {"params", 0, CLI_COUNT, offsetof(struct args, params), "N",
        "budget of parameters, such as 9.2M"},
    {"train-bytes", 0, CLI_COUNT, offsetof(struct args, train_bytes), "N",
        "budget of training memory in bytes, such as 2G"},
    {"method", 'm', CLI_TEXT, offsetof(struct args, request.method), "METHOD",
        "width, depth, resolution, compound or dwr (default: all but dwr)"},
    {"depth", 'd', CLI_REAL, offsetof(struct args, request.depth), "D",
        "with --method dwr: fix the depth factor"},
    {"width", 'w', CLI_REAL, offsetof(struct args, request.width), "W",
        "with --method dwr: fix the width factor"},
    {"resolution", 'r', CLI_REAL, offsetof(struct args, request.resolution), "R",
        "with --method dwr: fix the resolution factor"},
    COMPOUND_OPTIONS(struct args, request, input),
    {"classes", 0, CLI_INT, offsetof(struct args, classes), "N",
        "outputs of the classifier (default: the model's own)"},
    {"padding", 0, CLI_PADDING, offsetof(struct args, padding), "torch|same",
        "padding of convolutions: PyTorch's k/2 (default), or TensorFlow's"},
    {"batch", 0, CLI_INT, offsetof(struct args, batch), "N",
        "batch size, for the memory (default 32)"},
    {"limit", 0, CLI_INT, offsetof(struct args, limit), "N",
        "show the N nearest (default 10; 0: all)"},
    {"format", 0, CLI_FORMAT, offsetof(struct args, format), "table|csv|json", "output format"},
    {0},
};

static const struct cli_usage usage = {
    .command = "solve",
    .arguments = "MODEL",
    .summary =
        "Find the depth, width and resolution factors whose network meets a budget, nearest first.",
    .options = options,
    .details = "Give exactly one budget. For each method with a single size, the result is its "
               "nearest network. The method "
               "dwr tries all "
               "depths and widths from 0.5 to 4 in steps of 0.1 with the input that fits, to the "
               "pixel; factors that are given stay "
               "fixed. Only dwr takes fixed factors. `ratio` is the cost over the budget: because "
               "channels are rounded to multiples of "
               "8 and blocks are rounded up, few budgets are met exactly.",
    .example = "scalestudy solve mobilenet_v2 --flops 1.3B\n"
               "scalestudy solve mobilenet_v1 --flops 2.3B --method dwr -d 1.4 -w 1.2\n"
               "scalestudy solve resnet50 --train-bytes 4G --batch 16 --method width",
    .min_arguments = 1,
    .max_arguments = 1,
};

static const struct column columns[] = {
    {.name = "model", .type = COLUMN_TEXT},
    {.name = "method", .type = COLUMN_TEXT},
    {.name = "depth", .type = COLUMN_REAL, .decimals = 4},
    {.name = "width", .type = COLUMN_REAL, .decimals = 4},
    {.name = "resolution", .type = COLUMN_REAL, .decimals = 4},
    {.name = "input", .type = COLUMN_INT},
    {.name = "params", .type = COLUMN_INT},
    {.name = "macs", .type = COLUMN_INT},
    {.name = "train_bytes", .type = COLUMN_INT},
    {.name = "ratio", .type = COLUMN_REAL, .decimals = 4},
    {0},
};

static int measure_macs(void *context, const struct spec *spec, int64_t *cost, struct err *err)
{
    (void)context;
    return workload_macs(spec, cost, err);
}

static int measure_parameters(
    void *context, const struct spec *spec, int64_t *cost, struct err *err)
{
    struct cost all;

    (void)context;
    if (workload_counts(spec, &all, err) < 0)
        return -1;
    *cost = all.parameters;
    return 0;
}

static int measure_train_bytes(
    void *context, const struct spec *spec, int64_t *cost, struct err *err)
{
    const struct args *args = context;
    struct cost all;

    if (workload_cost(spec, args->batch, &all, err) < 0)
        return -1;
    *cost = all.train_bytes;
    return 0;
}

static int choose_budget(struct args *args, struct err *err)
{
    struct solve_request *request = &args->request;

    if (!isnan(args->flops) + !isnan(args->params) + !isnan(args->train_bytes) != 1)
        return err_set(err, ERR_INPUT, "give one budget: --flops, --params or --train-bytes");
    request->measure = !isnan(args->flops)    ? measure_macs
                       : !isnan(args->params) ? measure_parameters
                                              : measure_train_bytes;
    request->budget = !isnan(args->flops)    ? args->flops
                      : !isnan(args->params) ? args->params
                                             : args->train_bytes;
    request->ignores_input = !isnan(args->params);
    request->context = args;
    return 0;
}

static int add_row(
    struct rowset *rows, const struct args *args, const struct solution *solution, struct err *err)
{
    struct cost cost;

    if (workload_cost(&solution->spec, args->batch, &cost, err) < 0)
        return -1;
    rowset_text(rows, solution->spec.name);
    rowset_text(rows, solution->scaling.method);
    rowset_real(rows, solution->scaling.depth);
    rowset_real(rows, solution->scaling.width);
    rowset_real(rows, solution->scaling.resolution);
    rowset_int(rows, solution->spec.input);
    rowset_int(rows, cost.parameters);
    rowset_int(rows, cost.macs);
    rowset_int(rows, cost.train_bytes);
    rowset_real(rows, solution->ratio);
    return 0;
}

static int solve(struct args *args, const char *model, struct rowset *rows, struct err *err)
{
    struct solution *list;
    struct spec base;
    int n, result = 0;

    if (spec_find(model, &base, err) < 0 || choose_budget(args, err) < 0)
        return -1;
    if (args->input)
        base.input = args->input;
    if (args->classes)
        base.classes = args->classes;
    base.padding = args->padding;
    if (args->batch < 1 || args->limit < 0 || args->classes < 0)
        return err_set(err, ERR_INPUT,
            args->batch < 1   ? "--batch must be at least 1"
            : args->limit < 0 ? "--limit must be at least 0"
                              : "--classes must be at least 1");
    if (spec_validate(&base, err) < 0 || scaling_solve(&base, &args->request, &list, &n, err) < 0)
        return -1;
    for (int i = 0; i < n && result == 0 && (i < args->limit || args->limit == 0); i++)
        result = add_row(rows, args, &list[i], err);
    free(list);
    return result;
}

static int run(int argc, char **argv, struct err *err)
{
    struct args args = {.flops = NAN,
        .params = NAN,
        .train_bytes = NAN,
        .request = SOLVE_REQUEST_INIT,
        .batch = 32,
        .limit = 10};
    struct rowset rows;
    char **arguments;
    int result = cli_parse(&usage, argc, argv, &args, &arguments, err);

    if (result != 0)
        return result == CLI_HELP ? 0 : -1;
    rowset_init(&rows, columns);
    result = solve(&args, arguments[0], &rows, err);
    if (result == 0)
        result = rowset_print(&rows, stdout, args.format, err);
    rowset_release(&rows);
    return result;
}

const struct command command_solve = {
    .name = "solve",
    .summary = "find the factors that meet a budget of FLOPs, parameters or memory",
    .run = run,
};
