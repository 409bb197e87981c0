/* How numbers are written for people. */
#include "tests/lib/test.h"

#include "harness/terminal/ui.h"

static void assert_size(int64_t bytes, const char *expected)
{
    char text[UI_SIZE_BYTES];

    assert_string_equal(ui_size(bytes, text), expected);
}

static void test_ui_size__has_decimal_units_and_two_or_three_digits(void **state)
{
    (void)state;
    assert_size(0, "0 bytes");
    assert_size(999, "999 bytes");
    assert_size(1500, "1.5 kB");
    assert_size(99940, "99.9 kB");
    assert_size(99960, "100 kB");
    assert_size(999600, "1.0 MB");
    assert_size(252000000000, "252 GB");
    assert_size(INT64_MAX, "9223 PB");
}
