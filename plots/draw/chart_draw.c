/* Where the panels of a chart lie, and what stands around them. */
#include <math.h>
#include <stdio.h>

#include "canvas.h"
#include "chart.h"
#include "chart_panel.h"
#include "chart_text.h"

#define MAX_COLUMNS  12
#define MAX_SIDE     16000
#define PER_BAND     4 /* columns side by side; more begin a new band below */
#define MOST_IN_BAND 6
#define LEAST_SCALE  0.75
#define LEAST_WIDTH  150.0 /* of a panel */
#define LEAST_HEIGHT 110.0
#define OWN_HEIGHT   210.0

#define MARGIN      20.0
#define Y_TITLE     22.0 /* the title of the first column's axis, upward */
#define NUMBERS     34.0 /* numbers of a y axis */
#define NAME_GAP    14.0
#define GAP         24.0 /* between two panels, without the numbers */
#define TITLE_Y     30.0
#define KEY_Y       60.0
#define KEY_LINE    20.0
#define ROW_HEAD    14.0 /* from a row's top to the middle of its heading */
#define HEAD_HEIGHT 24.0
#define PANEL_HEAD  14.0 /* to the middle of its panels' titles, below the heading */
#define PANEL_TOP   26.0 /* to its panels */
#define ROW_FOOT    38.0 /* below a panel, with the numbers of its axis */
#define X_TITLE     18.0 /* below the numbers */
#define X_TITLE_Y   28.0 /* below an axis, to the middle of its title */
#define BOTTOM      10.0
#define NOTE        18.0

#define KEY_SAMPLE 22.0
#define KEY_BLANK  16.0

struct layout {
    const struct chart *chart;
    int per_band, bands;
    int key_lines;
    double lefts[MOST_IN_BAND]; /* room for names and numbers left of each panel of a band */
    double heights[CHART_ROWS]; /* of each row's panels */
    double panel_width;
    double width, height, scale;
};

/* ---- sizes ---- */

/* What a panel needs to its left. */
static double left_of(const struct chart_panel *panel)
{
    double widest = 0;

    if (panel->no_axes)
        return 0;
    if (panel->y.kind != CHART_NAMES)
        return NUMBERS;
    for (int i = 0; i < panel->n_names; i++)
        widest = fmax(widest, style_text_width(panel->names[i], STYLE_SMALL_SIZE, false));
    return widest + NAME_GAP;
}

static void find_lefts(struct layout *layout)
{
    const struct chart *chart = layout->chart;

    for (int i = 0; i < MOST_IN_BAND; i++)
        layout->lefts[i] = 0;
    for (int c = 0; c < chart->n_columns; c++)
        for (int r = 0; r < chart->n_rows; r++) {
            double *left = &layout->lefts[c % layout->per_band];

            *left = fmax(*left, left_of(chart_panel(chart, c, r)));
        }
}

static double row_tallness(const struct chart *chart, int row)
{
    double tallest = 0;

    for (int c = 0; c < chart->n_columns; c++)
        tallest = fmax(tallest, chart_panel(chart, c, row)->tallness);
    return tallest > 0 ? tallest : 1;
}

static double panels_left(const struct layout *layout, int at, double panel_width)
{
    double x = MARGIN + Y_TITLE;

    for (int i = 0; i <= at; i++)
        x += layout->lefts[i] + (i < at ? panel_width + GAP : 0);
    return x;
}

static double panels_width(const struct layout *layout, double panel_width)
{
    return panels_left(layout, layout->per_band - 1, panel_width) + panel_width + MARGIN;
}

static double rows_top(const struct layout *layout)
{
    return layout->key_lines ? KEY_Y + (layout->key_lines - 0.5) * KEY_LINE + 8 : KEY_Y - 10;
}

static bool row_has_title(const struct chart *chart, int row)
{
    for (int c = 0; c < chart->n_columns; c++)
        if (chart_panel(chart, c, row)->x.title[0])
            return true;
    return false;
}

static double row_head(const struct layout *layout, int row)
{
    return layout->chart->headings[row][0] ? HEAD_HEIGHT : 0;
}

static double row_height(const struct layout *layout, int row)
{
    return row_head(layout, row) + PANEL_TOP + layout->heights[row] + ROW_FOOT +
           (row_has_title(layout->chart, row) ? X_TITLE : 0);
}

static double band_height(const struct layout *layout)
{
    double height = 0;

    for (int r = 0; r < layout->chart->n_rows; r++)
        height += row_height(layout, r);
    return height;
}

static double full_height(const struct layout *layout)
{
    return rows_top(layout) + layout->bands * band_height(layout) + BOTTOM +
           (layout->chart->note[0] ? NOTE : 0);
}

static double row_top(const struct layout *layout, int band, int row)
{
    double y = rows_top(layout) + band * band_height(layout);

    for (int r = 0; r < row; r++)
        y += row_height(layout, r);
    return y;
}

/* ---- the key ---- */

static bool has_style(const struct chart *chart, int style)
{
    for (int p = 0; p < chart->n_columns * chart->n_rows; p++)
        for (int s = 0; s < chart->panels[p].n_series; s++) {
            const struct chart_series *series = &chart->panels[p].series[s];

            if (series->style == style && series->n_points > 0 && !(series->draw & CHART_MUTED))
                return true;
        }
    return false;
}

/* One entry; returns its width. */
static double key_entry(
    const struct layout *layout, struct canvas *canvas, int style, double x, double y)
{
    bool is_front = style < 0;
    const char *name = is_front ? layout->chart->front : style_name(style);

    if (canvas && is_front)
        canvas_dashes(canvas, x, y, x + KEY_SAMPLE, y, style_page(canvas->theme)->axis);
    if (canvas && !is_front) {
        if (style != style_find("baseline"))
            canvas_line(canvas, x, y, x + KEY_SAMPLE, y, style, NULL);
        canvas_marker(canvas, x + KEY_SAMPLE / 2, y, style);
    }
    if (canvas)
        canvas_text(canvas, &(struct canvas_text){
                                .x = x + KEY_SAMPLE + 7,
                                .y = y,
                                .text = name,
                                .size = STYLE_TEXT_SIZE,
                            });
    return KEY_SAMPLE + 7 + style_text_width(name, STYLE_TEXT_SIZE, false);
}

/* Walk the key from left to right; draws it on a canvas if there is one. Returns its lines. */
static int lay_key(const struct layout *layout, struct canvas *canvas)
{
    double x = MARGIN;
    int line = 0, n_styles = style_find("") + 1;

    if (layout->chart->no_key)
        return 0;
    for (int m = 0; m <= n_styles; m++) {
        int style = m == n_styles ? -1 : m;
        double width;

        if (style < 0 ? !layout->chart->front : !has_style(layout->chart, style))
            continue;
        width = key_entry(layout, NULL, style, 0, 0);
        if (x > MARGIN && x + width > layout->width - MARGIN) {
            x = MARGIN;
            line++;
        }
        key_entry(layout, canvas, style, x, KEY_Y + line * KEY_LINE);
        x += width + KEY_BLANK;
    }
    return line + 1;
}

/* ---- layout ---- */

static void set_heights(struct layout *layout, double height)
{
    for (int r = 0; r < layout->chart->n_rows; r++)
        layout->heights[r] = height * row_tallness(layout->chart, r);
}

static double total_tallness(const struct layout *layout)
{
    double sum = 0;

    for (int r = 0; r < layout->chart->n_rows; r++)
        sum += row_tallness(layout->chart, r);
    return sum * layout->bands;
}

/*
 * Sizes. Asked for only a width or only a height, the figure keeps its proportions and all in it
 * grows or shrinks; asked for both, its panels take the room that is left. Text never shrinks
 * below what can be read.
 */
static int fit(
    struct layout *layout, const struct plot_options *options, double own_scale, struct err *err)
{
    static const double own_widths[MOST_IN_BAND + 1] = {0, 480, 340, 296, 262, 200, 180};
    double own = own_widths[layout->per_band], own_width, own_height, panel_height = OWN_HEIGHT;
    double least_width, least_height;

    set_heights(layout, panel_height);
    own_width = layout->width = panels_width(layout, own);
    layout->key_lines = lay_key(layout, NULL);
    own_height = full_height(layout);
    layout->scale = own_scale;
    if (options->width || options->height)
        layout->scale = fmin(options->width ? options->width / own_width : INFINITY,
            options->height ? options->height / own_height : INFINITY);
    layout->scale = fmax(layout->scale, LEAST_SCALE);
    layout->width = options->width ? options->width / layout->scale : own_width;
    layout->panel_width = own + (layout->width - own_width) / layout->per_band;
    layout->key_lines = lay_key(layout, NULL);
    layout->height = options->height ? options->height / layout->scale : full_height(layout);
    panel_height += (layout->height - full_height(layout)) / total_tallness(layout);
    set_heights(layout, panel_height);
    least_width = ceil(panels_width(layout, LEAST_WIDTH) * LEAST_SCALE);
    least_height =
        ceil((full_height(layout) - total_tallness(layout) * (panel_height - LEAST_HEIGHT)) *
             LEAST_SCALE);
    if (layout->panel_width < LEAST_WIDTH || panel_height < LEAST_HEIGHT)
        return err_set(err, ERR_INPUT,
            "a figure of %d panels side by side and %d rows needs %.0f x %.0f pixels at least; "
            "make it larger, or choose one study",
            layout->per_band, layout->bands * layout->chart->n_rows, least_width, least_height);
    if (layout->width * layout->scale > MAX_SIDE || layout->height * layout->scale > MAX_SIDE)
        return err_set(err, ERR_INPUT, "a figure has at most %d pixels a side", MAX_SIDE);
    return 0;
}

static int lay_out(struct layout *layout, const struct chart *chart,
    const struct plot_options *options, double own_scale, struct err *err)
{
    *layout = (struct layout){.chart = chart};
    if (options->width < 0 || options->height < 0)
        return err_set(
            err, ERR_INPUT, "a figure's width and height are positive numbers of pixels");
    if (options->width > MAX_SIDE || options->height > MAX_SIDE)
        return err_set(err, ERR_INPUT, "a figure has at most %d pixels a side", MAX_SIDE);
    if (chart->n_columns > MAX_COLUMNS)
        return err_set(err, ERR_INPUT,
            "the figure would need %d panels side by side, one for each study and model, and has "
            "room for %d; choose one study",
            chart->n_columns, MAX_COLUMNS);
    layout->bands = chart->one_band && chart->n_columns <= MOST_IN_BAND
                        ? 1
                        : (chart->n_columns + PER_BAND - 1) / PER_BAND;
    layout->per_band = (chart->n_columns + layout->bands - 1) / layout->bands;
    find_lefts(layout);
    return fit(layout, options, own_scale, err);
}

static struct canvas_panel box_of(const struct layout *layout, int column, int row)
{
    int band = column / layout->per_band, at = column % layout->per_band;

    return (struct canvas_panel){
        .left = panels_left(layout, at, layout->panel_width),
        .top = row_top(layout, band, row) + row_head(layout, row) + PANEL_TOP,
        .width = layout->panel_width,
        .height = layout->heights[row],
    };
}

/* ---- what stands around the panels ---- */

static void draw_fitted(struct canvas *canvas, struct canvas_text text, double width)
{
    char fitted[CHART_TITLE_BYTES];

    style_fit_text(fitted, sizeof(fitted), text.text, text.size, text.bold, width);
    text.text = fitted;
    canvas_text(canvas, &text);
}

static void draw_heading(struct canvas *canvas, const struct layout *layout, int band, int row)
{
    const struct chart_panel *first = chart_panel(layout->chart, band * layout->per_band, row);
    double top = row_top(layout, band, row);

    if (layout->chart->headings[row][0])
        draw_fitted(canvas,
            (struct canvas_text){.x = MARGIN,
                .y = top + ROW_HEAD,
                .text = layout->chart->headings[row],
                .size = STYLE_HEAD_SIZE,
                .bold = true},
            layout->width - 2 * MARGIN);
    if (first->y.title[0])
        canvas_text(
            canvas, &(struct canvas_text){.x = MARGIN,
                        .y = top + row_head(layout, row) + PANEL_TOP + layout->heights[row] / 2,
                        .text = first->y.title,
                        .size = STYLE_SMALL_SIZE,
                        .colour = style_page(canvas->theme)->muted,
                        .align = CANVAS_CENTRE,
                        .upward = true});
}

static void draw_page(struct canvas *canvas, const struct layout *layout)
{
    const struct chart *chart = layout->chart;

    draw_fitted(canvas,
        (struct canvas_text){.x = MARGIN,
            .y = TITLE_Y,
            .text = chart->title,
            .size = STYLE_TITLE_SIZE,
            .bold = true},
        layout->width - 2 * MARGIN);
    lay_key(layout, canvas);
    for (int band = 0; band < layout->bands; band++)
        for (int row = 0; row < chart->n_rows; row++)
            draw_heading(canvas, layout, band, row);
    if (chart->note[0])
        draw_fitted(canvas,
            (struct canvas_text){.x = MARGIN,
                .y = layout->height - BOTTOM - NOTE / 2,
                .text = chart->note,
                .size = STYLE_SMALL_SIZE,
                .colour = style_page(canvas->theme)->muted},
            layout->width - 2 * MARGIN);
}

static void draw_panel_texts(struct canvas *canvas, const struct canvas_panel *box,
    const struct chart_panel *panel, double left)
{
    const char *muted = style_page(canvas->theme)->muted;
    bool is_empty = chart_panel_is_empty(panel);

    draw_fitted(canvas,
        (struct canvas_text){.x = box->left,
            .y = box->top - PANEL_TOP + PANEL_HEAD,
            .text = panel->title,
            .size = STYLE_HEAD_SIZE},
        box->width + GAP / 2);
    if (is_empty)
        draw_fitted(canvas,
            (struct canvas_text){.x = box->left + box->width / 2,
                .y = box->top + box->height / 2,
                .text = panel->empty,
                .size = STYLE_SMALL_SIZE,
                .colour = muted,
                .align = CANVAS_CENTRE},
            box->width + left);
    else if (panel->x.title[0])
        draw_fitted(canvas,
            (struct canvas_text){.x = box->left + box->width / 2,
                .y = box->top + box->height + X_TITLE_Y,
                .text = panel->x.title,
                .size = STYLE_SMALL_SIZE,
                .colour = muted,
                .align = CANVAS_CENTRE},
            box->width + left);
}

static int draw_all(
    struct canvas *canvas, const struct layout *layout, const char *name, struct err *err)
{
    const struct chart *chart = layout->chart;
    int next_index = 0;

    canvas_begin(canvas, name);
    draw_page(canvas, layout);
    for (int pass = 0; pass < 2; pass++) /* all titles go with the first panel */
        for (int i = 0; i < chart->n_columns * chart->n_rows; i++) {
            int column = i / chart->n_rows, row = i % chart->n_rows;
            const struct chart_panel *panel = chart_panel(chart, column, row);
            struct canvas_panel box = box_of(layout, column, row);

            box.name = panel->title;
            if (pass == 0)
                draw_panel_texts(canvas, &box, panel, layout->lefts[column % layout->per_band]);
            else if (!chart_panel_is_empty(panel) &&
                     chart_panel_draw(canvas, panel, chart->headings[row], &box, &next_index, err) <
                         0)
                return -1;
        }
    canvas_end(canvas);
    return 0;
}

static int check(const struct chart *chart, struct err *err)
{
    for (int p = 0; p < chart->n_columns * chart->n_rows; p++) {
        bool failed = chart->panels[p].failed;

        for (int s = 0; s < chart->panels[p].n_series; s++)
            failed |= chart->panels[p].series[s].n_points < 0;
        if (failed)
            return err_set(err, ERR_MEMORY, "no memory for the points of a figure");
    }
    return 0;
}

int chart_draw(const struct chart *chart, const struct plot_options *options, const char *name,
    struct err *err)
{
    struct gnuplot plot = GNUPLOT_INIT;
    struct layout layout;
    int result = -1;

    if (check(chart, err) < 0 || gnuplot_open(&plot, options->output, err) < 0)
        goto done;
    if (gnuplot_is_text(&plot)) {
        result = chart_text_draw(chart, options, &plot, err);
        goto done;
    }
    if (lay_out(&layout, chart, options, gnuplot_own_scale(&plot), err) < 0)
        goto done;
    struct canvas canvas = {.plot = &plot,
        .width = layout.width,
        .height = layout.height,
        .scale = layout.scale,
        .theme = options->dark ? STYLE_DARK : STYLE_LIGHT};
    if (draw_all(&canvas, &layout, name, err) < 0)
        goto done;
    result = gnuplot_draw(&plot, err);
done:
    gnuplot_release(&plot);
    return result;
}
