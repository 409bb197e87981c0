/* scalestudy bench: how fast a network trains or infers here, and which layers take the time. */
#include <jansson.h>
#include <unistd.h>

#include "harness/system/cpu.h"
#include "harness/base/str.h"
#include "harness/views/bench_layers.h"
#include "command.h"
#include "harness/options/network.h"
#include "results/store/store.h"
#include "scalers/scaler.h"
#include "harness/version.h"
#include "workloads/workload.h"

#define MAX_THREADS 1024
#define MAX_SECONDS 86400

struct args {
    struct network_options network;
    int stem_stride;
    bool no_stem_pool;
    const char *mode, *sort, *database;
    int batch, threads, steps;
    double seconds;
    bool layers, recompute;
    enum output_format format;
};

static const struct cli_option options[] = {
    {"mode", 0, CLI_TEXT, offsetof(struct args, mode), "train|infer",
        "time whole training steps (default), or the forward pass alone"},
    NETWORK_OPTIONS(struct args, network),
    CLI_GROUP(NETWORK_OPTIONS_TITLE),
    {"stem-stride", 0, CLI_INT, offsetof(struct args, stem_stride), "N",
        "stride of the first convolution: 1 for small images (default: the model's)"},
    {"no-stem-pool", 0, CLI_FLAG, offsetof(struct args, no_stem_pool), NULL,
        "leave out the first pooling of a ResNet"},
    CLI_GROUP_END,
    {"batch", 0, CLI_INT, offsetof(struct args, batch), "N", "batch size (default 16)"},
    {"threads", 0, CLI_INT, offsetof(struct args, threads), "N",
        "threads that compute (default: all cores)"},
    {"seconds", 0, CLI_REAL, offsetof(struct args, seconds), "S",
        "time steps for S seconds (default 3)"},
    {"steps", 0, CLI_INT, offsetof(struct args, steps), "N", "time N steps instead"},
    {"recompute", 0, CLI_FLAG, offsetof(struct args, recompute), NULL,
        "train: recompute layers' outputs in the backward pass, as `train --recompute`"},
    {"layers", 0, CLI_FLAG, offsetof(struct args, layers), NULL,
        "show every layer, beside what the machine can do"},
    {"sort", 0, CLI_TEXT, offsetof(struct args, sort), "order|time|lost",
        "order of layers: as they run (default), by time, or by the time that could be gained"},
    {"db", 0, CLI_TEXT, offsetof(struct args, database), "F",
        "also add a row to this database (created if missing)"},
    {"format", 0, CLI_FORMAT, offsetof(struct args, format), "table|csv|json", "output format"},
    {0},
};

static const struct cli_usage usage = {
    .command = "bench",
    .arguments = "MODEL",
    .summary = "Time a network on random images, in images per second and as a share of this "
               "machine's peak.",
    .options = options,
    .details =
        "A step is a forward pass and, in training, the loss, a backward pass and an SGD update. "
        "No images are "
        "loaded, and dropout and stochastic depth are off. Times are medians of the steps after a "
        "warm-up. "
        "`share_of_peak` is the counted multiply-adds (three times those of the forward pass in "
        "training) divided by the time and by the rate of the "
        "fastest matrix product of "
        "this machine with these threads, measured in the same run.\n\n"
        "With --layers, `GB/s` counts "
        "inputs, outputs and weights once each; `bound` says whether arithmetic or memory sets a "
        "layer's least time, `share` is that least time divided by the measured time, and `lost` "
        "is the difference in "
        "milliseconds. A layer without a time is computed as part of a neighbour. Layers that "
        "--recompute runs again count as (outside).",
    .description = "--layers also sums up each kind of layer. --db adds a row to the table "
                   "`benchmark` of a database.",
    .example = "scalestudy bench mobilenet_v2 --mode train --input 224 --batch 16 --threads 2\n"
               "scalestudy bench resnet50 --mode infer --batch 1 --layers --sort lost",
    .min_arguments = 1,
    .max_arguments = 1,
};

/* The contract's keys, then what explains them. */
static const struct column columns[] = {
    {.name = "model", .type = COLUMN_TEXT},
    {.name = "mode", .type = COLUMN_TEXT},
    {.name = "input", .type = COLUMN_INT},
    {.name = "batch", .type = COLUMN_INT},
    {.name = "threads", .type = COLUMN_INT},
    {.name = "images_per_second", .type = COLUMN_REAL, .decimals = 1, .heading = "images/s"},
    {.name = "step_ms_median", .type = COLUMN_REAL, .decimals = 2, .heading = "step ms"},
    {.name = "step_ms_min", .type = COLUMN_REAL, .decimals = 2, .heading = "least ms"},
    {.name = "peak_bytes", .type = COLUMN_INT},
    {.name = "isa", .type = COLUMN_TEXT},
    {.name = "share_of_peak", .type = COLUMN_REAL, .decimals = 3},
    {.name = "peak_flops", .type = COLUMN_REAL, .json_only = true},
    {.name = "macs", .type = COLUMN_INT, .json_only = true},
    {.name = "plan_bytes", .type = COLUMN_INT, .json_only = true},
    {.name = "width", .type = COLUMN_REAL, .decimals = 3, .json_only = true},
    {.name = "depth", .type = COLUMN_REAL, .decimals = 3, .json_only = true},
    {.name = "steps", .type = COLUMN_INT, .json_only = true},
    {0},
};

/* ---- what is asked for ---- */

static int check_numbers(const struct args *args, struct err *err)
{
    if (args->batch < 1 || args->batch > 65536)
        return err_set(err, ERR_INPUT, "--batch is %d; it must be from 1 to 65536", args->batch);
    if (args->threads < 0 || args->threads > MAX_THREADS)
        return err_set(err, ERR_INPUT,
            "--threads is %d; it must be from 1 to %d, or 0 for all cores", args->threads,
            MAX_THREADS);
    if (args->steps < 0 || args->steps > 1000000)
        return err_set(err, ERR_INPUT,
            "--steps is %d; it must be from 1 to 1000000, or 0 to time for --seconds", args->steps);
    if (!(args->seconds > 0 && args->seconds <= MAX_SECONDS))
        return err_set(err, ERR_INPUT, "--seconds is %g; it must be above 0 and at most %d",
            args->seconds, MAX_SECONDS);
    return 0;
}

static int resolve_options(
    const struct args *args, struct bench_options *bench, enum layer_order *order, struct err *err)
{
    static const char *const modes[] = {"train", "infer", NULL};
    int mode = str_find("mode", args->mode, modes, err);

    if (mode < 0 || check_numbers(args, err) < 0 ||
        layer_order_find(args->sort ? args->sort : "order", order, err) < 0)
        return -1;
    if (args->recompute && mode != 0)
        return err_set(err, ERR_INPUT,
            "--recompute saves memory in training; inference keeps no outputs, so leave it out");
    if (args->sort && !args->layers)
        return err_set(err, ERR_INPUT, "--sort orders the layers; give --layers too");
    *bench = (struct bench_options){.training = mode == 0,
        .batch = args->batch,
        .threads = args->threads,
        .steps = args->steps,
        .seconds = args->seconds,
        .recompute = args->recompute,
        .layers = args->layers};
    return 0;
}

static int resolve_network(
    const struct args *args, const char *model, struct spec *spec, struct err *err)
{
    const struct variant variant = {.width = 1,
        .depth = 1,
        .stem_stride = args->stem_stride,
        .no_stem_pool = args->no_stem_pool};
    struct spec scaled;

    if (network_resolve(&args->network, model, &scaled, err) < 0)
        return -1;
    return variant_apply(&scaled, &variant, spec, err);
}

/* ---- what is shown ---- */

struct shown {
    const struct args *args;
    const char *model;
    int input;
    enum layer_order order;
    const struct bench_result *result;
};

static void add_row(struct rowset *rows, const struct shown *shown)
{
    const struct bench_result *result = shown->result;

    rowset_text(rows, shown->model);
    rowset_text(rows, shown->args->mode);
    rowset_int(rows, shown->input);
    rowset_int(rows, shown->args->batch);
    rowset_int(rows, result->threads);
    rowset_real(rows, result->images_per_second);
    rowset_real(rows, 1e3 * result->seconds_median);
    rowset_real(rows, 1e3 * result->seconds_min);
    rowset_int(rows, result->peak_bytes);
    rowset_text(rows, workload_isa());
    rowset_real(rows, result->share_of_peak);
    rowset_real(rows, result->peak.flops);
    rowset_int(rows, result->macs);
    rowset_int(rows, result->plan_bytes);
    rowset_real(rows, shown->args->network.width);
    rowset_real(rows, shown->args->network.depth);
    rowset_int(rows, result->steps);
}

/* The array that all rows are in JSON, with the layers inside its one object: rows alone cannot say
 * that. */
static int print_json(const struct shown *shown, const struct rowset *rows, struct err *err)
{
    json_t *array = rows_as_json(rows, err);
    int status = -1;

    if (array)
        status = layers_add_json(json_array_get(array, 0), shown->result, shown->order, err);
    if (status == 0 && (json_dumpf(array, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) < 0 ||
                           putchar('\n') == EOF))
        status = err_set(err, ERR_IO, "cannot write the result to standard output");
    json_decref(array);
    return status;
}

static int print(const struct shown *shown, struct err *err)
{
    enum output_format format = shown->args->format;
    struct rowset rows;
    int status = 0;

    rowset_init(&rows, columns);
    add_row(&rows, shown);
    if (shown->args->layers && format == FORMAT_JSON)
        status = print_json(shown, &rows, err);
    else if (shown->args->layers)
        status = layers_print(shown->result, shown->order, stdout, format, err);
    if (status == 0 && (!shown->args->layers || format == FORMAT_TABLE))
        status = rowset_print(&rows, stdout, format, err);
    rowset_release(&rows);
    return status;
}

/* ---- what is kept ---- */

static int put_row(const struct shown *shown, struct store *store, struct err *err)
{
    const struct bench_result *result = shown->result;
    const struct benchmark_record record = {.model = shown->model,
        .mode = shown->args->mode,
        .setting = shown->args->recompute ? "recompute" : NULL,
        .width = shown->args->network.width,
        .depth = shown->args->network.depth,
        .input = shown->input,
        .batch = shown->args->batch,
        .steps = result->steps,
        .images_per_second = result->images_per_second,
        .step_ms_median = 1e3 * result->seconds_median,
        .step_ms_min = 1e3 * result->seconds_min,
        .peak_bytes = result->peak_bytes,
        .plan_bytes = result->plan_bytes,
        .macs = result->macs,
        .peak_flops = result->peak.flops};
    char cpu[128], host[256] = "localhost", version[VERSION_FULL_BYTES];
    const struct environment environment = {.host = host,
        .cpu = cpu,
        .isa = workload_isa(),
        .version = version,
        .blas = workload_products(),
        .cores = cpu_count(),
        .threads = result->threads};

    cpu_name(cpu, sizeof(cpu));
    version_full(version);
    (void)!gethostname(host, sizeof(host) - 1);
    return store_benchmark(store, &record, &environment, err);
}

static int run(int argc, char **argv, struct err *err)
{
    struct args args = {.network = NETWORK_DEFAULTS, .mode = "train", .batch = 16, .seconds = 3};
    struct shown shown = {.args = &args};
    struct bench_options bench;
    struct bench_result result = {0};
    struct store *store = NULL;
    struct spec spec;
    char **arguments;
    int status = cli_parse(&usage, argc, argv, &args, &arguments, err);

    if (status != 0)
        return status == CLI_HELP ? 0 : -1;
    /* The database is opened first: no minute of measuring ends in "no such folder". */
    if (resolve_options(&args, &bench, &shown.order, err) < 0 ||
        resolve_network(&args, arguments[0], &spec, err) < 0 ||
        (args.database && store_open(&store, args.database, STORE_CREATE, err) < 0))
        return -1;
    shown.model = arguments[0];
    shown.input = spec.input;
    shown.result = &result;
    status = workload_bench(&spec, &bench, &result, err);
    if (status == 0 && store)
        status = put_row(&shown, store, err);
    if (status == 0)
        status = print(&shown, err);
    bench_release(&result);
    store_close(store);
    return status;
}

const struct command command_bench = {
    .name = "bench",
    .summary = "time a network and each of its layers",
    .run = run,
};
