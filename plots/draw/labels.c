/* Placing labels in sweeps that lower a cost: overlaps, lines crossed, distance from the point. */
#include "labels.h"

#include <math.h>

#define DIRECTIONS 16
#define RINGS      7
#define RING_STEP  9.0  /* pixels between two rings of places around a point */
#define NEAREST    3.0  /* pixels from marker to text */
#define BETWEEN    2.0  /* pixels between two texts */
#define CLEAR      1.5  /* pixels between a text and a line */
#define EDGE       3.0  /* pixels between a text and the edge of the panel */
#define FAR        11.0 /* pixels from marker to text beyond which a line joins them */
#define SWEEPS     12

/* What places cost. Overlaps outweigh all else together; then lines crossed, then distance. */
#define COST_OVERLAP 1000.0
#define COST_MARKER  60.0
#define COST_LINE    6.0
#define COST_RING    2.2

struct box {
    double left, top, right, bottom;
};

static bool boxes_touch(const struct box *a, const struct box *b, double gap)
{
    return a->left < b->right + gap && b->left < a->right + gap && a->top < b->bottom + gap &&
           b->top < a->bottom + gap;
}

/* Liang and Barsky's clipping: does any of the line lie in the box? */
static bool line_meets(const struct label_line *line, const struct box *box)
{
    double dx = line->x1 - line->x0, dy = line->y1 - line->y0, enter = 0, leave = 1;
    const double p[4] = {-dx, dx, -dy, dy};
    const double q[4] = {
        line->x0 - box->left, box->right - line->x0, line->y0 - box->top, box->bottom - line->y0};

    for (int i = 0; i < 4; i++) {
        if (p[i] == 0 && q[i] < 0)
            return false;
        if (p[i] < 0)
            enter = fmax(enter, q[i] / p[i]);
        else if (p[i] > 0)
            leave = fmin(leave, q[i] / p[i]);
    }
    return enter <= leave;
}

/* Place number `candidate` around a label's point: rings of directions, from the right on. */
static struct box box_at(const struct label *label, int candidate, double marker)
{
    double angle = candidate % DIRECTIONS * (2 * M_PI / DIRECTIONS);
    double away = marker + NEAREST + candidate / DIRECTIONS * RING_STEP;
    /* On the outline of a rectangle, not of a circle, so that texts lie snug beside their points.
     */
    double c = cos(angle), s = sin(angle), stretch = 1 / fmax(fabs(c), fabs(s));
    double x = label->x + c * stretch * (label->width / 2 + away);
    double y = label->y - s * stretch * (label->height / 2 + away);

    return (struct box){
        x - label->width / 2, y - label->height / 2, x + label->width / 2, y + label->height / 2};
}

/* Right is best, then above and below, then left; corners a little worse than sides. */
static double direction_cost(int candidate)
{
    static const double costs[DIRECTIONS] = {
        0, 0.4, 0.7, 0.8, 0.5, 0.9, 1.1, 1.1, 0.9, 1.2, 1.2, 1.0, 0.6, 0.9, 0.8, 0.4};

    return costs[candidate % DIRECTIONS];
}

static bool is_inside(const struct box *box, const struct label_scene *scene)
{
    return box->left >= EDGE && box->top >= EDGE && box->right <= scene->width - EDGE &&
           box->bottom <= scene->height - EDGE;
}

static struct box box_of(const struct label *label)
{
    return (struct box){
        label->left, label->top, label->left + label->width, label->top + label->height};
}

static double cost_of(const struct label *labels, int n, int self, const struct box *box,
    int candidate, const struct label_scene *scene)
{
    struct box wide = {
        box->left - CLEAR, box->top - CLEAR, box->right + CLEAR, box->bottom + CLEAR};
    double cost = candidate / DIRECTIONS * COST_RING + direction_cost(candidate);

    for (int i = 0; i < n; i++) {
        struct box other = box_of(&labels[i]);

        if (i != self && labels[i].placed && boxes_touch(box, &other, BETWEEN))
            cost += COST_OVERLAP;
    }
    for (int i = 0; i < scene->n_markers; i++) {
        const struct label_spot *spot = &scene->markers[i];
        struct box marker = {spot->x - scene->marker, spot->y - scene->marker,
            spot->x + scene->marker, spot->y + scene->marker};

        if (boxes_touch(box, &marker, 1))
            cost += COST_MARKER;
    }
    for (int i = 0; i < scene->n_lines; i++)
        if (line_meets(&scene->lines[i], &wide))
            cost += COST_LINE;
    return cost;
}

/* Move one label to its best place as the others lie now. Returns whether it moved. */
static bool place_one(struct label *labels, int n, int self, const struct label_scene *scene)
{
    struct label *label = &labels[self];
    double best_cost = INFINITY;
    struct box best = {0};
    bool moved;

    for (int candidate = 0; candidate < DIRECTIONS * RINGS; candidate++) {
        struct box box = box_at(label, candidate, scene->marker);
        double cost;

        if (!is_inside(&box, scene))
            continue;
        cost = cost_of(labels, n, self, &box, candidate, scene);
        if (cost < best_cost) {
            best_cost = cost;
            best = box;
        }
    }
    if (isinf(best_cost)) {
        label->placed = false;
        return false;
    }
    moved = !label->placed || label->left != best.left || label->top != best.top;
    label->left = best.left;
    label->top = best.top;
    label->placed = true;
    return moved;
}

/* Of two that still overlap, the later one goes. */
static void drop_overlaps(struct label *labels, int n)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i && labels[i].placed; j++) {
            struct box a = box_of(&labels[i]), b = box_of(&labels[j]);

            if (labels[j].placed && boxes_touch(&a, &b, 0))
                labels[i].placed = false;
        }
}

/* The line from the nearest place of the text's box to the rim of the marker. */
static void join(struct label *label, double marker)
{
    struct box box = box_of(label);
    double x = fmin(fmax(label->x, box.left), box.right);
    double y = fmin(fmax(label->y, box.top), box.bottom);
    double distance = hypot(label->x - x, label->y - y);
    double rim = distance > 0 ? (marker + 1.5) / distance : 0;

    label->is_far = label->placed && distance - marker > FAR;
    label->from_x = x;
    label->from_y = y;
    label->to_x = label->x + (x - label->x) * rim;
    label->to_y = label->y + (y - label->y) * rim;
}

void labels_place(struct label *labels, int n, const struct label_scene *scene)
{
    bool moved = true;

    for (int i = 0; i < n; i++)
        labels[i].placed = false;
    for (int sweep = 0; moved && sweep < SWEEPS; sweep++) {
        moved = false;
        for (int i = 0; i < n; i++)
            moved |= place_one(labels, n, i, scene);
    }
    drop_overlaps(labels, n);
    for (int i = 0; i < n; i++)
        join(&labels[i], scene->marker);
}
