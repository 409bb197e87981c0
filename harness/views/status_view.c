/* How far a study is, as a screen or lines. */
#include "status_view.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/clock.h"
#include "harness/terminal/ui.h"

#define BOLD     "\033[1m"
#define DIM      "\033[2m"
#define RED      "\033[31m"
#define GREEN    "\033[32m"
#define CYAN     "\033[36m"
#define NORMAL   "\033[0m"
#define MOST_BAR 60
/* Without a sign of life for so long a job's process is likely dead; they come every few seconds. */
#define SILENT_SECONDS 60

int status_load(struct status *status, struct store *store, const char *study, struct err *err)
{
    status_release(status);
    if (query_status(store, study, &status->studies, &status->n_studies, err) < 0 ||
        query_progress(store, study, &status->groups, &status->n_groups, err) < 0)
        return -1;
    return query_running(store, study, &status->running, &status->n_running, err);
}

void status_release(struct status *status)
{
    free(status->studies);
    free(status->groups);
    free(status->running);
    *status = (struct status){0};
}

int status_failed(const struct status *status)
{
    int n = 0;

    for (int i = 0; i < status->n_studies; i++)
        n += status->studies[i].failed;
    return n;
}

int status_unfinished(const struct status *status)
{
    int n = 0;

    for (int i = 0; i < status->n_studies; i++)
        n += status->studies[i].waiting + status->studies[i].running;
    return n;
}

double status_group_seconds(const struct status *status, const struct progress_group *group)
{
    double study_left = 0, seconds = NAN;

    if (group->macs_left <= 0)
        return 0;
    for (int i = 0; i < status->n_groups; i++)
        if (strcmp(status->groups[i].study, group->study) == 0)
            study_left += status->groups[i].macs_left;
    for (int i = 0; i < status->n_studies; i++)
        if (strcmp(status->studies[i].study, group->study) == 0)
            seconds = status->studies[i].eta_seconds;
    return seconds * group->macs_left / study_left;
}

/* ---- pieces ---- */

static const char *colour(const struct status_style *style, const char *sequence)
{
    return style->colour ? sequence : "";
}

static void add_bar(struct str *text, const struct status_style *style, double share, int width)
{
    int full = (int)(fmin(fmax(share, 0), 1) * width);

    str_addf(text, "%s[", colour(style, CYAN));
    for (int i = 0; i < width; i++)
        str_add(text, i < full ? "#" : ".");
    str_addf(text, "]%s", colour(style, NORMAL));
}

static void add_count(struct str *text, int n, const char *what)
{
    if (n > 0)
        str_addf(text, ", %d %s", n, what);
}

static void add_counts(struct str *text, const struct study_status *study)
{
    char left[UI_DURATION_BYTES];

    str_addf(text, "%d/%d done", study->done, study->total);
    add_count(text, study->running, "running");
    add_count(text, study->failed, "failed");
    add_count(text, study->waiting, "waiting");
    add_count(text, study->stopped, "stopped");
    if (isfinite(study->eta_seconds) && study->eta_seconds > 0)
        str_addf(text, ", %s left", ui_duration(study->eta_seconds, left));
}

void status_line(const struct status *status, struct str *text)
{
    for (int i = 0; i < status->n_studies; i++) {
        str_add_shown(text, status->studies[i].study);
        str_add(text, ": ");
        add_counts(text, &status->studies[i]);
        str_add(text, "\n");
    }
}

void status_estimate_line(const struct status *status, struct str *text)
{
    for (int i = 0; i < status->n_studies; i++) {
        const struct study_status *study = &status->studies[i];
        char thought[UI_DURATION_BYTES], took[UI_DURATION_BYTES];

        if (study->estimated == 0 || study->taken_seconds <= 0)
            continue;
        str_add_shown(text, study->study);
        str_addf(text, ": %d done trained for %s, estimated %s (%+.0f %%)\n", study->estimated,
            ui_duration(study->taken_seconds, took), ui_duration(study->estimated_seconds, thought),
            100 * (study->estimated_seconds / study->taken_seconds - 1));
    }
}

/* ---- the screen ---- */

static void add_study(
    struct str *text, const struct status_style *style, const struct study_status *study)
{
    int width = style->columns - 2 < MOST_BAR ? style->columns - 2 : MOST_BAR;

    str_add(text, colour(style, BOLD));
    str_add_shown(text, study->study);
    str_addf(text, "%s  ", colour(style, NORMAL));
    add_counts(text, study);
    str_add(text, "\n");
    add_bar(text, style, study->share, width > 0 ? width : 1);
    str_add(text, "\n\n");
}

static int name_width(const struct status *status)
{
    int width = (int)strlen("model");

    for (int i = 0; i < status->n_groups; i++)
        if ((int)strlen(status->groups[i].model) > width)
            width = (int)strlen(status->groups[i].model);
    return width;
}

static void add_speed(struct str *text, double images_per_second)
{
    if (isfinite(images_per_second))
        str_addf(text, " %9.0f", images_per_second);
    else
        str_addf(text, " %9s", "-");
}

static void add_group(struct str *text, const struct status_style *style,
    const struct status *status, const struct progress_group *group, int width)
{
    double seconds = status_group_seconds(status, group);
    char left[UI_DURATION_BYTES] = "-";

    if (isfinite(seconds) && seconds > 0)
        ui_duration(seconds, left);
    str_addf(text, "%-*s  %-12s %s%6d%s %7d %s%6d%s %7d %7d", width, group->model, group->method,
        group->done == group->total ? colour(style, GREEN) : "", group->done, colour(style, NORMAL),
        group->running, group->failed ? colour(style, RED) : "", group->failed,
        colour(style, NORMAL), group->waiting, group->stopped);
    add_speed(text, group->images_per_second);
    str_addf(text, " %9s\n", left);
}

static void add_groups(
    struct str *text, const struct status_style *style, const struct status *status, int rows)
{
    int width = name_width(status), shown = status->n_groups <= rows ? status->n_groups : rows - 1;

    str_addf(text, "%s%-*s  %-12s %6s %7s %6s %7s %7s %9s %9s%s\n", colour(style, DIM), width,
        "model", "method", "done", "running", "failed", "waiting", "stopped", "images/s", "left",
        colour(style, NORMAL));
    for (int i = 0; i < shown; i++)
        add_group(text, style, status, &status->groups[i], width);
    if (shown < status->n_groups)
        str_addf(text, "... and %d more\n", status->n_groups - (shown > 0 ? shown : 0));
}

static void add_running(
    struct str *text, const struct status_style *style, const struct running_job *job)
{
    char silent[UI_DURATION_BYTES];

    str_addf(text, "%.8s  %s %s %d px, seed %lld  ", job->job_id, job->model, job->method,
        job->input, (long long)job->seed);
    if (isfinite(job->progress)) {
        add_bar(text, style, job->progress, 20);
        str_addf(text, " %3.0f %%", 100 * job->progress);
    }
    if (isfinite(job->images_per_second))
        str_addf(text, "  %.0f images/s", job->images_per_second);
    str_add(text, "  on ");
    str_add_shown(text, job->host);
    if (job->attempt > 1)
        str_addf(text, ", attempt %d", job->attempt);
    if (job->silent_seconds > SILENT_SECONDS)
        str_addf(text, "  %ssilent for %s%s", colour(style, RED),
            ui_duration(job->silent_seconds, silent), colour(style, NORMAL));
    str_add(text, "\n");
}

void status_screen(const struct status *status, const struct status_style *style, struct str *text)
{
    char now[CLOCK_UTC_BYTES];
    int rows;

    clock_utc(now);
    str_add(text, colour(style, DIM));
    str_add_shown(text, style->database);
    str_addf(text, "  %s  q closes this view, the run goes on%s\n\n", now, colour(style, NORMAL));
    for (int i = 0; i < status->n_studies; i++)
        add_study(text, style, &status->studies[i]);
    /* Title, studies, heading, and a line for each running job below an empty one. */
    rows = style->rows - 2 - 3 * status->n_studies - 1 - (status->n_running ? 1 : 0) -
           status->n_running;
    if (status->n_groups > 0)
        add_groups(text, style, status, rows > 3 ? rows : 3);
    if (status->n_running > 0)
        str_add(text, "\n");
    for (int i = 0; i < status->n_running; i++)
        add_running(text, style, &status->running[i]);
}
