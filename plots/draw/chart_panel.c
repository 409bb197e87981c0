/* Drawing one panel of a chart: ranges, data blocks, the plot command, labels. */
#include "chart_panel.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "labels.h"

#define MAX_LABELS 40  /* beyond, the key must do */
#define MARKER     6.5 /* half a marker with its halo, in pixels */
#define CAP        5.0 /* half the bar at an interval's end, in pixels */
#define NAME_GAP   8.0 /* pixels between a name and its axis */
#define BAND_ALPHA 0.22
#define MAX_SCENE  1000 /* points beyond which labels would be lost among them */

/* ---- axes ---- */

struct range {
    double least, most;
};

static void widen_to(struct range *range, double value)
{
    range->least = fmin(range->least, value);
    range->most = fmax(range->most, value);
}

/* Intervals count, but not beyond what an accuracy can be. */
static void widen_to_interval(
    struct range *range, const struct chart_point *point, double middle, bool percent)
{
    if (!isfinite(point->low) || !isfinite(point->high))
        return;
    widen_to(range, percent ? fmax(point->low, fmin(0, middle)) : point->low);
    widen_to(range, percent ? fmin(point->high, fmax(100, middle)) : point->high);
}

static void find_ranges(const struct chart_panel *panel, struct range *x, struct range *y)
{
    *x = *y = (struct range){INFINITY, -INFINITY};
    for (int s = 0; s < panel->n_series; s++)
        for (int i = 0; i < panel->series[s].n_points; i++) {
            const struct chart_point *point = &panel->series[s].points[i];

            if (panel->series[s].draw & CHART_BOXES) {
                widen_to(x, point->low);
                widen_to(x, point->high);
                widen_to(y, point->y - point->half);
                widen_to(y, point->y + point->half);
                continue;
            }
            widen_to(x, point->x);
            widen_to(y, point->y);
            if (panel->series[s].draw & CHART_ACROSS)
                widen_to_interval(x, point, point->x, panel->x.kind == CHART_PERCENT);
            else
                widen_to_interval(y, point, point->y, panel->y.kind == CHART_PERCENT);
        }
}

static double widest_label(const struct chart_panel *panel)
{
    double widest = 0;

    for (int s = 0; s < panel->n_series; s++)
        for (int i = 0; i < panel->series[s].n_points; i++)
            widest = fmax(widest,
                style_text_width(panel->series[s].points[i].label, STYLE_SMALL_SIZE, false));
    return widest;
}

static void keep_whole_ticks(struct axis *axis)
{
    int kept = 0;

    for (int i = 0; i < axis->n_ticks; i++) {
        double at = axis->ticks[i].at;

        if (fabs(at - round(at)) > 1e-9)
            continue;
        axis->ticks[kept].at = at;
        snprintf(axis->ticks[kept++].text, AXIS_TEXT_BYTES, "%.0f", at);
    }
    axis->n_ticks = kept;
}

static void choose_axis(struct axis *axis, const struct chart_axis *wanted,
    const struct range *range, const struct axis_room *room)
{
    struct axis_room none = {.pixels = room->pixels};
    bool given = wanted->from != 0 || wanted->to != 0;
    double least = given ? wanted->from : range->least, most = given ? wanted->to : range->most;

    if (wanted->kind == CHART_LOG)
        axis_log(axis, least, most, given ? &none : room);
    else if (wanted->kind == CHART_PERCENT)
        axis_percent(axis, least, most, given ? &none : room);
    else
        axis_linear(axis, least, most, given ? &none : room);
    if (wanted->kind == CHART_WHOLE)
        keep_whole_ticks(axis);
}

/* Names lie at 1, 2, ... from the top: the axis is turned over. */
static void choose_names(struct axis *axis, int n)
{
    *axis = (struct axis){.low = n + 0.5, .high = 0.5};
}

void chart_panel_axes(const struct chart_panel *panel, struct canvas_panel *box)
{
    bool boxes = panel->n_series > 0 && (panel->series[0].draw & CHART_BOXES);
    double widest = widest_label(panel);
    struct range x, y;

    find_ranges(panel, &x, &y);
    if (boxes && panel->x.kind == CHART_LINEAR)
        x.least = fmin(x.least, 0);
    choose_axis(&box->x, &panel->x, &x,
        &(struct axis_room){.pixels = box->width,
            .low = boxes ? 0 : 22,
            .high = boxes ? fmin(widest + 10, box->width / 3) : fmin(widest + 22, box->width / 3)});
    if (panel->y.kind == CHART_NAMES)
        choose_names(&box->y, panel->n_names);
    else
        choose_axis(&box->y, &panel->y, &y,
            &(struct axis_room){.pixels = box->height, .low = 30, .high = 20});
    if (panel->no_axes)
        box->x.n_ticks = box->y.n_ticks = 0;
    box->bare = panel->no_axes;
}

/* ---- data ---- */

static void add_row(struct str *data, const struct chart_series *series, int i)
{
    const struct chart_point *point = &series->points[i];

    str_addf(data, "%.10g ", point->x);
    if (isfinite(point->y))
        str_addf(data, "%.10g ", point->y);
    else
        str_add(data, "NaN ");
    if (isfinite(point->low) && isfinite(point->high))
        str_addf(data, "%.10g %.10g", point->low, point->high);
    else
        str_add(data, "NaN NaN");
    if (series->draw & CHART_BOXES)
        str_addf(data, " %.10g %.10g", point->y - point->half, point->y + point->half);
    str_add(data, "\n");
}

static const char *columns_of(const struct chart_series *series)
{
    if (series->draw & CHART_BOXES)
        return "x  y  x from, to  y from, to";
    if (series->draw & CHART_BAND)
        return "x  y  band from, to";
    if (series->draw & CHART_ACROSS)
        return "x  y  95 % interval of x from, to";
    return "x  y  95 % interval from, to";
}

static void add_titles(struct str *data, const struct chart_panel *panel)
{
    str_add(data, "\n# x: ");
    gnuplot_plain(data, panel->x.title[0] ? panel->x.title : "position");
    str_add(data, ", y: ");
    gnuplot_plain(data, panel->y.title[0] ? panel->y.title : "position");
    for (int i = 0, said = 0; i < panel->n_names; i++)
        if (panel->names[i][0]) {
            str_addf(data, "%s%d = ", said++ ? ", " : "; ", i + 1);
            gnuplot_plain(data, panel->names[i]);
        }
}

static void add_block(struct str *data, const struct chart_panel *panel, const char *row,
    const struct chart_series *series, bool is_first)
{
    str_addf(data, "%s# ", is_first ? "" : "\n\n");
    gnuplot_plain(data, row);
    if (row[0])
        str_add(data, ", ");
    gnuplot_plain(data, panel->title);
    str_add(data, ": ");
    gnuplot_plain(data, series->name);
    if (series->n_shared > 0)
        str_add(data, ", from the baseline on");
    add_titles(data, panel);
    str_addf(data, "\n# %s\n", columns_of(series));
    for (int i = 0; i < series->n_points; i++)
        add_row(data, series, i);
}

void chart_panel_data(
    struct str *data, const struct chart_panel *panel, const char *row, int *next_index)
{
    for (int s = 0; s < panel->n_series; s++)
        if (panel->series[s].n_points > 0)
            add_block(data, panel, row, &panel->series[s], (*next_index)++ == 0);
}

/* ---- the plot command ---- */

struct parts {
    struct canvas *canvas;
    struct str *script;
    const struct chart_panel *panel;
    int first_index; /* of its blocks */
    int n;
};

/* Begin the next part of the plot command: a series, with all its points or its own. */
static void add_part(struct parts *parts, int s, bool own)
{
    int index = parts->first_index;

    for (int i = 0; i < s; i++)
        index += parts->panel->series[i].n_points > 0;
    str_add(parts->script, parts->n++ == 0 ? "plot " : ", \\\n    ");
    str_addf(parts->script, "data index %d ", index);
    if (own && parts->panel->series[s].n_shared > 0)
        str_addf(parts->script, "every ::%d ", parts->panel->series[s].n_shared);
}

static bool has_intervals(const struct chart_series *series)
{
    if (series->draw & (CHART_BAND | CHART_BOXES))
        return false;
    for (int i = series->n_shared; i < series->n_points; i++)
        if (isfinite(series->points[i].low))
            return true;
    return false;
}

static void add_areas(struct parts *parts)
{
    const struct chart_panel *panel = parts->panel;

    for (int s = 0; s < panel->n_series; s++) {
        const struct chart_series *series = &panel->series[s];

        if (series->n_points > 0 && (series->draw & CHART_BAND)) {
            add_part(parts, s, false);
            str_addf(parts->script,
                "using 1:3:4 with filledcurves ls %d fs transparent solid %g noborder",
                series->style + 1, BAND_ALPHA);
        }
        if (series->n_points > 0 && (series->draw & CHART_BOXES)) {
            add_part(parts, s, false);
            str_addf(parts->script,
                "using 1:2:3:4:5:6 with boxxyerror ls %d lw 0.7 fs solid border lc rgb '%s'",
                series->style + 1, style_page(parts->canvas->theme)->background);
        }
    }
}

static void add_lines(struct parts *parts)
{
    const struct style_page *page = style_page(parts->canvas->theme);

    /* Muted ones first, below the others. */
    for (int i = 0; i < 2 * parts->panel->n_series; i++) {
        int s = i % parts->panel->n_series;
        const struct chart_series *series = &parts->panel->series[s];
        bool muted = series->draw & CHART_MUTED;

        if (series->n_points == 0 || !(series->draw & CHART_LINE) ||
            muted != (i < parts->panel->n_series))
            continue;
        add_part(parts, s, false);
        str_addf(parts->script, "using 1:2 with lines ls %d", series->style + 1);
        if (series->draw & CHART_MUTED)
            str_addf(parts->script, " lc rgb '%s' lw 1.2", page->axis);
        if (series->draw & CHART_DASHED)
            str_add(parts->script, " dt (6,4)");
    }
}

/* Areas first, then lines, intervals, halos, and markers, those of the first series on top of all. */
static void add_plot(struct parts *parts)
{
    const struct chart_panel *panel = parts->panel;

    add_areas(parts);
    add_lines(parts);
    for (int s = 0; s < panel->n_series; s++)
        if (panel->series[s].n_points > 0 && has_intervals(&panel->series[s])) {
            add_part(parts, s, true);
            str_addf(parts->script, "using 1:2:3:4 with %cerrorbars ls %d lw 1.2",
                panel->series[s].draw & CHART_ACROSS ? 'x' : 'y', panel->series[s].style + 1);
        }
    for (int halo = 100; halo >= 0; halo -= 100)
        for (int s = panel->n_series - 1; s >= 0; s--) {
            const struct chart_series *series = &panel->series[s];

            if (series->n_points <= series->n_shared || !(series->draw & CHART_MARKS))
                continue;
            add_part(parts, s, true);
            str_addf(parts->script, "using 1:2 with points ls %d", series->style + 1 + halo);
        }
    str_add(parts->script, "\n");
}

/* ---- labels ---- */

struct scene_memory {
    struct label *labels;
    const struct chart_point **points; /* of each label */
    int *styles;
    int n_labels;
    struct label_line *lines;
    struct label_spot *spots;
};

static double pixel_x(const struct canvas_panel *box, double x)
{
    return box->width * axis_place(&box->x, x);
}

static double pixel_y(const struct canvas_panel *box, double y)
{
    return box->height * (1 - axis_place(&box->y, y));
}

/* An interval's bar and the two caps at its ends. */
static int describe_interval(const struct canvas_panel *box, const struct chart_point *point,
    double x, double y, bool across, struct label_line lines[3])
{
    double top = pixel_y(box, point->high), bottom = pixel_y(box, point->low);

    if (across) {
        lines[0] = (struct label_line){pixel_x(box, point->low), y, pixel_x(box, point->high), y};
        return 1;
    }
    lines[0] = (struct label_line){x, top, x, bottom};
    lines[1] = (struct label_line){x - CAP, top, x + CAP, top};
    lines[2] = (struct label_line){x - CAP, bottom, x + CAP, bottom};
    return 3;
}

static void add_label(
    struct scene_memory *memory, const struct chart_point *point, int style, double x, double y)
{
    if (!point->label[0] || memory->n_labels == MAX_LABELS)
        return;
    memory->labels[memory->n_labels] = (struct label){.x = x,
        .y = y,
        .width = style_text_width(point->label, STYLE_SMALL_SIZE, false),
        .height = STYLE_SMALL_SIZE * 1.15};
    memory->points[memory->n_labels] = point;
    memory->styles[memory->n_labels++] = style;
}

/* Markers, the lines that labels keep clear of, and the labels. */
static struct label_scene describe(
    const struct chart_panel *panel, const struct canvas_panel *box, struct scene_memory *memory)
{
    int n_lines = 0, n_spots = 0;

    for (int s = 0; s < panel->n_series; s++) {
        const struct chart_series *series = &panel->series[s];

        for (int i = 0; i < series->n_points; i++) {
            const struct chart_point *point = &series->points[i];
            double x = pixel_x(box, point->x), y = pixel_y(box, point->y);

            if (i > 0 && (series->draw & CHART_LINE) && isfinite(y))
                memory->lines[n_lines++] =
                    (struct label_line){pixel_x(box, point[-1].x), pixel_y(box, point[-1].y), x, y};
            if (i < series->n_shared || !isfinite(y))
                continue;
            if (series->draw & CHART_MARKS)
                memory->spots[n_spots++] = (struct label_spot){x, y};
            if (isfinite(point->low) && !(series->draw & (CHART_BAND | CHART_BOXES)))
                n_lines += describe_interval(
                    box, point, x, y, series->draw & CHART_ACROSS, &memory->lines[n_lines]);
            if (!(series->draw & CHART_BOXES))
                add_label(memory, point, series->style, x, y);
        }
    }
    return (struct label_scene){.width = box->width,
        .height = box->height,
        .marker = MARKER,
        .markers = memory->spots,
        .n_markers = n_spots,
        .lines = memory->lines,
        .n_lines = n_lines};
}

static void draw_label(struct canvas *canvas, const struct canvas_panel *box,
    const struct label *label, const struct chart_point *point, int style)
{
    if (!label->placed)
        return;
    if (label->is_far)
        canvas_line(canvas, box->left + label->from_x, box->top + label->from_y,
            box->left + label->to_x, box->top + label->to_y, 0, style_page(canvas->theme)->axis);
    canvas_text(canvas, &(struct canvas_text){.x = box->left + label->left + label->width / 2,
                            .y = box->top + label->top + label->height / 2,
                            .text = point->label,
                            .size = STYLE_SMALL_SIZE,
                            .align = CANVAS_CENTRE,
                            .colour = style_methods()[style].text[canvas->theme]});
}

static int draw_labels(struct canvas *canvas, const struct chart_panel *panel,
    const struct canvas_panel *box, struct err *err)
{
    struct scene_memory memory = {0};
    struct label_scene scene;
    size_t n = 1;
    int result = -1;

    for (int s = 0; s < panel->n_series; s++)
        n += (size_t)panel->series[s].n_points;
    if (n > MAX_SCENE)
        return 0;
    memory.labels = calloc(MAX_LABELS, sizeof(*memory.labels));
    memory.points = calloc(MAX_LABELS, sizeof(*memory.points));
    memory.styles = calloc(MAX_LABELS, sizeof(*memory.styles));
    memory.lines = calloc(4 * n, sizeof(*memory.lines));
    memory.spots = calloc(n, sizeof(*memory.spots));
    if (!memory.labels || !memory.points || !memory.styles || !memory.lines || !memory.spots) {
        err_set(err, ERR_MEMORY, "no memory for the labels of a figure");
        goto done;
    }
    scene = describe(panel, box, &memory);
    labels_place(memory.labels, memory.n_labels, &scene);
    for (int i = 0; i < memory.n_labels; i++)
        draw_label(canvas, box, &memory.labels[i], memory.points[i], memory.styles[i]);
    result = 0;
done:
    free(memory.labels);
    free(memory.points);
    free(memory.styles);
    free(memory.lines);
    free(memory.spots);
    return result;
}

/* A box's label stands behind its end; names of the axis stand before it. */
static void draw_texts_of_rows(
    struct canvas *canvas, const struct chart_panel *panel, const struct canvas_panel *box)
{
    for (int i = 0; i < panel->n_names; i++)
        if (panel->names[i][0])
            canvas_text(canvas, &(struct canvas_text){.x = box->left - NAME_GAP,
                                    .y = box->top + pixel_y(box, i + 1),
                                    .text = panel->names[i],
                                    .size = STYLE_SMALL_SIZE,
                                    .align = CANVAS_RIGHT});
    for (int s = 0; s < panel->n_series; s++) {
        const struct chart_series *series = &panel->series[s];

        for (int i = 0; i < series->n_points && (series->draw & CHART_BOXES); i++)
            if (series->points[i].label[0])
                canvas_text(canvas,
                    &(struct canvas_text){.x = box->left + pixel_x(box, series->points[i].high) + 5,
                        .y = box->top + pixel_y(box, series->points[i].y),
                        .text = series->points[i].label,
                        .size = STYLE_SMALL_SIZE});
    }
}

int chart_panel_draw(struct canvas *canvas, const struct chart_panel *panel, const char *row,
    struct canvas_panel *box, int *next_index, struct err *err)
{
    struct parts parts = {.canvas = canvas,
        .script = &canvas->plot->script,
        .panel = panel,
        .first_index = *next_index};

    chart_panel_axes(panel, box);
    canvas_panel(canvas, box);
    draw_texts_of_rows(canvas, panel, box);
    if (draw_labels(canvas, panel, box, err) < 0)
        return -1;
    chart_panel_data(&canvas->plot->data, panel, row, next_index);
    add_plot(&parts);
    canvas_end_panel(canvas);
    return 0;
}
