/* scalestudy count: what a network costs, exactly, without building it. */
#include <jansson.h>
#include <stdlib.h>

#include "command.h"
#include "harness/options/network.h"
#include "workloads/workload.h"

struct args {
    struct network_options network;
    int batch;
    bool layers;
    enum output_format format;
};

static const struct cli_option options[] = {
    NETWORK_OPTIONS(struct args, network),
    {"batch", 0, CLI_INT, offsetof(struct args, batch), "N",
        "batch size, for the memory (default 1)"},
    {"layers", 0, CLI_FLAG, offsetof(struct args, layers), NULL, "show every layer, too"},
    {"format", 0, CLI_FORMAT, offsetof(struct args, format), "table|csv|json", "output format"},
    {0},
};

static const struct cli_usage usage = {
    .command = "count",
    .arguments = "MODEL",
    .summary = "Count the parameters, multiply-adds, activations and memory of a network at any "
               "width, depth and input resolution.",
    .options = options,
    .details = "Counts are exact, and no network is built. MACs are multiply-adds of convolutions "
               "and fully connected layers, including "
               "squeeze-excitation, without biases, batch norm, activation functions and pooling: "
               "what the EfficientNet paper calls "
               "FLOPS. Activations are the outputs of those layers. Memory is what inference and "
               "training take for a batch, in bytes.",
    .example =
        "scalestudy count resnet50\nscalestudy count mobilenet_v1 -d 1.4 -w 1.2 -r 1.3 --layers",
    .min_arguments = 1,
    .max_arguments = 1,
};

/* The contract's keys; the layers' own table has its columns below. */
static const struct column cost_columns[] = {
    {.name = "model", .type = COLUMN_TEXT},
    {.name = "width", .type = COLUMN_REAL, .decimals = 3},
    {.name = "depth", .type = COLUMN_REAL, .decimals = 3},
    {.name = "resolution", .type = COLUMN_REAL, .decimals = 3},
    {.name = "input", .type = COLUMN_INT},
    {.name = "params", .type = COLUMN_INT},
    {.name = "macs", .type = COLUMN_INT},
    {.name = "activations", .type = COLUMN_INT},
    {.name = "infer_bytes", .type = COLUMN_INT},
    {.name = "train_bytes", .type = COLUMN_INT},
    {0},
};

static const struct column layer_columns[] = {
    {.name = "stage", .type = COLUMN_INT},
    {.name = "block", .type = COLUMN_INT},
    {.name = "kind", .type = COLUMN_TEXT},
    {.name = "name", .type = COLUMN_TEXT},
    {.name = "height", .type = COLUMN_INT},
    {.name = "width", .type = COLUMN_INT},
    {.name = "channels", .type = COLUMN_INT},
    {.name = "params", .type = COLUMN_INT},
    {.name = "macs", .type = COLUMN_INT},
    {0},
};

struct count {
    const char *model;
    const struct network_options *network;
    double resolution;
    int input;
    struct cost cost;
    struct layer_cost *layers;
    int n_layers;
};

/* Stages are shown from 1; the classifier has none. */
static int shown_stage(const struct layer_cost *layer)
{
    return layer->stage < 0 ? 0 : layer->stage + 1;
}

static int print_cost_rows(const struct count *count, enum output_format format, struct err *err)
{
    struct rowset rows;
    int result;

    rowset_init(&rows, cost_columns);
    rowset_text(&rows, count->model);
    rowset_real(&rows, count->network->width);
    rowset_real(&rows, count->network->depth);
    rowset_real(&rows, count->resolution);
    rowset_int(&rows, count->input);
    rowset_int(&rows, count->cost.parameters);
    rowset_int(&rows, count->cost.macs);
    rowset_int(&rows, count->cost.activations);
    rowset_int(&rows, count->cost.infer_bytes);
    rowset_int(&rows, count->cost.train_bytes);
    result = rowset_print(&rows, stdout, format, err);
    rowset_release(&rows);
    return result;
}

static int print_layer_rows(const struct count *count, enum output_format format, struct err *err)
{
    struct rowset rows;
    int result;

    rowset_init(&rows, layer_columns);
    for (int i = 0; i < count->n_layers; i++) {
        const struct layer_cost *layer = &count->layers[i];

        if (layer->stage < 0)
            rowset_null(&rows);
        else
            rowset_int(&rows, shown_stage(layer));
        rowset_int(&rows, layer->block + 1);
        rowset_text(&rows, layer->kind);
        rowset_text(&rows, layer->name[0] ? layer->name : NULL);
        rowset_int(&rows, layer->h);
        rowset_int(&rows, layer->w);
        rowset_int(&rows, layer->c);
        rowset_int(&rows, layer->parameters);
        rowset_int(&rows, layer->macs);
    }
    result = rowset_print(&rows, stdout, format, err);
    rowset_release(&rows);
    return result;
}

static json_t *layers_as_json(const struct count *count)
{
    json_t *array = json_array();

    for (int i = 0; i < count->n_layers; i++) {
        const struct layer_cost *layer = &count->layers[i];
        json_t *object = json_pack("{s:i, s:i, s:s, s:s, s:i, s:i, s:i, s:I, s:I}", "stage",
            shown_stage(layer), "block", layer->block + 1, "kind", layer->kind, "name", layer->name,
            "height", layer->h, "width", layer->w, "channels", layer->c, "params",
            (json_int_t)layer->parameters, "macs", (json_int_t)layer->macs);

        json_array_append_new(array, object);
    }
    return array;
}

/* One object, with the layers inside: a table of rows cannot say that. */
static int print_json(const struct count *count, bool with_layers, struct err *err)
{
    json_t *object = json_pack("{s:s, s:f, s:f, s:f, s:i, s:I, s:I, s:I, s:I, s:I}", "model",
        count->model, "width", count->network->width, "depth", count->network->depth, "resolution",
        count->resolution, "input", count->input, "params", (json_int_t)count->cost.parameters,
        "macs", (json_int_t)count->cost.macs, "activations", (json_int_t)count->cost.activations,
        "infer_bytes", (json_int_t)count->cost.infer_bytes, "train_bytes",
        (json_int_t)count->cost.train_bytes);
    int failed;

    if (object && with_layers)
        json_object_set_new(object, "layers", layers_as_json(count));
    failed = !object || json_dumpf(object, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) < 0 ||
             putchar('\n') == EOF;
    json_decref(object);
    return failed ? err_set(err, ERR_IO, "cannot write the result to standard output") : 0;
}

static int count_network(
    const struct args *args, const char *model, struct count *count, struct err *err)
{
    struct spec base, spec;

    if (args->batch < 1)
        return err_set(err, ERR_INPUT, "--batch is %d; it must be at least 1", args->batch);
    if (spec_find(model, &base, err) < 0 || network_resolve(&args->network, model, &spec, err) < 0)
        return -1;
    count->model = model;
    count->network = &args->network;
    count->input = spec.input;
    count->resolution = isnan(args->network.resolution) ? (double)spec.input / base.input
                                                        : args->network.resolution;
    if (workload_cost(&spec, args->batch, &count->cost, err) < 0)
        return -1;
    return args->layers ? workload_layer_costs(&spec, &count->layers, &count->n_layers, err) : 0;
}

static int print_count(const struct args *args, const struct count *count, struct err *err)
{
    if (args->format == FORMAT_JSON)
        return print_json(count, args->layers, err);
    if (args->layers && args->format == FORMAT_CSV)
        return print_layer_rows(count, args->format, err);
    if (args->layers && print_layer_rows(count, args->format, err) < 0)
        return -1;
    if (args->layers)
        putchar('\n');
    return print_cost_rows(count, args->format, err);
}

static int run(int argc, char **argv, struct err *err)
{
    struct args args = {.network = NETWORK_DEFAULTS, .batch = 1};
    struct count count = {0};
    char **arguments;
    int result = cli_parse(&usage, argc, argv, &args, &arguments, err);

    if (result != 0)
        return result == CLI_HELP ? 0 : -1;
    result = count_network(&args, arguments[0], &count, err);
    if (result == 0)
        result = print_count(&args, &count, err);
    free(count.layers);
    return result;
}

const struct command command_count = {
    .name = "count",
    .summary = "count parameters, multiply-adds and memory of a network exactly",
    .run = run,
};
