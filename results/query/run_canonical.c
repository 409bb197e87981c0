/* The canonical text of one job: for runs.h. */
#include "runs.h"

#include "harness/base/str.h"
#include "results/store/store_sql.h"

int runs_canonical(struct store *store, int64_t job, struct str *text, struct err *err)
{
    sqlite3_stmt *rows =
        store_select(store, "SELECT canonical FROM job WHERE number = ?1", BIND(INT(job)), err);
    int got = store_step(store, rows, err);

    if (got > 0) {
        str_add(text, store_column_text(rows, 0));
        sqlite3_reset(rows);
    }
    return got < 0 ? -1 : str_check(text, err);
}
