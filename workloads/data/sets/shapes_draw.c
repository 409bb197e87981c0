/* Drawing an image of the built-in set as a pure function of its number. */
#include "shapes_draw.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define SIDE SHAPES_SIDE
#define TAU  6.28318530718f

/* What makes the set hard; lengths in pixels at the native size, colours from 0 to 1. */
#define RADIUS_MIN   32.0f
#define RADIUS_MAX   42.0f
#define TURN         0.25f /* of outlines and textures, radians either way */
#define STROKE_MIN   1.5f
#define STROKE_MAX   3.0f
#define FINE_MIN     3.2f /* period of a fine texture: about a pixel at an input of 32, two at 64 */
#define FINE_MAX     5.5f
#define COARSE_MIN   7.0f /* of a coarse one: more than two pixels at an input of 32 */
#define COARSE_MAX   14.0f
#define FINE_SHARE   4     /* one texture in so many is fine */
#define CONTRAST_MIN 0.35f /* of a stroke to the ground, in each colour, at least and at most */
#define CONTRAST_MAX 0.70f
#define FAINT_SHARE  12 /* one figure in so many has a fraction of that contrast */
#define FAINT        0.35f
#define CLUTTER_MIN  1
#define CLUTTER_MAX  3
#define NOISE        0.05f /* of single pixels, half of its range */
#define GROUND_CELLS 6     /* of the coarse noise behind everything, a side */
#define GROUND_NOISE 0.14f
#define MAX_CORNERS  10

struct colour {
    float c[3];
};

struct canvas {
    float pixels[SIDE][SIDE][3];
};

struct point {
    float x, y;
};

/* A figure: the distance to its outline is negative inside. */
struct figure {
    struct point centre;
    float radius;
    int corners; /* 0: a circle */
    struct point corner[MAX_CORNERS];
};

static float between(struct rng *rng, float low, float high)
{
    return (float)rng_between(rng, low, high);
}

static float clamp(float x)
{
    return x < 0 ? 0 : x > 1 ? 1 : x;
}

/* Share of a pixel that lies inside of an edge `distance` away from its middle. */
static float coverage(float distance)
{
    return clamp(0.5f - distance);
}

static void blend(float pixel[3], const struct colour *colour, float share)
{
    for (int c = 0; c < 3; c++)
        pixel[c] += share * (colour->c[c] - pixel[c]);
}

/* A brighter colour, in every channel. */
static struct colour contrasting(struct rng *rng, const struct colour *other, float strength)
{
    float contrast = strength * between(rng, CONTRAST_MIN, CONTRAST_MAX);
    struct colour colour;

    for (int c = 0; c < 3; c++)
        colour.c[c] = clamp(other->c[c] + contrast * between(rng, 0.6f, 1.4f));
    return colour;
}

/* ---- the ground ---- */

/* A row or column: between which cells it lies, and what the slope makes of it. */
struct ground_place {
    int cell;
    float share, light; /* share: of the next cell */
};

static struct ground_place place_on_ground(int at, float slope)
{
    float cells = (float)at * GROUND_CELLS / SIDE;
    int cell = (int)cells;

    return (struct ground_place){cell, cells - (float)cell, slope * ((float)at / SIDE - 0.5f)};
}

/* One colour with a slope and coarse noise, so that no edge of the figure is equally strong all
 * around. */
static struct colour draw_ground(struct canvas *canvas, struct rng *rng)
{
    float cells[GROUND_CELLS + 1][GROUND_CELLS + 1], slope_x = between(rng, -0.15f, 0.15f),
                                                     slope_y = between(rng, -0.15f, 0.15f);
    struct ground_place across[SIDE];
    struct colour ground;

    for (int c = 0; c < 3; c++)
        ground.c[c] = between(rng, 0.1f, 0.45f);
    for (int y = 0; y <= GROUND_CELLS; y++)
        for (int x = 0; x <= GROUND_CELLS; x++)
            cells[y][x] = between(rng, -GROUND_NOISE, GROUND_NOISE);
    for (int x = 0; x < SIDE; x++)
        across[x] = place_on_ground(x, slope_x);
    for (int y = 0; y < SIDE; y++) {
        struct ground_place down = place_on_ground(y, slope_y);
        const float *upper = cells[down.cell], *lower = cells[down.cell + 1];

        for (int x = 0; x < SIDE; x++) {
            const struct ground_place *at = &across[x];
            float top = upper[at->cell] + at->share * (upper[at->cell + 1] - upper[at->cell]);
            float bottom = lower[at->cell] + at->share * (lower[at->cell + 1] - lower[at->cell]);
            float light = top + down.share * (bottom - top) + at->light + down.light;

            for (int c = 0; c < 3; c++)
                canvas->pixels[y][x][c] = ground.c[c] + light;
        }
    }
    return ground;
}

/* Eight pixels' noise from each random number. */
static void draw_noise(struct canvas *canvas, struct rng *rng)
{
    float *values = &canvas->pixels[0][0][0], noise[256];

    for (int i = 0; i < 256; i++)
        noise[i] = ((float)i / 127.5f - 1) * NOISE;
    for (int i = 0; i < SIDE * SIDE * 3; i += 8) {
        uint64_t bits = rng_u64(rng);

        for (int k = 0; k < 8; k++, bits >>= 8)
            values[i + k] += noise[bits & 255];
    }
}

/* ---- figures ---- */

static float segment_distance_squared(struct point p, struct point a, struct point b)
{
    float px = p.x - a.x, py = p.y - a.y, bx = b.x - a.x, by = b.y - a.y;
    float t = clamp((px * bx + py * by) / (bx * bx + by * by)), dx = px - t * bx, dy = py - t * by;

    return dx * dx + dy * dy;
}

/* Inside by crossings of a ray; distance to the nearest edge. */
static float figure_distance(const struct figure *figure, struct point p)
{
    float nearest = 1e18f; /* squared */
    int inside = 0;

    if (figure->corners == 0)
        return hypotf(p.x - figure->centre.x, p.y - figure->centre.y) - figure->radius;
    for (int i = 0, j = figure->corners - 1; i < figure->corners; j = i++) {
        struct point a = figure->corner[i], b = figure->corner[j];
        float distance = segment_distance_squared(p, a, b);

        nearest = distance < nearest ? distance : nearest;
        if ((a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x)
            inside = !inside;
    }
    nearest = sqrtf(nearest);
    return inside ? -nearest : nearest;
}

/* ---- blocks of pixels, most of which are far from any edge ---- */

#define BLOCK 4
/* From the middle of a block to that of its outermost pixels, and a little for rounding. */
#define BLOCK_REACH 2.15f

struct block {
    int left, right, top, bottom; /* without right and bottom */
    struct point middle;
};

static struct block block_at(int x, int y, int right, int bottom)
{
    struct block block = {x, x + BLOCK < right ? x + BLOCK : right, y,
        y + BLOCK < bottom ? y + BLOCK : bottom, {0, 0}};

    block.middle.x = (float)(block.left + block.right) / 2;
    block.middle.y = (float)(block.top + block.bottom) / 2;
    return block;
}

/* Whether an edge with a stroke covers none of its pixels: an edge's distance from two points differs by
 * no more than they do from each other. */
static bool is_far(float distance, float stroke)
{
    return fabsf(distance) > 0.5f + stroke / 2 + BLOCK_REACH;
}

static struct figure place_figure(enum shape_outline outline, struct rng *rng)
{
    static const int corners[OUTLINE_COUNT] = {0, 3, 4, 10};
    float radius = between(rng, RADIUS_MIN, RADIUS_MAX), turn = between(rng, -TURN, TURN),
          stretch = between(rng, 0.85f, 1.15f), room = SIDE / 2.0f - radius * 0.85f;
    struct figure figure = {.radius = radius, .corners = corners[outline]};

    figure.centre.x = SIDE / 2.0f + between(rng, -room, room);
    figure.centre.y = SIDE / 2.0f + between(rng, -room, room);
    for (int i = 0; i < figure.corners; i++) {
        float angle = turn + TAU * (float)i / (float)figure.corners;
        float length = outline == OUTLINE_STAR && i % 2 ? radius * 0.55f : radius;

        figure.corner[i].x = figure.centre.x + length * cosf(angle) * stretch;
        figure.corner[i].y = figure.centre.y + length * sinf(angle) / stretch;
    }
    return figure;
}

/* ---- textures ---- */

/* Distance from the middle of the nearest period, of -1/2 .. 1/2 periods. */
static float phase(float x)
{
    return x - floorf(x) - 0.5f;
}

struct pattern {
    enum shape_texture texture;
    float period, cosine, sine, shift_x, shift_y;
};

static struct pattern place_pattern(enum shape_texture texture, struct rng *rng)
{
    bool fine = rng_below(rng, FINE_SHARE) == 0;
    float turn = between(rng, -TURN, TURN);

    return (struct pattern){
        .texture = texture,
        .period = fine ? between(rng, FINE_MIN, FINE_MAX) : between(rng, COARSE_MIN, COARSE_MAX),
        .cosine = cosf(turn),
        .sine = sinf(turn),
        .shift_x = between(rng, 0, 1),
        .shift_y = between(rng, 0, 1),
    };
}

/* Ink at a pixel, from 0 to 1. All textures have about the same amount of ink, so that their mean
 * tells nothing. */
static float pattern_ink(const struct pattern *pattern, float x, float y)
{
    float u = phase((x * pattern->cosine + y * pattern->sine) / pattern->period + pattern->shift_x);
    float v = phase((y * pattern->cosine - x * pattern->sine) / pattern->period + pattern->shift_y);

    switch (pattern->texture) {
    case TEXTURE_STRIPES:
        return coverage((fabsf(u) - 0.22f) * pattern->period);
    case TEXTURE_DOTS:
        return coverage((sqrtf(u * u + v * v) - 0.375f) * pattern->period);
    default: { /* checks of half a period: inside where both or neither coordinate is in its first
                  half */
        float a = coverage((fabsf(u) - 0.25f) * pattern->period),
              b = coverage((fabsf(v) - 0.25f) * pattern->period);

        return a * b + (1 - a) * (1 - b);
    }
    }
}

static void draw_edge(struct canvas *canvas, const struct block *block, const struct figure *figure,
    const struct pattern *pattern, float stroke, const struct colour *line,
    const struct colour *ink)
{
    for (int y = block->top; y < block->bottom; y++)
        for (int x = block->left; x < block->right; x++) {
            struct point p = {(float)x + 0.5f, (float)y + 0.5f};
            float distance = figure_distance(figure, p), inside = coverage(distance);

            if (inside > 0)
                blend(canvas->pixels[y][x], ink, inside * pattern_ink(pattern, p.x, p.y));
            blend(canvas->pixels[y][x], line, coverage(fabsf(distance) - stroke / 2));
        }
}

static void fill(struct canvas *canvas, const struct block *block, const struct pattern *pattern,
    const struct colour *ink)
{
    for (int y = block->top; y < block->bottom; y++)
        for (int x = block->left; x < block->right; x++)
            blend(
                canvas->pixels[y][x], ink, pattern_ink(pattern, (float)x + 0.5f, (float)y + 0.5f));
}

static void draw_figure(struct canvas *canvas, const struct figure *figure,
    const struct pattern *pattern, float stroke, const struct colour *line,
    const struct colour *ink)
{
    float reach = figure->radius * 1.2f + stroke;
    int left = (int)fmaxf(0, figure->centre.x - reach),
        right = (int)fminf(SIDE, figure->centre.x + reach);
    int top = (int)fmaxf(0, figure->centre.y - reach),
        bottom = (int)fminf(SIDE, figure->centre.y + reach);

    for (int y = top; y < bottom; y += BLOCK)
        for (int x = left; x < right; x += BLOCK) {
            struct block block = block_at(x, y, right, bottom);
            float distance = figure_distance(figure, block.middle);

            if (!is_far(distance, stroke))
                draw_edge(canvas, &block, figure, pattern, stroke, line, ink);
            else if (distance < 0)
                fill(canvas, &block, pattern, ink);
        }
}

/* ---- clutter ---- */

static void draw_piece(struct canvas *canvas, const struct block *block, struct point a,
    struct point b, float stroke, const struct colour *colour)
{
    for (int y = block->top; y < block->bottom; y++)
        for (int x = block->left; x < block->right; x++) {
            struct point p = {(float)x + 0.5f, (float)y + 0.5f};

            blend(canvas->pixels[y][x], colour,
                coverage(sqrtf(segment_distance_squared(p, a, b)) - stroke / 2));
        }
}

/* A stroke like those of the figures, that belongs to none. */
static void draw_stray_line(struct canvas *canvas, struct rng *rng, const struct colour *colour)
{
    float length = between(rng, 10, 45), turn = between(rng, 0, TAU),
          stroke = between(rng, STROKE_MIN, STROKE_MAX);
    struct point a = {between(rng, 0, SIDE), between(rng, 0, SIDE)};
    struct point b = {a.x + length * cosf(turn), a.y + length * sinf(turn)};
    int left = (int)fmaxf(0, fminf(a.x, b.x) - 3), right = (int)fminf(SIDE, fmaxf(a.x, b.x) + 3);
    int top = (int)fmaxf(0, fminf(a.y, b.y) - 3), bottom = (int)fminf(SIDE, fmaxf(a.y, b.y) + 3);

    for (int y = top; y < bottom; y += BLOCK)
        for (int x = left; x < right; x += BLOCK) {
            struct block block = block_at(x, y, right, bottom);

            if (!is_far(sqrtf(segment_distance_squared(block.middle, a, b)), stroke))
                draw_piece(canvas, &block, a, b, stroke, colour);
        }
}

/* A small round patch of a texture. */
static void draw_stray_patch(struct canvas *canvas, struct rng *rng, const struct colour *colour)
{
    struct pattern pattern = place_pattern((enum shape_texture)rng_below(rng, TEXTURE_COUNT), rng);
    struct figure patch = {.radius = between(rng, 4, 10), .corners = 0};

    patch.centre.x = between(rng, 0, SIDE);
    patch.centre.y = between(rng, 0, SIDE);
    draw_figure(canvas, &patch, &pattern, 0, colour, colour);
}

static void draw_clutter(struct canvas *canvas, struct rng *rng, const struct colour *ground)
{
    int n = CLUTTER_MIN + (int)rng_below(rng, CLUTTER_MAX - CLUTTER_MIN + 1);

    for (int i = 0; i < n; i++) {
        struct colour colour = contrasting(rng, ground, 1);

        if (rng_below(rng, 3) == 0)
            draw_stray_patch(canvas, rng, &colour);
        else
            draw_stray_line(canvas, rng, &colour);
    }
}

static void draw(
    struct canvas *canvas, enum shape_outline outline, enum shape_texture texture, struct rng *rng)
{
    struct colour ground = draw_ground(canvas, rng);
    float strength = rng_below(rng, FAINT_SHARE) == 0 ? FAINT : 1;
    struct colour line = contrasting(rng, &ground, strength);
    struct colour ink = contrasting(rng, &ground, strength);
    struct figure figure = place_figure(outline, rng);
    struct pattern pattern = place_pattern(texture, rng);

    draw_clutter(canvas, rng, &ground);
    draw_figure(canvas, &figure, &pattern, between(rng, STROKE_MIN, STROKE_MAX), &line, &ink);
    draw_noise(canvas, rng);
}

int shapes_draw(enum shape_outline outline, enum shape_texture texture, struct rng *rng,
    uint8_t pixels[SHAPES_SIDE * SHAPES_SIDE * 3], struct err *err)
{
    struct canvas *canvas = malloc(sizeof(*canvas)); /* too large for the stack of a thread */
    const float *values;

    if (!canvas)
        return err_set(err, ERR_MEMORY, "no memory to draw an image of %d x %d pixels", SIDE, SIDE);
    draw(canvas, outline, texture, rng);
    values = &canvas->pixels[0][0][0];
    for (int i = 0; i < SIDE * SIDE * 3; i++)
        pixels[i] = (uint8_t)(clamp(values[i]) * 255 + 0.5f);
    free(canvas);
    return 0;
}
