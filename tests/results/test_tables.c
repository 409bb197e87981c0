#include "tests/lib/test.h"

#include <jansson.h>
#include <stdbool.h>

#include "harness/views/table_counter.h"
#include "results/tables/table.h"
#include "results/analysis/verdict.h"
#include "fixture.h"

static json_t *fill(const char *name, struct store *store, const char *study)
{
    const struct table_options options = {.study = study, .counter = &table_counter};
    struct err err = {0};
    const struct table *table = table_find(name, &err);
    struct rowset rows;
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    json_t *json;

    assert_non_null(table);
    assert_non_null(stream);
    rowset_init(&rows, table->columns);
    if (table->fill(store, &options, &rows, &err) < 0 ||
        rowset_print(&rows, stream, FORMAT_JSON, &err) < 0)
        fail_msg("%s", err.message);
    fclose(stream);
    rowset_release(&rows);
    json = json_loads(text, 0, NULL);
    free(text);
    assert_true(json_is_array(json));
    return json;
}

static const char *text_of(json_t *row, const char *key)
{
    return json_string_value(json_object_get(row, key));
}

static double number(json_t *row, const char *key)
{
    json_t *value = json_object_get(row, key);

    assert_non_null(value);
    return json_is_null(value) ? NAN : json_number_value(value);
}

static json_t *row_where(json_t *rows, const char *key, const char *value)
{
    size_t i;
    json_t *row;

    json_array_foreach(rows, i, row) if (strcmp(text_of(row, key), value) == 0) return row;
    fail_msg("no row %s", value);
    return NULL;
}

static void test_verdict__follows_from_the_printed_digits(void **state)
{
    static const struct {
        double exact, printed;
        int decimals;
        enum verdict verdict;
    } rows[] = {{0.5687, 0.6, 1, VERDICT_MATCH}, {2.2719, 2.2, 1, VERDICT_TRUNCATED},
        {2.4697, 2.3, 1, VERDICT_DIFFERS}, {0.3858, 0.39, 2, VERDICT_MATCH},
        {0.6868, 0.70, 2, VERDICT_DIFFERS}, {37.746, 37, 0, VERDICT_TRUNCATED},
        {NAN, 37, 0, VERDICT_NONE}, {37, NAN, 0, VERDICT_NONE}};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(
            verdict_judge(rows[i].exact, rows[i].printed, rows[i].decimals), rows[i].verdict);
    assert_null(verdict_name(VERDICT_NONE));
    assert_int_equal(verdict_two_digits(0.39), 2);
    assert_int_equal(verdict_two_digits(9.9), 1);
    assert_int_equal(verdict_two_digits(146), 0);
    assert_true(verdict_exchanged(14.57, 16.2, 16.12, 14.7));
    assert_false(verdict_exchanged(14.57, 16.2, 16.5, 14.7)); /* more than 1 % off */
    assert_false(verdict_exchanged(14.7, 14.7, 16.2, 16.2));
}

static void test_table1__the_network_that_is_built_is_the_papers(void **state)
{
    json_t *rows = fill("table1", NULL, NULL), *row;
    double params = 0, macs = 0;
    size_t i;

    (void)state;
    assert_int_equal(json_array_size(rows), 9);
    json_array_foreach(rows, i, row)
    {
        assert_string_equal(text_of(row, "verdict"), "match");
        assert_true(number(row, "input") == number(row, "input_paper"));
        params += number(row, "params");
        macs += number(row, "macs");
    }
    assert_true(params == 5288548 && macs == 385814752);
    json_decref(rows);
}

static void test_table2__counts_are_exact_and_judged(void **state)
{
    static const struct {
        const char *model;
        int input;
        double params, macs;
        const char *params_verdict, *flops_verdict;
    } expected[] = {
        {"efficientnet_b0", 224, 5288548, 385814752, "match", "match"},
        {"efficientnet_b1", 240, 7794184, 686802832, "match", "differs"},
        {"efficientnet_b2", 260, 9109994, 993561872, "differs", "match"},
        {"efficientnet_b3", 300, 12233232, 1827141392, "match", "match"},
        {"efficientnet_b4", 380, 19341616, 4393771024, "match", "differs"},
        {"efficientnet_b5", 456, 30389784, 10266384752, "match", "differs"},
        {"efficientnet_b6", 528, 43040704, 19067593536, "match", "match"},
        {"efficientnet_b7", 600, 66347960, 37745884192, "match", "truncated"},
        {"resnet50", 224, 25557032, 4089184256, "match", "match"},
    };
    json_t *rows = fill("table2", NULL, NULL);

    (void)state;
    assert_int_equal(json_array_size(rows), 24);
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        json_t *row = row_where(rows, "model", expected[i].model);

        assert_true(number(row, "input") == expected[i].input);
        assert_true(number(row, "params") == expected[i].params);
        assert_true(number(row, "macs") == expected[i].macs);
        assert_string_equal(text_of(row, "params_verdict"), expected[i].params_verdict);
        assert_string_equal(text_of(row, "flops_verdict"), expected[i].flops_verdict);
    }
    assert_null(text_of(row_where(rows, "model", "densenet169"), "flops_verdict"));
    assert_true(isnan(number(row_where(rows, "model", "gpipe"), "flops_b_paper")));
    json_decref(rows);
}

static void test_table7__counts_are_exact_and_judged(void **state)
{
    static const struct {
        const char *method;
        int input;
        double macs;
        const char *verdict;
    } expected[] = {{"baseline", 224, 385814752, "match"}, {"depth", 224, 1575132640, "differs"},
        {"width", 224, 1449958848, "differs"}, {"resolution", 448, 1537537408, "differs"},
        {"compound", 291, 1800091280, "match"}};
    json_t *rows = fill("table7", NULL, NULL);

    (void)state;
    assert_int_equal(json_array_size(rows), 5);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        json_t *row = json_array_get(rows, i);

        assert_string_equal(text_of(row, "method"), expected[i].method);
        assert_true(number(row, "input") == expected[i].input);
        assert_true(number(row, "macs") == expected[i].macs);
        assert_string_equal(text_of(row, "flops_verdict"), expected[i].verdict);
    }
    assert_true(number(json_array_get(rows, 4), "gain_paper") == 3.8);
    json_decref(rows);
}

static void test_table8__is_what_the_paper_prints(void **state)
{
    json_t *rows = fill("table8", NULL, NULL), *row = json_array_get(rows, 7);

    (void)state;
    assert_int_equal(json_array_size(rows), 8);
    assert_true(number(row, "val_top1_paper") == 84.26 && number(row, "test_top5_paper") == 96.94);
    json_decref(rows);
}

static void add(struct fixture *f, int number, const char *model, double width)
{
    char id[65];
    struct job_record job = fixture_job(number, id);
    bool added;

    job.model = model;
    job.width = width;
    assert_int_equal(store_add_job(f->store, "s", &job, &added, &f->err), 0);
}

static void test_tables__are_filled_from_a_study_that_has_their_networks(void **state)
{
    struct fixture f;
    json_t *rows, *row;

    (void)state;
    fixture_init(&f);
    add(&f, 0, "efficientnet_b0", 1);
    add(&f, 1, "efficientnet_b0", 2);
    add(&f, 2, "efficientnet_b1", 1);
    fixture_do(&f, "s", 40);
    fixture_do(&f, "s", 44);
    fixture_do(&f, "s", 50);
    rows = fill("table2", f.store, "s");
    row = row_where(rows, "model", "efficientnet_b0");
    assert_true(number(row, "top1") == 40 && number(row, "seeds") == 1);
    assert_true(number(row, "study_input") == 32 && number(row, "study_macs") == 2000);
    assert_true(number(row_where(rows, "model", "efficientnet_b1"), "top1") == 50);
    assert_true(isnan(number(row_where(rows, "model", "resnet50"), "top1")));
    json_decref(rows);
    rows = fill("table7", f.store, "s");
    row = row_where(rows, "method", "width");
    assert_true(number(row, "top1") == 44 && number(row, "gain") == 4);
    assert_true(isnan(number(row_where(rows, "method", "depth"), "top1")));
    json_decref(rows);
    fixture_release(&f);
}

static void test_paper_cells__are_those_that_tables_do_not_confirm(void **state)
{
    static const char *const tables[] = {"table2", "table3", "table7"};
    json_t *cells = fill("paper_cells", NULL, NULL), *row;
    size_t expected = 0, i;

    (void)state;
    for (size_t t = 0; t < 3; t++) {
        json_t *rows = fill(tables[t], NULL, NULL);

        json_array_foreach(rows, i, row)
        {
            const char *flops = text_of(row, "flops_verdict"), *params = NULL;

            if (json_object_get(row, "params_verdict"))
                params = text_of(row, "params_verdict");
            expected += flops && strcmp(flops, "match") != 0;
            expected += params && strcmp(params, "match") != 0;
        }
        json_decref(rows);
    }
    assert_int_equal(json_array_size(cells), expected);
    assert_int_equal(expected, 15);
    json_decref(cells);
}

static void test_tables__all_have_notes_and_rows_without_a_database(void **state)
{
    const struct table_options options = {.counter = &table_counter};

    (void)state;
    for (int i = 0; table_all()[i]; i++) {
        const struct table *table = table_all()[i];
        struct err err = {0};
        struct str notes = STR_INIT;
        json_t *rows = fill(table->name, NULL, NULL);

        assert_true(json_array_size(rows) > 0);
        assert_int_equal(table->notes(NULL, &options, &notes, &err), 0);
        assert_int_equal(str_check(&notes, &err), 0);
        assert_true(notes.length > 0 && notes.text[notes.length - 1] == '\n');
        str_release(&notes);
        json_decref(rows);
    }
}

static void test_table3__a_gain_is_over_the_networks_own_baseline_whatever_the_order(void **state)
{
    static const struct {
        const char *model;
        double width;
        int64_t macs;
        double top1;
    } jobs[] = {{"mobilenet_v1", 1, 1000, 40}, {"mobilenet_v2", 1, 500, 50}, /* baselines first */
        {"mobilenet_v2", 2, 1900, 53}, {"mobilenet_v1", 2, 4100, 45}};
    struct fixture f;
    json_t *rows;

    (void)state;
    fixture_init(&f);
    for (int i = 0; i < 4; i++) {
        char id[65];
        struct job_record job = fixture_job(i, id);
        bool added;

        job.model = jobs[i].model;
        job.width = jobs[i].width;
        job.macs = jobs[i].macs;
        assert_int_equal(store_add_job(f.store, "s", &job, &added, &f.err), 0);
        fixture_do(&f, "s", jobs[i].top1);
    }
    rows = fill("table3", f.store, "s");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        json_t *row = json_array_get(rows, i);
        bool wide = strcmp(text_of(row, "method"), "width") == 0;

        if (wide && strcmp(text_of(row, "model"), "resnet50") != 0)
            assert_true(number(row, "gain") ==
                        (strcmp(text_of(row, "model"), "mobilenet_v1") == 0 ? 5 : 3));
    }
    json_decref(rows);
    fixture_release(&f);
}
