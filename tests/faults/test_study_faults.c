/* Every allocation, and every call for a file, on the way from a study to its plan fails in turn: a
 * sentence, nothing leaked (the sanitizer build says so), and the next try works. */
#include "faults.h"

#include "harness/system/file.h"
#include "harness/study/plan.h"

static const char text[] =
    "name: s\ndata: {name: shapes}\nseeds: [0, 1]\n"
    "recipe: &r {epochs: 3, augment: [horizontal_flip]}\n"
    "skip_over: {macs: 1B}\n"
    "models:\n"
    "  - {base: [resnet18, mobilenet_v2], input: 32, variant: {width: 0.25},\n"
    "     recipe: {<<: *r, epochs: 4},\n"
    "     scalings: [{method: baseline}, {method: width, w: [1, 2], input: 32}]}\n";

static int plan_text(struct study *study, struct err *err)
{
    return study_parse(study, "s.yaml", text, strlen(text), err);
}

/* The same text in two files, of which the first includes the other. */
static int plan_files(struct study *study, struct err *err)
{
    return study_load(study, "outer.yaml", err);
}

static int plan_and_show(
    int (*read)(struct study *study, struct err *err), struct str *shown, struct err *err)
{
    struct study study = STUDY_INIT;
    struct plan plan = PLAN_INIT;
    int result = read(&study, err);

    if (result == 0)
        result = plan_build(&plan, &study, 10, PLAN_TELLING, err);
    if (result == 0)
        result = plan_show(&plan, &study, false, shown, err);
    plan_release(&plan);
    study_release(&study);
    return result;
}

/* One call fails: a sentence, or what there would be without it. -1: none failed; 1: it was told. */
static int fail_one(int (*read)(struct study *study, struct err *err), enum fault kind, int call,
    const struct str *fine)
{
    struct str shown = STR_INIT;
    struct err err = {0};
    int result;
    bool failed;

    arm(kind, call, kind == FAULT_MEMORY ? ENOMEM : EIO, false);
    result = plan_and_show(read, &shown, &err);
    failed = disarm();
    if (result < 0) {
        assert_int_not_equal(err.code, ERR_NONE);
        assert_int_not_equal(err.code, ERR_BUG);
        assert_true(strlen(err.message) > 10);
    } else {
        assert_string_equal(shown.text, fine->text);
    }
    str_release(&shown);
    return failed ? result < 0 : -1;
}

static void test_study__no_allocation_that_fails_leaks_or_is_passed_over(void **state)
{
    struct str fine = STR_INIT;
    struct err err = {0};
    int failed = 0, told;

    (void)state;
    assert_int_equal(plan_and_show(plan_text, &fine, &err), 0);
    /* Networks allocate by the hundred: after each of the first, one in so many. */
    for (int call = 1; (told = fail_one(plan_text, FAULT_MEMORY, call, &fine)) >= 0;
         call += call < 400 ? 1 : call / 40)
        failed += told;
    assert_true(failed > 300);
    str_release(&fine);
}

static void test_study__files_that_it_includes_fail_with_a_sentence(void **state)
{
    static const char inner[] = "data: {name: shapes}\nrecipe: {epochs: 3}\n";
    static const char outer[] =
        "name: s\ninclude: inner.yaml\nseeds: [0]\nmodels:\n"
        "  - {base: resnet18, input: 32, variant: {width: 0.25}, scalings: [{method: baseline}]}\n";
    char folder[] = "/tmp/scalestudy-test-XXXXXX";
    struct str fine = STR_INIT;
    struct err err = {0};
    int failed = 0, told;

    (void)state;
    assert_true(mkdtemp(folder) && chdir(folder) == 0);
    assert_int_equal(file_write("inner.yaml", inner, strlen(inner), &err), 0);
    assert_int_equal(file_write("outer.yaml", outer, strlen(outer), &err), 0);
    assert_int_equal(plan_and_show(plan_files, &fine, &err), 0);
    for (int call = 1; (told = fail_one(plan_files, FAULT_FILE, call, &fine)) >= 0; call++)
        failed += told;
    assert_true(failed >= 2); /* both files were asked for */
    failed = 0;
    for (int call = 1; (told = fail_one(plan_files, FAULT_MEMORY, call, &fine)) >= 0;
         call += call < 100 ? 1 : call / 20)
        failed += told;
    assert_true(failed > 100);
    str_release(&fine);
    unlink("inner.yaml");
    unlink("outer.yaml");
    assert_int_equal(chdir("/"), 0);
    rmdir(folder);
}
