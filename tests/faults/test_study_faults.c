/* Every allocation on the way from a study's text to its plan fails in turn: a sentence, nothing
 * leaked (the sanitizer build says so), and the next try works. The linker puts the functions below
 * in place of those of the C library (Makefile), in this program alone. */
#include "tests/lib/test.h"

#include <stdlib.h>
#include <string.h>

#include "harness/plan.h"

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *old, size_t bytes);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *old, size_t bytes);
char *__wrap_strdup(const char *text);

static int until_fault; /* 0: none */
static bool has_failed;

static bool fails_now(void)
{
    if (until_fault == 0 || --until_fault > 0)
        return false;
    has_failed = true;
    return true;
}

void *__wrap_malloc(size_t bytes)
{
    return fails_now() ? NULL : __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
    return fails_now() ? NULL : __real_calloc(count, bytes);
}

void *__wrap_realloc(void *old, size_t bytes)
{
    return fails_now() ? NULL : __real_realloc(old, bytes);
}

char *__wrap_strdup(const char *text)
{
    return fails_now() ? NULL : __real_strdup(text);
}

static const char text[] =
    "name: s\ndata: {name: shapes}\nseeds: [0, 1]\n"
    "recipe: &r {epochs: 3, augment: [horizontal_flip]}\n"
    "skip_over: {macs: 1B}\n"
    "models:\n"
    "  - {base: [resnet18, mobilenet_v2], input: 32, variant: {width: 0.25},\n"
    "     recipe: {<<: *r, epochs: 4},\n"
    "     scalings: [{method: baseline}, {method: width, w: [1, 2], input: 32}]}\n";

static int plan_and_show(struct str *shown, struct err *err)
{
    struct study study = STUDY_INIT;
    struct plan plan = PLAN_INIT;
    int result = study_parse(&study, "s.yaml", text, strlen(text), err);

    if (result == 0)
        result = plan_build(&plan, &study, 10, PLAN_TELLING, err);
    if (result == 0)
        result = plan_show(&plan, &study, false, shown, err);
    plan_release(&plan);
    study_release(&study);
    return result;
}

static void test_study__no_allocation_that_fails_leaks_or_is_passed_over(void **state)
{
    struct str fine = STR_INIT;
    struct err err = {0};
    int failed = 0;

    (void)state;
    assert_int_equal(plan_and_show(&fine, &err), 0);
    /* Networks allocate by the hundred: after each of the first, one in so many. */
    for (int call = 1;; call += call < 400 ? 1 : call / 40) {
        struct str shown = STR_INIT;
        int result;

        err_clear(&err);
        has_failed = false;
        until_fault = call;
        result = plan_and_show(&shown, &err);
        until_fault = 0;
        if (!has_failed) {
            str_release(&shown);
            break;
        }
        failed += result < 0;
        if (result < 0) {
            assert_int_not_equal(err.code, ERR_NONE);
            assert_int_not_equal(err.code, ERR_BUG);
            assert_true(strlen(err.message) > 10);
        } else {
            assert_string_equal(shown.text, fine.text); /* it could do without */
        }
        str_release(&shown);
    }
    assert_true(failed > 300);
    str_release(&fine);
}
