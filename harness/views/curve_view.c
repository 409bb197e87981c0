/* A job's epochs drawn with characters. */
#include "curve_view.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LABEL_COLUMNS 9 /* of the values at the left */
#define LEAST_COLUMNS 30
#define LEAST_ROWS    8
#define AROUND_ROWS   4 /* title, axis, epochs, and one below */

static const char *const names[] = {"loss", "top1", "top5", NULL};

/* The plane that is drawn on. */
struct plane {
    char *cells; /* [rows][columns]: ' ', or the mark of a split, or '*' for both */
    int columns, rows;
    double low, high; /* of the metric, bottom and top row */
    int first, last;  /* epochs, left and right column */
};

int curve_metric_find(const char *name, enum curve_metric *metric, struct err *err)
{
    int place = str_find("metric", name, names, err);

    if (place < 0)
        return -1;
    *metric = (enum curve_metric)place;
    return 0;
}

static double value_of(const struct epoch_metric *epoch, enum curve_metric metric)
{
    switch (metric) {
    case CURVE_LOSS:
        return epoch->loss;
    case CURVE_TOP1:
        return epoch->top1;
    case CURVE_TOP5:
        return epoch->top5;
    }
    return NAN;
}

static bool find_bounds(
    struct plane *plane, const struct epoch_metric *epochs, int n, enum curve_metric metric)
{
    plane->low = INFINITY;
    plane->high = -INFINITY;
    for (int i = 0; i < n; i++) {
        double value = value_of(&epochs[i], metric);

        if (!isfinite(value))
            continue;
        plane->low = fmin(plane->low, value);
        plane->high = fmax(plane->high, value);
    }
    if (!isfinite(plane->low))
        return false;
    plane->first = epochs[0].epoch;
    plane->last = epochs[n - 1].epoch;
    if (plane->high - plane->low < 1e-9 * fmax(1, fabs(plane->high))) {
        plane->low -= 0.5;
        plane->high += 0.5;
    }
    return true;
}

/* One of n places, whatever numbers the database has: their difference may be infinite. */
static int place_of(double from, double value, double to, int n)
{
    double share = (value - from) / (to - from);

    if (!(share > 0))
        return 0;
    return share < 1 ? (int)lround(share * (n - 1)) : n - 1;
}

static int column_of(const struct plane *plane, double epoch)
{
    return place_of(plane->first, epoch, plane->last, plane->columns);
}

static void mark(struct plane *plane, int column, double value, char sign)
{
    int row = place_of(plane->high, value, plane->low, plane->rows);
    char *cell = &plane->cells[row * plane->columns + column];

    *cell = *cell == ' ' || *cell == sign ? sign : '*';
}

/* One split: its epochs, and straight lines between them. */
static void draw_split(struct plane *plane, const struct epoch_metric *epochs, int n,
    enum curve_metric metric, const char *split, char sign)
{
    const struct epoch_metric *before = NULL;

    for (int i = 0; i < n; i++) {
        const struct epoch_metric *epoch = &epochs[i];
        double value = value_of(epoch, metric);
        int to = column_of(plane, epoch->epoch),
            from = before ? column_of(plane, before->epoch) : to;

        if (strcmp(epoch->split, split) != 0 || !isfinite(value))
            continue;
        for (int column = from + 1; column < to; column++)
            mark(plane, column,
                value_of(before, metric) +
                    (value - value_of(before, metric)) * (column - from) / (to - from),
                sign);
        mark(plane, to, value, sign);
        before = epoch;
    }
}

static void add_label(struct str *text, const struct plane *plane, int row)
{
    double value = plane->high - (plane->high - plane->low) * row / (plane->rows - 1);

    if (row == 0 || row == plane->rows - 1 || row == (plane->rows - 1) / 2)
        str_addf(text, "%*.4g |", LABEL_COLUMNS - 2, value);
    else
        str_addf(text, "%*s |", LABEL_COLUMNS - 2, "");
}

static void add_row(
    struct str *text, const struct plane *plane, int row, const struct curve_style *style)
{
    const char *cells = plane->cells + (size_t)row * (size_t)plane->columns;
    int end = plane->columns;

    while (end > 0 && cells[end - 1] == ' ')
        end--;
    add_label(text, plane, row);
    for (int i = 0; i < end; i++) {
        const char *colour = cells[i] == 'o' ? "\033[36m" : cells[i] == 'x' ? "\033[32m" : NULL;

        if (style->colour && colour)
            str_addf(text, "%s%c\033[0m", colour, cells[i]);
        else
            str_add_bytes(text, &cells[i], 1);
    }
    str_add(text, "\n");
}

static void add_axis(struct str *text, const struct plane *plane)
{
    char last[32];

    str_addf(text, "%*s +", LABEL_COLUMNS - 2, "");
    for (int i = 0; i < plane->columns; i++)
        str_add(text, "-");
    snprintf(last, sizeof(last), "%d", plane->last);
    str_addf(text, "\n%*sepoch %-*d", LABEL_COLUMNS - 6, "", plane->columns - (int)strlen(last),
        plane->first);
    str_addf(text, "%s\n", plane->last > plane->first ? last : "");
}

int curve_view(const struct epoch_metric *epochs, int n, enum curve_metric metric,
    const struct curve_style *style, struct str *text, struct err *err)
{
    struct plane plane = {
        .columns =
            (style->columns > LEAST_COLUMNS ? style->columns : LEAST_COLUMNS) - LABEL_COLUMNS - 1,
        .rows = (style->rows > LEAST_ROWS ? style->rows : LEAST_ROWS) - AROUND_ROWS,
    };
    size_t cells = (size_t)plane.columns * (size_t)plane.rows;

    if (n == 0 || !find_bounds(&plane, epochs, n, metric))
        return err_set(err, ERR_INPUT, "no epoch of the job has a %s yet", names[metric]);
    plane.cells = malloc(cells);
    if (!plane.cells)
        return err_set(err, ERR_MEMORY, "no memory for a curve");
    memset(plane.cells, ' ', cells);
    draw_split(&plane, epochs, n, metric, "train", 'o');
    draw_split(&plane, epochs, n, metric, "test", 'x');
    str_addf(text, "%s by epoch: o train, x test, * both\n", names[metric]);
    for (int row = 0; row < plane.rows; row++)
        add_row(text, &plane, row, style);
    add_axis(text, &plane);
    free(plane.cells);
    return str_check(text, err);
}
