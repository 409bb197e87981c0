#include "tests/lib/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/clock.h"
#include "harness/report/report.h"
#include "results/store/store.h"
#include "tests/plots/fixture.h"

struct scene {
    struct fixture files;
    struct store *store;
    int n_jobs;
};

static void scene_init(struct scene *scene, const char *study, const char *text)
{
    char path[PATH_BYTES];

    *scene = (struct scene){0};
    fixture_init(&scene->files);
    fixture_path(&scene->files, "x.db", path);
    assert_int_equal(store_open(&scene->store, path, STORE_CREATE, &scene->files.err), 0);
    assert_int_equal(store_put_study(scene->store, study, "s.yaml", text, &scene->files.err), 0);
}

static void scene_release(struct scene *scene)
{
    store_close(scene->store);
    fixture_release(&scene->files);
}

static const struct job_record base = {.canonical = "{\"data\": {\"name\": \"shapes\"}}",
    .model = "mobilenet_v2",
    .method = "baseline",
    .depth = 1,
    .width = 1,
    .resolution = 1,
    .input = 32,
    .params = 1000,
    .macs = 3000000};

static void take(struct scene *scene, const char *study, struct job_record job, struct claim *claim)
{
    static const struct owner owner = {
        .host = "h", .pid = 1, .process_start = 1, .boot_id = "boot"};
    char id[65];
    bool added;

    snprintf(id, sizeof(id), "%064d", scene->n_jobs);
    job.id = id;
    job.position = scene->n_jobs++;
    assert_int_equal(store_add_job(scene->store, study, &job, &added, &scene->files.err), 0);
    if (claim)
        assert_int_equal(
            store_claim(scene->store, study, &owner, INT64_MAX, claim, &scene->files.err), 1);
}

static void finish(struct scene *scene, struct claim *claim, double top1)
{
    const struct job_outcome outcome = {.loss = 1, .top1 = top1, .top5 = NAN, .epochs = 2};
    struct err *err = &scene->files.err;

    for (int epoch = 1; epoch <= 2; epoch++) {
        struct epoch_row row = {
            .epoch = epoch, .split = "train", .loss = 2.0 / epoch, .top1 = top1};

        assert_int_equal(store_epoch(scene->store, claim->job_id, claim->attempt, &row, err), 0);
        row.split = "test";
        assert_int_equal(store_epoch(scene->store, claim->job_id, claim->attempt, &row, err), 0);
    }
    assert_int_equal(store_finish(scene->store, claim->job_id, claim->attempt, &outcome, err), 0);
    claim_release(claim);
}

static void add(struct scene *scene, const char *study, struct job_record job, double top1)
{
    struct claim claim;

    take(scene, study, job, &claim);
    finish(scene, &claim, top1);
}

static void add_failed(struct scene *scene, const char *study, const char *why)
{
    struct claim claim;
    struct job_record job = base;

    job.seed = 77;
    take(scene, study, job, &claim);
    assert_int_equal(
        store_fail(scene->store, claim.job_id, claim.attempt, why, &scene->files.err), 0);
    claim_release(&claim);
}

/* A baseline and a scaling of 4x by a method, `n` seeds each; the gain is `gain`. */
static void add_pair(struct scene *scene, const char *study, const char *method, int n, double gain)
{
    for (int seed = 0; seed < n; seed++) {
        struct job_record job = base;

        job.seed = seed;
        add(scene, study, job, 60 + seed * 0.5);
    }
    for (int seed = 0; seed < n; seed++) {
        struct job_record job = base;

        job.seed = seed;
        job.method = method;
        job.width = 2;
        job.macs = 12000000;
        add(scene, study, job, 60 + seed * 0.5 + gain + 0.1 * (seed % 2));
    }
}

static struct str page_of(struct scene *scene, const char *study)
{
    struct err warning = {0};
    char path[PATH_BYTES];
    struct report_options options = {
        .study = study, .output = fixture_path(&scene->files, "r.html", path), .database = "x.db"};

    if (report_write(scene->store, &options, &warning, &scene->files.err) < 0)
        fail_msg("%s", scene->files.err.message);
    return fixture_read(&scene->files, "r.html");
}

#define assert_holds(page, words)                                                                  \
    do {                                                                                           \
        if (!strstr((page).text, words))                                                           \
            fail_msg("the page does not hold \"%s\"", words);                                      \
    } while (0)
#define assert_lacks(page, words)                                                                  \
    do {                                                                                           \
        if (strstr((page).text, words))                                                            \
            fail_msg("the page holds \"%s\"", words);                                              \
    } while (0)

static int count_of(const char *text, const char *words)
{
    int n = 0;

    for (; (text = strstr(text, words)); text += strlen(words))
        n++;
    return n;
}

static void test_report__one_seed_claims_nothing(void **state)
{
    struct scene scene;
    struct str page;

    (void)state;
    scene_init(&scene, "s", "name: s\n");
    add_pair(&scene, "s", "width", 1, 20);
    page = page_of(&scene, NULL);
    assert_holds(page, "with 1 seed each: 2 jobs. All of them are done.");
    assert_holds(page, "Nothing about which scaling is better");
    assert_holds(page, "The highest mean of what was scaled from it has width, w=2, 12,000,000");
    assert_lacks(page, "is better than the baseline");
    str_release(&page);
    scene_release(&scene);
}

static void test_report__a_clear_difference_is_claimed_with_its_interval(void **state)
{
    struct scene scene;
    struct str page;

    (void)state;
    scene_init(&scene, "s", "name: s\n");
    add_pair(&scene, "s", "width", 4, 5);
    page = page_of(&scene, "s");
    assert_holds(page, "1 of 1 comparison with a baseline shows a difference");
    /* Differences 5, 5.1, 5, 5.1: mean 5.05, half 3.182 * 0.0577 / 2. */
    assert_holds(page, "width (w=2) is better than the baseline at 4.00 times the FLOPs: +5.0 "
                       "points, 95 % interval +5.0 to +5.1, p &lt; 0.001, 4 and 4 seeds compared "
                       "one by one.");
    str_release(&page);
    scene_release(&scene);
}

/* A baseline and two methods at 12 and 12.1 million multiply-adds, 4 seeds each. */
static void add_rivals(struct scene *scene, double difference)
{
    add_pair(scene, "s", "width", 4, 5);
    for (int seed = 0; seed < 4; seed++) {
        struct job_record job = base;

        job.seed = seed;
        job.method = "depth";
        job.depth = 4;
        job.macs = 12100000;
        add(scene, "s", job, 65 + seed * 0.5 + difference + 0.2 * (seed % 2));
    }
}

static void test_report__methods_are_compared_at_equal_flops_as_compare_does(void **state)
{
    struct scene scene;
    struct str page;

    (void)state;
    scene_init(&scene, "s", "name: s\n");
    add_rivals(&scene, -3);
    page = page_of(&scene, "s");
    assert_holds(page, "1 of 1 comparison of methods at equal FLOPs shows a difference that chance "
                       "does not explain; 2 of 2 comparisons with a baseline show");
    /* Width less depth: 3, 2.9, 3, 2.9. */
    assert_holds(page, "width (w=2) is better than depth (d=4) at 12,000,000 multiply-adds: +2.9 "
                       "points, 95 % interval +2.9 to +3.0, p &lt; 0.001, 4 and 4 seeds");
    assert_holds(page, "<caption>Scaling methods at equal FLOPs</caption>");
    assert_holds(page, "<caption>Scaled networks against their baselines</caption>");
    assert_holds(page, "p-values are Holm-corrected for 2 comparisons");
    assert_holds(page, "<td>better</td>");
    str_release(&page);
    scene_release(&scene);
}

static void test_report__laws_are_of_the_narrowest_curves_that_can_be_fitted(void **state)
{
    struct scene scene;
    struct str page;

    (void)state;
    scene_init(&scene, "s", "name: s\n");
    add_pair(&scene, "s", "width", 1, 5);
    page = page_of(&scene, "s");
    assert_holds(page, "A law takes networks of 3 different sizes");
    str_release(&page);
    scene_release(&scene);
    scene_init(&scene, "s", "name: s\n");
    add_rivals(&scene, -3);
    page = page_of(&scene, "s");
    /* No method has three sizes; the model has. */
    assert_holds(page, "<caption>Error against FLOPs as a saturating power law</caption>");
    assert_holds(page, "<th scope=\"row\">mobilenet_v2</th><td>-</td><td class=\"n\">3</td>");
    str_release(&page);
    scene_release(&scene);
}

/* Two variants at one input, as a grid makes them: all baselines run first. */
static void test_report__gains_are_over_the_variant_that_was_scaled(void **state)
{
    static const int64_t macs[] = {3000000, 10000000};
    struct scene scene;
    struct str page;

    (void)state;
    scene_init(&scene, "s", "name: s\n");
    for (int i = 0; i < 8; i++) {
        struct job_record job = base;

        job.seed = i % 2;
        job.macs = macs[i / 2 % 2] * (i < 4 ? 1 : 4);
        job.params = job.macs;
        job.width = i < 4 ? 1 : 2;
        job.method = i < 4 ? "baseline" : "width";
        /* 50 and 80; scaled, each has 5 more */
        add(&scene, "s", job, (i / 2 % 2 ? 80 : 50) + (i < 4 ? 0 : 5) + 0.1 * (i % 2) * (i / 4));
    }
    page = page_of(&scene, "s");
    assert_int_equal(
        count_of(page.text, "is better than the baseline at 4.00 times the FLOPs: +5."), 2);
    str_release(&page);
    scene_release(&scene);
}

static void test_report__chance_is_not_claimed_and_seeds_are_asked_for(void **state)
{
    struct scene scene;
    struct str page;

    (void)state;
    scene_init(&scene, "s", "name: s\n");
    for (int i = 0; i < 6; i++) {
        struct job_record job = base;

        job.seed = i % 3;
        job.width = i < 3 ? 1 : 2;
        job.macs = i < 3 ? 3000000 : 12000000;
        job.method = i < 3 ? "baseline" : "width";
        add(&scene, "s", job, i < 3 ? 60 + i : 61 + 5 * (i % 2));
    }
    page = page_of(&scene, "s");
    assert_holds(page, "0 of 1 comparison with a baseline shows a difference");
    assert_holds(page, "whether width (w=2) is better or worse than the baseline");
    assert_holds(page, " seeds each would tell a difference so large.");
    str_release(&page);
    scene_release(&scene);
}

static void test_report__jobs_that_are_missing_are_said(void **state)
{
    struct scene scene;
    struct str page;

    (void)state;
    scene_init(&scene, "s", "name: s\n");
    add_pair(&scene, "s", "width", 1, 2);
    add_failed(&scene, "s", "out of luck");
    take(&scene, "s", base, NULL);
    page = page_of(&scene, "s");
    assert_holds(page, "2 are done, 1 waiting and <strong class=\"bad\">1 failed</strong>");
    assert_holds(page, "Anything about the 1 job that failed");
    assert_holds(page, "Anything about the 1 job that is not done");
    assert_holds(page, "<td class=\"why\">out of luck</td>");
    str_release(&page);
    scene_release(&scene);
}

static void test_report__what_others_wrote_is_text(void **state)
{
    static const char name[] = "</title><script>alert('study')</script>";
    struct job_record job = base;
    struct scene scene;
    struct str page;

    (void)state;
    scene_init(&scene, name, "# </pre><script>alert('text')</script>\n");
    job.model = "\"><img src=x onerror=alert(1)>";
    job.method = "<b>bold</b>";
    job.canonical = "{\"data\": {\"name\": \"<script>alert('data')</script>\"}}";
    add(&scene, name, job, 50);
    add_failed(&scene, name, "</script><script>alert('error')</script>");
    page = page_of(&scene, NULL);
    assert_lacks(page, "<script>alert");
    assert_lacks(page, "<img");
    assert_lacks(page, "<b>bold");
    assert_holds(page, "<h1>The study &lt;/title&gt;&lt;script&gt;alert(&#39;study&#39;)");
    assert_holds(page, "&lt;/pre&gt;&lt;script&gt;alert(&#39;text&#39;)");
    assert_holds(page, "&quot;&gt;&lt;img src=x onerror=alert(1)&gt;");
    assert_int_equal(count_of(page.text, "<script"), 2); /* data, and ours */
    str_release(&page);
    scene_release(&scene);
}

static void test_report__it_loads_nothing(void **state)
{
    struct scene scene;
    struct str page;

    (void)state;
    scene_init(&scene, "s", "name: s\n");
    add_pair(&scene, "s", "width", 2, 2);
    page = page_of(&scene, "s");
    assert_holds(page, "default-src 'none'");
    assert_lacks(page, " src=");
    assert_lacks(page, "@import");
    assert_lacks(page, "<link");
    assert_lacks(page, "{{");
    /* Names of XML's namespaces are all that looks like an address. */
    assert_int_equal(count_of(page.text, "http"),
        count_of(page.text, "http://www.w3.org/") + count_of(page.text, "http-equiv"));
    str_release(&page);
    scene_release(&scene);
}

static void test_report__without_gnuplot_it_says_so_and_has_all_else(void **state)
{
    struct err warning = {0};
    struct scene scene;
    struct str page;
    char path[PATH_BYTES];
    struct report_options options = {.database = "x.db"};

    (void)state;
    scene_init(&scene, "s", "name: s\n");
    add_pair(&scene, "s", "width", 2, 2);
    fixture_fake(&scene.files, "exit 3");
    options.output = fixture_path(&scene.files, "r.html", path);
    assert_int_equal(report_write(scene.store, &options, &warning, &scene.files.err), 0);
    assert_says(&warning, "the report lacks figures: ");
    assert_says(&warning, "exit status 3");
    page = fixture_read(&scene.files, "r.html");
    assert_holds(page, "The figure flops-accuracy is missing: ");
    assert_holds(page, "id=\"job-table\"");
    str_release(&page);
    scene_release(&scene);
}

static void test_report__several_studies_must_be_chosen_from(void **state)
{
    struct err warning = {0};
    struct scene scene;
    char path[PATH_BYTES];
    struct report_options options = {.database = "x.db"};

    (void)state;
    scene_init(&scene, "one", "name: one\n");
    assert_int_equal(store_put_study(scene.store, "two", "t", "name: two\n", &scene.files.err), 0);
    options.output = fixture_path(&scene.files, "r.html", path);
    assert_int_equal(report_write(scene.store, &options, &warning, &scene.files.err), -1);
    assert_int_equal(scene.files.err.code, ERR_INPUT);
    assert_says(&scene.files.err, "one, two; choose one with --study");
    assert_false(fixture_has(&scene.files, "r.html"));
    scene_release(&scene);
}

/* Ten thousand jobs, each network with 10 seeds. */
static void add_many(struct scene *scene)
{
    struct err *err = &scene->files.err;
    int result = store_batch_begin(scene->store, err);

    assert_int_equal(result, 0);
    for (int i = 0; i < 10000; i++) {
        struct job_record job = base;

        job.seed = i % 10;
        job.width = 1 + i / 10 * 0.001;
        job.macs = 3000000 + i / 10;
        job.method = i < 10 ? "baseline" : "width";
        add(scene, "s", job, 50 + i % 7);
    }
    assert_int_equal(store_batch_end(scene->store, 0, err), 0);
}

static void test_report__ten_thousand_jobs_are_put_together_by_network(void **state)
{
    struct scene scene;
    struct str page;

    (void)state;
    scene_init(&scene, "s", "name: s\n");
    add_many(&scene);
    page = page_of(&scene, "s");
    assert_true(page.length < 5 << 20);
    assert_holds(page, "10000 jobs, the seeds of a network together: 1000 networks.");
    assert_int_equal(count_of(page.text, "<tr data-curve="), 1000);
    assert_holds(
        page, "\"0\":{\"seeds\":10,\"train\":{\"epochs\":[1,2],\"loss\":[[2,1],[2,1],[2,1]]");
    str_release(&page);
    scene_release(&scene);
}
