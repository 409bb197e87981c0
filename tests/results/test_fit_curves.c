#include "tests/lib/test.h"

#include "results/analysis/fit_curves.h"
#include "fixture.h"

/* A finished job of the study "s". */
static void add(
    struct fixture *f, const char *model, const char *method, int64_t macs, int seed, double top1)
{
    static int number;
    char id[65];
    struct job_record job = fixture_job(number++, id);
    bool added;

    job.model = model;
    job.method = method;
    job.width = strcmp(method, "baseline") == 0 ? 1 : (double)macs / 1e8;
    job.macs = macs;
    job.seed = seed;
    assert_int_equal(store_add_job(f->store, "s", &job, &added, &f->err), 0);
    fixture_do(f, "s", top1);
}

/* Six sizes of a method by a law, from a baseline that all share; two seeds that lie about it. */
static void add_method(struct fixture *f, const char *method, const struct fit_law *law)
{
    for (int i = 1; i < 6; i++)
        for (int seed = 0; seed < 2; seed++) {
            int64_t macs = (int64_t)(1e8 * pow(2, i));

            add(f, "mobilenet_v2", method, macs, seed,
                100 - law->floor - law->scale * pow((double)macs / 1e9, -law->exponent) +
                    (seed ? 0.4 : -0.4) + 0.05 * (i % 2 ? 1 : -1));
        }
}

static const struct fit_law wide = {.floor = 20, .scale = 10, .exponent = 0.5},
                            deep = {.floor = 15, .scale = 15, .exponent = 0.3236};

static void fill(struct fixture *f)
{
    fixture_init(f);
    add(f, "mobilenet_v2", "baseline", 100000000, 0, 100 - 20 - 10 * sqrt(10));
    add_method(f, "width", &wide);
    add_method(f, "depth", &deep);
    add(f, "resnet50", "baseline", 4000000000, 0, 70);
}

static void load(struct fixture *f, const struct fit_options *options, struct fit_curves *curves)
{
    *curves = (struct fit_curves)FIT_CURVES_INIT;
    if (fit_curves_load(curves, f->store, "s", options, &f->err) < 0)
        fail_msg("%s", f->err.message);
}

static void test_fit_curves__a_method_is_a_curve_from_its_baseline(void **state)
{
    const struct fit_options options = FIT_DEFAULTS;
    struct fit_curves curves;
    struct fixture f;

    (void)state;
    fill(&f);
    load(&f, &options, &curves);
    assert_int_equal(curves.n, 2); /* resnet50 has a baseline alone */
    assert_string_equal(curves.all[0].method, "depth");
    assert_string_equal(curves.all[1].method, "width");
    assert_int_equal(curves.all[1].n, 6);
    assert_true(curves.all[1].fitted && curves.all[1].networks[0].macs == 1e8);
    assert_int_equal(curves.all[1].networks[0].seeds, 1);
    assert_int_equal(curves.all[1].networks[5].seeds, 2);
    assert_true(fabs(curves.all[1].fit.law.exponent - 0.5) < 0.05);
    assert_true(curves.all[1].fit.exponent.low < 0.5 && 0.5 < curves.all[1].fit.exponent.high);
    assert_true(fabs(fit_top1(&curves.all[1].fit.law, 1e9) - 70) < 0.2);
    fit_curves_release(&curves);
    fixture_release(&f);
}

static void test_fit_curves__are_of_methods_models_or_all(void **state)
{
    struct fit_options options = FIT_DEFAULTS;
    struct fit_curves curves;
    struct fixture f;

    (void)state;
    fill(&f);
    options.by = FIT_BY_MODEL;
    load(&f, &options, &curves);
    assert_int_equal(curves.n, 2);
    assert_int_equal(curves.all[0].n, 11);
    assert_int_equal(curves.all[1].n, 1);
    assert_false(curves.all[1].fitted);
    fit_curves_release(&curves);
    options.by = FIT_BY_STUDY;
    load(&f, &options, &curves);
    assert_int_equal(curves.n, 1);
    assert_int_equal(curves.all[0].n, 12);
    assert_null(curves.all[0].model);
    fit_curves_release(&curves);
    options = (struct fit_options)FIT_DEFAULTS;
    options.method = "depth";
    load(&f, &options, &curves);
    assert_int_equal(curves.n, 1);
    assert_string_equal(curves.all[0].method, "depth");
    fit_curves_release(&curves);
    options.method = "compound";
    curves = (struct fit_curves)FIT_CURVES_INIT;
    assert_int_equal(fit_curves_load(&curves, f.store, "s", &options, &f.err), -1);
    assert_non_null(strstr(f.err.message, "there is no method \"compound\""));
    fixture_release(&f);
}

static void test_fit_curves__curves_of_a_study_have_draws_of_their_own(void **state)
{
    const struct fit_options options = FIT_DEFAULTS;
    struct fit_curves curves, again;
    struct fit_difference one, other;
    struct fixture f;

    (void)state;
    fill(&f);
    load(&f, &options, &curves);
    load(&f, &options, &again);
    assert_int_equal(fit_compare(&curves.all[0].fit, &curves.all[1].fit, 1.6e9, &one, &f.err), 0);
    assert_int_equal(fit_compare(&again.all[0].fit, &again.all[1].fit, 1.6e9, &other, &f.err), 0);
    assert_memory_equal(&one, &other, sizeof(one));
    assert_true(one.range.low < one.difference && one.difference < one.range.high);
    assert_true(curves.all[0].fit.draws[0].sigma / curves.all[0].fit.sigma !=
                curves.all[1].fit.draws[0].sigma / curves.all[1].fit.sigma);
    fit_curves_release(&curves);
    fit_curves_release(&again);
    fixture_release(&f);
}

static void test_fit_by__names_are_found_and_others_refused(void **state)
{
    struct err err = {0};
    enum fit_by by = FIT_BY_METHOD;

    (void)state;
    assert_int_equal(fit_by_find("study", &by, &err), 0);
    assert_int_equal(by, FIT_BY_STUDY);
    assert_int_equal(fit_by_find("studies", &by, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
}
