#include "tests/lib/test.h"

#include <errno.h>
#include <string.h>

#include "harness/base/err.h"

static void test_err__is_empty_until_something_fails(void **state)
{
    struct err err = {0};

    (void)state;
    assert_int_equal(err.code, ERR_NONE);
    assert_string_equal(err.message, "");
}

static void test_err__setting_it_ends_a_function_with_minus_one(void **state)
{
    struct err err = {0};

    (void)state;
    assert_int_equal(err_set(&err, ERR_INPUT, "%s has %d", "a.yaml", 3), -1);
    assert_int_equal(err.code, ERR_INPUT);
    assert_string_equal(err.message, "a.yaml has 3");
}

static void test_err__first_failure_wins(void **state)
{
    struct err err = {0};

    (void)state;
    err_set(&err, ERR_IO, "first");
    assert_int_equal(err_set(&err, ERR_INPUT, "second"), -1);
    assert_int_equal(err_set_errno(&err, ENOMEM, "third"), -1);
    assert_int_equal(err.code, ERR_IO);
    assert_string_equal(err.message, "first");
}

static void test_err__errno_is_put_in_words(void **state)
{
    struct err err = {0};
    char wanted[128];

    (void)state;
    assert_int_equal(err_set_errno(&err, EACCES, "cannot open %s", "f"), -1);
    snprintf(wanted, sizeof(wanted), "cannot open f: %s", strerror(EACCES));
    assert_string_equal(err.message, wanted);
    assert_int_equal(err.code, ERR_IO);
}

static void test_err__no_memory_is_told_from_other_trouble(void **state)
{
    struct err err = {0};

    (void)state;
    err_set_errno(&err, ENOMEM, "cannot start");
    assert_int_equal(err.code, ERR_MEMORY);
}

static void test_err__context_goes_in_front(void **state)
{
    struct err err = {0};

    (void)state;
    err_set(&err, ERR_INPUT, "the width is 0");
    assert_int_equal(err_context(&err, "model %d", 2), -1);
    assert_int_equal(err_context(&err, "s.yaml:%d:%d", 3, 11), -1);
    assert_string_equal(err.message, "s.yaml:3:11: model 2: the width is 0");
    assert_int_equal(err.code, ERR_INPUT);
}

static void test_err__context_of_no_failure_is_nothing(void **state)
{
    struct err err = {0};

    (void)state;
    err_context(&err, "s.yaml:3:11");
    assert_int_equal(err.code, ERR_NONE);
    assert_string_equal(err.message, "");
}

static void test_err__long_messages_are_cut_and_stay_texts(void **state)
{
    struct err err = {0};
    char text[3000];

    (void)state;
    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    err_set(&err, ERR_INPUT, "%s", text);
    assert_int_equal(strlen(err.message), sizeof(err.message) - 1);
    err_context(&err, "where");
    assert_int_equal(strlen(err.message), sizeof(err.message) - 1);
    assert_memory_equal(err.message, "where: xxx", 10);
    err_clear(&err);
    err_set_errno(&err, EIO, "%s", text);
    assert_int_equal(strlen(err.message), sizeof(err.message) - 1);
}

static void test_err__can_be_set_again_after_clearing(void **state)
{
    struct err err = {0};

    (void)state;
    err_set(&err, ERR_IO, "first");
    err_clear(&err);
    assert_int_equal(err.code, ERR_NONE);
    err_set(&err, ERR_BUSY, "second");
    assert_int_equal(err.code, ERR_BUSY);
    assert_string_equal(err.message, "second");
}

/* The contract of the command line: 0 done, 1 failed, 2 wrong input, 3 jobs failed, 130 stopped. */
static void test_err__exit_statuses_are_those_of_the_contract(void **state)
{
    (void)state;
    assert_int_equal(err_exit_status(ERR_NONE), 0);
    assert_int_equal(err_exit_status(ERR_INPUT), 2);
    assert_int_equal(err_exit_status(ERR_JOBS), 3);
    assert_int_equal(err_exit_status(ERR_INTERRUPTED), 130);
    assert_int_equal(err_exit_status(ERR_IO), 1);
    assert_int_equal(err_exit_status(ERR_MEMORY), 1);
    assert_int_equal(err_exit_status(ERR_BUSY), 1);
    assert_int_equal(err_exit_status(ERR_NUMERIC), 1);
    assert_int_equal(err_exit_status(ERR_CHILD), 1);
    assert_int_equal(err_exit_status(ERR_BUG), 1);
}

static void test_err__a_message_is_one_line_that_steers_no_terminal(void **state)
{
    struct err err = {0};

    (void)state;
    err_set(&err, ERR_IO, "cannot read %s", "a\033[2J\nb\xc2\x9b\x7f\xff\xe2\x80\xae\xc3\xa9\n");
    assert_string_equal(err.message, "cannot read a?[2J b????\xc3\xa9");
    err_context(&err, "in %s", "c\r\td\a");
    assert_string_equal(err.message, "in c  d?: cannot read a?[2J b????\xc3\xa9");
}
