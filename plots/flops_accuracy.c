/*
 * Accuracy against FLOPs: what each way of scaling a baseline gains, measured here and in the paper
 * (Tan & Le 2019, Tables 3 and 7; the question of its Figures 3 and 8). A column a baseline; in
 * each, a line from the baseline to what it was scaled to, a colour a method.
 */
#include <math.h>
#include <stdio.h>

#include "canvas.h"
#include "curve_panel.h"
#include "curves.h"
#include "plot.h"

#define MAX_COLUMNS  12
#define MAX_SIDE     16000
#define PER_BAND     4 /* columns side by side; more begin a new band below */
#define LEAST_SCALE  0.75
#define LEAST_WIDTH  150.0 /* of a panel */
#define LEAST_HEIGHT 110.0
#define OWN_HEIGHT   210.0

#define MARGIN       20.0
#define PANELS_LEFT  76.0 /* of the first panel: the title of the axis and its numbers */
#define PANEL_GAP    58.0
#define TITLE_Y      30.0
#define KEY_Y        60.0
#define KEY_LINE     20.0
#define ROW_HEAD     14.0 /* from a row's top to the middle of its heading */
#define PANEL_HEAD   38.0 /* from a row's top to the middle of its panels' titles */
#define PANEL_TOP    50.0 /* from a row's top to its panels */
#define ROW_FOOT     38.0 /* below a panel, with the numbers of its axis */
#define AXIS_TITLE   34.0 /* below the last row */
#define TICK_NUMBERS 9.0  /* below an axis, to the middle of its numbers */

#define KEY_SAMPLE 22.0
#define KEY_BLANK  16.0

struct layout {
    const struct curves *curves;
    int per_band, bands, rows; /* rows of panels in a band */
    int key_lines;
    double panel_width, panel_height;
    double width, height, scale;
};

static double panels_width(const struct layout *layout, double panel_width)
{
    return PANELS_LEFT + layout->per_band * panel_width + (layout->per_band - 1) * PANEL_GAP +
           MARGIN;
}

static double rows_top(const struct layout *layout)
{
    return KEY_Y + (layout->key_lines - 0.5) * KEY_LINE + 8;
}

static double row_height(const struct layout *layout)
{
    return PANEL_TOP + layout->panel_height + ROW_FOOT;
}

static double full_height(const struct layout *layout)
{
    return rows_top(layout) + layout->bands * layout->rows * row_height(layout) + AXIS_TITLE;
}

/* Which methods are in any panel. */
static bool has_method(const struct curves *curves, int method)
{
    for (int c = 0; c < curves->n_columns; c++) {
        const struct curve_panel *panels[2] = {
            &curves->columns[c].measured, &curves->columns[c].paper};

        for (int p = 0; p < 2; p++)
            for (int i = 0; i < panels[p]->n_points; i++)
                if (panels[p]->points[i].method == method)
                    return true;
    }
    return false;
}

/* Walk the key from left to right; draws it on a canvas if there is one. Returns its lines. */
static int lay_key(const struct layout *layout, struct canvas *canvas)
{
    double x = MARGIN;
    int line = 0;

    for (int m = 0; m == 0 || style_methods()[m - 1].method; m++) {
        double text_width = style_text_width(style_name(m), STYLE_TEXT_SIZE, false);
        double width = KEY_SAMPLE + 7 + text_width, y;

        if (!has_method(layout->curves, m))
            continue;
        if (x > MARGIN && x + width > layout->width - MARGIN) {
            x = MARGIN;
            line++;
        }
        y = KEY_Y + line * KEY_LINE;
        if (canvas) {
            if (m != style_find("baseline"))
                canvas_line(canvas, x, y, x + KEY_SAMPLE, y, m, NULL);
            canvas_marker(canvas, x + KEY_SAMPLE / 2, y, m);
            canvas_text(canvas, &(struct canvas_text){.x = x + KEY_SAMPLE + 7,
                                    .y = y,
                                    .text = style_name(m),
                                    .size = STYLE_TEXT_SIZE});
        }
        x += width + KEY_BLANK;
    }
    return line + 1;
}

/*
 * Sizes. Asked for only a width or only a height, the figure keeps its proportions and all in it
 * grows or shrinks; asked for both, its panels take the room that is left. Text never shrinks
 * below what can be read.
 */
static int fit(
    struct layout *layout, const struct plot_options *options, double own_scale, struct err *err)
{
    static const double own_widths[PER_BAND + 1] = {0, 480, 340, 296, 262};
    double own_width, own_height, least_width, least_height;

    layout->panel_height = OWN_HEIGHT;
    own_width = layout->width = panels_width(layout, own_widths[layout->per_band]);
    layout->key_lines = lay_key(layout, NULL);
    own_height = full_height(layout);
    layout->scale = own_scale;
    if (options->width || options->height)
        layout->scale = fmin(options->width ? options->width / own_width : INFINITY,
            options->height ? options->height / own_height : INFINITY);
    layout->scale = fmax(layout->scale, LEAST_SCALE);
    layout->width = options->width ? options->width / layout->scale : own_width;
    layout->panel_width =
        own_widths[layout->per_band] + (layout->width - own_width) / layout->per_band;
    layout->key_lines = lay_key(layout, NULL);
    layout->height = options->height ? options->height / layout->scale : full_height(layout);
    layout->panel_height += (layout->height - full_height(layout)) / (layout->bands * layout->rows);
    least_width = ceil(panels_width(layout, LEAST_WIDTH) * LEAST_SCALE);
    least_height = ceil((full_height(layout) -
                            layout->bands * layout->rows * (layout->panel_height - LEAST_HEIGHT)) *
                        LEAST_SCALE);
    if (layout->panel_width < LEAST_WIDTH || layout->panel_height < LEAST_HEIGHT)
        return err_set(err, ERR_INPUT,
            "a figure of %d panels side by side and %d rows needs %.0f x %.0f pixels at least; "
            "make it larger, or choose one study",
            layout->per_band, layout->bands * layout->rows, least_width, least_height);
    if (layout->width * layout->scale > MAX_SIDE || layout->height * layout->scale > MAX_SIDE)
        return err_set(err, ERR_INPUT, "a figure has at most %d pixels a side", MAX_SIDE);
    return 0;
}

static int lay_out(struct layout *layout, const struct curves *curves,
    const struct plot_options *options, double own_scale, struct err *err)
{
    *layout = (struct layout){.curves = curves};
    if (options->width < 0 || options->height < 0)
        return err_set(
            err, ERR_INPUT, "a figure's width and height are positive numbers of pixels");
    if (options->width > MAX_SIDE || options->height > MAX_SIDE)
        return err_set(err, ERR_INPUT, "a figure has at most %d pixels a side", MAX_SIDE);
    if (curves->n_columns > MAX_COLUMNS)
        return err_set(err, ERR_INPUT,
            "the figure would need %d panels side by side, one for each study and model, and has "
            "room for %d; choose one study",
            curves->n_columns, MAX_COLUMNS);
    layout->bands = (curves->n_columns + PER_BAND - 1) / PER_BAND;
    layout->per_band = (curves->n_columns + layout->bands - 1) / layout->bands;
    layout->rows = curves->has_paper ? 2 : 1;
    return fit(layout, options, own_scale, err);
}

static struct canvas_panel box_of(const struct layout *layout, int column, int row)
{
    int band = column / layout->per_band, at = column % layout->per_band;

    return (struct canvas_panel){
        .left = PANELS_LEFT + at * (layout->panel_width + PANEL_GAP),
        .top = rows_top(layout) + (band * layout->rows + row) * row_height(layout) + PANEL_TOP,
        .width = layout->panel_width,
        .height = layout->panel_height,
    };
}

static void measured_heading(const struct curves *curves, char *to, size_t bytes)
{
    int least = curves->least_seeds, most = curves->most_seeds;

    if (most == 1)
        snprintf(to, bytes, "Measured here: one seed each");
    else if (least == most)
        snprintf(to, bytes, "Measured here: mean of %d seeds; bars are 95 %% intervals", most);
    else
        snprintf(to, bytes, "Measured here: mean of %d to %d seeds; bars are 95 %% intervals",
            least, most);
}

/* Names the paper's tables that a band shows. */
static void paper_heading(
    const struct curves *curves, int from, int to_column, char *to, size_t bytes)
{
    bool three = false, seven = false;

    for (int c = from; c < to_column; c++) {
        three |= curves->columns[c].paper_table == 3;
        seven |= curves->columns[c].paper_table == 7;
    }
    snprintf(to, bytes, "In the paper, on ImageNet: Tan & Le (2019), %s",
        three && seven ? "Tables 3 and 7"
        : seven        ? "Table 7"
                       : "Table 3");
}

static void draw_heading(
    struct canvas *canvas, const struct layout *layout, double top, const char *heading)
{
    const struct style_page *page = style_page(canvas->theme);
    char text[CURVES_TITLE_BYTES];

    style_fit_text(text, sizeof(text), heading, STYLE_HEAD_SIZE, true, layout->width - 2 * MARGIN);
    canvas_text(canvas,
        &(struct canvas_text){
            .x = MARGIN, .y = top + ROW_HEAD, .text = text, .size = STYLE_HEAD_SIZE, .bold = true});
    canvas_text(canvas, &(struct canvas_text){.x = MARGIN,
                            .y = top + PANEL_TOP + layout->panel_height / 2,
                            .text = "Top-1 accuracy (%)",
                            .size = STYLE_SMALL_SIZE,
                            .colour = page->muted,
                            .align = CANVAS_CENTRE,
                            .upward = true});
}

static void draw_title(struct canvas *canvas, const struct layout *layout, const char *study)
{
    char text[CURVES_TITLE_BYTES], all[CURVES_TITLE_BYTES];

    snprintf(
        all, sizeof(all), "Accuracy against FLOPs%s%.250s", study ? ": " : "", study ? study : "");
    style_fit_text(text, sizeof(text), all, STYLE_TITLE_SIZE, true, layout->width - 2 * MARGIN);
    canvas_text(canvas,
        &(struct canvas_text){
            .x = MARGIN, .y = TITLE_Y, .text = text, .size = STYLE_TITLE_SIZE, .bold = true});
}

/* Title, key, headings and names of axes: all that is not inside a panel. */
static void draw_page(struct canvas *canvas, const struct layout *layout, const char *study)
{
    const struct style_page *page = style_page(canvas->theme);
    const struct curves *curves = layout->curves;
    char heading[CURVES_TITLE_BYTES];

    draw_title(canvas, layout, study);
    lay_key(layout, canvas);
    for (int band = 0; band < layout->bands; band++) {
        int from = band * layout->per_band, to = from + layout->per_band;
        double top = rows_top(layout) + band * layout->rows * row_height(layout);

        measured_heading(curves, heading, sizeof(heading));
        draw_heading(canvas, layout, top, heading);
        if (layout->rows == 1)
            continue;
        paper_heading(curves, from, to < curves->n_columns ? to : curves->n_columns, heading,
            sizeof(heading));
        draw_heading(canvas, layout, top + row_height(layout), heading);
    }
    canvas_text(canvas, &(struct canvas_text){.x = (PANELS_LEFT + layout->width - MARGIN) / 2,
                            .y = layout->height - AXIS_TITLE + 8,
                            .text = "FLOPs (multiply-adds, as the paper counts)",
                            .size = STYLE_TEXT_SIZE,
                            .colour = page->muted,
                            .align = CANVAS_CENTRE});
}

static void draw_panel_title(
    struct canvas *canvas, const struct canvas_panel *box, const char *title, bool is_empty)
{
    char text[CURVES_TITLE_BYTES];

    style_fit_text(text, sizeof(text), title, STYLE_HEAD_SIZE, false, box->width);
    canvas_text(canvas, &(struct canvas_text){.x = box->left,
                            .y = box->top - PANEL_TOP + PANEL_HEAD,
                            .text = text,
                            .size = STYLE_HEAD_SIZE});
    if (is_empty)
        canvas_text(canvas, &(struct canvas_text){.x = box->left + box->width / 2,
                                .y = box->top + box->height / 2,
                                .text = "not in the paper's Tables 3 and 7",
                                .size = STYLE_SMALL_SIZE,
                                .colour = style_page(canvas->theme)->muted,
                                .align = CANVAS_CENTRE});
}

static int draw_all(
    struct canvas *canvas, const struct layout *layout, const char *study, struct err *err)
{
    static const char *const row_names[] = {"measured", "the paper"};
    const struct curves *curves = layout->curves;
    int next_index = 0;

    canvas_begin(canvas, "flops_accuracy");
    draw_page(canvas, layout, study);
    for (int pass = 0; pass < 2; pass++) /* all titles go with the first panel */
        for (int i = 0; i < curves->n_columns * layout->rows; i++) {
            int column = i / layout->rows, row = i % layout->rows;
            const struct curve_column *source = &curves->columns[column];
            const struct curve_panel *panel = row ? &source->paper : &source->measured;
            struct canvas_panel box = box_of(layout, column, row);

            box.name = panel->title;
            if (pass == 0)
                draw_panel_title(canvas, &box, panel->title, panel->n_points == 0);
            else if (panel->n_points > 0 &&
                     curve_panel_draw(canvas, panel, row_names[row], &box, &next_index, err) < 0)
                return -1;
        }
    canvas_end(canvas);
    return 0;
}

static int draw(struct store *store, const struct plot_options *options, struct err *err)
{
    struct gnuplot plot = GNUPLOT_INIT;
    struct curves curves = CURVES_INIT;
    const char *study = options->study;
    struct layout layout;
    int result = -1;

    if (gnuplot_open(&plot, options->output, err) < 0 ||
        curves_load(&curves, store, options->study, err) < 0 ||
        lay_out(&layout, &curves, options, gnuplot_own_scale(&plot), err) < 0)
        goto done;
    if (!study && !curves.has_studies)
        study = curves.columns[0].study;
    struct canvas canvas = {.plot = &plot,
        .width = layout.width,
        .height = layout.height,
        .scale = layout.scale,
        .theme = options->dark ? STYLE_DARK : STYLE_LIGHT};
    if (draw_all(&canvas, &layout, study, err) < 0)
        goto done;
    result = gnuplot_draw(&plot, err);
done:
    curves_release(&curves);
    gnuplot_release(&plot);
    return result;
}

const struct plot plot_flops_accuracy = {
    .name = "flops-accuracy",
    .summary = "accuracy against FLOPs of each way of scaling, measured and in the paper",
    .in_report = true,
    .draw = draw,
};
