/* Jobs over time on the places where they ran: how well a queue kept its workers busy. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "plots/draw/chart.h"
#include "harness/base/str.h"
#include "plots/plot.h"
#include "results/query/runs.h"
#include "plots/draw/style.h"

#define MAX_LANES   64
#define HALF_HEIGHT 0.38
/* More bars than this are put together where they touch, and lose their colours. */
#define MAX_BARS 2000

/* A place where one job at a time runs: as many on a host as jobs overlapped there. */
struct lane {
    int host;
    double busy_until;
};

struct lanes {
    struct lane lanes[MAX_LANES];
    int n;
    int *of_run; /* [n_runs]; -1: not shown */
};

struct taken {
    double started;
    int run;
};

static int compare_starts(const void *a, const void *b)
{
    const struct taken *p = a, *q = b;

    if (p->started != q->started)
        return p->started < q->started ? -1 : 1;
    return p->run - q->run;
}

static int find_lane(struct lanes *lanes, const struct job_result *run)
{
    for (int i = 0; i < lanes->n; i++)
        if (lanes->lanes[i].host == run->host && lanes->lanes[i].busy_until <= run->started)
            return i;
    if (lanes->n == MAX_LANES)
        return -1;
    lanes->lanes[lanes->n].host = run->host;
    return lanes->n++;
}

/* Where each run goes, in order of starting. `order` holds the runs that were taken. */
static void assign(
    struct lanes *lanes, const struct runs *runs, const struct taken *order, int n, double now)
{
    for (int i = 0; i < n; i++) {
        const struct job_result *run = &runs->runs[order[i].run];
        int lane = find_lane(lanes, run);

        lanes->of_run[order[i].run] = lane;
        if (lane >= 0)
            lanes->lanes[lane].busy_until = isfinite(run->ended) ? run->ended : now;
    }
}

/* Runs that were taken, and the times of the first start and the last end. */
static int find_taken(const struct runs *runs, struct taken *order, double *first, double *last)
{
    int n = 0;

    *first = INFINITY;
    *last = -INFINITY;
    for (int i = 0; i < runs->n_runs; i++) {
        const struct job_result *run = &runs->runs[i];

        if (!isfinite(run->started) || run->host < 0)
            continue;
        order[n++] = (struct taken){run->started, i};
        *first = fmin(*first, run->started);
        *last = fmax(*last, isfinite(run->ended) ? run->ended : run->started);
    }
    return n;
}

static int style_of(const struct runs *runs, const struct job_result *run)
{
    return run->state == RUN_FAILED ? style_find("")
                                    : style_find(runs->configs[run->config].method);
}

/* The series of a style. */
static struct chart_series *series_of(struct chart_panel *panel, int style)
{
    for (int s = 0; s < panel->n_series; s++)
        if (panel->series[s].style == style)
            return &panel->series[s];
    return chart_series(panel,
        style == style_find("") ? "failed, or another method" : style_name(style), style,
        CHART_BOXES);
}

/* Seconds, minutes or hours: what is counted in tens. */
static double choose_unit(double seconds, const char **name)
{
    *name = seconds < 300 ? "seconds" : seconds < 18000 ? "minutes" : "hours";
    return seconds < 300 ? 1 : seconds < 18000 ? 60 : 3600;
}

struct span {
    double first, last; /* start and end of all */
};

/* Times are whole seconds: a shorter job is shown as one half. A running one ends with the last. */
static double end_of(const struct job_result *run, const struct span *span)
{
    return fmax(isfinite(run->ended) ? run->ended : span->last, run->started + 0.5);
}

/* From and to in seconds. */
static void add_bar(struct chart_series *series, int lane, double from, double to, double unit)
{
    chart_point(series, &(struct chart_point){.x = (from + to) / 2 / unit,
                            .y = lane + 1,
                            .low = from / unit,
                            .high = to / unit,
                            .half = HALF_HEIGHT});
}

/* When each lane was busy, with gaps that could not be seen left out. */
static void add_merged(struct chart_panel *panel, const struct runs *runs,
    const struct lanes *lanes, const struct taken *order, int n, const struct span *span,
    double unit)
{
    struct chart_series *series = chart_series(panel, "busy", style_find(""), CHART_BOXES);
    double from[MAX_LANES], to[MAX_LANES], gap = (span->last - span->first) * lanes->n / MAX_BARS;

    for (int lane = 0; lane < lanes->n; lane++)
        from[lane] = to[lane] = NAN;
    for (int i = 0; i < n; i++) {
        const struct job_result *run = &runs->runs[order[i].run];
        double start = run->started - span->first, end = end_of(run, span) - span->first;
        int lane = lanes->of_run[order[i].run];

        if (lane < 0)
            continue;
        if (isfinite(to[lane]) && start > to[lane] + gap) {
            add_bar(series, lane, from[lane], to[lane], unit);
            from[lane] = start;
        }
        from[lane] = isfinite(from[lane]) ? from[lane] : start;
        to[lane] = isfinite(to[lane]) ? fmax(to[lane], end) : end;
    }
    for (int lane = 0; lane < lanes->n; lane++)
        if (isfinite(to[lane]))
            add_bar(series, lane, from[lane], to[lane], unit);
}

static void fill(struct chart_panel *panel, const struct runs *runs, const struct lanes *lanes,
    const struct taken *order, int n, const struct span *span)
{
    const char *unit_name;
    double unit = choose_unit(span->last - span->first, &unit_name);

    panel->x.kind = CHART_LINEAR;
    snprintf(panel->x.title, sizeof(panel->x.title), "%s since the first start", unit_name);
    panel->y = (struct chart_axis){.kind = CHART_NAMES};
    for (int i = 0; i < lanes->n; i++) {
        char name[CHART_LABEL_BYTES];

        snprintf(name, sizeof(name), "%.30s #%d", runs->hosts[lanes->lanes[i].host], i + 1);
        chart_name(panel, name);
    }
    if (runs->n_runs > MAX_BARS)
        add_merged(panel, runs, lanes, order, n, span, unit);
    for (int i = 0; i < n && runs->n_runs <= MAX_BARS; i++) {
        const struct job_result *run = &runs->runs[order[i].run];

        if (lanes->of_run[order[i].run] >= 0)
            add_bar(series_of(panel, style_of(runs, run)), lanes->of_run[order[i].run],
                run->started - span->first, end_of(run, span) - span->first, unit);
    }
    panel->tallness = fmax(0.6, 0.14 * lanes->n);
}

static int draw_runs(const struct runs *runs, const char *study, struct lanes *lanes,
    struct taken *order, const struct plot_options *options, struct err *err)
{
    struct chart chart = CHART_INIT;
    double first, last;
    int n = find_taken(runs, order, &first, &last), result = -1;

    if (n == 0)
        return err_set(err, ERR_INPUT, "no job of the study %.60s has been started yet", study);
    qsort(order, (size_t)n, sizeof(*order), compare_starts);
    for (int i = 0; i < runs->n_runs; i++)
        lanes->of_run[i] = -1;
    assign(lanes, runs, order, n, last);
    if (chart_grid(&chart, 1, 1, err) == 0) {
        chart_title(&chart, "Jobs over time", study);
        chart.no_key = runs->n_runs > MAX_BARS;
        fill(chart_panel(&chart, 0, 0), runs, lanes, order, n,
            &(struct span){.first = first, .last = last});
        snprintf(chart.note, sizeof(chart.note),
            runs->n_runs > MAX_BARS ? "Bars are times in which a place was busy."
                                    : "A bar a job, its last attempt; gray: failed, or another "
                                      "method.");
        result = chart_draw(&chart, options, "queue", err);
    }
    chart_release(&chart);
    return result;
}

static int draw(struct store *store, const struct plot_options *options, struct err *err)
{
    struct runs runs = RUNS_INIT;
    struct lanes lanes = {0};
    struct taken *order = NULL;
    int result = -1;
    char study[128];

    if (runs_choose_study(store, options->study, study, sizeof(study), err) < 0 ||
        runs_load(&runs, store, study, err) < 0)
        goto done;
    lanes.of_run = calloc((size_t)runs.n_runs + 1, sizeof(int));
    order = calloc((size_t)runs.n_runs + 1, sizeof(*order));
    if (lanes.of_run && order)
        result = draw_runs(&runs, study, &lanes, order, options, err);
    else
        err_set(err, ERR_MEMORY, "no memory for %d jobs of a figure", runs.n_runs);
done:
    free(lanes.of_run);
    free(order);
    runs_release(&runs);
    return result;
}

const struct plot plot_queue = {
    .name = "queue",
    .summary = "jobs over time on the places where they ran",
    .in_report = true,
    .draw = draw,
};
