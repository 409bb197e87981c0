/* Collecting a chart's panels and series, and laying them out on a canvas. */
#include "chart.h"

#include <stdio.h>
#include <stdlib.h>

#include "harness/base/array.h"
#include "harness/base/str.h"

void chart_title(struct chart *chart, const char *what, const char *study)
{
    snprintf(chart->title, sizeof(chart->title), "%s%s%.250s", what, study ? ": " : "",
        study ? study : "");
}

int chart_grid(struct chart *chart, int n_columns, int n_rows, struct err *err)
{
    chart->n_columns = n_columns;
    chart->n_rows = n_rows;
    chart->panels = calloc((size_t)n_columns * (size_t)n_rows + 1, sizeof(*chart->panels));
    if (!chart->panels)
        return err_set(err, ERR_MEMORY, "no memory for %d panels of a figure", n_columns * n_rows);
    return 0;
}

struct chart_panel *chart_panel(const struct chart *chart, int column, int row)
{
    return &chart->panels[column * chart->n_rows + row];
}

struct chart_series *chart_series(
    struct chart_panel *panel, const char *name, int style, unsigned draw)
{
    struct chart_series *series;

    if (!array_grow(&panel->series, panel->n_series, sizeof(*series))) {
        panel->failed = true;
        return NULL;
    }
    series = &panel->series[panel->n_series++];
    *series = (struct chart_series){.style = style, .draw = draw};
    str_copy(series->name, sizeof(series->name), name);
    return series;
}

void chart_point(struct chart_series *series, const struct chart_point *point)
{
    if (!series || series->n_points < 0)
        return;
    if (!array_grow(&series->points, series->n_points, sizeof(*point)))
        series->n_points = -1; /* chart_draw finds it */
    else
        series->points[series->n_points++] = *point;
}

double chart_name(struct chart_panel *panel, const char *name)
{
    if (!array_grow(&panel->names, panel->n_names, sizeof(panel->names[0]))) {
        panel->failed = true;
        return 1;
    }
    str_copy(panel->names[panel->n_names], sizeof(panel->names[0]), name);
    return ++panel->n_names;
}

bool chart_panel_is_empty(const struct chart_panel *panel)
{
    for (int s = 0; s < panel->n_series; s++)
        if (panel->series[s].n_points > 0)
            return false;
    return true;
}

void chart_release(struct chart *chart)
{
    for (int p = 0; p < chart->n_columns * chart->n_rows && chart->panels; p++) {
        struct chart_panel *panel = &chart->panels[p];

        for (int s = 0; s < panel->n_series; s++)
            free(panel->series[s].points);
        free(panel->series);
        free(panel->names);
    }
    free(chart->panels);
    *chart = (struct chart)CHART_INIT;
}
