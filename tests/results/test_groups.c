#include "fixture.h"

#include "results/store/canonical.h"
#include "results/analysis/compare.h"
#include "results/analysis/fit_curves.h"
#include "results/query/groups.h"
#include "results/analysis/ranking.h"
#include "results/query/runs.h"

/* A text as jobs have it: what the numbers do not say is the same in all. */
struct network {
    int epochs, channels, repeats, stride, input;
    const char *images; /* NULL: not recorded */
};
static const struct network plain = {1, 16, 2, 2, 32, NULL};

static void text_of(const struct network *network, int64_t seed, char to[1024])
{
    char images[96] = "";

    if (network->images)
        snprintf(images, sizeof(images), "\"images\":\"%s\",", network->images);
    snprintf(to, 1024,
        "{\"data\":{%s\"name\":\"shapes\",\"root\":\"\"},\"numerics\":5,\"recipe\":{\"augment\":[],"
        "\"epochs\":%d,\"optimizer\":{\"lr\":0.1,\"name\":\"sgd\"}},\"seed\":%lld,\"spec\":{"
        "\"dropout\":0,\"input\":%d,\"name\":\"resnet18\",\"stages\":[{\"block\":\"conv\","
        "\"channels\":%d,\"repeats\":1,\"stride\":%d},{\"block\":\"basic\",\"channels\":%d,"
        "\"repeats\":%d,\"stride\":1}]}}",
        images, network->epochs, (long long)seed, network->input, network->channels,
        network->stride, 2 * network->channels, network->repeats);
}

/* A finished job of the study "s": the baseline by which the factors go, or what is scaled from it. */
static void put(struct fixture *f, const struct network *network, const char *method, double width,
    int64_t seed, double top1)
{
    static int number;
    char text[1024], id[65];
    struct job_record job = fixture_job(++number, id);
    bool added;

    text_of(network, seed, text);
    job.canonical = text;
    job.model = "resnet18";
    job.method = method;
    job.width = width;
    job.input = network->input;
    job.seed = seed;
    job.macs = (int64_t)network->channels * network->channels * network->input * network->input *
               network->repeats;
    assert_int_equal(store_add_job(f->store, "s", &job, &added, &f->err), 0);
    fixture_do(f, "s", top1);
}

static struct canonical_hash hash_of(const struct network *network, int64_t seed)
{
    char text[1024];

    text_of(network, seed, text);
    return canonical_network(text, strlen(text));
}

static void test_canonical__a_network_is_all_but_the_seed(void **state)
{
    struct network other = plain;
    struct canonical_hash one = hash_of(&plain, 0), two = hash_of(&plain, -123456789012),
                          three = hash_of(&other, 1);

    (void)state;
    assert_true(canonical_same(&one, &two) && canonical_same(&one, &three));
    other.epochs = 8;
    three = hash_of(&other, 0);
    assert_false(canonical_same(&one, &three));
    other = plain;
    other.images = "00ff";
    three = hash_of(&other, 0);
    assert_false(canonical_same(&one, &three));
}

static void test_canonical__what_a_file_asks_for_is_neither_seed_nor_place_of_images(void **state)
{
    static const char here[] = "{\"data\":{\"name\":\"folder\",\"root\":\"here\"},\"seed\":0}",
                      there[] = "{\"data\":{\"images\":\"ab\",\"name\":\"folder\"},\"seed\":0}",
                      other[] = "{\"data\":{\"name\":\"folder\",\"match\":\"a\"},\"seed\":1}";
    struct canonical_hash a = canonical_asked(here, strlen(here)),
                          b = canonical_asked(there, strlen(there)),
                          c = canonical_asked(other, strlen(other));

    (void)state;
    assert_true(canonical_same(&a, &b));
    assert_false(canonical_same(&a, &c));
}

static void count_leaves(void *context, const char *path, const char *value, size_t length)
{
    (void)path;
    (void)value;
    (void)length;
    ++*(int *)context;
}

static void test_canonical__texts_may_hold_anything(void **state)
{
    static const char *const texts[] = {"", "{", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[1", "{\"a\":", "\"",
        "{\"a\\\":1}", "{\"a\":}", "[1,]", "{\"seed\":", "{\"seed\":}", "not JSON", "{\"a\" 1}"};
    struct canonical_keys keys;
    int n = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        char *exact = strndup(texts[i], strlen(texts[i])); /* for the sanitizers */

        canonical_keys(exact, strlen(exact), &keys);
        canonical_walk(exact, strlen(exact), count_leaves, &n);
        free(exact);
    }
    n = 0;
    canonical_walk("{\"a\":[1,{\"b\":\"x,}\"},[]],\"c\":{}}", 33, count_leaves, &n);
    assert_int_equal(n, 4);
}

static void test_groups__recipes_are_no_seeds_of_one_network(void **state)
{
    struct network longer = plain, wide = plain, wide_longer;
    struct accuracy_group *groups = NULL;
    struct comparisons gains = COMPARISONS_INIT;
    struct compare_options how = {.within = 0.02, .with_baseline = true};
    struct fixture f;
    int n = 0;

    (void)state;
    fixture_init(&f);
    longer.epochs = 8;
    wide.channels = 32;
    wide_longer = wide;
    wide_longer.epochs = 8;
    for (int seed = 0; seed < 3; seed++) {
        put(&f, &plain, "baseline", 1, seed, 10 + seed);
        put(&f, &longer, "baseline", 1, seed, 50 + seed);
        put(&f, &wide, "width", 2, seed, 11 + seed);
        put(&f, &wide_longer, "width", 2, seed, 53 + seed);
    }
    assert_int_equal(query_accuracy(f.store, "s", &groups, &n, &f.err), 0);
    assert_int_equal(n, 4);
    for (int i = 0; i < n; i++) {
        assert_int_equal(groups[i].seeds, 3);
        assert_int_equal(groups[i].baseline, i % 2);
        assert_string_equal(groups[i].label, i % 2 ? "epochs=8" : "epochs=1");
    }
    assert_float_equal(groups[0].top1, 11, 1e-9);
    assert_float_equal(groups[3].top1, 54, 1e-9);
    free(groups);
    /* Each gain is against the baseline of its own recipe. */
    assert_int_equal(compare_load(&gains, f.store, "s", &how, &f.err), 0);
    assert_int_equal(gains.n, 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(gains.all[i].n_a, 3);
        assert_string_equal(
            gains.runs.configs[gains.all[i].a].label, gains.runs.configs[gains.all[i].b].label);
    }
    assert_float_equal(gains.all[0].test.difference + gains.all[1].test.difference, 1 + 3, 1e-9);
    compare_release(&gains);
    fixture_release(&f);
}

static void test_groups__a_curve_begins_at_its_own_baseline(void **state)
{
    struct network variants[2] = {plain, plain};
    struct fit_curves curves = FIT_CURVES_INIT;
    struct fit_options how = FIT_DEFAULTS;
    struct fixture f;

    (void)state;
    fixture_init(&f);
    variants[1].channels = 24;
    for (int v = 0; v < 2; v++) {
        put(&f, &variants[v], "baseline", 1, 0, 40 + v);
        for (int w = 2; w < 5; w++) {
            struct network wider = variants[v];

            wider.channels *= w;
            put(&f, &wider, "width", w, 0, 40 + 2 * w + v);
        }
    }
    assert_int_equal(fit_curves_load(&curves, f.store, "s", &how, &f.err), 0);
    assert_int_equal(curves.n, 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(curves.all[i].n, 4);
        assert_int_equal(curves.all[i].sizes, 4);
        assert_non_null(strstr(curves.all[i].label, "FLOPs"));
    }
    assert_string_not_equal(curves.all[0].label, curves.all[1].label);
    fit_curves_release(&curves);
    /* By model they are one curve: sizes are what it is about. */
    how.by = FIT_BY_MODEL;
    assert_int_equal(fit_curves_load(&curves, f.store, "s", &how, &f.err), 0);
    assert_int_equal(curves.n, 1);
    assert_int_equal(curves.all[0].n, 8);
    fit_curves_release(&curves);
    fixture_release(&f);
}

static void test_groups__other_recipes_are_other_curves_however_they_are_grouped(void **state)
{
    struct network recipes[2] = {plain, plain};
    struct fixture f;

    (void)state;
    fixture_init(&f);
    recipes[1].epochs = 8;
    for (int r = 0; r < 2; r++)
        for (int w = 1; w < 5; w++) {
            struct network wider = recipes[r];

            wider.channels *= w;
            put(&f, &wider, w > 1 ? "width" : "baseline", w, 0, 40 + 2 * w + r);
        }
    for (int by = FIT_BY_METHOD; by <= FIT_BY_STUDY; by++) {
        struct fit_curves curves = FIT_CURVES_INIT;
        struct fit_options how = FIT_DEFAULTS;

        how.by = (enum fit_by)by;
        assert_int_equal(fit_curves_load(&curves, f.store, "s", &how, &f.err), 0);
        assert_int_equal(curves.n, 2);
        assert_string_equal(curves.all[0].label, "epochs=1");
        assert_string_equal(curves.all[1].label, "epochs=8");
        assert_int_equal(curves.all[0].n, 4);
        fit_curves_release(&curves);
    }
    fixture_release(&f);
}

/* Both have the multiply-adds that half as many channels at twice the input have. */
static void test_groups__baselines_are_told_by_their_sizes_not_by_their_cost_alone(void **state)
{
    struct network narrow = plain, wide = plain, scaled;
    struct runs runs = RUNS_INIT;
    struct fixture f;

    (void)state;
    fixture_init(&f);
    narrow.channels = 32;
    narrow.input = 64;
    wide.channels = 64;
    put(&f, &narrow, "baseline", 1, 0, 40);
    put(&f, &wide, "baseline", 1, 0, 41);
    scaled = wide;
    scaled.channels = 128;
    put(&f, &scaled, "width", 2, 0, 43);
    scaled = narrow;
    scaled.channels = 64;
    put(&f, &scaled, "width", 2, 0, 42);
    scaled.channels = 48 * 2; /* no baseline of the study has half of them */
    put(&f, &scaled, "width", 2, 0, 42);
    assert_int_equal(runs_load(&runs, f.store, "s", &f.err), 0);
    assert_int_equal(runs.n_configs, 5);
    assert_int_equal(runs.configs[2].baseline, 1);
    assert_int_equal(runs.configs[3].baseline, 0);
    assert_int_equal(runs.configs[4].baseline, -1);
    assert_string_equal(runs.configs[0].label, "64 px channels=32");
    assert_string_equal(runs.configs[2].label, "32 px channels=64");
    runs_release(&runs);
    fixture_release(&f);
}

static void test_groups__images_tell_networks_apart(void **state)
{
    struct network images[3] = {plain, plain, plain};
    struct ranking ranking = RANKING_INIT;
    struct ranking_options how = RANKING_DEFAULTS;
    struct fixture f;

    (void)state;
    fixture_init(&f);
    images[1].images = "3f2ac011aa";
    images[2].images = "99e0aa1234";
    for (int i = 0; i < 3; i++)
        for (int seed = 0; seed < 2; seed++)
            put(&f, &images[i], "baseline", 1, seed, 40 + i);
    assert_int_equal(ranking_load(&ranking, f.store, "s", &how, &f.err), 0);
    assert_int_equal(ranking.n, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(ranking.all[i].seeds, 2);
    assert_string_equal(ranking.runs.configs[0].label, "images not recorded");
    assert_string_equal(ranking.runs.configs[1].label, "images 3f2ac011");
    assert_string_equal(ranking.runs.configs[2].label, "images 99e0aa12");
    ranking_release(&ranking);
    fixture_release(&f);
}

static void test_groups__jobs_can_be_chosen_by_what_tells_them_apart(void **state)
{
    struct network longer = plain;
    struct rowset rows;
    struct fixture f;

    (void)state;
    fixture_init(&f);
    longer.epochs = 8;
    put(&f, &plain, "baseline", 1, 0, 40);
    put(&f, &longer, "baseline", 1, 0, 50);
    put(&f, &longer, "baseline", 1, 1, 51);
    rowset_init(&rows, query_job_columns);
    assert_int_equal(
        query_jobs_where(f.store, NULL, NULL, "setting = 'epochs=8'", &rows, &f.err), 0);
    assert_int_equal(rowset_count(&rows), 2);
    rowset_release(&rows);
    fixture_release(&f);
}
