/* Choosing an axis's range and its ticks, linear or logarithmic. */
#include "axis.h"

#include <math.h>
#include <stdio.h>

#include "style.h"

#define LEAST_RATIO   1.5 /* of a logarithmic axis: one point alone, or nearly equal ones */
#define LEAST_PERCENT 2.0
#define TICK_GAP      14.0 /* pixels between two numbers side by side */
#define TICK_HEIGHT   30.0 /* pixels from one number up to the next, at least */
#define TICK_WIDTH    44.0 /* from one number to the next beside it */

void axis_count(double value, char to[AXIS_TEXT_BYTES])
{
    static const struct {
        double unit;
        const char *letter;
    } units[] = {{1e12, "T"}, {1e9, "B"}, {1e6, "M"}, {1e3, "K"}, {1, ""}};
    int i = 0;

    /* 0.9995: what rounds to 1000 of a unit is 1 of the next. */
    while (units[i].unit > 1 && value < 0.9995 * units[i].unit)
        i++;
    snprintf(to, AXIS_TEXT_BYTES, "%.3g%s", value / units[i].unit, units[i].letter);
}

double axis_place(const struct axis *axis, double value)
{
    if (axis->is_log)
        return log(value / axis->low) / log(axis->high / axis->low);
    return (value - axis->low) / (axis->high - axis->low);
}

/* Widen [low, high] so that it leaves the free pixels at its ends. */
static void widen(double *low, double *high, const struct axis_room *room)
{
    double inner = room->pixels - room->low - room->high;
    double per_pixel = (*high - *low) / (inner > 1 ? inner : 1);

    *low -= per_pixel * room->low;
    *high += per_pixel * room->high;
}

/* Numbers at mantissa x 10^k. False if they run into each other. */
static bool add_log_ticks(
    struct axis *axis, const double *mantissas, int n, const struct axis_room *room)
{
    double last_end = -INFINITY;

    axis->n_ticks = 0;
    for (int k = (int)floor(log10(axis->low)); k <= (int)ceil(log10(axis->high)); k++)
        for (int i = 0; i < n; i++) {
            double at = mantissas[i] * pow(10, k), middle, half;
            char text[AXIS_TEXT_BYTES];

            if (at < axis->low || at > axis->high)
                continue;
            axis_count(at, text);
            middle = axis_place(axis, at) * room->pixels;
            half = style_text_width(text, STYLE_SMALL_SIZE, false) / 2;
            if (middle - half < last_end + TICK_GAP || axis->n_ticks == AXIS_MAX_TICKS)
                return false;
            last_end = middle + half;
            axis->ticks[axis->n_ticks].at = at;
            snprintf(axis->ticks[axis->n_ticks++].text, AXIS_TEXT_BYTES, "%s", text);
        }
    return true;
}

void axis_log(struct axis *axis, double least, double most, const struct axis_room *room)
{
    static const double tenths[] = {1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2, 2.2, 2.4,
        2.6, 2.8, 3, 3.2, 3.4, 3.6, 3.8, 4, 4.5, 5, 5.5, 6, 6.5, 7, 7.5, 8, 8.5, 9, 9.5};
    static const double fifths[] = {1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9};
    static const double halves[] = {1, 1.5, 2, 3, 4, 5, 6, 8};
    static const double some[] = {1, 2, 3, 5};
    static const double few[] = {1, 2, 5};
    static const double two[] = {1, 3};
    static const struct {
        const double *mantissas;
        int n;
    } grids[] = {{tenths, 32}, {fifths, 15}, {halves, 8}, {some, 4}, {few, 3}, {two, 2}, {two, 1}};
    double low = log(least), high = log(most), missing = log(LEAST_RATIO) - (high - low);

    axis->is_log = true;
    if (missing > 0) {
        low -= missing / 2;
        high += missing / 2;
    }
    widen(&low, &high, room);
    axis->low = exp(low);
    axis->high = exp(high);
    /* The finest numbers that fit, but more than five are clutter. */
    for (int i = 0; i < (int)(sizeof(grids) / sizeof(grids[0])); i++)
        if (add_log_ticks(axis, grids[i].mantissas, grids[i].n, room) && axis->n_ticks <= 5)
            break;
}

/* 1, 2 or 5 times a power of ten: the least that keeps numbers apart. */
static double nice_step(double least)
{
    double power = pow(10, floor(log10(least)));

    for (double step = 1; step < 10; step = step < 2 ? 2 : step < 5 ? 5 : 10)
        if (step * power >= least * (1 - 1e-9))
            return step * power;
    return 10 * power;
}

static void add_ticks(struct axis *axis, double step, double from, double to)
{
    axis->n_ticks = 0;
    for (double k = ceil(axis->low / step - 1e-9); k * step <= axis->high + 1e-9 * step; k++) {
        double at = k * step;
        char *text;

        if (at < from || at > to || axis->n_ticks == AXIS_MAX_TICKS)
            continue;
        axis->ticks[axis->n_ticks].at = at;
        text = axis->ticks[axis->n_ticks++].text;
        if (fabs(at) >= 9999.5)
            axis_count(at, text);
        else
            snprintf(text, AXIS_TEXT_BYTES, "%.*f",
                step < 0.0099  ? 3
                : step < 0.099 ? 2
                : step < 0.99  ? 1
                               : 0,
                at + 0.0);
    }
}

void axis_percent(struct axis *axis, double least, double most, const struct axis_room *room)
{
    double missing = LEAST_PERCENT - (most - least);

    axis->is_log = false;
    axis->low = least;
    axis->high = most;
    if (missing > 0) {
        axis->low -= missing / 2;
        axis->high += missing / 2;
    }
    widen(&axis->low, &axis->high, room);
    add_ticks(
        axis, nice_step((axis->high - axis->low) * TICK_HEIGHT / room->pixels), -1e-9, 100 + 1e-9);
}

void axis_linear(struct axis *axis, double least, double most, const struct axis_room *room)
{
    axis->is_log = false;
    axis->low = least;
    axis->high = most;
    if (!(most - least > 1e-9 * fmax(fabs(most), 1))) {
        axis->low -= fmax(fabs(least), 1) / 2;
        axis->high += fmax(fabs(most), 1) / 2;
    }
    widen(&axis->low, &axis->high, room);
    add_ticks(
        axis, nice_step((axis->high - axis->low) * TICK_WIDTH / room->pixels), -INFINITY, INFINITY);
}
