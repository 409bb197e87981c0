#include "curve_panel.h"

#include <math.h>
#include <stdlib.h>

#include "labels.h"

#define MAX_LABELS 40  /* beyond, the key must do */
#define MARKER     6.5 /* half a marker with its halo, in pixels */
#define CAP        5.0 /* half the bar at an interval's end, in pixels */

/* Least and most of FLOPs and of accuracies with their intervals. */
static void find_range(const struct curve_panel *panel, double *least_x, double *most_x,
    double *least_y, double *most_y)
{
    *least_x = *least_y = INFINITY;
    *most_x = *most_y = -INFINITY;
    for (int i = 0; i < panel->n_points; i++) {
        const struct curve_point *point = &panel->points[i];
        double interval = isfinite(point->interval) ? point->interval : 0;

        *least_x = fmin(*least_x, point->macs);
        *most_x = fmax(*most_x, point->macs);
        *least_y = fmin(*least_y, fmax(point->top1 - interval, fmin(0, point->top1)));
        *most_y = fmax(*most_y, fmin(point->top1 + interval, fmax(100, point->top1)));
    }
}

static void find_axes(const struct curve_panel *panel, struct canvas_panel *box)
{
    double least_x, most_x, least_y, most_y, widest = 0;

    for (int i = 0; i < panel->n_points; i++)
        widest = fmax(widest, style_text_width(panel->points[i].label, STYLE_SMALL_SIZE, false));
    find_range(panel, &least_x, &most_x, &least_y, &most_y);
    axis_log(&box->x, least_x, most_x,
        &(struct axis_room){
            .pixels = box->width, .low = 22, .high = fmin(widest + 22, box->width / 3)});
    axis_percent(&box->y, least_y, most_y,
        &(struct axis_room){.pixels = box->height, .low = 30, .high = 20});
}

static int count_method(const struct curve_panel *panel, int method, int *first)
{
    int n = 0;

    for (int i = panel->n_points - 1; i >= 0; i--)
        if (panel->points[i].method == method) {
            *first = i;
            n++;
        }
    return n;
}

static void add_row(struct str *data, const struct curve_point *point)
{
    bool known = isfinite(point->interval);

    str_addf(data, "%.10g %.10g ", point->macs, point->top1);
    if (known)
        str_addf(
            data, "%.10g %.10g\n", point->top1 - point->interval, point->top1 + point->interval);
    else
        str_add(data, "NaN NaN\n");
}

/* A panel's curve of a method as the next block of data; false if it has none. */
struct block {
    int method;
    int skip; /* rows to skip for the method's own points: its baseline */
    int index;
    bool has_intervals;
};

static bool add_block(struct str *data, const struct curve_panel *panel, const char *row,
    struct block *block, int *next_index)
{
    int first = 0, base = 0, n = count_method(panel, block->method, &first);
    int baseline = style_find("baseline");

    if (n == 0)
        return false;
    block->skip = block->method != baseline && count_method(panel, baseline, &base) > 0;
    block->index = (*next_index)++;
    block->has_intervals = false;
    str_addf(data, "%s# ", block->index ? "\n\n" : "");
    gnuplot_plain(data, row);
    str_add(data, ", ");
    gnuplot_plain(data, panel->title);
    str_addf(data, ": %s%s\n# FLOPs  top-1 %%  95 %% interval from, to\n",
        style_name(block->method), block->skip ? ", from the baseline on" : "");
    if (block->skip)
        add_row(data, &panel->points[base]);
    for (int i = first; i < first + n; i++) {
        add_row(data, &panel->points[i]);
        block->has_intervals |= isfinite(panel->points[i].interval);
    }
    return true;
}

/* Begin the next part of the plot command. */
static void add_part(struct str *script, const struct block *block, bool own, int *n_parts)
{
    str_add(script, (*n_parts)++ == 0 ? "plot " : ", \\\n    ");
    str_addf(script, "data index %d ", block->index);
    if (own && block->skip)
        str_addf(script, "every ::%d ", block->skip);
}

/* Lines first, then intervals, then halos, then markers, the baseline's on top of
 * all. */
static void add_plot(struct str *script, const struct block *blocks, int n)
{
    int baseline = style_find("baseline"), n_parts = 0;

    for (int i = 0; i < n; i++) {
        if (blocks[i].method == baseline)
            continue;
        add_part(script, &blocks[i], false, &n_parts);
        str_addf(script, "using 1:2 with lines ls %d", blocks[i].method + 1);
    }
    for (int i = 0; i < n; i++) {
        if (!blocks[i].has_intervals)
            continue;
        add_part(script, &blocks[i], true, &n_parts);
        str_addf(script, "using 1:2:3:4 with yerrorbars ls %d lw 1.2", blocks[i].method + 1);
    }
    for (int halo = 100; halo >= 0; halo -= 100)
        for (int i = n - 1; i >= 0; i--) {
            add_part(script, &blocks[i], true, &n_parts);
            str_addf(script, "using 1:2 with points ls %d", blocks[i].method + 1 + halo);
        }
    str_add(script, "\n");
}

struct scene_memory {
    struct label *labels;
    struct label_line *lines;
    struct label_spot *spots;
};

static double pixel_x(const struct canvas_panel *box, double macs)
{
    return box->width * axis_place(&box->x, macs);
}

static double pixel_y(const struct canvas_panel *box, double top1)
{
    return box->height * (1 - axis_place(&box->y, top1));
}

/* An interval's bar and the two caps at its ends. */
static int describe_interval(const struct canvas_panel *box, const struct curve_point *point,
    double x, struct label_line lines[3])
{
    double top = pixel_y(box, point->top1 + point->interval);
    double bottom = pixel_y(box, point->top1 - point->interval);

    lines[0] = (struct label_line){x, top, x, bottom};
    lines[1] = (struct label_line){x - CAP, top, x + CAP, top};
    lines[2] = (struct label_line){x - CAP, bottom, x + CAP, bottom};
    return 3;
}

/* Markers, and the lines that the labels keep clear of. */
static struct label_scene describe(
    const struct curve_panel *panel, const struct canvas_panel *box, struct scene_memory *memory)
{
    int n_lines = 0, baseline = style_find("baseline"), base = -1;

    for (int i = 0; i < panel->n_points; i++) {
        const struct curve_point *point = &panel->points[i];
        double x = pixel_x(box, point->macs), y = pixel_y(box, point->top1);
        bool follows = i > 0 && panel->points[i - 1].method == point->method;
        int from = point->method == baseline ? -1 : follows ? i - 1 : base;

        if (point->method == baseline && base < 0)
            base = i;
        memory->spots[i] = (struct label_spot){x, y};
        if (from >= 0)
            memory->lines[n_lines++] =
                (struct label_line){memory->spots[from].x, memory->spots[from].y, x, y};
        if (isfinite(point->interval))
            n_lines += describe_interval(box, point, x, &memory->lines[n_lines]);
    }
    return (struct label_scene){.width = box->width,
        .height = box->height,
        .marker = MARKER,
        .markers = memory->spots,
        .n_markers = panel->n_points,
        .lines = memory->lines,
        .n_lines = n_lines};
}

static void draw_label(struct canvas *canvas, const struct canvas_panel *box,
    const struct label *label, const struct curve_point *point)
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
                            .colour = style_methods()[point->method].text[canvas->theme]});
}

static int draw_labels(struct canvas *canvas, const struct curve_panel *panel,
    const struct canvas_panel *box, struct err *err)
{
    size_t n = (size_t)panel->n_points;
    struct scene_memory memory = {.labels = calloc(MAX_LABELS, sizeof(struct label)),
        .lines = calloc(4 * n, sizeof(struct label_line)),
        .spots = calloc(n, sizeof(struct label_spot))};
    int points[MAX_LABELS], n_labels = 0, result = -1;
    struct label_scene scene;

    if (!memory.labels || !memory.lines || !memory.spots) {
        err_set(err, ERR_MEMORY, "no memory for the labels of %d points", panel->n_points);
        goto done;
    }
    scene = describe(panel, box, &memory);
    for (int i = 0; i < panel->n_points && n_labels < MAX_LABELS; i++) {
        const char *text = panel->points[i].label;

        if (!text[0])
            continue;
        memory.labels[n_labels] = (struct label){.x = memory.spots[i].x,
            .y = memory.spots[i].y,
            .width = style_text_width(text, STYLE_SMALL_SIZE, false),
            .height = STYLE_SMALL_SIZE * 1.15};
        points[n_labels++] = i;
    }
    labels_place(memory.labels, n_labels, &scene);
    for (int i = 0; i < n_labels; i++)
        draw_label(canvas, box, &memory.labels[i], &panel->points[points[i]]);
    result = 0;
done:
    free(memory.labels);
    free(memory.lines);
    free(memory.spots);
    return result;
}

int curve_panel_draw(struct canvas *canvas, const struct curve_panel *panel, const char *row,
    struct canvas_panel *box, int *next_index, struct err *err)
{
    struct block blocks[16];
    int n = 0;

    find_axes(panel, box);
    canvas_panel(canvas, box);
    if (draw_labels(canvas, panel, box, err) < 0)
        return -1;
    for (int m = 0; n < 16 && (m == 0 || style_methods()[m - 1].method); m++) {
        blocks[n].method = m;
        if (add_block(&canvas->plot->data, panel, row, &blocks[n], next_index))
            n++;
    }
    add_plot(&canvas->plot->script, blocks, n);
    canvas_end_panel(canvas);
    return 0;
}
