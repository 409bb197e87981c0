/*
 * A chart, which most figures are: panels in rows and columns, each with axes, series of points and
 * labels; a title, a key of the methods, and a heading above each row.
 *
 *     struct chart chart = CHART_INIT;
 *     chart_title(&chart, "Accuracy against FLOPs", study);
 *     if (chart_grid(&chart, n_columns, 2, err) < 0) goto done;
 *     panel = chart_panel(&chart, column, row);
 *     panel->x = (struct chart_axis){.kind = CHART_LOG, .title = "FLOPs"};
 *     series = chart_series(panel, "width", style_find("width"), CHART_LINE | CHART_MARKS);
 *     chart_point(series, &(struct chart_point){.x = 3e6, .y = 81, .low = NAN, .high = NAN});
 *     result = chart_draw(&chart, options, "flops_accuracy", err);
 * done:
 *     chart_release(&chart);
 *
 * Texts are untrusted and are shown as text. If memory runs out while a chart is put together,
 * chart_draw fails. Labels that do not fit between many points are left out.
 */
#ifndef SCALESTUDY_PLOTS_DRAW_CHART_H
#define SCALESTUDY_PLOTS_DRAW_CHART_H

#include <stdbool.h>

#include "harness/base/err.h"
#include "plots/plot.h"

#define CHART_LABEL_BYTES 48
#define CHART_TITLE_BYTES 320
#define CHART_ROWS        4

/* What a series draws. */
#define CHART_LINE   1u
#define CHART_MARKS  2u
#define CHART_BAND   4u /* between low and high, pale */
#define CHART_DASHED 8u
#define CHART_BOXES  16u /* from low to high along x, y - half to y + half */
#define CHART_MUTED  32u /* in the colour of what is beside the point: fronts, extrapolations */
#define CHART_ACROSS 64u /* low and high are of x */

struct chart_point {
    double x, y;
    double low, high; /* of y: an interval's ends, a band's; of x for boxes; NaN: none */
    double half;      /* of boxes */
    char label[CHART_LABEL_BYTES]; /* "w=2"; empty where none is needed */
};

struct chart_series {
    char name[CHART_LABEL_BYTES]; /* in comments of the data */
    int style;                    /* in style_methods() */
    unsigned draw;
    int n_shared; /* of its first points that belong to other series and get a line only */
    struct chart_point *points;
    int n_points;
};

enum chart_scale {
    CHART_LOG,     /* counts: 3M, 1.3B */
    CHART_PERCENT, /* no number below 0 or above 100 */
    CHART_LINEAR,
    CHART_WHOLE, /* linear, numbered at whole numbers only */
    CHART_NAMES, /* y only: the panel's names, at 1, 2, ... from the top */
};

struct chart_axis {
    enum chart_scale kind;
    double from, to; /* both 0: what shows all points */
    char title[CHART_LABEL_BYTES];
};

struct chart_panel {
    char title[CHART_TITLE_BYTES];
    char empty[CHART_TITLE_BYTES]; /* shown if it has no points */
    struct chart_axis x, y;
    bool no_axes;    /* the boxes need none */
    double tallness; /* of its row, over the usual height; the largest in a row counts; 0: 1 */
    char (*names)[CHART_LABEL_BYTES];
    int n_names;
    struct chart_series *series;
    int n_series;
    bool failed; /* without memory */
};

struct chart {
    char title[CHART_TITLE_BYTES];
    char headings[CHART_ROWS][CHART_TITLE_BYTES]; /* of rows; empty: none */
    char note[CHART_TITLE_BYTES];                 /* at the bottom */
    const char *front;                            /* name of muted dashed lines in the key */
    struct chart_panel *panels;                   /* [column][row] */
    int n_columns, n_rows;
    bool no_key;
    bool one_band; /* all columns side by side, six at most */
};

#define CHART_INIT                                                                                 \
    {                                                                                              \
        0                                                                                          \
    }

/* "what: study", cut where it is too long; study NULL: only what. */
void chart_title(struct chart *chart, const char *what, const char *study);
int chart_grid(struct chart *chart, int n_columns, int n_rows, struct err *err) MUST_CHECK;
struct chart_panel *chart_panel(const struct chart *chart, int column, int row);

/* A new series of a panel, valid until the next one is added; points are added to it in the order of
 * its line. NULL without memory, which chart_point takes. */
struct chart_series *chart_series(
    struct chart_panel *panel, const char *name, int style, unsigned draw);
void chart_point(struct chart_series *series, const struct chart_point *point);
/* Adds a name to an axis of names, "" for an empty row; returns its coordinate. */
double chart_name(struct chart_panel *panel, const char *name);
bool chart_panel_is_empty(const struct chart_panel *panel);

void chart_release(struct chart *chart);

/* Draws the chart; `name` is the title of the document. */
int chart_draw(const struct chart *chart, const struct plot_options *options, const char *name,
    struct err *err) MUST_CHECK;

#endif
