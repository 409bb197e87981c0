#include "tests/lib/test.h"

#include <jansson.h>
#include <stdbool.h>

#include "harness/views/table_counter.h"
#include "results/tables/table.h"
#include "fixture.h"
#include "results/published/paper.h"

/* What is printed, to the letter: then nothing can be exchanged. */
static int printed_cost(const char *model, double depth, double width, double resolution,
    struct table_network *network, struct err *err)
{
    int n;
    const struct paper_row *rows = paper_rows("table3", &n);

    (void)err;
    *network = (struct table_network){.input = 224};
    for (int i = 0; i < n && network->macs == 0; i++)
        if (strcmp(rows[i].model, model) == 0 &&
            (isnan(rows[i].depth) || (rows[i].depth == depth && rows[i].width == width &&
                                         rows[i].resolution == resolution)))
            network->macs = (int64_t)llround(rows[i].flops_b * 1e9);
    return 0;
}

static bool any_model(const char *model)
{
    (void)model;
    return true;
}

static const struct table_counter printed_counter = {.has_model = any_model, .cost = printed_cost};

static json_t *fill(struct store *store, const struct table_options *options)
{
    struct err err = {0};
    const struct table *table = table_find("table3", &err);
    struct rowset rows;
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    json_t *json;

    assert_non_null(table);
    assert_non_null(stream);
    rowset_init(&rows, table->columns);
    if (table->fill(store, options, &rows, &err) < 0 ||
        rowset_print(&rows, stream, FORMAT_JSON, &err) < 0)
        fail_msg("%s", err.message);
    fclose(stream);
    rowset_release(&rows);
    json = json_loads(text, 0, NULL);
    free(text);
    assert_int_equal(json_array_size(json), 14);
    return json;
}

static json_t *row_of(json_t *rows, const char *model, const char *method)
{
    size_t i;
    json_t *row;

    json_array_foreach(rows, i,
        row) if (strcmp(json_string_value(json_object_get(row, "model")), model) == 0 &&
                 strcmp(json_string_value(json_object_get(row, "method")), method) == 0) return row;
    fail_msg("no row %s %s", model, method);
    return NULL;
}

static double number(json_t *row, const char *key)
{
    json_t *value = json_object_get(row, key);

    assert_non_null(value);
    return json_is_null(value) ? NAN : json_number_value(value);
}

static void test_table3__counts_and_judges_every_row(void **state)
{
    static const struct {
        const char *model, *method;
        int input;
        double macs;
        const char *verdict;
    } expected[] = {
        {"mobilenet_v1", "baseline", 224, 568740352, "match"},
        {"mobilenet_v1", "width", 224, 2216465408, "match"},
        {"mobilenet_v1", "resolution", 448, 2271889408, "truncated"},
        {"mobilenet_v1", "compound", 291, 2469723976, "differs"},
        {"mobilenet_v2", "baseline", 224, 300774272, "match"},
        {"mobilenet_v2", "depth", 224, 1219587776, "match"},
        {"mobilenet_v2", "width", 224, 1137428224, "match"},
        {"mobilenet_v2", "resolution", 448, 1199257088, "match"},
        {"mobilenet_v2", "compound", 291, 1442045088, "differs"},
        {"resnet50", "baseline", 224, 4089184256, "match"},
        {"resnet50", "depth", 224, 14570749952, "exchanged?"},
        {"resnet50", "width", 224, 16116613120, "exchanged?"},
        {"resnet50", "resolution", 448, 16350593024, "match"},
        {"resnet50", "compound", 291, 15945977664, "differs"},
    };
    const struct table_options options = {.counter = &table_counter};
    json_t *rows = fill(NULL, &options);

    (void)state;
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        json_t *row = row_of(rows, expected[i].model, expected[i].method);

        assert_ptr_equal(row, json_array_get(rows, i)); /* in the paper's order */
        assert_true(number(row, "macs") == expected[i].macs);
        assert_true(number(row, "input") == expected[i].input);
        assert_string_equal(
            json_string_value(json_object_get(row, "flops_verdict")), expected[i].verdict);
        assert_true(isnan(number(row, "top1")) && isnan(number(row, "seeds")) &&
                    isnan(number(row, "gain")));
    }
    json_decref(rows);
}

static void test_table3__has_the_keys_that_programs_rely_on(void **state)
{
    static const char *const keys[] = {"model", "method", "depth", "width", "resolution", "input",
        "macs", "flops_b_paper", "flops_verdict", "top1", "top1_ci95", "seeds", "top1_paper",
        "gain", "gain_paper"};
    const struct table_options options = {.counter = &table_counter};
    json_t *rows = fill(NULL, &options);

    (void)state;
    for (size_t i = 0; i < json_array_size(rows); i++)
        for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
            assert_non_null(json_object_get(json_array_get(rows, i), keys[k]));
    assert_true(number(row_of(rows, "mobilenet_v1", "compound"), "gain_paper") == 5);
    assert_true(number(row_of(rows, "mobilenet_v1", "compound"), "top1_paper") == 75.6);
    json_decref(rows);
}

static void test_table3__verdicts_follow_from_the_counts_alone(void **state)
{
    const struct table_options options = {.counter = &printed_counter};
    json_t *rows = fill(NULL, &options);

    (void)state;
    for (size_t i = 0; i < json_array_size(rows); i++) {
        json_t *row = json_array_get(rows, i);
        /* Compound rows without factors share those of another model, whose count printed_cost does
         * not know. */
        assert_string_equal(json_string_value(json_object_get(row, "flops_verdict")), "match");
    }
    json_decref(rows);
}

/* ---- with measurements ---- */

static void add(struct fixture *f, const char *study, int number, const char *model, double depth,
    double width, double resolution)
{
    char id[65];
    struct job_record job = fixture_job(number, id);
    bool added;

    job.model = model;
    job.depth = depth;
    job.width = width;
    job.resolution = resolution;
    job.input = (int)lround(32 * resolution);
    assert_int_equal(store_add_job(f->store, study, &job, &added, &f->err), 0);
}

static char *notes_of(struct store *store, const struct table_options *options)
{
    struct err err = {0};
    struct str notes = STR_INIT;
    char *text;

    if (table_find("table3", &err)->notes(store, options, &notes, &err) < 0)
        fail_msg("%s", err.message);
    text = str_detach(&notes);
    assert_non_null(text);
    return text;
}

static void test_table3__shows_what_was_measured_and_the_gain_over_its_own_baseline(void **state)
{
    const struct table_options options = {.counter = &table_counter};
    struct fixture f;
    json_t *rows, *row;
    char *notes;

    (void)state;
    fixture_init(&f);
    add(&f, "s", 0, "mobilenet_v1", 1, 1, 1);
    add(&f, "s", 1, "mobilenet_v1", 1.4, 1.2, 1.3);
    add(&f, "s", 2, "mobilenet_v2", 1, 2, 1); /* its baseline waits */
    add(&f, "s", 3, "mobilenet_v2", 1, 1, 1);
    fixture_do(&f, "s", 40);
    fixture_do(&f, "s", 44.5);
    fixture_do(&f, "s", 50);
    rows = fill(f.store, &options);
    row = row_of(rows, "mobilenet_v1", "compound");
    assert_true(
        number(row, "top1") == 44.5 && number(row, "gain") == 4.5 && number(row, "seeds") == 1);
    assert_true(isnan(number(row, "top1_ci95")));
    assert_true(number(row, "study_input") == 42 && number(row, "study_macs") == 2000);
    assert_true(number(row_of(rows, "mobilenet_v1", "baseline"), "gain") == 0);
    row = row_of(rows, "mobilenet_v2", "width");
    assert_true(number(row, "top1") == 50 && isnan(number(row, "gain")));
    assert_true(isnan(number(row_of(rows, "resnet50", "width"), "top1")));
    json_decref(rows);
    notes = notes_of(f.store, &options);
    assert_non_null(strstr(notes, "study s, on shapes"));
    assert_non_null(strstr(notes, "11 of the 14 rows are not measured"));
    assert_non_null(strstr(notes, "With one seed"));
    free(notes);
    fixture_release(&f);
}

static void test_table3__several_studies_are_not_mixed(void **state)
{
    struct table_options options = {.counter = &table_counter};
    const struct table *table = table_find("table3", NULL);
    struct fixture f;
    struct rowset rows;
    json_t *json;

    (void)state;
    fixture_init(&f);
    assert_int_equal(store_put_study(f.store, "t", "t.yaml", "", &f.err), 0);
    add(&f, "s", 0, "mobilenet_v1", 1, 1, 1);
    add(&f, "t", 1, "mobilenet_v1", 1, 1, 1);
    fixture_do(&f, "s", 10);
    fixture_do(&f, "t", 20);
    rowset_init(&rows, table->columns);
    assert_int_equal(table->fill(f.store, &options, &rows, &f.err), -1);
    assert_int_equal(f.err.code, ERR_INPUT);
    assert_non_null(strstr(f.err.message, "--study"));
    rowset_release(&rows);
    options.study = "t";
    json = fill(f.store, &options);
    assert_true(number(row_of(json, "mobilenet_v1", "baseline"), "top1") == 20);
    json_decref(json);
    options.study = "u";
    err_clear(&f.err);
    rowset_init(&rows, table->columns);
    assert_int_equal(table->fill(f.store, &options, &rows, &f.err), -1);
    assert_int_equal(f.err.code, ERR_INPUT);
    rowset_release(&rows);
    fixture_release(&f);
}

static void test_table3__notes_explain_what_occurs(void **state)
{
    struct table_options options = {.counter = &table_counter};
    char *notes = notes_of(NULL, &options);

    (void)state;
    assert_non_null(strstr(
        notes, "exchanged?: resnet50 has 14.57 at d=4 and 16.12 at w=2, the paper 16.2 and 14.7"));
    assert_non_null(strstr(notes, "truncated: "));
    assert_non_null(
        strstr(notes, "mobilenet_v2 and resnet50: they are taken to be d=1.4 w=1.2 r=1.3"));
    assert_non_null(strstr(notes, "No row is measured yet"));
    free(notes);
    options.counter = &printed_counter;
    notes = notes_of(NULL, &options);
    assert_null(strstr(notes, "exchanged?"));
    assert_null(strstr(notes, "truncated"));
    assert_null(strstr(notes, "differs"));
    free(notes);
}

static void test_table3__fits_a_hundred_columns(void **state)
{
    const struct table_options options = {.counter = &table_counter};
    struct fixture f;
    struct rowset rows;
    const struct table *table = table_find("table3", NULL);
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    (void)state;
    assert_non_null(stream);
    fixture_init(&f);
    for (int i = 0; i < 20; i++) {
        add(&f, "s", i, "resnet50", 1.4, 1.2, 1.3);
        fixture_do(&f, "s", 100 * (i % 2));
    }
    rowset_init(&rows, table->columns);
    assert_int_equal(table->fill(f.store, &options, &rows, &f.err), 0);
    assert_int_equal(rowset_print(&rows, stream, FORMAT_TABLE, &f.err), 0);
    fclose(stream);
    for (const char *line = text; *line; line = strchr(line, '\n') + 1)
        assert_true(strcspn(line, "\n") <= 101); /* the sign ± takes two bytes */
    rowset_release(&rows);
    free(text);
    fixture_release(&f);
}

static void test_table__names_that_there_are_not_are_told_with_those_that_there_are(void **state)
{
    struct err err = {0};

    (void)state;
    assert_null(table_find("table33", &err));
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.message, "table3"));
    for (int i = 0; table_all()[i]; i++)
        assert_ptr_equal(table_find(table_all()[i]->name, &err), table_all()[i]);
}
