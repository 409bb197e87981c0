/* Points of accuracy against FLOPs by baseline and method, measured and from the paper. */
#include "gains.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/array.h"
#include "harness/base/str.h"
#include "laws.h"
#include "results/query/query.h"
#include "plots/draw/style.h"
#include "results/published/paper.h"

#define PAPER_INPUT 224 /* of all baselines of Tables 3 and 7 */

/* The models of Tables 3 and 7, in their order, as programs and as people call them. */
static const struct paper_model {
    const char *model, *title;
    const char *source;
    int table;
} paper_models[] = {
    {"mobilenet_v1", "MobileNetV1", "table3", 3},
    {"mobilenet_v2", "MobileNetV2", "table3", 3},
    {"resnet50", "ResNet-50", "table3", 3},
    {"efficientnet_b0", "EfficientNet-B0", "table7", 7},
};
#define N_PAPER_MODELS ((int)(sizeof(paper_models) / sizeof(paper_models[0])))

static int paper_rank(const char *model)
{
    int i = 0;

    while (i < N_PAPER_MODELS && strcmp(paper_models[i].model, model) != 0)
        i++;
    return i;
}

/* resnet18 as ResNet-18; what has no such pattern stays as it is. */
void gains_display_name(const char *model, char to[GAINS_NAME_BYTES])
{
    int rank = paper_rank(model);

    if (rank < N_PAPER_MODELS)
        str_copy(to, GAINS_NAME_BYTES, paper_models[rank].title);
    else if (str_starts_with(model, "resnet") && isdigit((unsigned char)model[6]))
        snprintf(to, GAINS_NAME_BYTES, "ResNet-%.100s", model + 6);
    else if (str_starts_with(model, "efficientnet_b"))
        snprintf(to, GAINS_NAME_BYTES, "EfficientNet-B%.100s", model + 14);
    else
        str_copy(to, GAINS_NAME_BYTES, model);
}

/* "w=2" for one dimension; other methods go by their names. */
static void label_of(
    const char *method, double depth, double width, double resolution, char to[GAINS_LABEL_BYTES])
{
    const struct {
        const char *method, *letter;
        double factor;
    } single[] = {{"depth", "d", depth}, {"width", "w", width}, {"resolution", "r", resolution}};

    for (int i = 0; i < 3; i++)
        if (strcmp(method, single[i].method) == 0 && isfinite(single[i].factor)) {
            snprintf(to, GAINS_LABEL_BYTES, "%s=%.3g", single[i].letter, single[i].factor);
            return;
        }
    str_copy(to, GAINS_LABEL_BYTES, method);
}

int gains_add_point(struct gain_panel *panel, const struct gain_point *point, struct err *err)
{
    if (!array_grow(&panel->points, panel->n_points, sizeof(*panel->points)))
        return err_set(err, ERR_MEMORY, "no memory for %d points of a figure", panel->n_points + 1);
    panel->points[panel->n_points++] = *point;
    return 0;
}

static int compare_points(const void *a, const void *b)
{
    const struct gain_point *p = a, *q = b;

    if (p->method != q->method)
        return p->method < q->method ? -1 : 1;
    if (p->macs != q->macs)
        return p->macs < q->macs ? -1 : 1;
    return p->top1 < q->top1 ? -1 : p->top1 > q->top1;
}

/* A name said once is enough: only the last of equal neighbours keeps it. */
static void finish_panel(struct gain_panel *panel)
{
    if (panel->n_points > 1)
        qsort(panel->points, (size_t)panel->n_points, sizeof(panel->points[0]), compare_points);
    for (int i = 0; i + 1 < panel->n_points; i++)
        if (strcmp(panel->points[i].label, panel->points[i + 1].label) == 0)
            panel->points[i].label[0] = '\0';
}

/* Without a baseline that is measured: what the input is a multiple of. */
static int guessed_input(const struct accuracy_group *group)
{
    bool known = isfinite(group->resolution) && group->resolution > 0;

    return known ? (int)lround(group->input / group->resolution) : group->input;
}

/* What was scaled from the same baseline; without one, what is alike. */
static bool is_in_column(const struct gain_column *column, const struct accuracy_group *group)
{
    if (strcmp(column->study, group->study) != 0 || column->baseline != group->baseline)
        return false;
    return column->baseline >= 0 ||
           (column->input == guessed_input(group) && strcmp(column->model, group->model) == 0 &&
               strcmp(column->label, group->label) == 0);
}

/* `baseline`: what the group was scaled from, or NULL. */
static struct gain_column *column_of(struct gains *gains, const struct accuracy_group *group,
    const struct accuracy_group *baseline, struct err *err)
{
    const struct accuracy_group *head = baseline ? baseline : group;
    struct gain_column *column;

    for (int i = 0; i < gains->n_columns; i++)
        if (is_in_column(&gains->columns[i], group))
            return &gains->columns[i];
    if (!array_grow(&gains->columns, gains->n_columns, sizeof(*gains->columns))) {
        err_set(err, ERR_MEMORY, "no memory for %d panels of a figure", gains->n_columns + 1);
        return NULL;
    }
    column = &gains->columns[gains->n_columns++];
    *column = (struct gain_column){.input = baseline ? baseline->input : guessed_input(group),
        .macs = baseline ? baseline->macs : 0,
        .baseline = group->baseline};
    str_copy(column->study, sizeof(column->study), group->study);
    str_copy(column->model, sizeof(column->model), group->model);
    str_copy(column->label, sizeof(column->label), head->label);
    return column;
}

static void add_label(const char *label, char to[GAINS_LABEL_BYTES])
{
    size_t length = strlen(to);

    snprintf(to + length, GAINS_LABEL_BYTES - length, ", %.28s", label);
}

static int add_group(struct gains *gains, const struct accuracy_group *group,
    const struct accuracy_group *baseline, struct err *err)
{
    struct gain_point point = {
        .method = style_find(group->method),
        .params = (double)group->params,
        .macs = (double)group->macs,
        .top1 = group->top1,
        .interval = group->seeds > 1 ? group->top1_ci95 : NAN,
    };
    struct gain_column *column;

    if (!isfinite(group->top1) || group->macs <= 0)
        return 0; /* a job without an accuracy has no place here */
    column = column_of(gains, group, baseline, err);
    if (!column)
        return -1;
    label_of(group->method, group->depth, group->width, group->resolution, point.label);
    if (strcmp(group->label, column->label) != 0)
        add_label(group->label, point.label);
    if (gains->most_seeds == 0 || group->seeds < gains->least_seeds)
        gains->least_seeds = group->seeds;
    if (group->seeds > gains->most_seeds)
        gains->most_seeds = group->seeds;
    return gains_add_point(&column->measured, &point, err);
}

static int add_paper(struct gain_column *column, struct err *err)
{
    int rank = paper_rank(column->model), n_rows = 0;
    const struct paper_row *rows;

    if (rank == N_PAPER_MODELS)
        return 0;
    rows = paper_rows(paper_models[rank].source, &n_rows);
    for (int i = 0; i < n_rows; i++) {
        struct gain_point point = {.method = style_find(rows[i].method),
            .macs = rows[i].flops_b * 1e9,
            .top1 = rows[i].top1,
            .interval = NAN};

        if (strcmp(rows[i].model, column->model) != 0 || !(point.macs > 0) || !isfinite(point.top1))
            continue;
        label_of(rows[i].method, rows[i].depth, rows[i].width, rows[i].resolution, point.label);
        if (gains_add_point(&column->paper, &point, err) < 0)
            return -1;
        column->paper_table = paper_models[rank].table;
    }
    return 0;
}

static int compare_columns(const void *a, const void *b)
{
    const struct gain_column *p = a, *q = b;
    int order = strcmp(p->study, q->study), ranks = paper_rank(p->model) - paper_rank(q->model);

    if (order == 0)
        order = ranks;
    if (order == 0)
        order = strcmp(p->model, q->model);
    if (order == 0)
        order = p->input - q->input;
    if (order == 0 && p->macs != q->macs)
        order = p->macs < q->macs ? -1 : 1;
    return order ? order : strcmp(p->label, q->label);
}

static void add_titles(struct gains *gains)
{
    const struct gain_column *last = &gains->columns[gains->n_columns - 1];

    gains->has_studies = strcmp(gains->columns[0].study, last->study) != 0; /* they are sorted */
    for (int i = 0; i < gains->n_columns; i++) {
        struct gain_column *column = &gains->columns[i];
        char name[GAINS_NAME_BYTES];

        gains_display_name(column->model, name);
        snprintf(column->measured.title, GAINS_TITLE_BYTES, "%.100s, %d px%s%s%s%s", name,
            column->input, column->label[0] ? ", " : "", column->label,
            gains->has_studies ? ", " : "", gains->has_studies ? column->study : "");
        snprintf(column->paper.title, GAINS_TITLE_BYTES,
            column->paper.n_points > 0 ? "%s, %d px" : "%s", name, PAPER_INPUT);
        gains->has_paper |= column->paper.n_points > 0;
    }
}

int gains_load(struct gains *gains, struct store *store, const char *study, struct err *err)
{
    struct accuracy_group *groups = NULL;
    int n_groups = 0, result = -1;

    if (query_accuracy(store, study, &groups, &n_groups, err) < 0)
        goto done;
    for (int i = 0; i < n_groups; i++) {
        int baseline = groups[i].baseline;

        if (add_group(gains, &groups[i], baseline >= 0 ? &groups[baseline] : NULL, err) < 0)
            goto done;
    }
    if (gains->n_columns == 0) {
        err_set(err, ERR_INPUT,
            "nothing is measured yet%s%.60s; `scalestudy run STUDY.yaml` does that, and figures "
            "can "
            "be drawn from its first finished job on",
            study ? " in the study " : "", study ? study : "");
        goto done;
    }
    qsort(gains->columns, (size_t)gains->n_columns, sizeof(gains->columns[0]), compare_columns);
    for (int i = 0; i < gains->n_columns; i++) {
        if (add_paper(&gains->columns[i], err) < 0)
            goto done;
        finish_panel(&gains->columns[i].measured);
        finish_panel(&gains->columns[i].paper);
    }
    add_titles(gains);
    result = 0;
done:
    free(groups);
    return result;
}

void gains_panel_release(struct gain_panel *panel)
{
    free(panel->points);
    *panel = (struct gain_panel){0};
}

void gains_release(struct gains *gains)
{
    for (int i = 0; i < gains->n_columns; i++) {
        gains_panel_release(&gains->columns[i].measured);
        gains_panel_release(&gains->columns[i].paper);
    }
    free(gains->columns);
    *gains = (struct gains)GAINS_INIT;
}

const char *gains_study(const struct gains *gains, const char *asked)
{
    return asked || gains->n_columns == 0 || gains->has_studies ? asked : gains->columns[0].study;
}

void gains_heading(const struct gains *gains, char to[GAINS_TITLE_BYTES])
{
    int least = gains->least_seeds, most = gains->most_seeds;

    if (most == 1)
        str_copy(to, GAINS_TITLE_BYTES, "Measured here: one seed each");
    else if (least == most)
        snprintf(to, GAINS_TITLE_BYTES, "Measured here: mean of %d seeds; bars are 95 %% intervals",
            most);
    else
        snprintf(to, GAINS_TITLE_BYTES,
            "Measured here: mean of %d to %d seeds; bars are 95 %% intervals", least, most);
}

static double x_of(const struct gain_point *point, unsigned flags)
{
    return flags & GAINS_PARAMS ? point->params : point->macs;
}

static void add_curve_point(
    struct chart_series *series, const struct gain_point *point, unsigned flags)
{
    struct chart_point to = {.x = x_of(point, flags),
        .y = point->top1,
        .low = point->top1 - point->interval,
        .high = point->top1 + point->interval};

    str_copy(to.label, sizeof(to.label), point->label);
    chart_point(series, &to);
}

static int compare_macs(const void *a, const void *b)
{
    const struct gain_point *p = *(const struct gain_point *const *)a,
                            *q = *(const struct gain_point *const *)b;

    if (p->macs != q->macs)
        return p->macs < q->macs ? -1 : 1;
    return p->top1 > q->top1 ? -1 : p->top1 < q->top1;
}

/* The points that are better than everything that costs no more. */
void gains_front(struct chart_panel *panel, const struct gain_panel *curve)
{
    const struct gain_point **sorted = calloc((size_t)curve->n_points + 1, sizeof(*sorted));
    struct chart_series *series = chart_series(
        panel, "Pareto front", style_find(""), CHART_LINE | CHART_DASHED | CHART_MUTED);
    double best = -INFINITY;

    if (!sorted) {
        panel->failed = true;
        return;
    }
    for (int i = 0; i < curve->n_points; i++)
        sorted[i] = &curve->points[i];
    qsort(sorted, (size_t)curve->n_points, sizeof(*sorted), compare_macs);
    for (int i = 0; i < curve->n_points; i++)
        if (sorted[i]->top1 > best) {
            best = sorted[i]->top1;
            chart_point(series,
                &(struct chart_point){.x = sorted[i]->macs, .y = best, .low = NAN, .high = NAN});
        }
    free(sorted);
}

void gains_axes(struct chart_panel *panel, unsigned flags)
{
    panel->x = (struct chart_axis){.kind = CHART_LOG, .title = "FLOPs (multiply-adds)"};
    panel->y = (struct chart_axis){.kind = CHART_PERCENT, .title = "Top-1 accuracy (%)"};
    if (flags & GAINS_PARAMS)
        str_copy(panel->x.title, sizeof(panel->x.title), "Parameters");
}

void gains_paper_point(struct chart_series *series, double x, double y, const char *label)
{
    struct chart_point point = {.x = x, .y = y, .low = NAN, .high = NAN};

    str_copy(point.label, sizeof(point.label), label);
    chart_point(series, &point);
}

bool gains_is_repeated(const struct gains *gains, int column)
{
    for (int c = 0; c < column; c++)
        if (strcmp(gains->columns[c].model, gains->columns[column].model) == 0)
            return true;
    return false;
}

int gains_columns(const struct gains *gains, const char *model, const char *figure, int most,
    int *columns, struct err *err)
{
    char name[GAINS_NAME_BYTES];
    int n = 0;

    gains_display_name(model, name);
    for (int i = 0; i < gains->n_columns; i++)
        if (strcmp(gains->columns[i].model, model) == 0 && n++ < most)
            columns[n - 1] = i;
    if (n == 0)
        return gains_lack(name, figure, err);
    if (n > most)
        return err_set(err, ERR_INPUT,
            "%s has room for %d variants of %s, but the results have %d; choose one study with "
            "--study, or draw flops-accuracy",
            figure, most, name, n);
    return n;
}

int gains_lack(const char *name, const char *figure, struct err *err)
{
    return err_set(err, ERR_INPUT,
        "%s shows %s, and the study has no result of it; flops-accuracy shows the networks that it "
        "has; without a study or database %s shows the paper's points",
        figure, name, figure);
}

/* One method's points, from the baseline on. `draw`: with a line from point to point, or not. */
static void add_method(struct chart_panel *panel, const struct gain_panel *curve, int method,
    unsigned draw, unsigned flags)
{
    int baseline = style_find("baseline");
    struct chart_series *series = NULL;

    for (int i = 0; i < curve->n_points; i++) {
        if (curve->points[i].method != method)
            continue;
        if (!series) {
            series = chart_series(panel, style_name(method), method, draw);
            if ((draw & CHART_LINE) && curve->points[0].method == baseline) {
                add_curve_point(series, &curve->points[0], flags);
                if (series)
                    series->n_shared = 1;
            }
        }
        add_curve_point(series, &curve->points[i], flags);
    }
}

bool gains_chart(struct chart_panel *panel, const struct gain_panel *curve, unsigned flags)
{
    int baseline = style_find("baseline");
    bool has_laws = false;

    str_copy(panel->title, sizeof(panel->title), curve->title);
    gains_axes(panel, flags);
    for (int m = 0; m == 0 || style_methods()[m - 1].method; m++) {
        struct fit law;
        bool has_law = (flags & GAINS_LAWS) && law_find(panel, curve, m, &law);

        add_method(panel, curve, m,
            m == baseline || has_law ? CHART_MARKS : CHART_LINE | CHART_MARKS, flags);
        if (has_law)
            law_draw(panel, m, &law);
        has_laws |= has_law;
    }
    if ((flags & GAINS_FRONT) && curve->n_points > 0)
        gains_front(panel, curve);
    return has_laws;
}
