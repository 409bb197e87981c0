#include "tests/lib/test.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"

static void test_str__is_an_empty_text_from_the_start(void **state)
{
    struct str s = STR_INIT;
    struct err err = {0};

    (void)state;
    assert_string_equal(s.text, "");
    assert_int_equal(s.length, 0);
    assert_int_equal(str_check(&s, &err), 0);
    str_release(&s);
}

static void test_str__grows_and_keeps_what_it_has(void **state)
{
    struct str s = STR_INIT;

    (void)state;
    for (int i = 0; i < 10000; i++)
        str_addf(&s, "%04d", i);
    assert_int_equal(s.length, 40000);
    assert_int_equal(strlen(s.text), 40000);
    for (int i = 0; i < 10000; i += 777) {
        char wanted[16];

        snprintf(wanted, sizeof(wanted), "%04d", i);
        assert_memory_equal(s.text + 4 * (size_t)i, wanted, 4);
    }
    str_release(&s);
}

/* Lengths around the first capacity, where an off-by-one would overwrite the NUL's place. */
static void test_str__always_ends_in_nul(void **state)
{
    (void)state;
    for (size_t length = 60; length < 70; length++) {
        struct str s = STR_INIT;

        for (size_t i = 0; i < length; i++)
            str_add(&s, "x");
        assert_int_equal(s.length, length);
        assert_true(s.capacity > length);
        assert_int_equal(strlen(s.text), length);
        str_release(&s);
    }
}

static void test_str__holds_bytes_with_nul_among_them(void **state)
{
    struct str s = STR_INIT;

    (void)state;
    str_add_bytes(&s, "a\0b", 3);
    str_add(&s, "c");
    assert_int_equal(s.length, 4);
    assert_memory_equal(s.text, "a\0bc", 5);
    str_release(&s);
}

static void test_str__remembers_that_an_addition_was_too_much(void **state)
{
    struct str s = STR_INIT;
    struct err err = {0};

    (void)state;
    str_add(&s, "before");
    str_add_bytes(&s, "x", STR_MAX_BYTES); /* refused before a byte is read */
    str_add(&s, "after");
    assert_string_equal(s.text, "before");
    assert_int_equal(str_check(&s, &err), -1);
    assert_int_equal(err.code, ERR_MEMORY);
    str_release(&s);
}

static void test_str__lengths_that_would_wrap_are_too_much(void **state)
{
    struct str s = STR_INIT;
    struct err err = {0};

    (void)state;
    str_add(&s, "before");
    str_add_bytes(&s, "x", SIZE_MAX);
    assert_int_equal(str_check(&s, &err), -1);
    assert_string_equal(s.text, "before");
    str_release(&s);
}

static void test_str__is_usable_again_when_cleared(void **state)
{
    struct str s = STR_INIT;
    struct err err = {0};
    size_t capacity;

    (void)state;
    str_add(&s, "first");
    capacity = s.capacity;
    str_add_bytes(&s, "x", STR_MAX_BYTES);
    str_clear(&s);
    assert_string_equal(s.text, "");
    str_add(&s, "again");
    assert_int_equal(str_check(&s, &err), 0);
    assert_string_equal(s.text, "again");
    assert_int_equal(s.capacity, capacity);
    str_release(&s);
}

static void test_str__is_usable_again_when_released(void **state)
{
    struct str s = STR_INIT;

    (void)state;
    str_add(&s, "first");
    str_release(&s);
    str_release(&s);
    assert_string_equal(s.text, "");
    str_add(&s, "again");
    assert_string_equal(s.text, "again");
    str_release(&s);
}

static void test_str__detached_text_is_the_callers(void **state)
{
    struct str s = STR_INIT;
    char *text;

    (void)state;
    str_add(&s, "mine");
    text = str_detach(&s);
    assert_string_equal(text, "mine");
    assert_string_equal(s.text, "");
    free(text);
    str_release(&s);
}

static void test_str__an_empty_text_can_be_detached_and_freed(void **state)
{
    struct str s = STR_INIT;
    char *text = str_detach(&s);

    (void)state;
    assert_non_null(text);
    assert_string_equal(text, "");
    free(text);
}

static void test_str__nothing_is_detached_after_a_failure(void **state)
{
    struct str s = STR_INIT;

    (void)state;
    str_add(&s, "before");
    str_add_bytes(&s, "x", STR_MAX_BYTES);
    assert_null(str_detach(&s));
    assert_string_equal(s.text, "");
}

static void test_str_copy__says_whether_it_cut(void **state)
{
    char to[5];

    (void)state;
    assert_true(str_copy(to, sizeof(to), "abcd"));
    assert_string_equal(to, "abcd");
    assert_false(str_copy(to, sizeof(to), "abcde"));
    assert_string_equal(to, "abcd");
    assert_true(str_copy(to, sizeof(to), ""));
    assert_string_equal(to, "");
}

static void test_str__beginnings_and_endings(void **state)
{
    (void)state;
    assert_true(str_starts_with("resnet50", "resnet"));
    assert_true(str_starts_with("resnet50", ""));
    assert_false(str_starts_with("res", "resnet"));
    assert_true(str_ends_with("figure.svg", ".svg"));
    assert_true(str_ends_with("figure.svg", ""));
    assert_false(str_ends_with("svg", ".svg"));
    assert_false(str_ends_with("figure.svg.gz", ".svg"));
}

static void test_str_find__says_what_there_is_and_what_was_meant(void **state)
{
    static const char *const names[] = {"width", "depth", NULL};
    struct err err = {0};

    (void)state;
    assert_int_equal(str_find("method", "depth", names, &err), 1);
    assert_int_equal(err.code, ERR_NONE);
    assert_int_equal(str_find("method", "dept", names, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    assert_string_equal(err.message,
        "there is no method \"dept\"; did you mean depth? The methods are: width, depth");
    err_clear(&err);
    assert_int_equal(str_find("method", "x", names, &err), -1);
    assert_string_equal(err.message, "there is no method \"x\"; the methods are: width, depth");
}

static void test_str_nearest__finds_what_was_meant(void **state)
{
    static const char *const names[] = {
        "mobilenet_v1", "mobilenet_v2", "resnet50", "efficientnet_b0", NULL};

    (void)state;
    assert_string_equal(str_nearest("mobilnet_v2", names), "mobilenet_v2");
    assert_string_equal(str_nearest("ResNet50", names), "resnet50");
    assert_string_equal(str_nearest("resnet5", names), "resnet50");
    assert_string_equal(str_nearest("efficentnet_b0", names), "efficientnet_b0");
    assert_string_equal(str_nearest("mobilenet_v1", names), "mobilenet_v1");
}

static void test_str_nearest__suggests_nothing_far_off(void **state)
{
    static const char *const names[] = {"width", "depth", "resolution", NULL};
    static const char *const none[] = {NULL};
    char long_word[300];

    (void)state;
    memset(long_word, 'w', sizeof(long_word));
    long_word[sizeof(long_word) - 1] = '\0';
    assert_null(str_nearest("compound", names));
    assert_null(str_nearest(long_word, names));
    assert_null(str_nearest("width", none));
}

static void test_str_to_int64__takes_whole_numbers(void **state)
{
    long long value = 0;

    (void)state;
    assert_true(str_to_int64("0", &value) && value == 0);
    assert_true(str_to_int64("-17", &value) && value == -17);
    assert_true(str_to_int64("007", &value) && value == 7);
    assert_true(str_to_int64("9223372036854775807", &value) && value == INT64_MAX);
    assert_true(str_to_int64("-9223372036854775808", &value) && value == INT64_MIN);
}

static void test_str_to_int64__refuses_the_rest_and_leaves_the_value(void **state)
{
    static const char *const wrong[] = {"", " 1", "1 ", "+1", "-", "--1", "1.0", "1e3", "0x10",
        "12a", "9223372036854775808", "-9223372036854775809", "\n1"};
    long long value = 42;

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        if (str_to_int64(wrong[i], &value))
            fail_msg("\"%s\" was taken for a whole number", wrong[i]);
    assert_int_equal(value, 42);
}

static void test_str_to_double__takes_numbers(void **state)
{
    double value = 0;

    (void)state;
    assert_true(str_to_double("1.5", &value) && value == 1.5);
    assert_true(str_to_double("-.5", &value) && value == -0.5);
    assert_true(str_to_double("5.0e-4", &value) && value == 5.0e-4);
    assert_true(str_to_double("1e-400", &value) && value == 0); /* too small is not an overflow */
}

static void test_str_to_double__refuses_the_rest_and_leaves_the_value(void **state)
{
    static const char *const wrong[] = {
        "", " 1", "1 ", "nan", "inf", "-inf", "1e999", "-1e999", "1.5x", "1,5", ".", "e5"};
    double value = 42;

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        if (str_to_double(wrong[i], &value))
            fail_msg("\"%s\" was taken for a number", wrong[i]);
    assert_true(value == 42);
}
