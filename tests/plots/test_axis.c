#include "tests/lib/test.h"

#include <math.h>
#include <string.h>

#include "plots/draw/axis.h"
#include "plots/draw/style.h"

static const struct axis_room room = {.pixels = 296, .low = 22, .high = 80};

static void test_axis_count__numbers_as_the_paper_writes_them(void **state)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {{1.3e9, "1.3B"}, {10e6, "10M"}, {569e6, "569M"}, {16.7e9, "16.7B"}, {4e12, "4T"},
        {2500, "2.5K"}, {7, "7"}, {999.9e6, "1B"}, {1e9, "1B"}};
    char text[AXIS_TEXT_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        axis_count(cases[i].value, text);
        assert_string_equal(text, cases[i].text);
    }
}

/* Any range has at least two numbers, and none runs into its neighbour. */
static void test_axis_log__numbers_are_apart_whatever_the_range(void **state)
{
    (void)state;
    for (double least = 1e3; least < 1e13; least *= 1.37)
        for (double ratio = 1; ratio < 2e4; ratio *= 1.7) {
            struct axis axis;

            axis_log(&axis, least, least * ratio, &room);
            assert_in_range(axis.n_ticks, 2, AXIS_MAX_TICKS);
            for (int i = 1; i < axis.n_ticks; i++) {
                double apart =
                    axis_place(&axis, axis.ticks[i].at) - axis_place(&axis, axis.ticks[i - 1].at);
                double half_widths =
                    (style_text_width(axis.ticks[i].text, STYLE_SMALL_SIZE, false) +
                        style_text_width(axis.ticks[i - 1].text, STYLE_SMALL_SIZE, false)) /
                    2;

                assert_true(apart * room.pixels > half_widths + 5);
                assert_string_not_equal(axis.ticks[i].text, axis.ticks[i - 1].text);
            }
        }
}

static void test_axis_log__data_keep_clear_of_both_ends(void **state)
{
    struct axis axis;

    (void)state;
    axis_log(&axis, 0.6e9, 2.3e9, &room);
    assert_float_equal(axis_place(&axis, 0.6e9) * room.pixels, room.low, 1e-3);
    assert_float_equal(axis_place(&axis, 2.3e9) * room.pixels, room.pixels - room.high, 1e-3);
}

static void test_axis_percent__no_numbers_below_0_or_above_100(void **state)
{
    struct axis axis;

    (void)state;
    axis_percent(&axis, 0, 100, &room);
    assert_true(axis.low < 0 && axis.high > 100);
    assert_true(axis.ticks[0].at >= 0);
    assert_true(axis.ticks[axis.n_ticks - 1].at <= 100);
    assert_string_equal(axis.ticks[0].text, "0");
    assert_string_equal(axis.ticks[axis.n_ticks - 1].text, "100");
}

static void test_axis_percent__one_value_is_in_the_middle(void **state)
{
    struct axis axis;

    (void)state;
    axis_percent(&axis, 71.25, 71.25, &(struct axis_room){.pixels = 200, .low = 20, .high = 20});
    assert_float_equal(axis_place(&axis, 71.25), 0.5, 1e-6);
    assert_true(axis.n_ticks >= 3);
}
