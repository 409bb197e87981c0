/* The page of a report: its sections, its style and script, and writing it to a file. */
#include "report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/clock.h"
#include "harness/system/file.h"
#include "harness/base/markup.h"
#include "gen/report_css.h"
#include "gen/report_html.h"
#include "gen/report_js.h"
#include "plots/draw/inline_svg.h"
#include "report_private.h"
#include "harness/version.h"

#define MAX_STUDY_BYTES ((size_t)1 << 18) /* of its file on the page */

/* ---- short sections ---- */

static int add_css(struct report *report, struct err *err)
{
    (void)err;
    str_add(&report->page, report_css);
    inline_svg_style(&report->page);
    return 0;
}

static int add_js(struct report *report, struct err *err)
{
    (void)err;
    str_add(&report->page, report_js);
    return 0;
}

static int add_title(struct report *report, struct err *err)
{
    (void)err;
    str_add(&report->page, "The study ");
    markup_text(&report->page, report->study);
    return 0;
}

static int add_version(struct report *report, struct err *err)
{
    (void)err;
    str_add(&report->page, SCALESTUDY_VERSION);
    return 0;
}

static int add_refresh(struct report *report, struct err *err)
{
    (void)err;
    if (report->options->refresh_seconds > 0)
        str_addf(&report->page, "<meta http-equiv=\"refresh\" content=\"%d\">\n",
            report->options->refresh_seconds);
    return 0;
}

static int add_made(struct report *report, struct err *err)
{
    char now[CLOCK_UTC_BYTES];

    (void)err;
    clock_utc(now);
    str_addf(&report->page, "Made on %.10s at %.5s UTC from ", now, now + 11);
    markup_text(&report->page, report->options->database);
    if (report->options->refresh_seconds > 0)
        str_add(&report->page, "; the study is running, and the page renews itself");
    return 0;
}

/* For a data: address: what is no plain letter or digit as %XX. */
static void add_percent(struct str *to, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
            str_add_bytes(to, text + i, 1);
        else
            str_addf(to, "%%%02X", c);
    }
}

static int add_study(struct report *report, struct err *err)
{
    const struct str *text = &report->source.text;
    struct str *page = &report->page;

    if (text->length > MAX_STUDY_BYTES) {
        str_addf(page,
            "<p>It has %zu bytes, too many for this page; it is in the database, in the "
            "table <code>study</code>.</p>\n",
            text->length);
        return 0;
    }
    str_add(page, report->options->edited ? "<p>As it is now, changed since it was last run, "
                                          : "<p>As it was when it was last run, ");
    markup_text(page, report->source.updated_utc);
    str_add(page, ": ");
    markup_text(page, report->source.path.text);
    str_add(page, ". <a download=\"");
    markup_text(page, report->study);
    str_add(page, ".yaml\" href=\"data:text/yaml;charset=utf-8,");
    add_percent(page, text->text, text->length);
    str_add(page, "\">Save it as a file</a></p>\n<pre tabindex=\"0\" aria-label=\"The study "
                  "file\"><code>");
    markup_text(page, text->text);
    str_add(page, "</code></pre>\n");
    return str_check(page, err);
}

static int add_environment(struct report *report, struct err *err)
{
    static const char *const headings[] = {
        "machine", "processor", "instructions", "scalestudy", "matrix products"};
    static const char *const numbers[] = {"cores", "threads a job", "jobs"};
    struct str *page = &report->page;

    if (report->n_environments == 0) {
        str_add(page, "<p>No job has run yet.</p>\n");
        return str_check(page, err);
    }
    str_add(page, "<div class=\"wide\" role=\"region\" aria-label=\"Environment\" "
                  "tabindex=\"0\"><table>\n<caption>What the jobs were computed on</caption>\n"
                  "<thead><tr>");
    for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++)
        str_addf(page, "<th scope=\"col\">%s</th>", headings[i]);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        str_addf(page, "<th scope=\"col\" class=\"n\">%s</th>", numbers[i]);
    str_add(page, "</tr></thead>\n<tbody>\n");
    for (int i = 0; i < report->n_environments; i++) {
        const struct run_environment *row = &report->environments[i];
        const char *const texts[] = {row->host, row->cpu, row->isa, row->version, row->blas};

        for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++) {
            str_add(page, k == 0 ? "<tr><th scope=\"row\">" : "<td>");
            markup_text(page, texts[k]);
            str_add(page, k == 0 ? "</th>" : "</td>");
        }
        str_addf(page,
            "<td class=\"n\">%d</td><td class=\"n\">%d</td><td class=\"n\">%d</td></tr>\n",
            row->cores, row->threads, row->n_jobs);
    }
    str_add(page, "</tbody></table></div>\n<p class=\"note\">The same job gives the same bits on "
                  "the same machine with the same number of threads; elsewhere the last digits "
                  "differ, and with them single accuracies.</p>\n");
    return str_check(page, err);
}

/* A word of a command line, in quotes if a shell would see more in it. */
static void add_word(struct str *to, const char *word)
{
    struct str quoted = STR_INIT;
    size_t plain = strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "/._-+=,@%");

    if (word[0] && word[plain] == '\0' && word[0] != '-') {
        str_add(to, word);
        return;
    }
    str_add(&quoted, "'");
    for (; *word; word++)
        if (*word == '\'')
            str_add(&quoted, "'\\''");
        else
            str_add_bytes(&quoted, word, 1);
    str_add(&quoted, "'");
    markup_text(to, quoted.text);
    str_release(&quoted);
}

static int add_again(struct report *report, struct err *err)
{
    struct str *page = &report->page;
    struct str file = STR_INIT;

    str_addf(&file, "%s.yaml", report->study);
    str_add(page, "<p>Save the study file above, then</p>\n<pre tabindex=\"0\" "
                  "aria-label=\"Command\"><code>scalestudy run ");
    add_word(page, file.text);
    str_add(page, "</code></pre>\n<p>trains all of it again. This page is then</p>\n<pre "
                  "tabindex=\"0\" aria-label=\"Command\"><code>scalestudy report ");
    add_word(page, file.text);
    str_add(page,
        " -o report.html</code></pre>\n<p class=\"note\">Jobs that a database has already "
        "are not run again. All numbers are in the database; <code>sqlite3 ");
    add_word(page, report->options->database);
    str_add(page, "</code> opens it, its views <code>job_result</code> and "
                  "<code>epoch_metric</code> are the place to begin.</p>\n");
    str_release(&file);
    return str_check(page, err);
}

/* ---- the page ---- */

static const struct {
    const char *name;
    int (*add)(struct report *report, struct err *err);
} slots[] = {
    {"css", add_css},
    {"js", add_js},
    {"title", add_title},
    {"version", add_version},
    {"refresh", add_refresh},
    {"made", add_made},
    {"summary", report_summary},
    {"table3", report_table3},
    {"comparisons", report_comparisons},
    {"laws", report_laws},
    {"figures", report_figures},
    {"jobs", report_jobs},
    {"data", report_curves},
    {"study", add_study},
    {"environment", add_environment},
    {"again", add_again},
};
#define N_SLOTS ((int)(sizeof(slots) / sizeof(slots[0])))

static int fill_slot(struct report *report, const char *name, size_t length, struct err *err)
{
    for (int i = 0; i < N_SLOTS; i++)
        if (strlen(slots[i].name) == length && memcmp(slots[i].name, name, length) == 0)
            return slots[i].add(report, err);
    return err_set(
        err, ERR_BUG, "the page of the report has an unknown part %.*s", (int)length, name);
}

static int fill_page(struct report *report, struct err *err)
{
    const char *at = report_html, *slot;

    while ((slot = strstr(at, "{{"))) {
        const char *end = strstr(slot, "}}");

        if (!end)
            return err_set(err, ERR_BUG, "the page of the report has a part without an end");
        str_add_bytes(&report->page, at, (size_t)(slot - at));
        if (fill_slot(report, slot + 2, (size_t)(end - slot - 2), err) < 0)
            return -1;
        at = end + 2;
    }
    str_add(&report->page, at);
    return str_check(&report->page, err);
}

/* Runs of a configuration, together. */
static int index_runs(struct report *report, struct err *err)
{
    const struct runs *runs = &report->runs;

    report->by_config = calloc((size_t)runs->n_runs + 1, sizeof(int));
    report->first = calloc((size_t)runs->n_configs + 2, sizeof(int));
    if (!report->by_config || !report->first)
        return err_set(err, ERR_MEMORY, "no memory for an index of %d jobs", runs->n_runs);
    /* first[c + 1] is where the next run of c goes; at the end that is where c + 1 begins. */
    for (int c = 0; c < runs->n_configs; c++)
        report->first[c + 1] = report->first[c] + (c > 0 ? runs->configs[c - 1].n_runs : 0);
    for (int i = 0; i < runs->n_runs; i++)
        report->by_config[report->first[runs->runs[i].config + 1]++] = i;
    return 0;
}

static int load(struct report *report, struct err *err)
{
    if (runs_choose_study(
            report->store, report->options->study, report->study, sizeof(report->study), err) < 0 ||
        runs_load(&report->runs, report->store, report->study, err) < 0 ||
        runs_source(&report->source, report->store, report->study, err) < 0 ||
        runs_environments(report->store, report->study, &report->environments,
            &report->n_environments, err) < 0 ||
        index_runs(report, err) < 0)
        return -1;
    if (compare_load(&report->rivals, report->store, report->study, &report_rivals, err) < 0 ||
        compare_load(&report->gains, report->store, report->study, &report_gains, err) < 0)
        return -1;
    for (int i = 0; i < report->runs.n_runs; i++)
        report->counts[report->runs.runs[i].state]++;
    return query_data_name(
        report->store, report->study, report->data_name, sizeof(report->data_name), err);
}

int report_write(
    struct store *store, const struct report_options *options, struct err *warning, struct err *err)
{
    struct report report = {.store = store,
        .options = options,
        .warning = warning,
        .source = STUDY_SOURCE_INIT,
        .rivals = COMPARISONS_INIT,
        .gains = COMPARISONS_INIT,
        .page = STR_INIT};
    int result = -1;

    if (load(&report, err) == 0 && fill_page(&report, err) == 0)
        result = file_write(options->output, report.page.text, report.page.length, err);
    runs_release(&report.runs);
    compare_release(&report.rivals);
    compare_release(&report.gains);
    study_source_release(&report.source);
    free(report.environments);
    free(report.by_config);
    free(report.first);
    str_release(&report.page);
    return result;
}
