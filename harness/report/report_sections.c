/* Tables, comparisons, laws and figures on the report's page. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/markup.h"
#include "harness/views/compare_view.h"
#include "harness/views/fit_view.h"
#include "plots/draw/inline_svg.h"
#include "plots/plot.h"
#include "report_private.h"
#include "results/tables/table.h"
#include "harness/views/table_counter.h"

/* Of one figure on the page: what has more points than that is no picture for a page. */
#define MAX_COMPARISONS  200
#define MAX_FIGURE_BYTES ((size_t)800 << 10)

/* ---- tables ---- */

/* The rows as JSON, which says what is empty and gives numbers in full. NULL on error. */
static json_t *rows_as_json(const struct rowset *rows, struct err *err)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    json_t *array = NULL;
    int result = -1;

    if (stream) {
        result = rowset_print(rows, stream, FORMAT_JSON, err);
        if (fclose(stream) != 0)
            result = -1;
    }
    if (result == 0)
        array = json_loadb(text, length, 0, NULL);
    if (!array)
        err_set(err, ERR_MEMORY, "no memory for a table of the report");
    free(text);
    return array;
}

static void add_cell(
    struct str *to, const struct column *column, const json_t *value, bool is_first)
{
    const char *tag = is_first ? "th scope=\"row\"" : "td";
    char count[REPORT_NUMBER_BYTES];

    str_addf(to, "<%s%s%s>", tag, column->type == COLUMN_TEXT ? "" : " class=\"n",
        column->type == COLUMN_TEXT     ? ""
        : strstr(column->name, "paper") ? " paper\""
                                        : "\"");
    if (json_is_string(value))
        markup_text(to, json_string_value(value));
    else if (json_is_integer(value) && column->type == COLUMN_INT)
        str_add(to, report_count(json_integer_value(value), count));
    else if (json_is_number(value))
        str_addf(to, "%.*f", column_decimals(column, json_number_value(value)),
            json_number_value(value));
    else
        str_add(to, "-");
    str_add(to, is_first ? "</th>" : "</td>");
}

static void add_rows(struct str *to, const struct rowset *shown, const json_t *rows)
{
    const struct column *columns = shown->columns;

    str_add(to, "<thead><tr>");
    for (int i = 0; columns[i].name; i++)
        if (rowset_shows(shown, (size_t)i)) {
            str_addf(
                to, "<th scope=\"col\"%s>", columns[i].type == COLUMN_TEXT ? "" : " class=\"n\"");
            markup_text(to, columns[i].heading ? columns[i].heading : columns[i].name);
            str_add(to, "</th>");
        }
    str_add(to, "</tr></thead>\n<tbody>\n");
    for (size_t row = 0; row < json_array_size(rows); row++) {
        const json_t *object = json_array_get(rows, row);

        str_add(to, "<tr>");
        for (int i = 0; columns[i].name; i++)
            if (rowset_shows(shown, (size_t)i))
                add_cell(to, &columns[i], json_object_get(object, columns[i].name), i == 0);
        str_add(to, "</tr>\n");
    }
    str_add(to, "</tbody></table></div>\n");
}

/* A sentence a line; they are cut at their ends. */
static void add_notes(struct str *to, char *notes)
{
    for (char *note = notes, *end; *note; note = end) {
        end = note + strcspn(note, "\n");
        if (*end)
            *end++ = '\0';
        str_add(to, "<p class=\"note\">");
        markup_text(to, note);
        str_add(to, "</p>\n");
    }
}

static int add_table(struct report *report, const struct report_table *table, struct err *err)
{
    json_t *array = rows_as_json(table->rows, err);

    if (!array)
        return -1;
    str_addf(&report->page,
        "<div class=\"wide\" role=\"region\" aria-label=\"%s\" "
        "tabindex=\"0\"><table>\n<caption>",
        table->label);
    markup_text(&report->page, table->caption);
    str_add(&report->page, "</caption>\n");
    add_rows(&report->page, table->rows, array);
    add_notes(&report->page, table->notes);
    json_decref(array);
    return 0;
}

int report_table3(struct report *report, struct err *err)
{
    const struct table_options how = {.study = report->study, .counter = &table_counter};
    const struct table *table = table_find("table3", err);
    struct str notes = STR_INIT;
    struct rowset rows;
    int result = -1;

    if (!table)
        return -1;
    rowset_init(&rows, table->columns);
    if (table->fill(report->store, &how, &rows, err) == 0 &&
        (!table->notes || table->notes(report->store, &how, &notes, err) == 0))
        result = add_table(
            report, &(struct report_table){table->name, table->summary, &rows, notes.text}, err);
    rowset_release(&rows);
    str_release(&notes);
    return result;
}

/* ---- comparisons and laws ---- */

static int add_comparisons(struct report *report, const struct comparisons *list,
    const struct compare_options *how, const char *nothing, struct err *err)
{
    const struct compare_view view = {.how = how, .marks = true, .most_rows = MAX_COMPARISONS};
    struct str notes = STR_INIT;
    struct rowset rows;
    int result = -1;

    if (list->n == 0) {
        str_addf(&report->page, "<p>%s</p>\n", nothing);
        return 0;
    }
    rowset_init(&rows, compare_view_columns);
    if (list->n > MAX_COMPARISONS)
        str_addf(&notes, "These are the first %d of %d; scalestudy compare%s has all of them.\n",
            MAX_COMPARISONS, list->n, how->with_baseline ? " --gains" : "");
    compare_view_notes(list, &view, &notes);
    if (compare_view_fill(list, &view, &rows, err) == 0)
        result = add_table(report,
            &(struct report_table){how->with_baseline ? "gains" : "comparisons",
                compare_view_caption(&view), &rows, notes.text},
            err);
    rowset_release(&rows);
    str_release(&notes);
    return result;
}

int report_comparisons(struct report *report, struct err *err)
{
    if (add_comparisons(report, &report->rivals, &report_rivals,
            "No two scaling methods of a baseline have finished networks of about the same FLOPs.",
            err) < 0)
        return -1;
    return add_comparisons(report, &report->gains, &report_gains,
        "No scaled network and its baseline are both done.", err);
}

static int n_fitted(const struct fit_curves *curves)
{
    int n = 0;

    for (int i = 0; i < curves->n; i++)
        n += curves->all[i].fitted;
    return n;
}

/* The curves of methods if they have networks enough, else those of models, else one of all. */
static int load_curves(struct fit_curves *curves, struct report *report, struct err *err)
{
    struct fit_options how = FIT_DEFAULTS;

    for (how.by = FIT_BY_METHOD; how.by <= FIT_BY_STUDY; how.by++) {
        fit_curves_release(curves);
        if (fit_curves_load(curves, report->store, report->study, &how, err) < 0)
            return -1;
        if (n_fitted(curves) > 0)
            return 0;
    }
    return 0;
}

int report_laws(struct report *report, struct err *err)
{
    struct fit_curves curves = FIT_CURVES_INIT;
    struct str notes = STR_INIT;
    struct rowset rows;
    int result = -1;

    rowset_init(&rows, fit_view_laws.columns);
    if (load_curves(&curves, report, err) < 0)
        goto done;
    if (n_fitted(&curves) == 0) {
        str_addf(&report->page,
            "<p>A law takes networks of %d different sizes that are done, and four for "
            "intervals.</p>\n",
            FIT_PARAMETERS);
        result = 0;
    } else if (fit_view_laws.fill(&curves, 0, &rows, &notes, err) == 0) {
        result = add_table(report,
            &(struct report_table){
                "laws", "Error against FLOPs as a saturating power law", &rows, notes.text},
            err);
    }
done:
    fit_curves_release(&curves);
    rowset_release(&rows);
    str_release(&notes);
    return result;
}

/* ---- figures ---- */

static void add_missing(struct report *report, const struct plot *plot, const struct err *why)
{
    str_addf(&report->page, "<p class=\"note\">The figure %s is missing: ", plot->name);
    markup_text(&report->page, why->message);
    str_add(&report->page, "</p>\n");
    if (why->code != ERR_INPUT)
        err_set(report->warning, why->code, "the report lacks figures: %.900s", why->message);
}

static int add_svg(
    struct report *report, const struct plot *plot, int number, const char *path, struct err *err)
{
    struct str svg = STR_INIT, label = STR_INIT;
    char prefix[16];
    int result;

    snprintf(prefix, sizeof(prefix), "f%d", number);
    str_addf(
        &label, "%s: %s. Its numbers are in the tables of this page.", plot->name, plot->summary);
    result = file_read(path, MAX_FIGURE_BYTES, &svg, err);
    if (result == 0) {
        str_addf(&report->page,
            "<figure id=\"figure-%s\"><div class=\"wide\" role=\"region\" "
            "tabindex=\"0\" aria-label=\"Figure %s\">\n",
            plot->name, plot->name);
        result = inline_svg_add(&report->page, svg.text, prefix, label.text, err);
        str_add(&report->page, "</div><figcaption>");
        markup_text(&report->page, plot->summary);
        str_addf(&report->page, " (<code>scalestudy plot %s</code>)</figcaption></figure>\n",
            plot->name);
    }
    str_release(&svg);
    str_release(&label);
    return result;
}

static int check_size(const struct plot *plot, const char *path, struct err *why)
{
    struct stat status;

    if (stat(path, &status) == 0 && (size_t)status.st_size > MAX_FIGURE_BYTES)
        return err_set(why, ERR_INPUT,
            "with so many jobs it has %.1f MB; `scalestudy plot %s -o %s.png` draws it",
            (double)status.st_size / 1e6, plot->name, plot->name);
    return 0;
}

/* Draw a figure in a folder of our own, and take it into the page. */
static int add_figure(
    struct report *report, const struct plot *plot, int number, const char *folder, struct err *err)
{
    struct plot_options how = {.study = report->study};
    struct plot_files files;
    struct err why = {0};
    char path[PATH_BYTES];
    int result = 0;

    if (file_join(path, folder, "figure.svg", err) < 0)
        return -1;
    how.output = path;
    if (plot->draw(report->store, &how, &why) < 0 || check_size(plot, path, &why) < 0)
        add_missing(report, plot, &why);
    else
        result = add_svg(report, plot, number, path, err);
    err_clear(&why);
    if (plot_files(&files, path, &why) == 0) {
        unlink(files.figure);
        unlink(files.script);
        unlink(files.data);
    }
    return result;
}

int report_figures(struct report *report, struct err *err)
{
    char folder[PATH_BYTES];
    int number = 0, result = 0;

    if (file_make_temporary_folder(folder, err) < 0)
        return -1;
    for (const struct plot *const *plot = plot_all(); *plot && result == 0; plot++)
        if ((*plot)->in_report)
            result = add_figure(report, *plot, ++number, folder, err);
    rmdir(folder);
    return result;
}
