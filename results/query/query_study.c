/* How far studies are: for query.h. */
#include "query.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/array.h"
#include "harness/base/str.h"
#include "results/store/store_sql.h"

int query_has_study(struct store *store, const char *study, struct err *err)
{
    int64_t number;

    return store_study_number(store, study, &number, err);
}

/*
 * Jobs of a study differ only in multiply-adds, so what is left takes as long as its share of what
 * is done, shared among the jobs that run at once.
 */
static double eta(int n_running, double macs_left, double macs_done, double seconds_done)
{
    if (macs_left <= 0)
        return 0;
    if (n_running == 0 || macs_done <= 0)
        return NAN;
    return macs_left / macs_done * seconds_done / n_running;
}

static void read_status(sqlite3_stmt *rows, struct study_status *status)
{
    *status = (struct study_status){.waiting = sqlite3_column_int(rows, 1),
        .running = sqlite3_column_int(rows, 2),
        .done = sqlite3_column_int(rows, 3),
        .failed = sqlite3_column_int(rows, 4),
        .stopped = sqlite3_column_int(rows, 5),
        .total = sqlite3_column_int(rows, 10),
        .estimated = sqlite3_column_int(rows, 11),
        .estimated_seconds = store_column_real(rows, 12),
        .taken_seconds = store_column_real(rows, 13)};
    str_copy(status->study, sizeof(status->study), store_column_text(rows, 0));
    status->share = store_column_real(rows, 9) > 0
                        ? 1 - store_column_real(rows, 6) / store_column_real(rows, 9)
                        : 0;
    status->eta_seconds = eta(status->running, store_column_real(rows, 6),
        store_column_real(rows, 7), store_column_real(rows, 8));
}

int query_status(struct store *store, const char *study, struct study_status **rows, int *n_rows,
    struct err *err)
{
    struct study_status *list = NULL;
    sqlite3_stmt *found = store_select(store,
        "SELECT study, waiting, running, done, failed, stopped, macs_left, macs_done, "
        "seconds_done, macs, total, estimated, estimated_seconds, taken_seconds FROM study_status "
        "WHERE ?1 IS NULL OR study = ?1",
        BIND(TEXT(study)), err);
    int n = 0, got;

    while ((got = store_step(store, found, err)) > 0) {
        if (!array_grow(&list, n, sizeof(*list))) {
            sqlite3_reset(found);
            got = err_set(err, ERR_MEMORY, "no memory for the state of %d studies", n + 1);
            break;
        }
        read_status(found, &list[n++]);
    }
    if (got < 0) {
        free(list);
        return -1;
    }
    *rows = list;
    *n_rows = n;
    return 0;
}
