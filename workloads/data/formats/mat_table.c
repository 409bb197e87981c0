/* Structures and cells of a Matlab file. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"
#include "mat_file.h"
#include "mat_private.h"

#define MAX_FIELDS     64
#define MAX_TEXT_BYTES 4096
#define MAX_ROWS       10000000

struct table {
    const char *name; /* of the array */
    struct mat_column *columns;
    int n_columns;
    int place[MAX_FIELDS]; /* the column of each field; -1: not wanted */
    int n_fields;
};

static int damaged(const char *name, struct err *err)
{
    return err_set(err, ERR_INPUT, "its array %s is damaged", name);
}

/* ---- one value, an array of its own ---- */

/* Characters come as bytes or as 16 bits; a text is UTF-8 here, and what is beyond Latin becomes '?'. */
static char *text_of(struct mat_array *array, struct err *err)
{
    struct str text = STR_INIT;
    struct mat_span data;
    uint32_t type;
    char *copy = NULL;

    if (array->class != MX_CHAR || array->count > MAX_TEXT_BYTES) {
        err_set(err, ERR_INPUT, "a value is no text, or too long");
        return NULL;
    }
    if (array->count > 0 && !mat_next(&array->rest, &type, &data)) {
        err_set(err, ERR_INPUT, "a text is truncated");
        return NULL;
    }
    for (size_t i = 0; i < array->count; i++) {
        double code = mat_number(type == MI_UTF8 ? MI_UINT8 : type, &data, i);
        bool is_plain = code >= ' ' && code < 256 && code != 127;
        char letter = is_plain ? (char)(unsigned char)code : '?';

        str_add_bytes(&text, &letter, 1);
    }
    if (str_check(&text, err) == 0 && !(copy = strdup(text.text ? text.text : "")))
        err_set(err, ERR_MEMORY, "no memory for a text");
    str_release(&text);
    return copy;
}

static int integer_of(struct mat_array *array, int *to, struct err *err)
{
    struct mat_span data;
    uint32_t type;
    double value;

    if (array->class < MX_DOUBLE || array->class > MX_UINT64 || array->is_complex ||
        array->count == 0 || !mat_next(&array->rest, &type, &data))
        return err_set(err, ERR_INPUT, "a value is no number");
    value = mat_number(type, &data, 0);
    if (!(value >= INT_MIN && value <= INT_MAX && value == floor(value)))
        return err_set(err, ERR_INPUT, "a value is no integer");
    *to = (int)value;
    return 0;
}

static int put_value(struct mat_column *column, struct mat_span matrix, int row, struct err *err)
{
    struct mat_array array;

    if (mat_open_array(matrix, &array, err) < 0)
        return -1;
    if (!column->is_text)
        return integer_of(&array, &column->integers[row], err);
    column->texts[row] = text_of(&array, err);
    return column->texts[row] ? 0 : -1;
}

static int reserve(struct mat_column *column, size_t rows, struct err *err)
{
    if (column->is_text)
        column->texts = calloc(rows + 1, sizeof(*column->texts));
    else
        column->integers = calloc(rows + 1, sizeof(*column->integers));
    if (!column->texts && !column->integers)
        return err_set(err, ERR_MEMORY, "no memory for %zu values", rows);
    column->n = (int)rows;
    return 0;
}

/* ---- structures ---- */

/* Their names, all of one length. */
static int find_fields(struct table *table, struct mat_array *array, struct err *err)
{
    struct mat_span length, names;
    uint32_t type;
    double bytes;
    size_t each;

    if (!mat_next(&array->rest, &type, &length) || !mat_next(&array->rest, &type, &names))
        return damaged(table->name, err);
    bytes = mat_number(MI_INT32, &length, 0);
    if (!(bytes >= 1 && bytes <= 256))
        return damaged(table->name, err);
    each = (size_t)bytes;
    if (names.count / each > MAX_FIELDS)
        return err_set(
            err, ERR_INPUT, "its array %s has more than %d fields", table->name, MAX_FIELDS);
    table->n_fields = (int)(names.count / each);
    for (int f = 0; f < table->n_fields; f++) {
        const char *name = (const char *)names.bytes + (size_t)f * each;

        table->place[f] = -1;
        for (int c = 0; c < table->n_columns; c++)
            if (strlen(table->columns[c].field) == strnlen(name, each) &&
                memcmp(table->columns[c].field, name, strnlen(name, each)) == 0)
                table->place[f] = c;
    }
    for (int c = 0; c < table->n_columns; c++) {
        int f = 0;

        while (f < table->n_fields && table->place[f] != c)
            f++;
        if (f == table->n_fields)
            return err_set(err, ERR_INPUT, "its array %s has no field %s", table->name,
                table->columns[c].field);
    }
    return 0;
}

static int use_table(void *context, struct mat_array *array, struct err *err)
{
    struct table *table = context;

    if (array->class != MX_STRUCT)
        return err_set(err, ERR_INPUT, "its array %s is none of structures", table->name);
    if (find_fields(table, array, err) < 0)
        return -1;
    /* Each value takes 8 bytes at least, which bounds what a damaged file can ask for. */
    if (array->count > MAX_ROWS || array->count > array->rest.count / 8)
        return damaged(table->name, err);
    for (int c = 0; c < table->n_columns; c++)
        if (reserve(&table->columns[c], array->count, err) < 0)
            return -1;
    for (size_t row = 0; row < array->count; row++)
        for (int f = 0; f < table->n_fields; f++) {
            struct mat_span value;
            uint32_t type;

            if (!mat_next(&array->rest, &type, &value) || type != MI_MATRIX)
                return damaged(table->name, err);
            if (table->place[f] >= 0 &&
                put_value(&table->columns[table->place[f]], value, (int)row, err) < 0)
                return err_context(err, "item %zu of %s, field %s", row + 1, table->name,
                    table->columns[table->place[f]].field);
        }
    return 0;
}

int mat_read_table(const char *path, const char *array, struct mat_column *columns, int n_columns,
    int *n, struct err *err)
{
    struct table table = {.name = array, .columns = columns, .n_columns = n_columns};

    if (mat_find(path, array, use_table, &table, err) < 0)
        return -1;
    *n = columns[0].n;
    return 0;
}

/* ---- cells ---- */

static int use_cells(void *context, struct mat_array *array, struct err *err)
{
    struct table *table = context;

    if (array->class != MX_CELL)
        return err_set(err, ERR_INPUT, "its array %s is none of cells", table->name);
    if (array->count > MAX_ROWS || array->count > array->rest.count / 8)
        return damaged(table->name, err);
    if (reserve(table->columns, array->count, err) < 0)
        return -1;
    for (size_t row = 0; row < array->count; row++) {
        struct mat_span value;
        uint32_t type;

        if (!mat_next(&array->rest, &type, &value) || type != MI_MATRIX)
            return damaged(table->name, err);
        if (put_value(table->columns, value, (int)row, err) < 0)
            return err_context(err, "item %zu of %s", row + 1, table->name);
    }
    return 0;
}

int mat_read_texts(const char *path, const char *array, struct mat_column *column, struct err *err)
{
    struct table table = {.name = array, .columns = column, .n_columns = 1};

    column->is_text = true;
    return mat_find(path, array, use_cells, &table, err);
}

void mat_columns_release(struct mat_column *columns, int n_columns)
{
    for (int c = 0; c < n_columns; c++) {
        for (int i = 0; i < columns[c].n && columns[c].texts; i++)
            free(columns[c].texts[i]);
        free(columns[c].texts);
        free(columns[c].integers);
        columns[c].texts = NULL;
        columns[c].integers = NULL;
        columns[c].n = 0;
    }
}
