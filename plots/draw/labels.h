/*
 * Labels beside points, pushed apart until they touch neither each other, nor a marker, nor the
 * edge of the panel, and cross as few lines as can be.
 *
 *     struct label labels[] = {{.x = 200, .y = 80, .width = 34, .height = 13}, ...};
 *     labels_place(labels, n, &(struct label_scene){.width = 300, .height = 215, ...});
 *     if (labels[i].placed) draw at (labels[i].left, labels[i].top)
 *
 * Pixels of the panel, x to the right, y down, from its top left corner. A label without
 * room is not placed; earlier labels come first. Pure, the same every time, thread safe.
 */
#ifndef SCALESTUDY_PLOTS_DRAW_LABELS_H
#define SCALESTUDY_PLOTS_DRAW_LABELS_H

#include <stdbool.h>

struct label {
    double x, y;                       /* its point */
    double width, height;              /* of its text */
    double left, top;                  /* out: where the text is */
    bool placed;                       /* out */
    bool is_far;                       /* out: needs a line to its point */
    double from_x, from_y, to_x, to_y; /* out, if is_far: that line, from the text to the point */
};

struct label_line {
    double x0, y0, x1, y1;
};

struct label_spot {
    double x, y;
};

struct label_scene {
    double width, height; /* of the panel */
    double marker;        /* half the size of a marker */
    const struct label_spot *markers;
    int n_markers; /* all of them, those with labels too */
    const struct label_line *lines;
    int n_lines;
};

void labels_place(struct label *labels, int n, const struct label_scene *scene);

#endif
