/*
 * Rows for people and for programs: one set of typed columns, printed as an aligned table, CSV or
 * JSON.
 *
 *     static const struct column columns[] = {
 *         {"model", COLUMN_TEXT}, {"macs", COLUMN_INT}, {"top1", COLUMN_REAL, .decimals = 2}, {0}};
 *     struct rowset rows;
 *     rowset_init(&rows, columns);
 *     rowset_text(&rows, "resnet50"); rowset_int(&rows, 4089184256); rowset_null(&rows);
 *     rowset_print(&rows, stdout, FORMAT_TABLE, &err);
 *     rowset_release(&rows);
 *
 * Cells are added row by row, from left to right; texts are copied. JSON is one array of objects,
 * with null for an empty cell and numbers in full precision; CSV follows RFC 4180, an empty cell is
 * empty; the table rounds to `decimals`, groups digits of integers by commas, shows an empty cell
 * as `-`, and leaves out columns marked `json_only`, and those marked `if_any` in which all cells are
 * empty; so do Markdown (GitHub's tables) and LaTeX (a tabular that needs no package), where all text
 * is escaped. Of texts, characters that would steer a terminal or break a line are shown as '?' where
 * people read them (utf8.h), which CSV on a terminal is too; JSON escapes them; CSV for programs has
 * them as they are, in quotes. Colour is the caller's business.
 */
#ifndef SCALESTUDY_HARNESS_BASE_ROWSET_H
#define SCALESTUDY_HARNESS_BASE_ROWSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "err.h"

enum output_format {
    FORMAT_TABLE,
    FORMAT_CSV,
    FORMAT_JSON,
    FORMAT_MARKDOWN, /* for documents: those of document_format_find only */
    FORMAT_LATEX,
};

enum column_type {
    COLUMN_TEXT,
    COLUMN_INT,
    COLUMN_REAL,
    COLUMN_BOOL,
};

struct column {
    const char *name; /* JSON key and CSV heading; NULL ends the list */
    enum column_type type;
    /* In the table. Of a COLUMN_REAL; below 0: so many digits, but whole numbers in full, with -2
     * 0.39, 5.3, 26, 146, but at most 6 decimals. Of a COLUMN_TEXT characters, 0: all. */
    int decimals;
    const char *heading; /* of the table; NULL: the name */
    bool json_only;      /* left out of the table (not of CSV) */
    bool if_any;         /* left out of the table if all its cells are empty */
};

struct cell;

struct rowset {
    const struct column *columns; /* the caller's, must live as long */
    size_t n_columns;
    struct cell *cells; /* row-major */
    size_t n_cells;
    uint64_t filled; /* bits of columns that have a cell which is not empty */
    bool failed;     /* out of memory, said by rowset_print */
    bool no_heading; /* of CSV: these rows go on from others */
};

void rowset_init(struct rowset *rows, const struct column *columns);
void rowset_release(struct rowset *rows);

void rowset_text(struct rowset *rows, const char *text); /* NULL: an empty cell */
void rowset_int(struct rowset *rows, int64_t value);
void rowset_real(struct rowset *rows, double value); /* NaN: an empty cell */
void rowset_bool(struct rowset *rows, bool value);
void rowset_null(struct rowset *rows);

size_t rowset_count(const struct rowset *rows); /* whole rows */
/* The text in a cell, which lives as long as the rows; NULL: empty, or not a text. */
const char *rowset_text_at(const struct rowset *rows, size_t row, size_t column);
/* Whether the table has the column of this place. */
bool rowset_shows(const struct rowset *rows, size_t column);

/* A half-filled last row or a cell of the wrong type is ERR_BUG; a failed write ERR_IO. */
int rowset_print(
    const struct rowset *rows, FILE *stream, enum output_format format, struct err *err) MUST_CHECK;

/* Digits behind the point that a finite number of a COLUMN_REAL has for people. */
int column_decimals(const struct column *column, double value);

/* "table", "csv" or "json" to its format; otherwise an ERR_INPUT that lists them. */
int output_format_find(const char *name, enum output_format *format, struct err *err) MUST_CHECK;
/* These, "markdown" and "latex". */
int document_format_find(const char *name, enum output_format *format, struct err *err) MUST_CHECK;

/* Text as it must stand in a Markdown or LaTeX document to mean itself; line ends become blanks. */
void markdown_print(FILE *stream, const char *text);
void latex_print(FILE *stream, const char *text);

#endif
