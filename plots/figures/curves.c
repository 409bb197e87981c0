/* Loss and accuracy by epoch: a column a baseline, a line a network, its seeds as a band. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plots/draw/chart.h"
#include "gains.h"
#include "harness/base/str.h"
#include "plots/plot.h"
#include "results/analysis/families.h"
#include "plots/draw/style.h"

#define MAX_COLUMNS 12
#define MAX_LINES   7   /* networks in a panel */
#define MAX_SEEDS   200 /* of a network; of more the first */
#define MAX_EPOCHS  2000

/* What seeds measured after an epoch: [0] loss, [1] top-1. */
struct moment {
    int n[2];
    double sum[2], least[2], most[2];
};

struct history {
    struct moment *moments[2]; /* [is_train][epoch - 1] */
    int n_epochs;
    int n_seeds;
};

static void add_value(struct moment *moment, int which, double value)
{
    if (!isfinite(value))
        return;
    moment->least[which] = moment->n[which] ? fmin(moment->least[which], value) : value;
    moment->most[which] = moment->n[which] ? fmax(moment->most[which], value) : value;
    moment->sum[which] += value;
    moment->n[which]++;
}

static int load_history(struct history *history, struct store *store, const struct runs *runs,
    int config, struct err *err)
{
    for (int split = 0; split < 2; split++) {
        history->moments[split] = calloc(MAX_EPOCHS, sizeof(struct moment));
        if (!history->moments[split])
            return err_set(err, ERR_MEMORY, "no memory for curves");
    }
    for (int i = 0; i < runs->n_runs && history->n_seeds < MAX_SEEDS; i++) {
        struct run_epoch *epochs = NULL;
        int n = 0;

        if (runs->runs[i].config != config || runs->runs[i].state != RUN_DONE)
            continue;
        if (runs_epochs(store, runs->runs[i].number, &epochs, &n, err) < 0)
            return -1;
        for (int e = 0; e < n; e++) {
            int at;

            /* Whatever number the database has there. */
            if (epochs[e].epoch < 1 || epochs[e].epoch > MAX_EPOCHS)
                continue;
            at = epochs[e].epoch - 1;
            add_value(&history->moments[epochs[e].is_train][at], 0, epochs[e].loss);
            add_value(&history->moments[epochs[e].is_train][at], 1, epochs[e].top1);
            history->n_epochs = at >= history->n_epochs ? at + 1 : history->n_epochs;
        }
        free(epochs);
        history->n_seeds += n > 0;
    }
    return 0;
}

/* `column`: the label of all of its column. */
static void label_of(
    const struct run_config *config, const char *column, char to[CHART_LABEL_BYTES])
{
    size_t length;

    if (strcmp(config->method, "width") == 0)
        snprintf(to, CHART_LABEL_BYTES, "w=%.3g", config->width);
    else if (strcmp(config->method, "depth") == 0)
        snprintf(to, CHART_LABEL_BYTES, "d=%.3g", config->depth);
    else if (strcmp(config->method, "resolution") == 0)
        snprintf(to, CHART_LABEL_BYTES, "r=%.3g", config->resolution);
    else
        str_copy(to, CHART_LABEL_BYTES, config->method);
    length = strlen(to);
    if (strcmp(config->label, column) != 0)
        snprintf(to + length, CHART_LABEL_BYTES - length, ", %.28s", config->label);
}

/* One network's band and line in a panel. `which`: 0 loss, 1 top-1. */
static void add_lines(struct chart_panel *panel, const struct history *history,
    const struct run_config *config, const char *column, int which, bool is_train)
{
    const struct moment *moments = history->moments[is_train];
    unsigned draw = is_train               ? CHART_LINE | CHART_DASHED
                    : history->n_seeds > 1 ? CHART_LINE | CHART_BAND
                                           : CHART_LINE;
    char label[CHART_LABEL_BYTES], name[CHART_LABEL_BYTES];
    struct chart_series *series;
    int last = -1;

    label_of(config, column, label);
    snprintf(name, sizeof(name), "%.30s, %s", label, is_train ? "train" : "test");
    for (int e = 0; e < history->n_epochs; e++)
        if (moments[e].n[which] > 0)
            last = e;
    if (last < 0)
        return;
    if (last == 0)
        draw |= CHART_MARKS;
    series = chart_series(panel, name, style_find(config->method), draw);
    for (int e = 0; e <= last; e++) {
        struct chart_point point = {.x = e + 1, .low = NAN, .high = NAN};

        if (moments[e].n[which] == 0)
            continue;
        point.y = moments[e].sum[which] / moments[e].n[which];
        if (draw & CHART_BAND) {
            point.low = moments[e].least[which];
            point.high = moments[e].most[which];
        }
        if (e == last && !is_train)
            str_copy(point.label, sizeof(point.label), label);
        chart_point(series, &point);
    }
}

struct column {
    const char *model, *label; /* what tells the baseline from others that look alike; "" */
    int baseline;              /* configuration; -1: the study has none */
    int input;                 /* of the baseline, or what inputs are multiples of */
    int configs[MAX_LINES];
    int n;
};

/* Of networks without a baseline those belong together whose inputs are multiples of the same. */
static struct column column_for(const struct runs *runs, int c)
{
    const struct run_config *config = &runs->configs[c];
    int baseline = config->baseline;

    return (struct column){.model = config->model,
        .label = runs->configs[baseline >= 0 ? baseline : c].label,
        .baseline = baseline,
        .input = baseline >= 0            ? runs->configs[baseline].input
                 : config->resolution > 0 ? (int)lround(config->input / config->resolution)
                                          : config->input};
}

static bool are_alike(const struct column *a, const struct column *b)
{
    return a->input == b->input && strcmp(a->model, b->model) == 0 &&
           strcmp(a->label, b->label) == 0;
}

/* A column for each baseline; returns how many. */
static int find_columns(const struct runs *runs, struct column *columns)
{
    int n = 0;

    for (int c = 0; c < runs->n_configs; c++) {
        struct column column = column_for(runs, c);
        int at = 0;

        if (runs->configs[c].states[RUN_DONE] == 0)
            continue;
        while (at < n &&
               (columns[at].baseline != column.baseline || !are_alike(&columns[at], &column)))
            at++;
        if (at == MAX_COLUMNS)
            continue;
        if (at == n)
            columns[n++] = column;
        if (columns[at].n < MAX_LINES)
            columns[at].configs[columns[at].n++] = c;
    }
    return n;
}

static void title_of(const struct column *column, char *to, size_t bytes)
{
    char name[GAINS_NAME_BYTES];

    gains_display_name(column->model, name);
    snprintf(to, bytes, "%.100s, %d px%s%s", name, column->input, column->label[0] ? ", " : "",
        column->label);
}

static int fill_column(struct chart *chart, int at, const struct column *column,
    struct store *store, const struct runs *runs, struct err *err)
{
    int result = 0;

    for (int row = 0; row < 2; row++) {
        struct chart_panel *panel = chart_panel(chart, at, row);

        title_of(column, panel->title, sizeof(panel->title));
        panel->x = (struct chart_axis){.kind = CHART_WHOLE, .title = "epoch"};
        panel->y = row == 0
                       ? (struct chart_axis){.kind = CHART_LINEAR, .title = "Loss"}
                       : (struct chart_axis){.kind = CHART_PERCENT, .title = "Top-1 accuracy (%)"};
        str_copy(panel->empty, sizeof(panel->empty), "no epochs in the database");
    }
    for (int i = 0; i < column->n && result == 0; i++) {
        const struct run_config *config = &runs->configs[column->configs[i]];
        struct history history = {0};

        result = load_history(&history, store, runs, column->configs[i], err);
        for (int row = 0; row < 2 && result == 0; row++) {
            add_lines(chart_panel(chart, at, row), &history, config, column->label, row, false);
            add_lines(chart_panel(chart, at, row), &history, config, column->label, row, true);
        }
        free(history.moments[0]);
        free(history.moments[1]);
    }
    return result;
}

static int draw(struct store *store, const struct plot_options *options, struct err *err)
{
    struct column columns[MAX_COLUMNS];
    struct chart chart = CHART_INIT;
    struct runs runs = RUNS_INIT;
    char study[128];
    int n, result = -1;

    if (runs_choose_study(store, options->study, study, sizeof(study), err) < 0 ||
        runs_load(&runs, store, study, err) < 0)
        goto done;
    n = find_columns(&runs, columns);
    if (n == 0) {
        err_set(err, ERR_INPUT,
            "no job of the study %.60s is done yet; curves are drawn of those "
            "that are",
            study);
        goto done;
    }
    if (chart_grid(&chart, n, 2, err) < 0)
        goto done;
    chart_title(&chart, "Loss and accuracy by epoch", study);
    str_copy(chart.headings[0], CHART_TITLE_BYTES, "Loss: test solid, train dashed");
    str_copy(chart.headings[1], CHART_TITLE_BYTES, "Accuracy: test solid, train dashed");
    str_copy(chart.note, sizeof(chart.note),
        "Lines are means over seeds, bands reach from the least to the most of them.");
    for (int c = 0; c < n; c++)
        if (fill_column(&chart, c, &columns[c], store, &runs, err) < 0)
            goto done;
    result = chart_draw(&chart, options, "curves", err);
done:
    chart_release(&chart);
    runs_release(&runs);
    return result;
}

const struct plot plot_curves = {
    .name = "curves",
    .summary = "loss and accuracy by epoch, the seeds of a network as a band",
    .in_report = true,
    .draw = draw,
};
