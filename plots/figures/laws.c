/* Fitting and drawing the curve of a method's points. */
#include "laws.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "plots/draw/style.h"

#define POINTS 33 /* of a curve */

static int by_macs(const void *a, const void *b)
{
    const struct fit_point *p = a, *q = b;

    return p->macs < q->macs ? -1 : p->macs > q->macs;
}

/* The points of a method and of the baselines, sorted; returns how many. */
static int collect(const struct gain_panel *curve, int method, struct fit_point *points)
{
    int baseline = style_find("baseline"), n = 0;

    for (int i = 0; i < curve->n_points; i++)
        if (curve->points[i].method == method || curve->points[i].method == baseline)
            points[n++] = (struct fit_point){curve->points[i].macs, curve->points[i].top1};
    qsort(points, (size_t)n, sizeof(*points), by_macs);
    return n;
}

static int count_sizes(const struct fit_point *points, int n)
{
    int sizes = n > 0;

    for (int i = 1; i < n; i++)
        sizes += points[i].macs > points[i - 1].macs;
    return sizes;
}

bool law_find(
    struct chart_panel *panel, const struct gain_panel *curve, int method, struct fit *law)
{
    struct fit_point *points;
    struct err err = {0};
    bool found = false;
    int n;

    if (method == style_find("baseline"))
        return false;
    points = malloc(sizeof(*points) * ((size_t)curve->n_points + 1));
    if (!points) {
        panel->failed = true;
        return false;
    }
    n = collect(curve, method, points);
    if (count_sizes(points, n) >= LAW_SIZES) {
        found = fit_points(law, points, n, 0, 0, &err) == 0 && law->shape != FIT_EDGE;
        panel->failed |= err.code == ERR_MEMORY;
    }
    free(points);
    return found;
}

static void add_part(struct chart_series *series, const struct fit_law *law, double from, double to)
{
    for (int i = 0; i < POINTS; i++) {
        double macs = from * pow(to / from, (double)i / (POINTS - 1));

        chart_point(series,
            &(struct chart_point){.x = macs, .y = fit_top1(law, macs), .low = NAN, .high = NAN});
    }
}

void law_draw(struct chart_panel *panel, int method, const struct fit *law)
{
    char name[CHART_LABEL_BYTES];

    snprintf(name, sizeof(name), "law of %.30s", style_name(method));
    add_part(
        chart_series(panel, name, method, CHART_LINE), &law->law, law->least_macs, law->most_macs);
    snprintf(name, sizeof(name), "law of %.20s, extrapolated", style_name(method));
    add_part(chart_series(panel, name, method, CHART_LINE | CHART_DASHED), &law->law,
        law->most_macs, LAW_BEYOND * law->most_macs);
}
