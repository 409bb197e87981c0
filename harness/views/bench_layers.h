/*
 * The layers of a measured network, as bench --layers shows them: a row for each layer, a row for each
 * kind of layer, and the machine.
 *
 *     enum layer_order order;
 *     if (layer_order_find("lost", &order, err) < 0) return -1;
 *     if (layers_print(&result, order, stdout, FORMAT_TABLE, err) < 0) return -1;
 *
 * Times are milliseconds, rates GFLOP/s and GB/s, shares per cent of what the machine could do. CSV
 * is the layers alone, since it has one heading.
 */
#ifndef SCALESTUDY_HARNESS_VIEWS_BENCH_LAYERS_H
#define SCALESTUDY_HARNESS_VIEWS_BENCH_LAYERS_H

#include <jansson.h>
#include <stdio.h>

#include "harness/base/err.h"
#include "harness/base/rowset.h"
#include "workloads/workload.h"

enum layer_order {
    LAYERS_AS_THEY_RUN,
    LAYERS_BY_TIME,
    LAYERS_BY_LOSS, /* of time beyond the least possible */
};

/* "order", "time" or "lost"; ERR_INPUT lists them. */
int layer_order_find(const char *name, enum layer_order *order, struct err *err) MUST_CHECK;

/* FORMAT_TABLE or FORMAT_CSV. */
int layers_print(const struct bench_result *result, enum layer_order order, FILE *stream,
    enum output_format format, struct err *err) MUST_CHECK;

/* Rows as the array of objects that FORMAT_JSON prints, to add something to; json_decref() it. NULL
 * with err set if there is no memory. */
json_t *rows_as_json(const struct rowset *rows, struct err *err);

/* Adds "layers", "kinds" and "machine" to an object; keys are those of the columns. */
int layers_add_json(json_t *object, const struct bench_result *result, enum layer_order order,
    struct err *err) MUST_CHECK;

#endif
