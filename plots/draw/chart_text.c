/* A chart as characters, for terminals without a window. */
#include "chart_text.h"

#include "canvas.h"
#include "chart_panel.h"

#define OWN_COLUMNS 80
#define OWN_LINES   18
#define LEAST       20 /* characters a side */
#define MOST        400
#define PIXELS      8.0 /* a character, for the choice of numbers at the axes */
#define MAX_NAMES   60

static void add_axis(struct str *script, char letter, const struct axis *axis)
{
    str_addf(script, "set %crange [%.10g:%.10g]\n", letter, axis->low, axis->high);
    if (axis->n_ticks == 0) {
        str_addf(script, "unset %ctics\n", letter);
        return;
    }
    str_addf(script, "set %ctics (", letter);
    for (int i = 0; i < axis->n_ticks; i++)
        str_addf(script, "%s'%s' %.10g", i ? ", " : "", axis->ticks[i].text, axis->ticks[i].at);
    str_add(script, ")\n");
}

static void add_names(struct str *script, const struct chart_panel *panel)
{
    str_add(script, "set ytics (");
    for (int i = 0; i < panel->n_names && i < MAX_NAMES; i++) {
        str_add(script, i ? ", " : "");
        gnuplot_quote(script, panel->names[i]);
        str_addf(script, " %d", i + 1);
    }
    str_add(script, ")\n");
}

static void add_series(struct str *script, const struct chart_series *series, int index, int n)
{
    str_add(script, n == 0 ? "plot " : ", \\\n    ");
    str_addf(script, "data index %d ", index);
    if (series->n_shared > 0 && !(series->draw & CHART_LINE))
        str_addf(script, "every ::%d ", series->n_shared);
    if (series->draw & CHART_BOXES)
        str_add(script, "using 3:2:($4-$3):(0) with vectors nohead");
    else if ((series->draw & CHART_LINE) && (series->draw & CHART_MARKS))
        str_addf(script, "using 1:2 with linespoints pt %d", series->style + 1);
    else
        str_addf(script, "using 1:2 with %s", series->draw & CHART_MARKS ? "points" : "lines");
    str_add(script, " title ");
    gnuplot_quote(script, series->name);
}

static void add_panel(struct gnuplot *plot, const struct chart *chart,
    const struct chart_panel *panel, const char *row, int columns, int lines, int *next_index)
{
    struct canvas_panel box = {.width = columns * PIXELS, .height = lines * PIXELS * 2};
    int index = *next_index, n = 0;

    chart_panel_axes(panel, &box);
    chart_panel_data(&plot->data, panel, row, next_index);
    str_add(&plot->script, "\n# ");
    gnuplot_plain(&plot->script, panel->title);
    str_add(&plot->script, "\nset title ");
    gnuplot_quote(&plot->script, panel->title[0] ? panel->title : chart->title);
    str_add(&plot->script, "\nset xlabel ");
    gnuplot_quote(&plot->script, panel->x.title);
    /* Names of series are those of the axis, if it has any: the key would only be in the way. */
    str_addf(&plot->script, "\n%s key\n%s logscale x\n",
        panel->y.kind == CHART_NAMES ? "unset" : "set", box.x.is_log ? "set" : "unset");
    add_axis(&plot->script, 'x', &box.x);
    add_axis(&plot->script, 'y', &box.y);
    if (panel->y.kind == CHART_NAMES)
        add_names(&plot->script, panel);
    for (int s = 0; s < panel->n_series; s++)
        if (panel->series[s].n_points > 0)
            add_series(&plot->script, &panel->series[s], index++, n++);
    str_add(&plot->script, "\n");
}

/* What leaves a line for each name of an axis, and some between them. */
static int own_lines(const struct chart *chart)
{
    int lines = OWN_LINES;

    for (int i = 0; i < chart->n_columns * chart->n_rows; i++) {
        int needed = chart->panels[i].n_names * 3 / 2 + 6;

        lines = needed > lines ? needed : lines;
    }
    return lines;
}

int chart_text_draw(const struct chart *chart, const struct plot_options *options,
    struct gnuplot *plot, struct err *err)
{
    int columns = options->width ? options->width : OWN_COLUMNS, next_index = 0;
    int lines = options->height ? options->height : own_lines(chart);

    if (columns < LEAST || columns > MOST || lines < LEAST / 2 || lines > MOST)
        return err_set(err, ERR_INPUT,
            "a figure of characters has %d to %d columns and %d to %d lines", LEAST, MOST,
            LEAST / 2, MOST);
    gnuplot_terminal(plot,
        &(struct gnuplot_page){.width = columns, .height = lines, .scale = 1, .title = "text"});
    str_add(&plot->script, "set datafile missing 'NaN'\nset key outside right top Left reverse "
                           "samplen 2\nset border 3\nset tics nomirror\n");
    for (int row = 0; row < chart->n_rows; row++)
        for (int column = 0; column < chart->n_columns; column++) {
            const struct chart_panel *panel = chart_panel(chart, column, row);

            if (!chart_panel_is_empty(panel))
                add_panel(plot, chart, panel, chart->headings[row], columns, lines, &next_index);
        }
    return gnuplot_draw(plot, err);
}
