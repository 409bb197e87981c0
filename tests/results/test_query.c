#include "tests/lib/test.h"

#include "fixture.h"
#include "results/published/paper.h"

/* A job of one of two networks, with one of many seeds. */
static void add(struct fixture *f, int number, bool wide, int seed)
{
    char id[65];
    struct job_record job = fixture_job(number, id);
    bool added;

    job.seed = seed;
    if (wide) {
        job.method = "width";
        job.width = 2;
        job.macs = 6000;
    }
    assert_int_equal(store_add_job(f->store, "s", &job, &added, &f->err), 0);
}

static void test_query__views_have_the_columns_that_they_promise(void **state)
{
    static const char *const views[][2] = {
        {"job_result",
            "study,job_id,model,method,depth,width,resolution,input,seed,state,params,macs,top1,"
            "top5,loss,epochs,"
            "train_seconds,images_per_second,peak_bytes,host,started_utc,finished_utc,error"},
        {"epoch_metric", "study,job_id,epoch,split,loss,top1,top5,lr,seconds"},
        {"paper_row", "source,model,method,depth,width,resolution,flops_b,top1,top5,params_m"},
    };
    struct fixture f;
    char sql[256], text[256];

    (void)state;
    fixture_init(&f);
    for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
        snprintf(sql, sizeof(sql), "SELECT group_concat(name) FROM pragma_table_info('%s')",
            views[i][0]);
        assert_int_equal(fixture_sql(&f, sql, text), 0);
        assert_string_equal(text, views[i][1]);
    }
    text[0] = '\0';
    for (int i = 0; query_job_columns[i].name; i++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? "," : "",
            query_job_columns[i].name);
    /* And what no view can say. */
    snprintf(sql, sizeof(sql), "%s,setting", views[0][1]);
    assert_string_equal(text, sql);
    fixture_release(&f);
}

static void test_query__seeds_of_one_configuration_are_one_group(void **state)
{
    struct accuracy_group *groups = NULL;
    struct fixture f;
    int n = 0;

    (void)state;
    fixture_init(&f);
    for (int seed = 0; seed < 3; seed++) {
        add(&f, 2 * seed, false, seed);
        add(&f, 2 * seed + 1, true, seed);
    }
    for (int i = 0; i < 5; i++) /* the last, a wide one, waits */
        fixture_do(&f, "s", 10 * i);
    assert_int_equal(query_accuracy(f.store, "s", &groups, &n, &f.err), 0);
    assert_int_equal(n, 2);
    assert_string_equal(groups[0].method, "baseline");
    assert_int_equal(groups[0].seeds, 3);
    assert_true(groups[0].top1 == 20);
    assert_true(fabs(groups[0].top1_ci95 - 4.302652730 * 20 / sqrt(3)) < 1e-6);
    assert_true(isnan(groups[0].top5));
    assert_string_equal(groups[1].method, "width");
    assert_true(groups[1].width == 2 && groups[1].macs == 6000 && groups[1].input == 32);
    assert_int_equal(groups[1].seeds, 2);
    assert_true(groups[1].top1 == 20);
    free(groups);
    fixture_release(&f);
}

static void test_query__one_seed_has_no_interval(void **state)
{
    struct accuracy_group *groups = NULL;
    struct fixture f;
    int n = 0;

    (void)state;
    fixture_init(&f);
    assert_int_equal(query_accuracy(f.store, NULL, &groups, &n, &f.err), 0);
    assert_int_equal(n, 0);
    assert_null(groups);
    add(&f, 0, false, 0);
    fixture_do(&f, "s", 42);
    assert_int_equal(query_accuracy(f.store, NULL, &groups, &n, &f.err), 0);
    assert_int_equal(n, 1);
    assert_true(groups[0].top1 == 42 && isnan(groups[0].top1_ci95));
    free(groups);
    fixture_release(&f);
}

static void test_query__status_counts_and_estimates(void **state)
{
    struct fixture f;
    struct claim claim;

    (void)state;
    fixture_init(&f);
    add(&f, 0, false, 0); /* 2000 multiply-adds, done in 10 s */
    add(&f, 1, true, 0);  /* 6000 */
    add(&f, 2, true, 1);
    assert_true(isnan(fixture_status(&f, "s").eta_seconds));
    fixture_do(&f, "s", 1);
    assert_true(isnan(fixture_status(&f, "s").eta_seconds)); /* nobody is at work */
    assert_int_equal(store_claim(f.store, "s", &fixture_owner, INT64_MAX, &claim, &f.err), 1);
    claim_release(&claim);
    assert_true(fixture_status(&f, "s").eta_seconds == 60);
    assert_int_equal(store_claim(f.store, "s", &fixture_owner, INT64_MAX, &claim, &f.err), 1);
    claim_release(&claim);
    assert_true(fixture_status(&f, "s").eta_seconds == 30);
    assert_int_equal(fixture_status(&f, "s").total, 3);
    assert_int_equal(fixture_status(&f, "s").running, 2);
    fixture_release(&f);
}

static void test_query__a_study_that_there_is_not_is_told_with_those_that_there_are(void **state)
{
    struct fixture f;

    (void)state;
    fixture_init(&f);
    assert_int_equal(query_has_study(f.store, "s", &f.err), 0);
    assert_int_equal(query_has_study(f.store, "t", &f.err), -1);
    assert_int_equal(f.err.code, ERR_INPUT);
    assert_non_null(strstr(f.err.message, "no study 't'; it has s"));
    fixture_release(&f);
}

static void test_query__jobs_come_in_the_order_of_the_study(void **state)
{
    struct fixture f;
    struct rowset rows;
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    (void)state;
    assert_non_null(stream);
    fixture_init(&f);
    for (int i = 2; i >= 0; i--)
        add(&f, i, i == 1, 7 + i);
    fixture_do(&f, "s", 12.5);
    rowset_init(&rows, query_job_columns);
    assert_int_equal(query_jobs(f.store, "s", NULL, &rows, &f.err), 0);
    assert_int_equal(rowset_count(&rows), 3);
    assert_int_equal(rowset_print(&rows, stream, FORMAT_JSON, &f.err), 0);
    fclose(stream);
    assert_non_null(strstr(text,
        "\"seed\": 7, \"state\": \"done\", \"params\": 1000, \"macs\": 2000, \"top1\": 12.5"));
    assert_true(strstr(text, "\"seed\": 7") < strstr(text, "\"seed\": 8"));
    assert_true(strstr(text, "\"seed\": 8") < strstr(text, "\"seed\": 9"));
    rowset_release(&rows);
    rowset_init(&rows, query_job_columns);
    assert_int_equal(query_jobs(f.store, "s", "waiting", &rows, &f.err), 0);
    assert_int_equal(rowset_count(&rows), 2);
    rowset_release(&rows);
    free(text);
    fixture_release(&f);
}

static void test_query__the_data_has_its_name(void **state)
{
    struct fixture f;
    char name[32];

    (void)state;
    fixture_init(&f);
    assert_int_equal(query_data_name(f.store, "s", name, sizeof(name), &f.err), 0);
    assert_string_equal(name, "");
    add(&f, 0, false, 0);
    assert_int_equal(query_data_name(f.store, "s", name, sizeof(name), &f.err), 0);
    assert_string_equal(name, "shapes");
    fixture_release(&f);
}

/* ---- the paper ---- */

static void test_paper__has_the_rows_and_sums_of_its_tables(void **state)
{
    /* Rows, and sums of FLOPS, top-1, top-5 and parameters over what the paper prints: a digit that
     * is changed by mistake shows. */
    static const struct {
        const char *source;
        int n;
        double flops, top1, top5, params;
    } tables[] = {{"table2", 24, 358.69, 1939.6, 2287.7, 1773.3},
        {"table3", 14, 80.5, 1058.6, 0, 0}, {"table7", 5, 7.7, 395.4, 0, 0}};

    (void)state;
    for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
        double flops = 0, top1 = 0, top5 = 0, params = 0;
        int n;
        const struct paper_row *rows = paper_rows(tables[t].source, &n);

        assert_int_equal(n, tables[t].n);
        for (int i = 0; i < n; i++) {
            flops += isnan(rows[i].flops_b) ? 0 : rows[i].flops_b;
            top1 += rows[i].top1;
            top5 += isnan(rows[i].top5) ? 0 : rows[i].top5;
            params += isnan(rows[i].params_m) ? 0 : rows[i].params_m;
        }
        if (fabs(flops - tables[t].flops) > 1e-6 || fabs(top1 - tables[t].top1) > 1e-6 ||
            fabs(top5 - tables[t].top5) > 1e-6 || fabs(params - tables[t].params) > 1e-6)
            fail_msg("%s: %.6f %.6f %.6f %.6f", tables[t].source, flops, top1, top5, params);
    }
}

static void test_paper__the_database_has_what_the_program_has(void **state)
{
    struct fixture f;
    char text[256];
    int all, none;

    (void)state;
    assert_null(paper_rows("table9", &none));
    assert_int_equal(none, 0);
    assert_non_null(paper_rows(NULL, &all));
    fixture_init(&f);
    assert_int_equal(fixture_sql(&f, "SELECT count(*) FROM paper_row", text), 0);
    assert_int_equal(strtol(text, NULL, 10), all);
    assert_int_equal(
        fixture_sql(&f,
            "SELECT flops_b || ' ' || top1 || ' ' || depth FROM paper_row WHERE source = 'table3' "
            "AND model = 'resnet50' AND method = 'depth'",
            text),
        0);
    assert_string_equal(text, "16.2 78.1 4.0");
    assert_int_equal(
        fixture_sql(&f,
            "SELECT group_concat(model) FROM paper_row WHERE source = 'table3' AND depth IS NULL",
            text),
        0);
    assert_string_equal(text, "mobilenet_v2,resnet50");
    fixture_release(&f);
}

static void test_find_job__takes_a_prefix_that_is_of_one_job(void **state)
{
    struct fixture f;
    char id[65], found[65];

    (void)state;
    fixture_init(&f);
    fixture_add(&f, "s", 1);
    fixture_add(&f, "s", 20);
    fixture_job(20, id);
    assert_int_equal(query_find_job(f.store, id, found, &f.err), 0);
    assert_string_equal(found, id);
    id[63] = '\0';
    assert_int_equal(query_find_job(f.store, id, found, &f.err), 0);
    id[60] = '\0';
    assert_int_equal(query_find_job(f.store, id, found, &f.err), -1);
    assert_int_equal(f.err.code, ERR_INPUT);
    assert_non_null(strstr(f.err.message, "several jobs"));
    err_clear(&f.err);
    assert_int_equal(query_find_job(f.store, "0%", found, &f.err), -1);
    err_clear(&f.err);
    assert_int_equal(query_find_job(f.store, "1", found, &f.err), -1);
    assert_non_null(strstr(f.err.message, "no job whose id begins with 1"));
    fixture_release(&f);
}

static void test_status__counts_what_running_jobs_have_done(void **state)
{
    struct progress_group *groups = NULL;
    struct running_job *running = NULL;
    struct fixture f;
    struct claim claim;
    int n = 0;

    (void)state;
    fixture_init(&f);
    fixture_add(&f, "s", 0);
    fixture_add(&f, "s", 1);
    fixture_do(&f, "s", 50);
    assert_int_equal(store_claim(f.store, "s", &fixture_owner, INT64_MAX, &claim, &f.err), 1);
    assert_int_equal(store_progress(f.store, claim.job_id, 1, 0.5, 300, &f.err), 0);
    /* Ten seconds for a job, half a job is left. */
    assert_true(fixture_status(&f, "s").eta_seconds == 5);
    assert_true(fixture_status(&f, "s").share == 0.75);
    assert_int_equal(query_progress(f.store, "s", &groups, &n, &f.err), 0);
    assert_int_equal(n, 1);
    assert_true(groups[0].macs_left == 1000 && groups[0].images_per_second == 200);
    assert_true(groups[0].done == 1 && groups[0].running == 1 && groups[0].total == 2);
    free(groups);
    assert_int_equal(query_running(f.store, NULL, &running, &n, &f.err), 0);
    assert_int_equal(n, 1);
    assert_true(running[0].progress == 0.5 && running[0].images_per_second == 300);
    assert_string_equal(running[0].job_id, claim.job_id);
    free(running);
    claim_release(&claim);
    fixture_release(&f);
}
