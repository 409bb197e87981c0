#include "tests/lib/test.h"

#include <time.h>

#include "harness/views/table_counter.h"
#include "results/analysis/compare.h"
#include "results/analysis/fit_curves.h"
#include "results/tables/table.h"
#include "many_jobs.h"

#if defined(__has_feature)
#define HAS_SANITIZER __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_SANITIZER 1
#else
#define HAS_SANITIZER 0
#endif

/* Twice what is promised, of the processor, since machines are shared; sanitizers take their time. */
#if HAS_SANITIZER
#define MOST_SECONDS 40.0
#else
#define MOST_SECONDS 4.0
#endif

static double seconds_used(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static void check_time(const char *what, double started)
{
    double seconds = seconds_used() - started;

    print_message("%s: %.2f s\n", what, seconds);
    assert_true(seconds < MOST_SECONDS);
}

static void check_table(struct fixture *f, const struct table *table)
{
    const struct table_options options = {.study = "s", .counter = &table_counter};
    struct str notes = STR_INIT;
    struct rowset rows;
    double started = seconds_used();

    rowset_init(&rows, table->columns);
    assert_int_equal(table->fill(f->store, &options, &rows, &f->err), 0);
    assert_int_equal(table->notes(f->store, &options, &notes, &f->err), 0);
    assert_true(rowset_count(&rows) > 0);
    check_time(table->name, started);
    rowset_release(&rows);
    str_release(&notes);
}

static void check_compare(struct fixture *f)
{
    struct comparisons list = COMPARISONS_INIT;
    struct compare_options options = COMPARE_DEFAULTS;
    double started = seconds_used();

    assert_int_equal(compare_load(&list, f->store, "s", &options, &f->err), 0);
    assert_true(list.n_tests > 10000);
    check_time("compare", started);
    compare_release(&list);
}

static void check_fit(struct fixture *f)
{
    struct fit_curves curves = FIT_CURVES_INIT;
    struct fit_options options = FIT_DEFAULTS;
    double started = seconds_used();

    assert_int_equal(fit_curves_load(&curves, f->store, "s", &options, &f->err), 0);
    assert_int_equal(curves.n, 40);
    assert_true(curves.all[39].fitted && curves.all[39].n == 501);
    check_time("fit", started);
    fit_curves_release(&curves);
}

static void test_tables__a_hundred_thousand_jobs_take_seconds(void **state)
{
    struct fixture f;

    (void)state;
    many_jobs_init(&f);
    assert_int_equal(fixture_status(&f, "s").done, MANY_JOBS);
    for (int i = 0; table_all()[i]; i++)
        check_table(&f, table_all()[i]);
    check_compare(&f);
    check_fit(&f);
    fixture_release(&f);
}
