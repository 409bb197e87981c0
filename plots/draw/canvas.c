/* Lines of a gnuplot script for texts, markers, panels and their axes. */
#include "canvas.h"

#define MARKER_SIZE 1.0 /* 9 pixels */
#define HALO_SIZE   1.4 /* of the background's colour, behind a marker */

static double fraction_x(const struct canvas *canvas, double x)
{
    return x / canvas->width;
}

static double fraction_y(const struct canvas *canvas, double y)
{
    return 1 - y / canvas->height;
}

void canvas_begin(struct canvas *canvas, const char *title)
{
    const struct style_page *page = style_page(canvas->theme);
    const struct style_method *methods = style_methods();
    struct str *script = &canvas->plot->script;

    gnuplot_terminal(canvas->plot, &(struct gnuplot_page){.width = canvas->width,
                                       .height = canvas->height,
                                       .scale = canvas->scale,
                                       .theme = canvas->theme,
                                       .title = title});
    str_addf(script, "\n# Methods: line style N, with the halo behind its markers as 100 + N.\n");
    for (int i = 0; i == 0 || methods[i - 1].method; i++) {
        str_addf(script, "set style line %d lc rgb '%s' lw 2 pt %d ps %.2f # %s\n", i + 1,
            methods[i].colour[canvas->theme], methods[i].point, MARKER_SIZE * methods[i].size,
            methods[i].method ? methods[i].method : "any other");
        str_addf(script, "set style line %d lc rgb '%s' lw 2 pt %d ps %.2f\n", 101 + i,
            page->background, methods[i].point, HALO_SIZE * methods[i].size);
    }
    str_addf(script,
        "\nset tics nomirror out scale 0.5 font font.',%g' textcolor rgb '%s'\nunset key\n"
        "set datafile missing 'NaN'\nset multiplot\n",
        STYLE_SMALL_SIZE * canvas->scale, page->muted);
}

void canvas_text(struct canvas *canvas, const struct canvas_text *text)
{
    static const char *const aligns[] = {"left", "center", "right"};
    struct str *script = &canvas->plot->script;

    str_add(script, "set label ");
    gnuplot_quote(script, text->text);
    str_addf(script, " at screen %.5f,%.5f %s%s font %s.',%g' textcolor rgb '%s' front\n",
        fraction_x(canvas, text->x), fraction_y(canvas, text->y), aligns[text->align],
        text->upward ? " rotate by 90" : "", text->bold ? "bold" : "font",
        text->size * canvas->scale, text->colour ? text->colour : style_page(canvas->theme)->text);
}

void canvas_line(struct canvas *canvas, double x0, double y0, double x1, double y1, int style,
    const char *colour)
{
    struct str *script = &canvas->plot->script;

    str_addf(script, "set arrow from screen %.5f,%.5f to screen %.5f,%.5f nohead ",
        fraction_x(canvas, x0), fraction_y(canvas, y0), fraction_x(canvas, x1),
        fraction_y(canvas, y1));
    if (colour)
        str_addf(script, "lc rgb '%s' lw 1 back\n", colour);
    else
        str_addf(script, "ls %d\n", style + 1);
}

void canvas_dashes(
    struct canvas *canvas, double x0, double y0, double x1, double y1, const char *colour)
{
    str_addf(&canvas->plot->script,
        "set arrow from screen %.5f,%.5f to screen %.5f,%.5f nohead lc rgb '%s' lw 1.2 dt (6,4)\n",
        fraction_x(canvas, x0), fraction_y(canvas, y0), fraction_x(canvas, x1),
        fraction_y(canvas, y1), colour);
}

void canvas_marker(struct canvas *canvas, double x, double y, int style)
{
    str_addf(&canvas->plot->script, "set label '' at screen %.5f,%.5f point ls %d front\n",
        fraction_x(canvas, x), fraction_y(canvas, y), style + 1);
}

static void add_ticks(struct str *script, char letter, const struct axis *axis)
{
    if (axis->n_ticks == 0) { /* an empty list would be the program's own choice */
        str_addf(script, "unset %ctics\n", letter);
        return;
    }
    str_addf(script, "set %ctics (", letter);
    for (int i = 0; i < axis->n_ticks; i++)
        str_addf(script, "%s'%s' %.10g", i ? ", " : "", axis->ticks[i].text, axis->ticks[i].at);
    str_addf(script, ")%s\n", letter == 'x' ? " offset 0,0.3" : "");
}

void canvas_panel(struct canvas *canvas, const struct canvas_panel *panel)
{
    struct str *script = &canvas->plot->script;

    str_add(script, "\n# ");
    gnuplot_plain(script, panel->name);
    str_addf(script,
        "\nset lmargin at screen %.5f; set rmargin at screen %.5f; set bmargin at screen %.5f; set "
        "tmargin at screen %.5f\n",
        fraction_x(canvas, panel->left), fraction_x(canvas, panel->left + panel->width),
        fraction_y(canvas, panel->top + panel->height), fraction_y(canvas, panel->top));
    str_addf(script,
        panel->bare ? "unset border; unset grid\n"
                    : "set border 3 lc rgb '%s' lw 1; set grid ytics lt 1 lc rgb '%s' lw 1\n",
        style_page(canvas->theme)->axis, style_page(canvas->theme)->grid);
    str_addf(script, "%s logscale x\nset xrange [%.10g:%.10g]; set yrange [%.10g:%.10g]\n",
        panel->x.is_log ? "set" : "unset", panel->x.low, panel->x.high, panel->y.low,
        panel->y.high);
    add_ticks(script, 'x', &panel->x);
    add_ticks(script, 'y', &panel->y);
}

void canvas_end_panel(struct canvas *canvas)
{
    str_add(&canvas->plot->script, "unset label; unset arrow\n");
}

void canvas_end(struct canvas *canvas)
{
    str_add(&canvas->plot->script, "\nunset multiplot\n");
}
