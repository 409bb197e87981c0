#include "curves.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"
#include "results/query.h"
#include "style.h"

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
static void display_name(const char *model, char to[CURVES_NAME_BYTES])
{
    int rank = paper_rank(model);

    if (rank < N_PAPER_MODELS)
        str_copy(to, CURVES_NAME_BYTES, paper_models[rank].title);
    else if (str_starts_with(model, "resnet") && isdigit((unsigned char)model[6]))
        snprintf(to, CURVES_NAME_BYTES, "ResNet-%.100s", model + 6);
    else if (str_starts_with(model, "efficientnet_b"))
        snprintf(to, CURVES_NAME_BYTES, "EfficientNet-B%.100s", model + 14);
    else
        str_copy(to, CURVES_NAME_BYTES, model);
}

/* "w=2" for one dimension; other methods go by their names. */
static void label_of(
    const char *method, double depth, double width, double resolution, char to[CURVES_LABEL_BYTES])
{
    const struct {
        const char *method, *letter;
        double factor;
    } single[] = {{"depth", "d", depth}, {"width", "w", width}, {"resolution", "r", resolution}};

    for (int i = 0; i < 3; i++)
        if (strcmp(method, single[i].method) == 0 && isfinite(single[i].factor)) {
            snprintf(to, CURVES_LABEL_BYTES, "%s=%.3g", single[i].letter, single[i].factor);
            return;
        }
    str_copy(to, CURVES_LABEL_BYTES, method);
}

static int add_point(struct curve_panel *panel, const struct curve_point *point, struct err *err)
{
    struct curve_point *points;

    if (panel->n_points % 16 == 0) {
        points = realloc(panel->points, sizeof(*points) * (size_t)(panel->n_points + 16));
        if (!points)
            return err_set(
                err, ERR_MEMORY, "no memory for %d points of a figure", panel->n_points + 16);
        panel->points = points;
    }
    panel->points[panel->n_points++] = *point;
    return 0;
}

static int compare_points(const void *a, const void *b)
{
    const struct curve_point *p = a, *q = b;

    if (p->method != q->method)
        return p->method < q->method ? -1 : 1;
    if (p->macs != q->macs)
        return p->macs < q->macs ? -1 : 1;
    return p->top1 < q->top1 ? -1 : p->top1 > q->top1;
}

/* A name said once is enough: only the last of equal neighbours keeps it. */
static void finish_panel(struct curve_panel *panel)
{
    if (panel->n_points > 1)
        qsort(panel->points, (size_t)panel->n_points, sizeof(panel->points[0]), compare_points);
    for (int i = 0; i + 1 < panel->n_points; i++)
        if (strcmp(panel->points[i].label, panel->points[i + 1].label) == 0)
            panel->points[i].label[0] = '\0';
}

/* Scaled networks belong to the baseline whose input theirs is a multiple of. */
static int baseline_input(const struct accuracy_group *group)
{
    bool known = isfinite(group->resolution) && group->resolution > 0;

    return known ? (int)lround(group->input / group->resolution) : group->input;
}

static struct curve_column *column_of(
    struct curves *curves, const struct accuracy_group *group, struct err *err)
{
    int input = baseline_input(group);
    struct curve_column *columns, *column;

    for (int i = 0; i < curves->n_columns; i++) {
        column = &curves->columns[i];
        if (column->input == input && strcmp(column->model, group->model) == 0 &&
            strcmp(column->study, group->study) == 0)
            return column;
    }
    columns = realloc(curves->columns, sizeof(*columns) * (size_t)(curves->n_columns + 1));
    if (!columns) {
        err_set(err, ERR_MEMORY, "no memory for %d panels of a figure", curves->n_columns + 1);
        return NULL;
    }
    curves->columns = columns;
    column = &columns[curves->n_columns++];
    *column = (struct curve_column){.input = input};
    str_copy(column->study, sizeof(column->study), group->study);
    str_copy(column->model, sizeof(column->model), group->model);
    return column;
}

static int add_group(struct curves *curves, const struct accuracy_group *group, struct err *err)
{
    struct curve_point point = {
        .method = style_find(group->method),
        .macs = (double)group->macs,
        .top1 = group->top1,
        .interval = group->seeds > 1 ? group->top1_ci95 : NAN,
    };
    struct curve_column *column;

    if (!isfinite(group->top1) || group->macs <= 0)
        return 0; /* a job without an accuracy has no place here */
    column = column_of(curves, group, err);
    if (!column)
        return -1;
    label_of(group->method, group->depth, group->width, group->resolution, point.label);
    if (curves->most_seeds == 0 || group->seeds < curves->least_seeds)
        curves->least_seeds = group->seeds;
    if (group->seeds > curves->most_seeds)
        curves->most_seeds = group->seeds;
    return add_point(&column->measured, &point, err);
}

static int add_paper(struct curve_column *column, struct err *err)
{
    int rank = paper_rank(column->model), n_rows = 0;
    const struct paper_row *rows;

    if (rank == N_PAPER_MODELS)
        return 0;
    rows = paper_rows(paper_models[rank].source, &n_rows);
    for (int i = 0; i < n_rows; i++) {
        struct curve_point point = {.method = style_find(rows[i].method),
            .macs = rows[i].flops_b * 1e9,
            .top1 = rows[i].top1,
            .interval = NAN};

        if (strcmp(rows[i].model, column->model) != 0 || !(point.macs > 0) || !isfinite(point.top1))
            continue;
        label_of(rows[i].method, rows[i].depth, rows[i].width, rows[i].resolution, point.label);
        if (add_point(&column->paper, &point, err) < 0)
            return -1;
        column->paper_table = paper_models[rank].table;
    }
    return 0;
}

static int compare_columns(const void *a, const void *b)
{
    const struct curve_column *p = a, *q = b;
    int order = strcmp(p->study, q->study), ranks = paper_rank(p->model) - paper_rank(q->model);

    if (order == 0)
        order = ranks;
    if (order == 0)
        order = strcmp(p->model, q->model);
    return order ? order : p->input - q->input;
}

static void add_titles(struct curves *curves)
{
    const struct curve_column *last = &curves->columns[curves->n_columns - 1];

    curves->has_studies = strcmp(curves->columns[0].study, last->study) != 0; /* they are sorted */
    for (int i = 0; i < curves->n_columns; i++) {
        struct curve_column *column = &curves->columns[i];
        char name[CURVES_NAME_BYTES];

        display_name(column->model, name);
        snprintf(column->measured.title, CURVES_TITLE_BYTES, "%s, %d px%s%s", name, column->input,
            curves->has_studies ? ", " : "", curves->has_studies ? column->study : "");
        snprintf(column->paper.title, CURVES_TITLE_BYTES,
            column->paper.n_points > 0 ? "%s, %d px" : "%s", name, PAPER_INPUT);
        curves->has_paper |= column->paper.n_points > 0;
    }
}

int curves_load(struct curves *curves, struct store *store, const char *study, struct err *err)
{
    struct accuracy_group *groups = NULL;
    int n_groups = 0, result = -1;

    if (query_accuracy(store, study, &groups, &n_groups, err) < 0)
        goto done;
    for (int i = 0; i < n_groups; i++)
        if (add_group(curves, &groups[i], err) < 0)
            goto done;
    if (curves->n_columns == 0) {
        err_set(err, ERR_INPUT,
            "nothing is measured yet%s%.60s; `scalestudy run STUDY.yaml` does that, and figures "
            "can "
            "be drawn from its first finished job on",
            study ? " in the study " : "", study ? study : "");
        goto done;
    }
    qsort(curves->columns, (size_t)curves->n_columns, sizeof(curves->columns[0]), compare_columns);
    for (int i = 0; i < curves->n_columns; i++) {
        if (add_paper(&curves->columns[i], err) < 0)
            goto done;
        finish_panel(&curves->columns[i].measured);
        finish_panel(&curves->columns[i].paper);
    }
    add_titles(curves);
    result = 0;
done:
    free(groups);
    return result;
}

void curves_release(struct curves *curves)
{
    for (int i = 0; i < curves->n_columns; i++) {
        free(curves->columns[i].measured.points);
        free(curves->columns[i].paper.points);
    }
    free(curves->columns);
    *curves = (struct curves)CURVES_INIT;
}
