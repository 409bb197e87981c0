/* Collecting typed cells, and printing them as a table, CSV, JSON, Markdown or LaTeX. */
#include "rowset.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/array.h"
#include "json_text.h"
#include "utf8.h"

#define MOST_DECIMALS 6 /* of a number with so many digits */

enum cell_kind {
    CELL_EMPTY,
    CELL_TEXT,
    CELL_INT,
    CELL_REAL,
    CELL_BOOL,
};

struct cell {
    enum cell_kind kind;
    union {
        char *text; /* owned */
        int64_t integer;
        double real;
        bool truth;
    };
};

void rowset_init(struct rowset *rows, const struct column *columns)
{
    *rows = (struct rowset){.columns = columns};
    while (columns[rows->n_columns].name)
        rows->n_columns++;
}

void rowset_release(struct rowset *rows)
{
    for (size_t i = 0; i < rows->n_cells; i++)
        if (rows->cells[i].kind == CELL_TEXT)
            free(rows->cells[i].text);
    free(rows->cells);
    *rows = (struct rowset){0};
}

static void add_cell(struct rowset *rows, struct cell cell)
{
    if (!array_grow(&rows->cells, rows->n_cells, sizeof(cell))) {
        rows->failed = true;
        if (cell.kind == CELL_TEXT)
            free(cell.text);
        return;
    }
    if (cell.kind != CELL_EMPTY && rows->n_columns > 0)
        rows->filled |= UINT64_C(1) << (rows->n_cells % rows->n_columns & 63);
    rows->cells[rows->n_cells++] = cell;
}

void rowset_text(struct rowset *rows, const char *text)
{
    struct cell cell = {.kind = CELL_TEXT};

    if (!text) {
        rowset_null(rows);
        return;
    }
    cell.text = strdup(text);
    if (cell.text)
        add_cell(rows, cell);
    else
        rows->failed = true;
}

void rowset_int(struct rowset *rows, int64_t value)
{
    add_cell(rows, (struct cell){.kind = CELL_INT, .integer = value});
}

void rowset_real(struct rowset *rows, double value)
{
    if (isfinite(value))
        add_cell(rows, (struct cell){.kind = CELL_REAL, .real = value});
    else
        rowset_null(rows);
}

void rowset_bool(struct rowset *rows, bool value)
{
    add_cell(rows, (struct cell){.kind = CELL_BOOL, .truth = value});
}

void rowset_null(struct rowset *rows)
{
    add_cell(rows, (struct cell){.kind = CELL_EMPTY});
}

size_t rowset_count(const struct rowset *rows)
{
    return rows->n_columns ? rows->n_cells / rows->n_columns : 0;
}

const char *rowset_text_at(const struct rowset *rows, size_t row, size_t column)
{
    const struct cell *cell = &rows->cells[row * rows->n_columns + column];

    return cell->kind == CELL_TEXT ? cell->text : NULL;
}

bool rowset_shows(const struct rowset *rows, size_t column)
{
    const struct column *of = &rows->columns[column];

    return !of->json_only && (!of->if_any || (rows->filled >> (column & 63) & 1));
}

static int check(const struct rowset *rows, struct err *err)
{
    static const enum cell_kind kinds[] = {
        [COLUMN_TEXT] = CELL_TEXT,
        [COLUMN_INT] = CELL_INT,
        [COLUMN_REAL] = CELL_REAL,
        [COLUMN_BOOL] = CELL_BOOL,
    };

    if (rows->failed)
        return err_set(
            err, ERR_MEMORY, "no memory for a result of more than %zu cells", rows->n_cells);
    if (rows->n_columns == 0 || rows->n_cells % rows->n_columns != 0)
        return err_set(
            err, ERR_BUG, "a result has %zu cells in %zu columns", rows->n_cells, rows->n_columns);
    for (size_t i = 0; i < rows->n_cells; i++) {
        const struct column *column = &rows->columns[i % rows->n_columns];

        if (rows->cells[i].kind != CELL_EMPTY && rows->cells[i].kind != kinds[column->type])
            return err_set(
                err, ERR_BUG, "a cell of the column %s has the wrong type", column->name);
    }
    return 0;
}

/* 1234567 as 1,234,567. */
static void format_grouped(int64_t value, char *to, size_t size)
{
    char digits[32];
    int length = snprintf(digits, sizeof(digits), "%" PRId64, value), start = value < 0;
    size_t used = 0;

    for (int i = 0; i < length && used + 2 < size; i++) {
        if (i > start && (length - i) % 3 == 0)
            to[used++] = ',';
        to[used++] = digits[i];
    }
    to[used] = '\0';
}

/* The shortest text that reads back as the same number. */
static void format_exact(double value, char *to, size_t size)
{
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(to, size, "%.*g", digits, value);
        if (strtod(to, NULL) == value)
            return;
    }
}

int column_decimals(const struct column *column, double value)
{
    int whole = value == 0 ? 1 : (int)floor(log10(fabs(value))) + 1, decimals = column->decimals;

    if (decimals >= 0)
        return decimals;
    if (whole >= -decimals)
        return 0;
    return -decimals - whole < MOST_DECIMALS ? -decimals - whole : MOST_DECIMALS;
}

static const char *cell_for_people(
    const struct cell *cell, const struct column *column, char *buffer, size_t size)
{
    switch (cell->kind) {
    case CELL_EMPTY:
        return "-";
    case CELL_TEXT:
        if (column->decimals == 0)
            return cell->text;
        snprintf(buffer, size, "%.*s", column->decimals, cell->text);
        return buffer;
    case CELL_INT:
        format_grouped(cell->integer, buffer, size);
        return buffer;
    case CELL_REAL:
        snprintf(buffer, size, "%.*f", column_decimals(column, cell->real), cell->real);
        return buffer;
    case CELL_BOOL:
        return cell->truth ? "yes" : "no";
    }
    return "";
}

static const char *cell_for_programs(const struct cell *cell, char *buffer, size_t size)
{
    switch (cell->kind) {
    case CELL_EMPTY:
        return "";
    case CELL_TEXT:
        return cell->text;
    case CELL_INT:
        snprintf(buffer, size, "%" PRId64, cell->integer);
        return buffer;
    case CELL_REAL:
        format_exact(cell->real, buffer, size);
        return buffer;
    case CELL_BOOL:
        return cell->truth ? "true" : "false";
    }
    return "";
}

/* Characters on the screen: UTF-8 continuation bytes take no room. */
static int display_width(const char *text)
{
    int width = 0;

    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

static const char *heading_of(const struct column *column)
{
    return column->heading ? column->heading : column->name;
}

static bool is_right(const struct column *column)
{
    return column->type == COLUMN_INT || column->type == COLUMN_REAL;
}

static void print_padded(FILE *stream, const char *text, int width, bool right, bool last)
{
    int pad = width - display_width(text);

    if (right)
        fprintf(stream, "%*s%s", pad > 0 ? pad : 0, "", text);
    else
        fprintf(stream, "%s%*s", text, pad > 0 && !last ? pad : 0, "");
}

static void print_table(const struct rowset *rows, FILE *stream, int *widths)
{
    size_t n = rows->n_columns, last = 0;
    char buffer[128];

    for (size_t c = 0; c < n; c++) {
        widths[c] = display_width(heading_of(&rows->columns[c]));
        if (rowset_shows(rows, c))
            last = c;
    }
    for (size_t i = 0; i < rows->n_cells; i++) {
        int width = display_width(
            cell_for_people(&rows->cells[i], &rows->columns[i % n], buffer, sizeof(buffer)));

        if (width > widths[i % n])
            widths[i % n] = width;
    }
    for (size_t i = 0; i < n + rows->n_cells; i++) {
        const struct column *column = &rows->columns[i % n];
        const char *text =
            i < n ? heading_of(column)
                  : cell_for_people(&rows->cells[i - n], column, buffer, sizeof(buffer));

        if (rowset_shows(rows, i % n)) {
            print_padded(stream, text, widths[i % n], is_right(column), i % n == last);
            fputs(i % n == last ? "" : "  ", stream);
        }
        if (i % n == n - 1)
            fputc('\n', stream);
    }
}

/* What a spreadsheet would compute, or send away, if a cell begins so. */
static bool is_formula(const char *text)
{
    return *text && strchr("=+-@\t\r", *text);
}

/* RFC 4180: quoted when it must be, quotes doubled. A leading ' tells spreadsheets that it is text. */
static void print_csv_field(FILE *stream, const char *text, bool is_marked)
{
    const char *mark = is_marked ? "'" : "";

    if (!text[strcspn(text, ",\"")] && utf8_is_showable(text)) {
        fprintf(stream, "%s%s", mark, text);
        return;
    }
    fprintf(stream, "\"%s", mark);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', stream);
        fputc(*text, stream);
    }
    fputc('"', stream);
}

static void print_csv(const struct rowset *rows, FILE *stream)
{
    size_t n = rows->n_columns;
    char buffer[128];

    for (size_t i = rows->no_heading ? n : 0; i < n + rows->n_cells; i++) {
        const struct cell *cell = i < n ? NULL : &rows->cells[i - n];
        const char *text =
            cell ? cell_for_programs(cell, buffer, sizeof(buffer)) : rows->columns[i].name;

        print_csv_field(stream, text, cell && cell->kind == CELL_TEXT && is_formula(text));
        fputc(i % n == n - 1 ? '\n' : ',', stream);
    }
}

static void print_json_text(FILE *stream, const char *text)
{
    json_t *string = json_text(text);

    if (json_text_dump(string, stream, JSON_ENCODE_ANY) < 0)
        fputs("null", stream);
    json_decref(string);
}

static void print_json(const struct rowset *rows, FILE *stream)
{
    size_t n = rows->n_columns;
    char buffer[128];

    fputc('[', stream);
    for (size_t i = 0; i < rows->n_cells; i++) {
        const struct cell *cell = &rows->cells[i];

        fputs(i % n ? ", " : i ? ",\n {" : "\n {", stream);
        fprintf(stream, "\"%s\": ", rows->columns[i % n].name);
        if (cell->kind == CELL_TEXT)
            print_json_text(stream, cell->text);
        else if (cell->kind == CELL_EMPTY)
            fputs("null", stream);
        else
            fputs(cell_for_programs(cell, buffer, sizeof(buffer)), stream);
        if (i % n == n - 1)
            fputc('}', stream);
    }
    fputs("\n]\n", stream);
}

/* ---- for documents ---- */

static void print_replaced(FILE *stream, char c, const char *const *replacements)
{
    for (; *replacements; replacements++)
        if ((*replacements)[0] == c) {
            fputs(*replacements + 1, stream);
            return;
        }
    fputc(c, stream);
}

void markdown_print(FILE *stream, const char *text)
{
    static const char *const replacements[] = {"\n ", "\r ", "<&lt;", "&&amp;", "|\\|", "\\\\\\",
        "`\\`", "*\\*", "[\\[", "]\\]", "~\\~", "$\\$", NULL};

    for (const char *c = text; *c; c++)
        /* Inside of a word an underscore is only that; elsewhere it may begin emphasis. */
        if (*c == '_' &&
            (c == text || !isalnum((unsigned char)c[-1]) || !isalnum((unsigned char)c[1])))
            fputs("\\_", stream);
        else
            print_replaced(stream, *c, replacements);
}

void latex_print(FILE *stream, const char *text)
{
    static const char *const replacements[] = {"\n ", "\r ", "&\\&", "%\\%", "$\\$", "#\\#", "_\\_",
        "{\\{", "}\\}", "~\\textasciitilde{}", "^\\textasciicircum{}", "\\\\textbackslash{}",
        "<\\textless{}", ">\\textgreater{}", "|\\textbar{}", "\"\\textquotedbl{}", NULL};

    for (const char *c = text; *c; c++)
        /* "--" and "``" would be other signs: an empty group keeps them apart. */
        if (strchr("-`',!?", *c) && c > text && c[-1] == *c)
            fprintf(stream, "{}%c", *c);
        else
            print_replaced(stream, *c, replacements);
}

/* Heading and rows of what people see, cell by cell: before, between and behind cells of a row. */
static void print_cells(const struct rowset *rows, size_t first, FILE *stream,
    void (*print)(FILE *, const char *), const char *before, const char *between,
    const char *behind)
{
    size_t n = rows->n_columns;
    char buffer[128];
    bool begun = false;

    for (size_t i = first; i < first + n; i++) {
        const struct column *column = &rows->columns[i % n];

        if (!rowset_shows(rows, i % n))
            continue;
        fputs(begun ? between : before, stream);
        begun = true;
        print(stream, i < n ? heading_of(column)
                            : cell_for_people(&rows->cells[i - n], column, buffer, sizeof(buffer)));
    }
    fputs(behind, stream);
}

/* GitHub's tables. */
static void print_markdown(const struct rowset *rows, FILE *stream)
{
    size_t n = rows->n_columns;

    print_cells(rows, 0, stream, markdown_print, "| ", " | ", " |\n|");
    for (size_t c = 0; c < n; c++)
        if (rowset_shows(rows, c))
            fputs(is_right(&rows->columns[c]) ? "---:|" : "---|", stream);
    fputc('\n', stream);
    for (size_t i = n; i < n + rows->n_cells; i += n)
        print_cells(rows, i, stream, markdown_print, "| ", " | ", " |\n");
}

/* A tabular without packages. */
static void print_latex(const struct rowset *rows, FILE *stream)
{
    size_t n = rows->n_columns;

    fputs("\\begin{tabular}{", stream);
    for (size_t c = 0; c < n; c++)
        if (rowset_shows(rows, c))
            fputc(is_right(&rows->columns[c]) ? 'r' : 'l', stream);
    fputs("}\n\\hline\n", stream);
    print_cells(rows, 0, stream, latex_print, "", " & ", " \\\\\n\\hline\n");
    for (size_t i = n; i < n + rows->n_cells; i += n)
        print_cells(rows, i, stream, latex_print, "", " & ", " \\\\\n");
    fputs("\\hline\n\\end{tabular}\n", stream);
}

static bool is_showable(const struct rowset *rows)
{
    for (size_t i = 0; i < rows->n_cells; i++)
        if (rows->cells[i].kind == CELL_TEXT && !utf8_is_showable(rows->cells[i].text))
            return false;
    return true;
}

/* A copy as people are to see it. Documents have blanks for line ends. */
static void copy_for_people(const struct rowset *rows, bool is_document, struct rowset *shown)
{
    rowset_init(shown, rows->columns);
    shown->no_heading = rows->no_heading;
    for (size_t i = 0; i < rows->n_cells; i++) {
        struct cell cell = rows->cells[i];

        if (cell.kind == CELL_TEXT && !(cell.text = strdup(cell.text)))
            shown->failed = true;
        else if (cell.kind == CELL_TEXT)
            (is_document ? utf8_show_lines : utf8_show)(cell.text);
        if (!shown->failed)
            add_cell(shown, cell);
    }
}

static bool is_for_people(enum output_format format, FILE *stream)
{
    return format == FORMAT_CSV ? isatty(fileno(stream)) : format != FORMAT_JSON;
}

static int print(
    const struct rowset *rows, FILE *stream, enum output_format format, struct err *err)
{
    int *widths;

    if (check(rows, err) < 0)
        return -1;
    switch (format) {
    case FORMAT_TABLE:
        widths = calloc(rows->n_columns, sizeof(*widths));
        if (!widths)
            return err_set(
                err, ERR_MEMORY, "no memory for a table of %zu columns", rows->n_columns);
        print_table(rows, stream, widths);
        free(widths);
        break;
    case FORMAT_CSV:
        print_csv(rows, stream);
        break;
    case FORMAT_JSON:
        print_json(rows, stream);
        break;
    case FORMAT_MARKDOWN:
        print_markdown(rows, stream);
        break;
    case FORMAT_LATEX:
        print_latex(rows, stream);
        break;
    }
    if (fflush(stream) != 0 || ferror(stream))
        return err_set_errno(err, errno, "cannot write the result");
    return 0;
}

int rowset_print(
    const struct rowset *rows, FILE *stream, enum output_format format, struct err *err)
{
    struct rowset shown;
    int result;

    if (!is_for_people(format, stream) || is_showable(rows))
        return print(rows, stream, format, err);
    copy_for_people(rows, format == FORMAT_MARKDOWN || format == FORMAT_LATEX, &shown);
    result = print(&shown, stream, format, err);
    rowset_release(&shown);
    return result;
}

static int find_format(
    const char *name, const char *const *names, enum output_format *format, struct err *err)
{
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], name) == 0) {
            *format = (enum output_format)i;
            return 0;
        }
    return err_set(err, ERR_INPUT,
        names[FORMAT_JSON + 1]
            ? "there is no output format \"%.40s\"; the formats are table, csv, json, markdown and "
              "latex"
            : "there is no output format \"%.40s\"; the formats are table, csv and json",
        name);
}

int output_format_find(const char *name, enum output_format *format, struct err *err)
{
    static const char *const names[] = {"table", "csv", "json", NULL};

    return find_format(name, names, format, err);
}

int document_format_find(const char *name, enum output_format *format, struct err *err)
{
    static const char *const names[] = {"table", "csv", "json", "markdown", "latex", NULL};

    return find_format(name, names, format, err);
}
