/* Rows that say what is wrong in a database: for store_admin.h. */
#include "store_admin.h"

#include <string.h>

#include "harness/base/err.h"
#include "store_sql.h"

const struct column store_problem_columns[] = {
    {.name = "what", .type = COLUMN_TEXT},
    {.name = "detail", .type = COLUMN_TEXT},
    {0},
};

void store_add_problem(struct rowset *problems, int *n, const char *what, const char *detail)
{
    rowset_text(problems, what);
    rowset_text(problems, detail);
    ++*n;
}

int store_check_rows(struct store *store, const char *what, const char *sql,
    struct rowset *problems, int *n, struct err *err)
{
    sqlite3_stmt *rows = store_select(store, sql, BIND_NONE, err);
    int got, code, found = 0;

    while ((got = store_step(store, rows, err)) > 0) {
        const char *detail = store_column_text(rows, 0);

        if (strcmp(detail, "ok") == 0)
            continue;
        store_add_problem(problems, n, what, detail);
        if (++found == STORE_MAX_PROBLEMS) {
            sqlite3_reset(rows);
            return 0;
        }
    }
    code = sqlite3_errcode(store->db) & 0xff;
    if (got < 0 && err->code != ERR_INTERRUPTED &&
        (code == SQLITE_CORRUPT || code == SQLITE_INTERRUPT || code == SQLITE_TOOBIG)) {
        store_add_problem(problems, n, what, err->message);
        err_clear(err);
        return 0;
    }
    return got;
}
