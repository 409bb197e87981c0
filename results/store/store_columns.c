/* Values of a row that SQLite gives: for store_sql.h. */
#include "store_sql.h"

const char *store_column_text(sqlite3_stmt *rows, int column)
{
    const unsigned char *text = sqlite3_column_text(rows, column);

    return text ? (const char *)text : "";
}

const char *store_column_bytes(sqlite3_stmt *rows, int column, size_t *length)
{
    const char *bytes = sqlite3_column_blob(rows, column);

    *length = (size_t)sqlite3_column_bytes(rows, column);
    return bytes ? bytes : "";
}

double store_column_real(sqlite3_stmt *rows, int column)
{
    if (sqlite3_column_type(rows, column) == SQLITE_NULL)
        return __builtin_nan("");
    return sqlite3_column_double(rows, column);
}
