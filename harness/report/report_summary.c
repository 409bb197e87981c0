/* The report's first section: what was run, and what was measured, in plain words. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/markup.h"
#include "report_private.h"
#include "results/stats/statistics.h"
#include "harness/terminal/ui.h"

#define MAX_LISTED 12 /* names or baselines; the rest is counted */

/* Distinct texts of a field of the configurations, in their order. */
struct names {
    const char *names[MAX_LISTED];
    int n, more;
};

static void add_name(struct names *names, const char *name)
{
    for (int i = 0; i < names->n; i++)
        if (strcmp(names->names[i], name) == 0)
            return;
    if (names->n < MAX_LISTED)
        names->names[names->n++] = name;
    else
        names->more = 1;
}

/* "a, b and c". */
static void add_names(struct str *to, const struct names *names)
{
    for (int i = 0; i < names->n; i++) {
        str_add(to, i == 0 ? "" : i + 1 < names->n || names->more ? ", " : " and ");
        markup_text(to, names->names[i]);
    }
    if (names->more)
        str_add(to, " and others");
}

static void least_and_most_seeds(const struct runs *runs, int *least, int *most)
{
    *least = *most = runs->n_configs ? runs->configs[0].n_runs : 0;
    for (int i = 1; i < runs->n_configs; i++) {
        int n = runs->configs[i].n_runs;

        *least = n < *least ? n : *least;
        *most = n > *most ? n : *most;
    }
}

static void add_what_was_run(struct report *report)
{
    const struct runs *runs = &report->runs;
    struct names models = {0}, methods = {0};
    struct str *page = &report->page;
    int least, most;

    for (int i = 0; i < runs->n_configs; i++) {
        add_name(&models, runs->configs[i].model);
        add_name(&methods, runs->configs[i].method);
    }
    least_and_most_seeds(runs, &least, &most);
    str_add(page, "<p>The study <strong>");
    markup_text(page, report->study);
    str_addf(
        page, "</strong> trains %d network%s on ", runs->n_configs, ui_plural(runs->n_configs));
    markup_text(page, report->data_name[0] ? report->data_name : "its data");
    str_add(page, ", made from ");
    add_names(page, &models);
    str_add(page, " by ");
    add_names(page, &methods);
    if (least == most)
        str_addf(page, ", with %d seed%s each: ", most, ui_plural(most));
    else
        str_addf(page, ", with %d to %d seeds each: ", least, most);
    str_addf(page, "%d job%s. ", runs->n_runs, ui_plural(runs->n_runs));
}

static void add_how_far(struct report *report)
{
    struct str *page = &report->page;
    int n = report->runs.n_runs, said = 0;

    if (report->counts[RUN_DONE] == n) {
        str_add(page, n == 1 ? "It is done." : "All of them are done.");
        return;
    }
    str_addf(
        page, "%d %s done", report->counts[RUN_DONE], report->counts[RUN_DONE] == 1 ? "is" : "are");
    for (int state = 0; state < RUN_STATES; state++)
        if (state != RUN_DONE && report->counts[state] > 0)
            said++;
    for (int state = 0; state < RUN_STATES; state++)
        if (state != RUN_DONE && report->counts[state] > 0)
            str_addf(page, "%s%s%d %s%s", --said ? ", " : " and ",
                state == RUN_FAILED ? "<strong class=\"bad\">" : "", report->counts[state],
                run_state_name((enum run_state)state), state == RUN_FAILED ? "</strong>" : "");
    str_add(page, ": what stands below is what there is so far.");
}

static void add_effort(struct report *report)
{
    char duration[UI_DURATION_BYTES];
    double seconds = 0;
    int epochs = 0, least = 0;

    for (int i = 0; i < report->runs.n_runs; i++) {
        const struct job_result *run = &report->runs.runs[i];

        if (run->state != RUN_DONE)
            continue;
        seconds += isfinite(run->train_seconds) ? run->train_seconds : 0;
        epochs = run->epochs > epochs ? run->epochs : epochs;
        least = least == 0 || run->epochs < least ? run->epochs : least;
    }
    if (report->counts[RUN_DONE] == 0)
        return;
    str_addf(&report->page, " The finished ones trained for ");
    if (least == epochs)
        str_addf(&report->page, "%d epoch%s each, ", epochs, ui_plural(epochs));
    else
        str_addf(&report->page, "%d to %d epochs, ", least, epochs);
    str_addf(&report->page, "in sum %s of training.", ui_duration(seconds, duration));
}

/* "60.2 % ± 1.3 (3 seeds)". */
static void add_accuracy(struct str *to, const double *top1, int n)
{
    str_addf(to, "%.1f %%", statistics_mean(top1, n));
    if (n > 1)
        str_addf(to, " ± %.1f", statistics_ci95(top1, n));
    str_addf(to, " (%d seed%s)", n, ui_plural(n));
}

static int mean_of(const struct report *report, int config, double **top1, int *n, struct err *err)
{
    struct report_sample *samples;

    if (report_samples(report, config, &samples, n, err) < 0)
        return -1;
    *top1 = calloc((size_t)*n + 1, sizeof(double));
    if (!*top1) {
        free(samples);
        return err_set(err, ERR_MEMORY, "no memory for %d accuracies", *n);
    }
    for (int i = 0; i < *n; i++)
        (*top1)[i] = samples[i].top1;
    free(samples);
    return 0;
}

/* One sentence: a configuration, its cost and its accuracy. */
static int add_one(struct report *report, int config, struct err *err)
{
    const struct run_config *of = &report->runs.configs[config];
    char scaling[REPORT_SCALING_BYTES], macs[REPORT_NUMBER_BYTES];
    double *top1;
    int n;

    if (mean_of(report, config, &top1, &n, err) < 0)
        return -1;
    report_scaling(of, scaling);
    if (!family_is_baseline(of)) {
        markup_text(&report->page, of->method);
        str_addf(&report->page, ", %s, ", scaling);
    }
    str_addf(&report->page, "%s multiply-adds: ", report_count(of->macs, macs));
    add_accuracy(&report->page, top1, n);
    free(top1);
    return 0;
}

/* Of what was scaled from a baseline the one with the highest mean; -1 if nothing is done. */
static int best_of(const struct report *report, int baseline, struct err *err)
{
    double best = -INFINITY;
    int found = -1;

    for (int i = 0; i < report->runs.n_configs; i++) {
        double *top1, mean;
        int n;

        if (i == baseline || report->runs.configs[i].baseline != baseline)
            continue;
        if (mean_of(report, i, &top1, &n, err) < 0)
            return -2;
        mean = n > 0 ? statistics_mean(top1, n) : -INFINITY;
        free(top1);
        if (mean > best) {
            best = mean;
            found = i;
        }
    }
    return found;
}

static int add_baseline(struct report *report, int baseline, struct err *err)
{
    const struct run_config *config = &report->runs.configs[baseline];
    int best = best_of(report, baseline, err);

    if (best == -2)
        return -1;
    str_add(&report->page, "<li><strong>");
    markup_text(&report->page, config->model);
    report_label(&report->page, config);
    str_addf(&report->page, "</strong> at %d pixels, ", config->input);
    if (config->states[RUN_DONE] == 0)
        str_add(&report->page, "not measured yet");
    else if (add_one(report, baseline, err) < 0)
        return -1;
    if (best >= 0) {
        str_add(&report->page, ". The highest mean of what was scaled from it has ");
        if (add_one(report, best, err) < 0)
            return -1;
        str_addf(&report->page, ", for %.1f times its FLOPs",
            (double)report->runs.configs[best].macs / (double)config->macs);
    }
    str_add(&report->page, ".</li>\n");
    return 0;
}

static int add_baselines(struct report *report, struct err *err)
{
    int listed = 0, more = 0;

    str_add(&report->page, "<h3>What was measured</h3>\n<ul>\n");
    for (int i = 0; i < report->runs.n_configs; i++) {
        if (!family_is_baseline(&report->runs.configs[i]))
            continue;
        if (listed == MAX_LISTED)
            more++;
        else if (add_baseline(report, i, err) < 0)
            return -1;
        else
            listed++;
    }
    if (listed == 0)
        str_add(&report->page, "<li>The study has no baseline, so there is no gain to speak of: "
                               "the table of jobs has every accuracy.</li>\n");
    if (more > 0)
        str_addf(&report->page, "<li>%d more baselines are in the table of jobs.</li>\n", more);
    str_add(&report->page, "</ul>\n");
    return 0;
}

int report_summary(struct report *report, struct err *err)
{
    if (report->runs.n_runs == 0) {
        str_add(&report->page, "<p>The study has no jobs.</p>\n");
        return 0;
    }
    add_what_was_run(report);
    add_how_far(report);
    add_effort(report);
    str_add(&report->page, "</p>\n");
    if (add_baselines(report, err) < 0)
        return -1;
    report_claims(report);
    return str_check(&report->page, err);
}
