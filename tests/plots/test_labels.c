#include "tests/lib/test.h"

#include <math.h>

#include "harness/base/rng.h"
#include "plots/draw/labels.h"

#define WIDTH  296.0
#define HEIGHT 210.0
#define MOST   24

static struct label label_at(double x, double y)
{
    return (struct label){.x = x, .y = y, .width = 30, .height = 13};
}

static void place(struct label *labels, int n, const struct label_line *lines, int n_lines)
{
    struct label_spot spots[MOST];

    for (int i = 0; i < n; i++)
        spots[i] = (struct label_spot){labels[i].x, labels[i].y};
    labels_place(labels, n,
        &(struct label_scene){.width = WIDTH,
            .height = HEIGHT,
            .marker = 6,
            .markers = spots,
            .n_markers = n,
            .lines = lines,
            .n_lines = n_lines});
}

static bool overlap(const struct label *a, const struct label *b)
{
    return a->left < b->left + b->width && b->left < a->left + a->width &&
           a->top < b->top + b->height && b->top < a->top + a->height;
}

static int count_placed(const struct label *labels, int n)
{
    int placed = 0;

    for (int i = 0; i < n; i++)
        placed += labels[i].placed;
    return placed;
}

#define assert_tidy(labels, n)                                                                     \
    do {                                                                                           \
        for (int i_ = 0; i_ < (n); i_++) {                                                         \
            const struct label *a_ = &(labels)[i_];                                                \
                                                                                                   \
            if (!a_->placed)                                                                       \
                continue;                                                                          \
            assert_true(a_->left >= 0 && a_->left + a_->width <= WIDTH);                           \
            assert_true(a_->top >= 0 && a_->top + a_->height <= HEIGHT);                           \
            for (int j_ = 0; j_ < i_; j_++)                                                        \
                assert_false((labels)[j_].placed &&overlap(a_, &(labels)[j_]));                    \
        }                                                                                          \
    } while (0)

static void test_labels_place__a_lone_label_is_right_of_its_point(void **state)
{
    struct label label = label_at(100, 100);

    (void)state;
    place(&label, 1, NULL, 0);
    assert_true(label.placed);
    assert_false(label.is_far);
    assert_true(label.left > 106 && label.left < 115);
    assert_float_equal(label.top + label.height / 2, 100, 1e-9);
}

static void test_labels_place__labels_of_points_in_one_place_are_pushed_apart(void **state)
{
    struct label labels[6];

    (void)state;
    for (int i = 0; i < 6; i++)
        labels[i] = label_at(200 + i, 80 + 2 * i);
    place(labels, 6, NULL, 0);
    assert_int_equal(count_placed(labels, 6), 6);
    assert_tidy(labels, 6);
}

static void test_labels_place__labels_in_corners_stay_inside(void **state)
{
    struct label labels[] = {
        label_at(1, 1), label_at(WIDTH, 1), label_at(1, HEIGHT), label_at(WIDTH, HEIGHT)};

    (void)state;
    place(labels, 4, NULL, 0);
    assert_int_equal(count_placed(labels, 4), 4);
    assert_tidy(labels, 4);
}

static void test_labels_place__never_overlap_wherever_the_points_are(void **state)
{
    (void)state;
    for (int trial = 0; trial < 200; trial++) {
        struct rng rng = rng_open(7, RNG_SHAPES, (uint64_t)trial, 0);
        double spread = rng_uniform(&rng);
        struct label labels[MOST];

        for (int i = 0; i < MOST; i++)
            labels[i] = label_at(WIDTH / 2 + (rng_uniform(&rng) - 0.5) * WIDTH * spread,
                HEIGHT / 2 + (rng_uniform(&rng) - 0.5) * HEIGHT * spread);
        place(labels, MOST, NULL, 0);
        assert_tidy(labels, MOST);
        assert_true(count_placed(labels, MOST) >= MOST / 2);
    }
}

static void test_labels_place__keeps_off_a_line_when_there_is_room(void **state)
{
    const struct label_line line = {100, 100, WIDTH, 100};
    struct label label = label_at(100, 100);

    (void)state;
    place(&label, 1, &line, 1);
    assert_true(
        label.top > 100 || label.top + label.height < 100 || label.left + label.width < 100);
}

static void test_labels_place__a_label_far_off_is_joined_to_its_point(void **state)
{
    struct label_line lines[40];
    struct label label = label_at(150, 100);

    (void)state;
    for (int i = 0; i < 40; i++) /* a thicket around the point */
        lines[i] = (struct label_line){110, 80 + i, 190, 80 + i};
    place(&label, 1, lines, 40);
    assert_true(label.placed && label.is_far);
    assert_true(hypot(label.to_x - 150, label.to_y - 100) < 10);
    assert_true(
        label.from_x >= label.left - 1e-9 && label.from_x <= label.left + label.width + 1e-9);
}

static void test_labels_place__what_does_not_fit_is_left_out(void **state)
{
    struct label label = {.x = 100, .y = 100, .width = WIDTH + 1, .height = 13};

    (void)state;
    place(&label, 1, NULL, 0);
    assert_false(label.placed);
}
