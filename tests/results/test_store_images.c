/* Sets of images in the database, and the results that jobs had with others. */
#include "fixture.h"

#include "harness/base/sha256.h"
#include "harness/base/str.h"
#include "results/store/store_admin.h"
#include "results/store/store_images.h"

static struct image_set set_of(char digit, const char *root)
{
    struct image_set set = {.classes = 2, .train_images = 30, .test_images = 10, .bytes = -1};

    memset(set.fingerprint, digit, sizeof(set.fingerprint) - 1);
    memset(set.names, '7', sizeof(set.names) - 1);
    str_copy(set.root, sizeof(set.root), root);
    return set;
}

static void put(struct fixture *f, const struct image_set *set)
{
    assert_int_equal(store_put_images(f->store, set, &f->err), 0);
}

static struct image_set find(struct fixture *f, const struct image_set *set)
{
    struct image_set found = {0};
    bool is_there = false;

    assert_int_equal(query_images(f->store, set->fingerprint, &found, &is_there, &f->err), 0);
    assert_true(is_there);
    return found;
}

static void test_store_images__a_set_is_where_it_was_last(void **state)
{
    struct image_set set = set_of('a', "/here"), moved = set_of('a', "~/there"), found;
    struct fixture f;
    bool is_there;

    (void)state;
    fixture_init(&f);
    put(&f, &set);
    found = find(&f, &set);
    assert_memory_equal(&found, &set, sizeof(set));
    put(&f, &moved);
    assert_string_equal(find(&f, &set).root, "~/there");
    assert_int_equal(query_images(f.store, "b", &found, &is_there, &f.err), 0);
    assert_false(is_there);
    fixture_release(&f);
}

/* A job whose id is that of its text, as those that are copied must be. */
static void add_sound(struct fixture *f, const char *study)
{
    char id[SHA256_HEX_BYTES];
    struct job_record job = fixture_job(1, id);
    bool added;

    assert_int_equal(sha256_hex(job.canonical, strlen(job.canonical), id, &f->err), 0);
    assert_int_equal(store_add_job(f->store, study, &job, &added, &f->err), 0);
}

static void test_store_images__copies_and_merges_take_them_along(void **state)
{
    struct image_set own = set_of('a', "/here"), same = set_of('a', "/there"),
                     other = set_of('b', "/there");
    struct store_merged merged;
    struct fixture f, g, h;

    (void)state;
    fixture_init(&f);
    fixture_init(&g);
    fixture_init(&h);
    put(&f, &own);
    put(&g, &same);
    put(&g, &other);
    add_sound(&g, "s");
    assert_int_equal(store_copy_study(g.store, h.store, "s", &h.err), 0);
    assert_string_equal(find(&h, &other).root, "/there");
    store_close(g.store);
    g.store = NULL;
    assert_int_equal(store_merge(f.store, g.path, NULL, &merged, &f.err), 0);
    assert_string_equal(find(&f, &own).root, "/here"); /* what is there stays */
    assert_string_equal(find(&f, &other).root, "/there");
    fixture_release(&f);
    fixture_release(&g);
    fixture_release(&h);
}

struct heard {
    int n;
    char fingerprint[4][SHA256_HEX_BYTES];
    struct canonical_hash settings[4];
    int64_t seeds[4];
};

static int hear(void *context, const char *fingerprint, const struct canonical_hash *asked,
    int64_t seed, struct err *err)
{
    struct heard *heard = context;

    (void)err;
    assert_true(heard->n < 4);
    str_copy(heard->fingerprint[heard->n], SHA256_HEX_BYTES, fingerprint);
    heard->seeds[heard->n] = seed;
    heard->settings[heard->n++] = *asked;
    return 0;
}

/* Jobs of now and of before images were recorded have one text but for their images. */
static void test_store_images__results_of_other_images_are_told_with_their_settings(void **state)
{
    static const char *const texts[] = {
        "{\"data\":{\"class_map\":\"\",\"images\":\"aa\",\"name\":\"folder\",\"root\":\"\",\"x\":"
        "5e-4},\"seed\":1}",
        "{\"data\":{\"class_map\":\"m\",\"name\":\"folder\",\"packed\":\"p\",\"root\":\"/"
        "r\",\"x\":5e-4},\"seed\":1}",
        "{\"data\":{\"class_map\":\"\",\"images\":\"bb\",\"name\":\"folder\",\"root\":\"\",\"x\":"
        "5e-4},\"seed\":1}",
        "{\"data\":{\"class_map\":\"\",\"images\":\"bb\",\"name\":\"cifar10\",\"root\":\"\",\"x\":"
        "5e-4},\"seed\":1}",
        "no JSON",
    };
    struct heard heard = {0};
    struct fixture f;

    (void)state;
    fixture_init(&f);
    for (int i = 0; i < 5; i++) {
        char id[65];
        struct job_record job = fixture_job(i, id);
        bool added;

        job.canonical = texts[i];
        assert_int_equal(store_add_job(f.store, "s", &job, &added, &f.err), 0);
        fixture_do(&f, "s", 50);
    }
    assert_int_equal(query_other_images(f.store, "folder", "bb", hear, &heard, &f.err), 0);
    assert_int_equal(heard.n, 2);
    assert_string_equal(heard.fingerprint[0], "aa");
    assert_string_equal(heard.fingerprint[1], "");
    assert_true(canonical_same(&heard.settings[0], &heard.settings[1]));
    assert_int_equal(heard.seeds[0], 0);
    assert_int_equal(heard.seeds[1], 1);
    fixture_release(&f);
}
