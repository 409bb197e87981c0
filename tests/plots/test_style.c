#include "tests/lib/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plots/draw/style.h"
#include "scalers/scaler.h"

static void parse_colour(const char *text, double rgb[3])
{
    long value = strtol(text + 1, NULL, 16);

    assert_int_equal(strlen(text), 7);
    assert_int_equal(text[0], '#');
    for (int i = 0; i < 3; i++)
        rgb[i] = (double)(value >> (16 - 8 * i) & 255) / 255;
}

/* Relative luminance and contrast as WCAG 2 defines them. */
static double luminance(const char *colour)
{
    static const double weights[3] = {0.2126, 0.7152, 0.0722};
    double rgb[3], sum = 0;

    parse_colour(colour, rgb);
    for (int i = 0; i < 3; i++)
        sum +=
            weights[i] * (rgb[i] <= 0.03928 ? rgb[i] / 12.92 : pow((rgb[i] + 0.055) / 1.055, 2.4));
    return sum;
}

static double contrast(const char *a, const char *b)
{
    double x = luminance(a), y = luminance(b);

    return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

static void test_style__every_scaling_method_has_a_style_of_its_own(void **state)
{
    (void)state;
    for (const char *const *name = scaler_names(); *name; name++) {
        assert_non_null(style_methods()[style_find(*name)].method);
        assert_string_equal(style_name(style_find(*name)), *name);
    }
    assert_string_equal(style_name(style_find("never heard of")), "other");
}

static void test_style__methods_differ_in_colour_and_in_marker(void **state)
{
    const struct style_method *methods = style_methods();

    (void)state;
    for (int i = 0; i == 0 || methods[i - 1].method; i++)
        for (int j = 0; j < i; j++) {
            for (int theme = 0; theme < STYLE_THEMES; theme++) {
                double a[3], b[3], distance = 0;

                parse_colour(methods[i].colour[theme], a);
                parse_colour(methods[j].colour[theme], b);
                for (int c = 0; c < 3; c++)
                    distance += (a[c] - b[c]) * (a[c] - b[c]);
                assert_true(sqrt(distance) > 0.15);
            }
            assert_int_not_equal(methods[i].point, methods[j].point);
        }
}

static void test_style__methods_keep_the_colours_of_okabe_and_ito(void **state)
{
    static const char *const colours[][2] = {{"width", "#0072b2"}, {"depth", "#d55e00"},
        {"resolution", "#009e73"}, {"compound", "#cc79a7"}, {"dwr", "#56b4e9"}};

    (void)state;
    for (size_t i = 0; i < sizeof(colours) / sizeof(colours[0]); i++)
        for (int theme = 0; theme < STYLE_THEMES; theme++)
            assert_string_equal(
                style_methods()[style_find(colours[i][0])].colour[theme], colours[i][1]);
}

/* WCAG 2 asks for 4.5 for small text. */
static void test_style__texts_are_readable_on_their_page(void **state)
{
    (void)state;
    for (int theme = 0; theme < STYLE_THEMES; theme++) {
        const struct style_page *page = style_page((enum style_theme)theme);

        assert_true(contrast(page->text, page->background) >= 4.5);
        assert_true(contrast(page->muted, page->background) >= 4.5);
        for (int i = 0; i == 0 || style_methods()[i - 1].method; i++)
            assert_true(contrast(style_methods()[i].text[theme], page->background) >= 4.5);
    }
}

static void test_style_fit_text__what_fits_stays_as_it_is(void **state)
{
    char text[64];

    (void)state;
    style_fit_text(text, sizeof(text), "table3", 12, false, 100);
    assert_string_equal(text, "table3");
}

static void test_style_fit_text__long_text_ends_in_an_ellipsis_within_its_width(void **state)
{
    char text[64];

    (void)state;
    style_fit_text(text, sizeof(text), "a study whose name never seems to end", 12, true, 120);
    assert_true(strlen(text) > 8);
    assert_string_equal(text + strlen(text) - 3, "\xe2\x80\xa6");
    assert_true(style_text_width(text, 12, true) <= 120 + 1e-9);
}

static void test_style_fit_text__cuts_between_characters_at_the_end_of_its_array(void **state)
{
    char text[9];

    (void)state;
    style_fit_text(
        text, sizeof(text), "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f\xc3\xa4\xc3\xb6", 12, false, 1e9);
    assert_string_equal(text, "\xc3\xa4\xc3\xb6\xe2\x80\xa6");
}
