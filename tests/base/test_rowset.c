#include "tests/lib/test.h"

#include <float.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/rowset.h"

static const struct column columns[] = {
    {.name = "model", .type = COLUMN_TEXT},
    {.name = "macs", .type = COLUMN_INT, .heading = "MACs"},
    {.name = "top1", .type = COLUMN_REAL, .decimals = 2, .heading = "top-1"},
    {.name = "done", .type = COLUMN_BOOL},
    {0},
};

static const struct column texts[] = {{.name = "text", .type = COLUMN_TEXT}, {0}};
static const struct column reals[] = {{.name = "x", .type = COLUMN_REAL, .decimals = 1}, {0}};

/* What is printed, for the caller to free. */
static char *printed(struct rowset *rows, enum output_format format)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    struct err err = {0};

    assert_non_null(stream);
    if (rowset_print(rows, stream, format, &err) < 0)
        fail_msg("%s", err.message);
    fclose(stream);
    return text;
}

static void check_printed(struct rowset *rows, enum output_format format, const char *wanted)
{
    char *text = printed(rows, format);

    assert_string_equal(text, wanted);
    free(text);
}

static void fill(struct rowset *rows)
{
    rowset_init(rows, columns);
    rowset_text(rows, "resnet50");
    rowset_int(rows, 4089184256);
    rowset_real(rows, 76.0 / 3);
    rowset_bool(rows, true);
    rowset_text(rows, "v1");
    rowset_int(rows, 7);
    rowset_null(rows);
    rowset_bool(rows, false);
}

static void test_rowset__a_table_is_aligned_and_grouped(void **state)
{
    struct rowset rows;

    (void)state;
    fill(&rows);
    assert_int_equal(rowset_count(&rows), 2);
    check_printed(&rows, FORMAT_TABLE,
        "model              MACs  top-1  done\n"
        "resnet50  4,089,184,256  25.33  yes\n"
        "v1                    7      -  no\n");
    rowset_release(&rows);
}

static void test_rowset__csv_has_a_heading_and_full_precision(void **state)
{
    struct rowset rows;

    (void)state;
    fill(&rows);
    check_printed(&rows, FORMAT_CSV,
        "model,macs,top1,done\n"
        "resnet50,4089184256,25.333333333333332,true\n"
        "v1,7,,false\n");
    rowset_release(&rows);
}

static void test_rowset__json_is_one_array_of_objects(void **state)
{
    struct rowset rows;

    (void)state;
    fill(&rows);
    check_printed(&rows, FORMAT_JSON,
        "[\n {\"model\": \"resnet50\", \"macs\": 4089184256, \"top1\": 25.333333333333332, "
        "\"done\": true},\n {\"model\": \"v1\", \"macs\": 7, \"top1\": null, \"done\": "
        "false}\n]\n");
    rowset_release(&rows);
}

static void test_rowset__no_rows_are_a_heading_and_an_empty_array(void **state)
{
    struct rowset rows;
    char *text;
    json_t *array;

    (void)state;
    rowset_init(&rows, columns);
    check_printed(&rows, FORMAT_TABLE, "model  MACs  top-1  done\n");
    check_printed(&rows, FORMAT_CSV, "model,macs,top1,done\n");
    text = printed(&rows, FORMAT_JSON);
    array = json_loads(text, 0, NULL);
    assert_true(json_is_array(array) && json_array_size(array) == 0);
    json_decref(array);
    free(text);
    rowset_release(&rows);
}

static void check_csv_field(const char *text, const char *wanted)
{
    struct rowset rows;
    char line[256];

    rowset_init(&rows, texts);
    rowset_text(&rows, text);
    snprintf(line, sizeof(line), "text\n%s\n", wanted);
    check_printed(&rows, FORMAT_CSV, line);
    rowset_release(&rows);
}

/* RFC 4180, section 2, rules 5 to 7. */
static void test_rowset__csv_quotes_what_it_must_and_nothing_else(void **state)
{
    (void)state;
    check_csv_field("plain text", "plain text");
    check_csv_field("a,b", "\"a,b\"");
    check_csv_field("say \"no\"", "\"say \"\"no\"\"\"");
    check_csv_field("two\nlines", "\"two\nlines\"");
    check_csv_field("two\rlines", "\"two\rlines\"");
    check_csv_field("\"", "\"\"\"\"");
    check_csv_field("semi;colon", "semi;colon");
}

static void test_rowset__csv_marks_texts_that_spreadsheets_would_compute(void **state)
{
    (void)state;
    check_csv_field("=1+1", "'=1+1");
    check_csv_field("+1", "'+1");
    check_csv_field("-1", "'-1");
    check_csv_field("@SUM(1)", "'@SUM(1)");
    check_csv_field("\tx", "\"'\tx\"");
    check_csv_field("\rx", "\"'\rx\"");
    check_csv_field("=a,\"b\"", "\"'=a,\"\"b\"\"\"");
    check_csv_field("1=1", "1=1");
}

/* Through a JSON parser that is not ours. */
static void check_json_text(const char *text, const char *wanted)
{
    struct rowset rows;
    char *print;
    json_t *array;

    rowset_init(&rows, texts);
    rowset_text(&rows, text);
    print = printed(&rows, FORMAT_JSON);
    array = json_loads(print, 0, NULL);
    if (!array)
        fail_msg("not JSON: %s", print);
    assert_string_equal(
        json_string_value(json_object_get(json_array_get(array, 0), "text")), wanted);
    json_decref(array);
    free(print);
    rowset_release(&rows);
}

static void test_rowset__json_escapes_what_it_must(void **state)
{
    (void)state;
    check_json_text("say \"no\"", "say \"no\"");
    check_json_text("back\\slash", "back\\slash");
    check_json_text("tab\tnew\nline\x01", "tab\tnew\nline\x01");
    check_json_text("M\xc3\xa4rz \xe2\x89\x88", "M\xc3\xa4rz \xe2\x89\x88");
    check_json_text("", "");
}

static void test_rowset__json_of_bytes_that_are_no_text_is_still_json(void **state)
{
    (void)state;
    check_json_text("name\xff\xfe.jpg", "name??.jpg");
}

static void test_rowset__numbers_read_back_as_they_were(void **state)
{
    static const double values[] = {
        0, 1, -2.5, 0.1, 1.0 / 3, 1e-300, DBL_MAX, 4.0e9, 123456789.123};
    const size_t n = sizeof(values) / sizeof(values[0]);
    struct rowset rows;
    char *text;
    json_t *array;

    (void)state;
    rowset_init(&rows, reals);
    for (size_t i = 0; i < n; i++)
        rowset_real(&rows, values[i]);
    text = printed(&rows, FORMAT_JSON);
    array = json_loads(text, 0, NULL);
    assert_int_equal(json_array_size(array), n);
    for (size_t i = 0; i < n; i++)
        assert_true(json_number_value(json_object_get(json_array_get(array, i), "x")) == values[i]);
    json_decref(array);
    free(text);
    rowset_release(&rows);
}

static void test_rowset__integers_keep_all_64_bits(void **state)
{
    static const struct column ints[] = {{.name = "n", .type = COLUMN_INT}, {0}};
    struct rowset rows;

    (void)state;
    rowset_init(&rows, ints);
    rowset_int(&rows, INT64_MAX);
    rowset_int(&rows, INT64_MIN);
    rowset_int(&rows, -999);
    rowset_int(&rows, -1000);
    check_printed(&rows, FORMAT_CSV, "n\n9223372036854775807\n-9223372036854775808\n-999\n-1000\n");
    check_printed(&rows, FORMAT_TABLE,
        "                         n\n 9,223,372,036,854,775,807\n-9,223,372,036,854,775,808\n"
        "                      -999\n                    -1,000\n");
    rowset_release(&rows);
}

static void test_rowset__what_is_not_a_number_is_an_empty_cell(void **state)
{
    struct rowset rows;

    (void)state;
    rowset_init(&rows, reals);
    rowset_real(&rows, NAN);
    rowset_real(&rows, INFINITY);
    rowset_real(&rows, 1);
    check_printed(&rows, FORMAT_TABLE, "  x\n  -\n  -\n1.0\n");
    check_printed(&rows, FORMAT_CSV, "x\n\n\n1\n");
    check_printed(&rows, FORMAT_JSON, "[\n {\"x\": null},\n {\"x\": null},\n {\"x\": 1}\n]\n");
    rowset_release(&rows);
}

static void test_rowset__no_text_is_an_empty_cell(void **state)
{
    struct rowset rows;

    (void)state;
    rowset_init(&rows, texts);
    rowset_text(&rows, NULL);
    check_printed(&rows, FORMAT_TABLE, "text\n-\n");
    check_printed(&rows, FORMAT_JSON, "[\n {\"text\": null}\n]\n");
    rowset_release(&rows);
}

static void test_rowset__letters_beyond_ascii_take_one_column(void **state)
{
    static const struct column two[] = {
        {.name = "a", .type = COLUMN_TEXT}, {.name = "b", .type = COLUMN_TEXT}, {0}};
    struct rowset rows;

    (void)state;
    rowset_init(&rows, two);
    rowset_text(&rows, "M\xc3\xa4rz");
    rowset_text(&rows, "x");
    rowset_text(&rows, "May");
    rowset_text(&rows, "y");
    check_printed(&rows, FORMAT_TABLE, "a     b\nM\xc3\xa4rz  x\nMay   y\n");
    rowset_release(&rows);
}

static void test_rowset__json_only_columns_are_not_in_the_table(void **state)
{
    static const struct column some[] = {{.name = "a", .type = COLUMN_TEXT},
        {.name = "b", .type = COLUMN_TEXT, .json_only = true}, {0}};
    struct rowset rows;

    (void)state;
    rowset_init(&rows, some);
    rowset_text(&rows, "x");
    rowset_text(&rows, "y");
    check_printed(&rows, FORMAT_TABLE, "a\nx\n");
    check_printed(&rows, FORMAT_CSV, "a,b\nx,y\n");
    check_printed(&rows, FORMAT_JSON, "[\n {\"a\": \"x\", \"b\": \"y\"}\n]\n");
    rowset_release(&rows);
}

static void test_rowset__thousands_of_rows_are_all_there(void **state)
{
    struct rowset rows;
    char *text;
    int lines = 0;

    (void)state;
    rowset_init(&rows, texts);
    for (int i = 0; i < 5000; i++) {
        char cell[16];

        snprintf(cell, sizeof(cell), "row %d", i);
        rowset_text(&rows, cell);
    }
    text = printed(&rows, FORMAT_CSV);
    for (const char *c = text; *c; c++)
        lines += *c == '\n';
    assert_int_equal(lines, 5001);
    assert_non_null(strstr(text, "\nrow 4999\n"));
    free(text);
    rowset_release(&rows);
}

static void check_print_fails(struct rowset *rows, enum err_code code)
{
    FILE *stream = fopen("/dev/null", "w");
    struct err err = {0};

    assert_non_null(stream);
    assert_int_equal(rowset_print(rows, stream, FORMAT_CSV, &err), -1);
    assert_int_equal(err.code, code);
    fclose(stream);
    rowset_release(rows);
}

static void test_rowset__half_a_row_is_our_mistake(void **state)
{
    struct rowset rows;

    (void)state;
    rowset_init(&rows, columns);
    rowset_text(&rows, "alone");
    check_print_fails(&rows, ERR_BUG);
}

static void test_rowset__a_cell_of_another_type_is_our_mistake(void **state)
{
    struct rowset rows;

    (void)state;
    rowset_init(&rows, reals);
    rowset_int(&rows, 1);
    check_print_fails(&rows, ERR_BUG);
}

static void test_rowset__a_failed_write_is_said_in_every_format(void **state)
{
    (void)state;
    for (enum output_format format = FORMAT_TABLE; format <= FORMAT_LATEX; format++) {
        FILE *full = fopen("/dev/full", "w");
        struct rowset rows;
        struct err err = {0};

        assert_non_null(full);
        fill(&rows);
        assert_int_equal(rowset_print(&rows, full, format, &err), -1);
        assert_int_equal(err.code, ERR_IO);
        fclose(full);
        rowset_release(&rows);
    }
}

static void test_output_format__names_are_found_and_others_refused(void **state)
{
    enum output_format format = FORMAT_TABLE;
    struct err err = {0};

    (void)state;
    assert_int_equal(output_format_find("json", &format, &err), 0);
    assert_int_equal(format, FORMAT_JSON);
    assert_int_equal(output_format_find("csv", &format, &err), 0);
    assert_int_equal(format, FORMAT_CSV);
    assert_int_equal(output_format_find("table", &format, &err), 0);
    assert_int_equal(format, FORMAT_TABLE);
    assert_int_equal(output_format_find("xml", &format, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.message, "table, csv and json"));
}

static void test_document_format__names_are_found_and_others_refused(void **state)
{
    enum output_format format = FORMAT_TABLE;
    struct err err = {0};

    (void)state;
    assert_int_equal(document_format_find("latex", &format, &err), 0);
    assert_int_equal(format, FORMAT_LATEX);
    assert_int_equal(document_format_find("markdown", &format, &err), 0);
    assert_int_equal(format, FORMAT_MARKDOWN);
    assert_int_equal(document_format_find("json", &format, &err), 0);
    assert_int_equal(format, FORMAT_JSON);
    assert_int_equal(output_format_find("latex", &format, &err), -1);
    err_clear(&err);
    assert_int_equal(document_format_find("xml", &format, &err), -1);
    assert_non_null(strstr(err.message, "json, markdown and latex"));
}

static const struct column document_columns[] = {
    {.name = "model_name", .type = COLUMN_TEXT},
    {.name = "hidden", .type = COLUMN_INT, .json_only = true},
    {.name = "macs", .type = COLUMN_INT, .heading = "%"},
    {0},
};

static void fill_document(struct rowset *rows, const char *text)
{
    rowset_init(rows, document_columns);
    rowset_text(rows, text);
    rowset_int(rows, 1);
    rowset_int(rows, 1234567);
    rowset_text(rows, "mobilenet_v1");
    rowset_int(rows, 2);
    rowset_null(rows);
}

static void test_rowset__markdown_escapes_what_has_a_meaning_there(void **state)
{
    struct rowset rows;

    (void)state;
    fill_document(&rows, "<script>|a*b` _x_ \\ & $1$\n[y]");
    check_printed(&rows, FORMAT_MARKDOWN,
        "| model_name | % |\n|---|---:|\n"
        "| &lt;script>\\|a\\*b\\` \\_x\\_ \\\\ &amp; \\$1\\$ \\[y\\] | 1,234,567 |\n"
        "| mobilenet_v1 | - |\n");
    rowset_release(&rows);
}

static void test_rowset__latex_escapes_what_has_a_meaning_there(void **state)
{
    struct rowset rows;

    (void)state;
    fill_document(&rows, "\\input{x} 5% a_b #1 $x^2$ ~ a--b <>|");
    check_printed(&rows, FORMAT_LATEX,
        "\\begin{tabular}{lr}\n\\hline\nmodel\\_name & \\% \\\\\n\\hline\n"
        "\\textbackslash{}input\\{x\\} 5\\% a\\_b \\#1 \\$x\\textasciicircum{}2\\$ "
        "\\textasciitilde{} a-{}-b \\textless{}\\textgreater{}\\textbar{} & 1,234,567 \\\\\n"
        "mobilenet\\_v1 & - \\\\\n\\hline\n\\end{tabular}\n");
    rowset_release(&rows);
}

static void test_rowset__significant_digits_leave_whole_numbers_whole(void **state)
{
    static const struct column digits[] = {{.name = "x", .type = COLUMN_REAL, .decimals = -2}, {0}};
    static const double values[] = {0.39, 0.7, 5.3, 26, 146, 0, 0.012, -4.2};
    struct rowset rows;

    (void)state;
    rowset_init(&rows, digits);
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        rowset_real(&rows, values[i]);
    check_printed(
        &rows, FORMAT_TABLE, "    x\n 0.39\n 0.70\n  5.3\n   26\n  146\n  0.0\n0.012\n -4.2\n");
    rowset_release(&rows);
}
