/* The time of every layer, as a table, CSV or JSON. */
#include "bench_layers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/base/str.h"

/* What of a layer is shown; both the table and JSON are made of it. */
struct layer_row {
    const struct bench_layer *layer;
    int number; /* order of running, from 0 */
    double seconds, lost;
};

static const struct column layer_columns[] = {
    {.name = "stage", .type = COLUMN_INT, .json_only = true},
    {.name = "block", .type = COLUMN_INT, .json_only = true},
    {.name = "kind", .type = COLUMN_TEXT},
    {.name = "name", .type = COLUMN_TEXT},
    {.name = "height", .type = COLUMN_INT, .heading = "h"},
    {.name = "width", .type = COLUMN_INT, .heading = "w"},
    {.name = "channels", .type = COLUMN_INT, .heading = "c"},
    {.name = "macs", .type = COLUMN_INT, .json_only = true},
    {.name = "forward_ms", .type = COLUMN_REAL, .decimals = 3, .heading = "fwd ms"},
    {.name = "forward_gflops", .type = COLUMN_REAL, .decimals = 0, .heading = "GFLOP/s"},
    {.name = "forward_gbs", .type = COLUMN_REAL, .decimals = 1, .heading = "GB/s"},
    {.name = "forward_share", .type = COLUMN_REAL, .decimals = 0, .heading = "share"},
    {.name = "forward_bound", .type = COLUMN_TEXT, .heading = "bound"},
    {.name = "backward_ms", .type = COLUMN_REAL, .decimals = 3, .heading = "bwd ms"},
    {.name = "backward_gflops", .type = COLUMN_REAL, .decimals = 0, .heading = "GFLOP/s"},
    {.name = "backward_gbs", .type = COLUMN_REAL, .decimals = 1, .heading = "GB/s"},
    {.name = "backward_share", .type = COLUMN_REAL, .decimals = 0, .heading = "share"},
    {.name = "backward_bound", .type = COLUMN_TEXT, .heading = "bound"},
    {.name = "lost_ms", .type = COLUMN_REAL, .decimals = 3, .heading = "lost ms"},
    {.name = "algorithm", .type = COLUMN_TEXT},
    {0},
};

static const struct column kind_columns[] = {
    {.name = "kind", .type = COLUMN_TEXT},
    {.name = "layers", .type = COLUMN_INT},
    {.name = "without_time", .type = COLUMN_INT, .heading = "no time"},
    {.name = "forward_ms", .type = COLUMN_REAL, .decimals = 2, .heading = "fwd ms"},
    {.name = "backward_ms", .type = COLUMN_REAL, .decimals = 2, .heading = "bwd ms"},
    {.name = "of_step", .type = COLUMN_REAL, .decimals = 1, .heading = "% of step"},
    {.name = "gflops", .type = COLUMN_REAL, .decimals = 0, .heading = "GFLOP/s"},
    {.name = "gbs", .type = COLUMN_REAL, .decimals = 1, .heading = "GB/s"},
    {.name = "share", .type = COLUMN_REAL, .decimals = 0},
    {.name = "lost_ms", .type = COLUMN_REAL, .decimals = 2, .heading = "lost ms"},
    {0},
};

int layer_order_find(const char *name, enum layer_order *order, struct err *err)
{
    static const char *const names[] = {"order", "time", "lost", NULL};
    int at = str_find("sort", name, names, err);

    if (at < 0)
        return -1;
    *order = (enum layer_order)at;
    return 0;
}

/* ---- numbers ---- */

/* Per second and in billions; NaN where nothing was timed, or there is nothing to do. */
static double rate(double work, double seconds)
{
    return work > 0 && seconds > 0 ? work / seconds / 1e9 : NAN;
}

static double share(double least, double seconds)
{
    return seconds > 0 ? 100 * least / seconds : NAN;
}

static double or_zero(double seconds)
{
    return isnan(seconds) ? 0 : seconds;
}

static int compare_seconds(const void *a, const void *b)
{
    const struct layer_row *first = a, *second = b;

    if (first->seconds != second->seconds)
        return first->seconds > second->seconds ? -1 : 1;
    return first->number - second->number;
}

static int compare_lost(const void *a, const void *b)
{
    const struct layer_row *first = a, *second = b;

    if (first->lost != second->lost)
        return first->lost > second->lost ? -1 : 1;
    return first->number - second->number;
}

/* NULL: no memory, said in err. free() */
static struct layer_row *sorted(
    const struct bench_result *result, enum layer_order order, struct err *err)
{
    struct layer_row *rows = calloc((size_t)result->n_layers + 1, sizeof(*rows));

    if (!rows) {
        err_set(err, ERR_MEMORY, "no memory for a list of %d layers", result->n_layers);
        return NULL;
    }
    for (int i = 0; i < result->n_layers; i++) {
        const struct bench_layer *layer = &result->layers[i];

        rows[i] = (struct layer_row){.layer = layer,
            .number = i,
            .seconds = or_zero(layer->forward.seconds) + or_zero(layer->backward.seconds),
            .lost = bench_lost(layer, &result->peak)};
    }
    if (order != LAYERS_AS_THEY_RUN)
        qsort(rows, (size_t)result->n_layers, sizeof(*rows),
            order == LAYERS_BY_TIME ? compare_seconds : compare_lost);
    return rows;
}

/* ---- rows ---- */

static void add_pass(
    struct rowset *rows, const struct bench_pass *pass, const struct machine_peak *peak)
{
    bool by_memory;
    double least = bench_bound(pass, peak, &by_memory);

    rowset_real(rows, 1e3 * pass->seconds);
    rowset_real(rows, rate(pass->flops, pass->seconds));
    rowset_real(rows, rate(pass->bytes, pass->seconds));
    rowset_real(rows, share(least, pass->seconds));
    rowset_text(rows, isnan(pass->seconds) ? NULL : by_memory ? "memory" : "arithmetic");
}

static void add_layer(
    struct rowset *rows, const struct layer_row *row, const struct machine_peak *peak)
{
    const struct layer_cost *cost = &row->layer->cost;

    if (cost->stage < 0) /* the classifier has none */
        rowset_null(rows);
    else
        rowset_int(rows, cost->stage + 1);
    rowset_int(rows, cost->block + 1);
    rowset_text(rows, cost->kind);
    rowset_text(rows, cost->name[0] ? cost->name : NULL);
    rowset_int(rows, cost->h);
    rowset_int(rows, cost->w);
    rowset_int(rows, cost->c);
    rowset_int(rows, cost->macs);
    add_pass(rows, &row->layer->forward, peak);
    add_pass(rows, &row->layer->backward, peak);
    rowset_real(rows, 1e3 * row->lost);
    rowset_text(rows, row->layer->algorithm);
}

static void add_kind(
    struct rowset *rows, const struct bench_kind *kind, const struct bench_result *result)
{
    double seconds = or_zero(kind->forward.seconds) + or_zero(kind->backward.seconds);

    rowset_text(rows, kind->kind);
    rowset_int(rows, kind->layers);
    rowset_int(rows, kind->without_time);
    rowset_real(rows, 1e3 * kind->forward.seconds);
    rowset_real(rows, 1e3 * kind->backward.seconds);
    rowset_real(rows, 100 * seconds / result->seconds_median);
    rowset_real(rows, rate(kind->forward.flops + kind->backward.flops, seconds));
    rowset_real(rows, rate(kind->forward.bytes + kind->backward.bytes, seconds));
    rowset_real(rows, share(kind->bound_seconds, seconds));
    rowset_real(rows, 1e3 * kind->lost_seconds);
}

/* What no layer is: loss, optimizer, and what lies between layers. */
static void add_other(struct rowset *rows, const struct bench_result *result)
{
    rowset_text(rows, "(outside)");
    rowset_null(rows);
    rowset_null(rows);
    rowset_real(rows, 1e3 * result->other_seconds);
    rowset_null(rows);
    rowset_real(rows, 100 * result->other_seconds / result->seconds_median);
    for (int i = 0; i < 4; i++)
        rowset_null(rows);
}

static int fill_layers(
    struct rowset *rows, const struct bench_result *result, enum layer_order order, struct err *err)
{
    struct layer_row *list = sorted(result, order, err);

    if (!list)
        return -1;
    for (int i = 0; i < result->n_layers; i++)
        add_layer(rows, &list[i], &result->peak);
    free(list);
    return 0;
}

static int fill_kinds(struct rowset *rows, const struct bench_result *result, struct err *err)
{
    struct bench_kind *kinds;
    int n;

    if (bench_kinds(result, &kinds, &n, err) < 0)
        return -1;
    for (int i = 0; i < n; i++)
        add_kind(rows, &kinds[i], result);
    add_other(rows, result);
    free(kinds);
    return 0;
}

static void print_machine(const struct machine_peak *peak, FILE *stream)
{
    fprintf(stream,
        "This machine, with these threads: %.0f GFLOP/s in products (OpenBLAS %.0f, own kernels "
        "%.0f);\nmemory %.1f GB/s reading, %.1f copying, %.1f in place.\n\n",
        peak->flops / 1e9, peak->blas_flops / 1e9, peak->own_flops / 1e9, peak->read_bytes / 1e9,
        peak->copy_bytes / 1e9, peak->update_bytes / 1e9);
}

int layers_print(const struct bench_result *result, enum layer_order order, FILE *stream,
    enum output_format format, struct err *err)
{
    struct rowset layers, kinds;
    int status = -1;

    rowset_init(&layers, layer_columns);
    rowset_init(&kinds, kind_columns);
    if (fill_layers(&layers, result, order, err) < 0 || fill_kinds(&kinds, result, err) < 0 ||
        rowset_print(&layers, stream, format, err) < 0)
        goto done;
    if (format == FORMAT_TABLE) {
        fputc('\n', stream);
        if (rowset_print(&kinds, stream, format, err) < 0)
            goto done;
        fputc('\n', stream);
        print_machine(&result->peak, stream);
    }
    status = 0;
done:
    rowset_release(&layers);
    rowset_release(&kinds);
    return status;
}

/* ---- JSON ---- */

json_t *rows_as_json(const struct rowset *rows, struct err *err)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    json_t *array = NULL;
    int printed = -1;

    if (stream) {
        printed = rowset_print(rows, stream, FORMAT_JSON, err);
        fclose(stream);
    }
    if (printed == 0)
        array = json_loadb(text, length, 0, NULL);
    if (!array && (!stream || printed == 0))
        err_set(err, ERR_MEMORY, "no memory to put the result into JSON");
    free(text);
    return array;
}

static int add_rows(json_t *object, const char *key, const struct rowset *rows, struct err *err)
{
    json_t *array = rows_as_json(rows, err);

    if (!array)
        return -1;
    if (json_object_set_new(object, key, array) < 0)
        return err_set(err, ERR_MEMORY, "no memory to put the result into JSON");
    return 0;
}

static int add_machine(json_t *object, const struct machine_peak *peak, struct err *err)
{
    json_t *machine = json_pack("{s:f, s:f, s:f, s:f, s:f}", "blas_gflops", peak->blas_flops / 1e9,
        "own_gflops", peak->own_flops / 1e9, "read_gbs", peak->read_bytes / 1e9, "copy_gbs",
        peak->copy_bytes / 1e9, "update_gbs", peak->update_bytes / 1e9);

    if (!machine || json_object_set_new(object, "machine", machine) < 0)
        return err_set(err, ERR_MEMORY, "no memory to put the result into JSON");
    return 0;
}

int layers_add_json(
    json_t *object, const struct bench_result *result, enum layer_order order, struct err *err)
{
    struct rowset layers, kinds;
    int status = -1;

    rowset_init(&layers, layer_columns);
    rowset_init(&kinds, kind_columns);
    if (fill_layers(&layers, result, order, err) == 0 && fill_kinds(&kinds, result, err) == 0 &&
        add_rows(object, "layers", &layers, err) == 0 &&
        add_rows(object, "kinds", &kinds, err) == 0)
        status = add_machine(object, &result->peak, err);
    rowset_release(&layers);
    rowset_release(&kinds);
    return status;
}
