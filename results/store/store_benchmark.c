/* Measurements of speed. */
#include "store_sql.h"

#include "harness/base/clock.h"

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static int put_environment(
    struct store *store, const struct environment *environment, struct err *err)
{
    return store_run(store,
        "INSERT INTO environment (host, cpu, isa, version, blas, cores, threads) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
        BIND(TEXT(or_empty(environment->host)), TEXT(or_empty(environment->cpu)),
            TEXT(or_empty(environment->isa)), TEXT(or_empty(environment->version)),
            TEXT(or_empty(environment->blas)), INT(environment->cores), INT(environment->threads)),
        err);
}

static int put_benchmark(struct store *store, const struct benchmark_record *record,
    const struct environment *environment, struct err *err)
{
    char now[CLOCK_UTC_BYTES];

    clock_utc(now);
    return store_run(store,
        "INSERT INTO benchmark (measured_utc, program, environment, model, mode, width, depth, "
        "input, batch, steps, images_per_second, step_ms_median, step_ms_min, peak_bytes, "
        "plan_bytes, macs, peak_flops, setting) "
        "VALUES (?8, 'scalestudy', (SELECT number FROM environment WHERE host = ?1 AND cpu = ?2 "
        "AND isa = ?3 AND version = ?4 AND blas = ?5 AND cores = ?6 AND threads = ?7), "
        "?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)",
        BIND(TEXT(or_empty(environment->host)), TEXT(or_empty(environment->cpu)),
            TEXT(or_empty(environment->isa)), TEXT(or_empty(environment->version)),
            TEXT(or_empty(environment->blas)), INT(environment->cores), INT(environment->threads),
            TEXT(now), TEXT(record->model), TEXT(record->mode), REAL(record->width),
            REAL(record->depth), INT(record->input), INT(record->batch), INT(record->steps),
            REAL(record->images_per_second), REAL(record->step_ms_median),
            REAL(record->step_ms_min), INT(record->peak_bytes), INT(record->plan_bytes),
            INT(record->macs), REAL(record->peak_flops), TEXT(or_empty(record->setting))),
        err);
}

int store_benchmark(struct store *store, const struct benchmark_record *record,
    const struct environment *environment, struct err *err)
{
    int result;

    if (store_begin(store, STORE_DURABLE, err) < 0)
        return -1;
    result = put_environment(store, environment, err);
    if (result == 0)
        result = put_benchmark(store, record, environment, err);
    return store_end(store, result, err);
}
