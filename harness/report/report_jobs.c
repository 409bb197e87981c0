/* The report's table of jobs, and the curves that its script draws: a row a job, or a row a network
 * where there are many jobs. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/markup.h"
#include "report_private.h"
#include "results/stats/statistics.h"
#include "harness/terminal/ui.h"

#define LEAST_POINTS 2 /* of a curve that is thinned out */
#define MOST_POINTS  200
#define MAX_EPOCH    1000000

static bool is_by_job(const struct report *report)
{
    return report->runs.n_runs <= REPORT_MAX_JOB_ROWS;
}

static int row_count(const struct report *report)
{
    int n = is_by_job(report) ? report->runs.n_runs : report->runs.n_configs;

    return n < REPORT_MAX_ROWS ? n : REPORT_MAX_ROWS;
}

/* ---- cells ---- */

static void add_text(struct str *to, const char *text)
{
    str_add(to, "<td>");
    markup_text(to, text);
    str_add(to, "</td>");
}

static void add_count(struct str *to, int64_t value)
{
    char count[REPORT_NUMBER_BYTES];

    str_addf(to, "<td class=\"n\">%s</td>", report_count(value, count));
}

static void add_real(struct str *to, double value, int decimals)
{
    if (isfinite(value))
        str_addf(to, "<td class=\"n\">%.*f</td>", decimals, value);
    else
        str_add(to, "<td class=\"n\">-</td>");
}

/* What jobs and networks have both: who it is and what it costs. */
static void add_config(struct str *to, const struct run_config *config, int row)
{
    char scaling[REPORT_SCALING_BYTES];

    report_scaling(config, scaling);
    str_addf(to, "<tr data-curve=\"%d\"><th scope=\"row\">", row);
    markup_text(to, config->model);
    str_add(to, "</th>");
    add_text(to, config->method);
    str_addf(to, "<td>%s", scaling);
    report_label(to, config);
    str_add(to, "</td>");
    add_count(to, config->input);
    add_count(to, config->params);
    add_count(to, config->macs);
}

static int add_job_row(struct report *report, int row, struct err *err)
{
    const struct job_result *run = &report->runs.runs[row];
    struct str *page = &report->page;
    struct str why = STR_INIT;
    int result = 0;

    add_config(page, &report->runs.configs[run->config], row);
    str_addf(page, "<td class=\"n\">%lld</td>", (long long)run->seed);
    add_text(page, run_state_name(run->state));
    add_real(page, run->top1, 2);
    add_real(page, run->loss, 4);
    add_real(page, run->train_seconds, 1);
    if (run->state == RUN_FAILED)
        result = runs_error(report->store, run->number, &why, err);
    str_add(page, "<td class=\"why\">");
    markup_text(page, why.text);
    str_add(page, "</td><td class=\"more\"></td></tr>\n");
    str_release(&why);
    return result;
}

static int add_network_row(struct report *report, int row, struct err *err)
{
    const struct run_config *config = &report->runs.configs[row];
    struct report_sample *samples;
    double *top1, least = NAN, most = NAN;
    int n;

    if (report_samples(report, row, &samples, &n, err) < 0)
        return -1;
    top1 = calloc((size_t)n + 1, sizeof(*top1));
    if (!top1) {
        free(samples);
        return err_set(err, ERR_MEMORY, "no memory for %d seeds of a network", n);
    }
    for (int i = 0; i < n; i++) {
        top1[i] = samples[i].top1;
        least = fmin(least, top1[i]);
        most = fmax(most, top1[i]);
    }
    add_config(&report->page, config, row);
    add_count(&report->page, config->n_runs);
    add_count(&report->page, config->states[RUN_DONE]);
    add_count(&report->page, config->states[RUN_FAILED]);
    add_real(&report->page, statistics_mean(top1, n), 2);
    add_real(&report->page, statistics_ci95(top1, n), 2);
    add_real(&report->page, least, 2);
    add_real(&report->page, most, 2);
    str_add(&report->page, "<td class=\"more\"></td></tr>\n");
    free(samples);
    free(top1);
    return 0;
}

/* ---- the table ---- */

struct heading {
    const char *text;
    bool is_number;
};

static const struct heading of_both[] = {{"model", false}, {"method", false}, {"scaling", false},
    {"px", true}, {"parameters", true}, {"FLOPs", true}, {0}};
static const struct heading of_jobs[] = {{"seed", true}, {"state", false}, {"top-1 %", true},
    {"loss", true}, {"seconds", true}, {"error", false}, {0}};
static const struct heading of_networks[] = {{"seeds", true}, {"done", true}, {"failed", true},
    {"top-1 %", true}, {"±", true}, {"least", true}, {"most", true}, {0}};

static void add_headings(struct str *to, const struct heading *headings)
{
    for (; headings->text; headings++)
        str_addf(to, "<th scope=\"col\" aria-sort=\"none\"%s>%s</th>",
            headings->is_number ? " class=\"n\"" : "", headings->text);
}

static void add_filters(struct report *report)
{
    str_add(&report->page,
        "<div class=\"filters\" role=\"search\" aria-label=\"Filter the jobs\" hidden>\n"
        "<label>Words <input type=\"search\" id=\"filter-text\" autocomplete=\"off\"></label>\n"
        "<label>Model <select data-column=\"0\"><option value=\"\">all</option></select></label>\n"
        "<label>Method <select data-column=\"1\"><option "
        "value=\"\">all</option></select></label>\n");
    if (is_by_job(report))
        str_add(&report->page, "<label>State <select data-column=\"7\"><option "
                               "value=\"\">all</option></select></label>\n");
    str_add(&report->page, "<span id=\"job-count\" role=\"status\"></span>\n</div>\n"
                           "<noscript><p class=\"note\">With JavaScript the table sorts, filters "
                           "and shows curves.</p></noscript>\n");
}

static void add_caption(struct report *report)
{
    int n = is_by_job(report) ? report->runs.n_runs : report->runs.n_configs;
    struct str *page = &report->page;

    if (is_by_job(report))
        str_addf(page, "<caption>All %d jobs of the study. ", n);
    else
        str_addf(page,
            "<caption>%d jobs, the seeds of a network together: %d networks%s. ± is half "
            "the 95 %% interval of the mean. ",
            report->runs.n_runs, n, n > REPORT_MAX_ROWS ? ", of which the first are here" : "");
    str_add(page, "FLOPs are multiply-adds of one image, as the paper counts.</caption>\n");
}

int report_jobs(struct report *report, struct err *err)
{
    struct str *page = &report->page;
    int n = row_count(report), all = report->runs.n_configs;

    if (n == 0) {
        str_add(page, "<p>None.</p>\n");
        return 0;
    }
    add_filters(report);
    str_add(page, "<div class=\"wide\" role=\"region\" aria-label=\"Jobs\" tabindex=\"0\"><table "
                  "id=\"job-table\">\n");
    add_caption(report);
    str_add(page, "<thead><tr>");
    add_headings(page, of_both);
    add_headings(page, is_by_job(report) ? of_jobs : of_networks);
    str_add(page, "<th scope=\"col\" class=\"more\">by epoch</th></tr></thead>\n<tbody>\n");
    for (int i = 0; i < n; i++)
        if ((is_by_job(report) ? add_job_row : add_network_row)(report, i, err) < 0)
            return -1;
    str_add(page, "</tbody></table></div>\n");
    if (!is_by_job(report) && all > n) {
        str_addf(page,
            "<p class=\"note\">%d networks more are in the database: <code>scalestudy "
            "jobs --db ",
            all - n);
        markup_text(page, report->options->database);
        str_add(page, "</code> lists them.</p>\n");
    }
    return 0;
}

/* ---- curves ---- */

/* What several seeds measured after one epoch, of one split. */
struct point {
    int n[2]; /* of loss, of top-1 */
    double sum[2], least[2], most[2];
};

struct curve {
    struct point *points; /* [epoch][is_train], from epoch 1 */
    int n_epochs;
    int n_seeds;
};

static int reach(struct curve *curve, int epoch, struct err *err)
{
    struct point *points;
    int wanted = curve->n_epochs;

    if (epoch <= curve->n_epochs)
        return 0;
    while (wanted < epoch)
        wanted = wanted ? 2 * wanted : 16;
    points = realloc(curve->points, sizeof(*points) * 2 * (size_t)wanted);
    if (!points)
        return err_set(err, ERR_MEMORY, "no memory for curves of %d epochs", epoch);
    memset(
        points + 2 * curve->n_epochs, 0, sizeof(*points) * 2 * (size_t)(wanted - curve->n_epochs));
    curve->points = points;
    curve->n_epochs = wanted;
    return 0;
}

static void add_value(struct point *point, int which, double value)
{
    if (!isfinite(value))
        return;
    point->least[which] = point->n[which] ? fmin(point->least[which], value) : value;
    point->most[which] = point->n[which] ? fmax(point->most[which], value) : value;
    point->sum[which] += value;
    point->n[which]++;
}

static int add_run(struct curve *curve, struct store *store, int64_t job, struct err *err)
{
    struct run_epoch *epochs = NULL;
    int n = 0, result = -1;

    if (runs_epochs(store, job, &epochs, &n, err) < 0)
        return -1;
    for (int i = 0; i < n; i++) {
        struct point *point;

        if (epochs[i].epoch < 1 || epochs[i].epoch > MAX_EPOCH)
            continue;
        if (reach(curve, epochs[i].epoch, err) < 0)
            goto done;
        point = &curve->points[2 * (epochs[i].epoch - 1) + epochs[i].is_train];
        add_value(point, 0, epochs[i].loss);
        add_value(point, 1, epochs[i].top1);
    }
    curve->n_seeds += n > 0;
    result = 0;
done:
    free(epochs);
    return result;
}

static int load_curve(const struct report *report, int row, struct curve *curve, struct err *err)
{
    if (is_by_job(report))
        return add_run(curve, report->store, report->runs.runs[row].number, err);
    for (int i = report->first[row]; i < report->first[row + 1]; i++) {
        const struct job_result *run = &report->runs.runs[report->by_config[i]];

        if (run->state == RUN_DONE && add_run(curve, report->store, run->number, err) < 0)
            return -1;
    }
    return 0;
}

static void add_number(struct str *to, bool known, double value)
{
    if (known)
        str_addf(to, "%.4g,", value);
    else
        str_add(to, "null,");
}

static void end_list(struct str *to, char end)
{
    if (to->length > 0 && to->text[to->length - 1] == ',')
        to->text[to->length - 1] = end;
    else
        str_add_bytes(to, &end, 1);
}

/* [[mean...],[least...],[most...]]; the last two empty for one seed. `epochs` are those shown. */
static void add_values(
    struct str *to, const struct curve *curve, int split, int which, const int *epochs, int n)
{
    for (int part = 0; part < 3; part++) {
        str_add(to, part == 0 ? "[[" : ",[");
        for (int i = 0; i < n && (part == 0 || curve->n_seeds > 1); i++) {
            const struct point *point = &curve->points[2 * (epochs[i] - 1) + split];

            add_number(to, point->n[which] > 0,
                part == 0   ? point->sum[which] / fmax(1, point->n[which])
                : part == 1 ? point->least[which]
                            : point->most[which]);
        }
        end_list(to, ']');
    }
    str_add(to, "]");
}

/* Every so many epochs of those that a split has, the last one among them. */
static int choose_epochs(const struct curve *curve, int split, int most, int *epochs)
{
    int all = 0, n = 0, seen = 0, step;

    for (int i = 0; i < curve->n_epochs; i++)
        all += curve->points[2 * i + split].n[0] + curve->points[2 * i + split].n[1] > 0;
    step = (all + most - 1) / most;
    for (int i = 0; i < curve->n_epochs && all > 0; i++) {
        const struct point *point = &curve->points[2 * i + split];

        if (point->n[0] + point->n[1] == 0)
            continue;
        seen++;
        if ((all - seen) % step == 0)
            epochs[n++] = i + 1;
    }
    return n;
}

/* "3":{"seeds":1,"train":{"epochs":[1,2],"loss":[[..],[],[]],"top1":...},"test":...}, */
static void add_curve(struct str *to, const struct curve *curve, int row, int most)
{
    int epochs[MOST_POINTS + 1];

    if (curve->n_seeds == 0)
        return;
    str_addf(to, "\"%d\":{\"seeds\":%d", row, curve->n_seeds);
    for (int split = 1; split >= 0; split--) {
        int n = choose_epochs(curve, split, most, epochs);

        if (n == 0)
            continue;
        str_addf(to, ",\"%s\":{\"epochs\":[", split ? "train" : "test");
        for (int i = 0; i < n; i++)
            str_addf(to, "%d,", epochs[i]);
        end_list(to, ']');
        str_add(to, ",\"loss\":");
        add_values(to, curve, split, 0, epochs, n);
        str_add(to, ",\"top1\":");
        add_values(to, curve, split, 1, epochs, n);
        str_add(to, "}");
    }
    str_add(to, "},");
}

/* The text holds nothing but numbers and our own names: it cannot end its <script>. */
int report_curves(struct report *report, struct err *err)
{
    struct str *page = &report->page;
    int n = row_count(report), most = MOST_POINTS;

    /* Two splits of two curves, each with its band if there are seeds. */
    if (n > 0)
        most = REPORT_MAX_NUMBERS / (n * (is_by_job(report) ? 4 : 12));
    most = most < LEAST_POINTS ? LEAST_POINTS : most > MOST_POINTS ? MOST_POINTS : most;
    str_add(page, "{\"curves\":{");
    for (int row = 0; row < n; row++) {
        struct curve curve = {0};
        int result = load_curve(report, row, &curve, err);

        if (result == 0)
            add_curve(page, &curve, row, most);
        free(curve.points);
        if (result < 0)
            return -1;
    }
    end_list(page, '}');
    str_add(page, "}");
    return 0;
}
