#include "tests/lib/test.h"

#include "results/analysis/compare.h"
#include "fixture.h"

/* The study "s" of one test, and its comparisons. */
static struct fixture f;
static struct comparisons list;

static void begin(void)
{
    fixture_init(&f);
    list = (struct comparisons)COMPARISONS_INIT;
}

static void end(void)
{
    compare_release(&list);
    fixture_release(&f);
}

/* A finished job of the study "s". */
static void add(const char *method, double factor, int64_t macs, int seed, double top1)
{
    static int number;
    char id[65];
    struct job_record job = fixture_job(number++, id);
    bool added;

    job.method = method;
    if (strcmp(method, "depth") == 0)
        job.depth = factor;
    else
        job.width = factor;
    job.macs = macs;
    job.seed = seed;
    assert_int_equal(store_add_job(f.store, "s", &job, &added, &f.err), 0);
    fixture_do(&f, "s", top1);
}

/* Compare what there is, in the place of what was compared before. */
static void load(const struct compare_options *options)
{
    compare_release(&list);
    list = (struct comparisons)COMPARISONS_INIT;
    if (compare_load(&list, f.store, "s", options, &f.err) < 0)
        fail_msg("%s", f.err.message);
}

static void assert_refused(const struct compare_options *options, const char *words)
{
    struct comparisons none = COMPARISONS_INIT;

    assert_int_equal(compare_load(&none, f.store, "s", options, &f.err), -1);
    assert_int_equal(f.err.code, ERR_INPUT);
    assert_non_null(strstr(f.err.message, words));
    err_clear(&f.err);
}

static void near(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-9))
        fail_msg("%.15g is not %.15g", value, expected);
}

static const struct compare_options defaults = COMPARE_DEFAULTS;

static void test_compare__equal_flops_are_compared_seed_by_seed(void **state)
{
    static const double widths[] = {60, 64, 62}, depths[] = {63.1, 66.9, 65};

    (void)state;
    begin();
    add("baseline", 1, 1000, 0, 50);
    for (int seed = 0; seed < 3; seed++)
        add("depth", 2, 4000, seed, widths[seed]);
    for (int seed = 2; seed >= 0; seed--) /* in another order */
        add("width", 4, 4040, seed, depths[seed]);
    load(&defaults);
    assert_int_equal(list.n, 1);
    near(list.all[0].test.difference, 3);
    assert_true(list.all[0].paired && list.all[0].interpolated == -1);
    assert_int_equal(list.all[0].n_a, 3);
    near(list.all[0].top1_a, 62);
    assert_int_equal(list.all[0].verdict, COMPARE_BETTER);
    assert_true(list.all[0].p_holm == list.all[0].test.p && list.all[0].p_holm < 0.001);
    assert_int_equal(list.all[0].seeds_needed, 0);
    end();
}

static void test_compare__the_larger_network_is_interpolated_seed_by_seed(void **state)
{
    (void)state;
    begin();
    for (int seed = 0; seed < 2; seed++) {
        add("baseline", 1, 1000, seed, 50 + seed);
        add("width", 2, 4000, seed, 60 + 3 * seed);
        add("compound", 1.5, 8000, seed, 62 + 2 * seed); /* 2 of 3 doublings */
    }
    load(&defaults);
    assert_int_equal(list.n, 1);
    near(list.all[0].macs, 4000);
    assert_int_equal(list.all[0].interpolated, list.all[0].b);
    /* 50 + 12 * 2/3 and 51 + 13 * 2/3. */
    near(list.all[0].top1_b, (58 + 51 + 13 * 2 / 3.0) / 2);
    near(list.all[0].test.difference, (58 - 60 + 51 + 13 * 2 / 3.0 - 63) / 2);
    assert_true(list.all[0].paired);
    end();
}

static void test_compare__without_a_smaller_network_flops_stay_unequal(void **state)
{
    (void)state;
    begin();
    add("depth", 2, 4000, 0, 60); /* no baseline is done */
    add("width", 4, 5000, 0, 64);
    add("resolution", 2, 40000, 0, 64); /* far away */
    load(&defaults);
    assert_int_equal(list.n, 1);
    assert_int_equal(list.n_tests, 0);
    assert_int_equal(list.all[0].verdict, COMPARE_UNEQUAL);
    near(list.all[0].test.difference, 4);
    assert_true(isnan(list.all[0].p_holm));
    end();
}

static void test_compare__one_seed_cannot_tell_and_says_how_many_would(void **state)
{
    (void)state;
    begin();
    add("baseline", 1, 1000, 0, 50);
    add("width", 2, 4000, 0, 60);
    add("depth", 4, 4000, 0, 61);
    load(&defaults);
    assert_int_equal(list.all[0].verdict, COMPARE_CANNOT_TELL);
    assert_true(isnan(list.seed_deviation));
    assert_int_equal(list.all[0].seeds_needed, 0);
    /* The spread of another network's seeds is the best guess then. */
    add("baseline", 1, 1000, 1, 52);
    load(&defaults);
    near(list.seed_deviation, M_SQRT2);
    assert_int_equal(list.all[0].seeds_needed,
        statistics_seeds_needed(1, 2, COMPARE_LEVEL, COMPARE_POWER, COMPARE_MOST_SEEDS));
    assert_in_range(list.all[0].seeds_needed, 30, 40);
    end();
}

static void test_compare__other_seeds_are_welchs_test(void **state)
{
    (void)state;
    begin();
    add("baseline", 1, 1000, 0, 50);
    for (int seed = 0; seed < 3; seed++) {
        add("depth", 2, 4000, seed, 60 + seed);
        add("width", 4, 4000, 10 + seed, 59 + 3 * seed);
    }
    load(&defaults);
    assert_false(list.all[0].paired);
    near(list.all[0].test.difference, 1);
    /* Variances 1 and 9 over 3: t = 1 / sqrt(10 / 3). */
    near(list.all[0].test.t, 1 / sqrt(10 / 3.0));
    assert_int_equal(list.all[0].verdict, COMPARE_CANNOT_TELL);
    assert_true(list.all[0].seeds_needed > 3);
    end();
}

static void test_compare__several_comparisons_are_corrected_together(void **state)
{
    static const char *const methods[] = {"width", "depth", "compound"};
    double least = 1;

    (void)state;
    begin();
    add("baseline", 1, 1000, 0, 50);
    for (int m = 0; m < 3; m++)
        for (int seed = 0; seed < 4; seed++)
            add(methods[m], 2 + m, 4000, seed, 60 + m + seed + (seed * (m + 1)) % 3 * 0.3);
    load(&defaults);
    assert_int_equal(list.n, 3);
    assert_int_equal(list.n_tests, 3);
    for (int i = 0; i < 3; i++) {
        assert_true(list.all[i].p_holm >= list.all[i].test.p);
        least = fmin(least, list.all[i].test.p);
    }
    for (int i = 0; i < 3; i++)
        if (list.all[i].test.p == least)
            near(list.all[i].p_holm, fmin(1, 3 * least));
    end();
}

static void test_compare__methods_are_chosen_and_turned(void **state)
{
    struct compare_options options = COMPARE_DEFAULTS;

    (void)state;
    begin();
    add("baseline", 1, 1000, 0, 50);
    add("width", 2, 4000, 0, 60);
    add("depth", 4, 4000, 0, 61);
    add("compound", 1.5, 4000, 0, 65);
    options.method = "width";
    load(&options);
    assert_int_equal(list.n, 2);
    near(list.all[0].test.difference, -1);
    near(list.all[1].test.difference, -5);
    options.method = "compound";
    options.against = "width";
    load(&options);
    assert_int_equal(list.n, 1);
    near(list.all[0].test.difference, 5);
    options.against = "hight";
    assert_refused(&options, "there is no method \"hight\"");
    options.against = "compound";
    assert_refused(&options, "with itself");
    options = (struct compare_options)COMPARE_DEFAULTS;
    options.model = "resnet50";
    assert_refused(&options, "resnet50");
    end();
}

static void test_compare__baselines_do_not_mix(void **state)
{
    (void)state;
    begin();
    add("baseline", 1, 1000, 0, 50);
    add("width", 2, 4000, 0, 60);
    add("baseline", 1, 2000, 0, 55); /* a second variant of the model */
    add("depth", 2, 4000, 0, 61);
    load(&defaults);
    assert_int_equal(list.n, 0);
    add("depth", 4, 4000, 1, 63); /* of the first, whatever stands above it */
    load(&defaults);
    assert_int_equal(list.n, 1);
    near(list.all[0].top1_a, 63);
    end();
}

static void test_compare__with_its_baseline_each_network_stays_at_its_own_flops(void **state)
{
    const struct compare_options gains = {.within = 0.02, .with_baseline = true};
    const struct compare_options widths = {.with_baseline = true, .method = "width"};
    const struct compare_options both = {.with_baseline = true, .against = "width"};

    (void)state;
    begin();
    for (int seed = 0; seed < 3; seed++) {
        add("baseline", 1, 1000, seed, 50 + seed);
        add("depth", 2, 2000, seed, 50 + seed + (seed == 1 ? 1 : -1));
        add("width", 2, 4000, seed, 60 + seed + 0.1 * seed);
    }
    load(&gains);
    assert_int_equal(list.n, 2);
    near(list.all[0].macs, 2000);
    near(list.all[0].test.difference, -1 / 3.0);
    assert_int_equal(list.all[0].verdict, COMPARE_CANNOT_TELL);
    assert_true(list.all[0].seeds_needed > 3);
    near(list.all[1].macs, 4000);
    near(list.all[1].test.difference, 10.1);
    near(list.all[1].p_holm, 2 * list.all[1].test.p);
    assert_int_equal(list.all[1].verdict, COMPARE_BETTER);
    assert_int_equal(list.all[1].interpolated, -1);
    load(&widths);
    assert_int_equal(list.n, 1);
    near(list.all[0].p_holm, list.all[0].test.p);
    assert_refused(&both, "");
    end();
}

static void test_compare__of_each_method_the_network_that_is_nearest(void **state)
{
    (void)state;
    begin();
    add("baseline", 1, 1000, 0, 50);
    add("width", 1.5, 3000, 0, 58);
    add("width", 2, 4200, 0, 60);
    add("width", 2.5, 6000, 0, 61);
    add("depth", 4, 4000, 0, 61);
    load(&defaults);
    assert_int_equal(list.n, 1);
    near(list.all[0].top1_b, 58 + 2 * log(4000 / 3000.0) / log(4200 / 3000.0));
    end();
}
