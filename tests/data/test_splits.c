/* Which images are for training and which for testing: one rule for folders and manifests. */
#include "tests/lib/test.h"

#include "fixture.h"
#include "workloads/data/dataset/splits.h"

static char root[PATH_BYTES];

static struct dataset *open_set(const char *kind)
{
    struct data_config config = fixture_config(kind, root);
    struct dataset *set;
    struct err err = {0};

    if (dataset_open(&set, &config, 0, &err) < 0)
        fail_msg("%s", err.message);
    return set;
}

static void check_refused(const char *kind, const char *word, const char *other)
{
    struct data_config config = fixture_config(kind, root);
    struct dataset *set;
    struct err err = {0};

    assert_int_equal(dataset_open(&set, &config, 0, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    if (!strstr(err.message, word) || !strstr(err.message, other))
        fail_msg("\"%s\" has not both \"%s\" and \"%s\"", err.message, word, other);
}

static int count_class(const struct dataset *set, enum split split, int class)
{
    int n = 0;

    for (int i = 0; i < dataset_count(set, split); i++)
        n += dataset_label(set, split, i) == class;
    return n;
}

static bool is_in(const struct dataset *set, enum split split, const char *path)
{
    for (int i = 0; i < dataset_count(set, split); i++)
        if (strcmp(dataset_path(set, split, i), path) == 0)
            return true;
    return false;
}

/* Classes of 1, 2, 3, 7, 48 and 100 images. */
static void make_unsplit(void)
{
    static const int sizes[] = {1, 2, 3, 7, 48, 100};
    char name[64];

    for (int c = 0; c < 6; c++)
        for (int i = 0; i < sizes[c]; i++) {
            snprintf(name, sizeof(name), "c%d/%03d.png", c, i);
            fixture_write(root, name, "x", 1);
        }
}

static void test_splits__without_names_a_fifth_of_each_class_is_for_testing(void **state)
{
    static const int tests[] = {0, 1, 1, 1, 10, 20}, trains[] = {1, 1, 2, 6, 38, 80};
    struct str text = STR_INIT;
    struct dataset *set;

    (void)state;
    fixture_make(root);
    make_unsplit();
    set = open_set("folder");
    for (int c = 0; c < 6; c++) {
        assert_int_equal(count_class(set, SPLIT_TEST, c), tests[c]);
        assert_int_equal(count_class(set, SPLIT_TRAIN, c), trains[c]);
    }
    for (int s = 0; s < SPLIT_COUNT; s++) /* in the order of the folders */
        for (int i = 1; i < dataset_count(set, (enum split)s); i++)
            assert_true(strcmp(dataset_path(set, (enum split)s, i - 1),
                            dataset_path(set, (enum split)s, i)) < 0);
    splits_say(set, &text);
    assert_non_null(strstr(text.text, "128 images of folder for training, 33 for testing"));
    assert_non_null(strstr(text.text, "a fifth of each class"));
    str_release(&text);
    dataset_free(set);
    fixture_remove(root);
}

static void test_splits__an_image_that_is_added_moves_at_most_one_other(void **state)
{
    struct dataset *set, *more;
    int moved = 0;

    (void)state;
    fixture_make(root);
    make_unsplit();
    set = open_set("folder");
    fixture_write(root, "c5/new.png", "x", 1);
    more = open_set("folder");
    for (int i = 0; i < dataset_count(set, SPLIT_TEST); i++)
        moved += !is_in(more, SPLIT_TEST, dataset_path(set, SPLIT_TEST, i));
    for (int i = 0; i < dataset_count(set, SPLIT_TRAIN); i++)
        moved += !is_in(more, SPLIT_TRAIN, dataset_path(set, SPLIT_TRAIN, i));
    assert_in_range(moved, 0, 1);
    dataset_free(set);
    dataset_free(more);
    fixture_remove(root);
}

static void test_splits__a_manifest_without_splits_is_drawn_as_a_folder_is(void **state)
{
    struct str table = STR_INIT;
    struct dataset *set;

    (void)state;
    fixture_make(root);
    str_add(&table, "path,class\n");
    for (int i = 0; i < 60; i++) {
        char name[32];

        snprintf(name, sizeof(name), "%02d.png", i);
        fixture_write(root, name, "x", 1);
        str_addf(&table, "%s,%s\n", name, i < 45 ? "owl" : "wren");
    }
    fixture_write(root, "manifest.csv", table.text, table.length);
    set = open_set("manifest");
    assert_int_equal(count_class(set, SPLIT_TEST, 0), 9);
    assert_int_equal(count_class(set, SPLIT_TEST, 1), 3);
    assert_true(splits_are_drawn(set));
    dataset_free(set);
    str_release(&table);
    fixture_remove(root);
}

/* root/SPLIT/cat/N.png and the same as a manifest beside it. */
static void make_named(const char *const *names, int n)
{
    struct str table = STR_INIT;
    char name[128];

    str_add(&table, "path,class,split\n");
    for (int i = 0; i < n; i++) {
        snprintf(name, sizeof(name), "%s/cat/%d.png", names[i], i);
        fixture_write(root, name, "x", 1);
        str_addf(&table, "%s,cat,%s\n", name, names[i]);
    }
    fixture_write(root, "manifest.csv", table.text, table.length);
    str_release(&table);
}

static void check_split(const char *kind, const char *train, const char *test, int left_out)
{
    struct dataset *set = open_set(kind);

    assert_int_equal(dataset_count(set, SPLIT_TRAIN), 1);
    assert_int_equal(dataset_count(set, SPLIT_TEST), 1);
    assert_string_equal(dataset_path(set, SPLIT_TRAIN, 0), train);
    assert_string_equal(dataset_path(set, SPLIT_TEST, 0), test);
    assert_int_equal(set->left_out.n[LEFT_OUT_SPLIT], left_out);
    assert_false(splits_are_drawn(set));
    dataset_free(set);
}

static void test_splits__of_several_names_the_first_is_used_in_folder_and_manifest(void **state)
{
    static const struct {
        const char *names[4];
        int n;
        const char *train, *test;
        int left_out;
    } cases[] = {
        {{"train", "val", "test"}, 3, "train/cat/0.png", "test/cat/2.png", 1},
        {{"validation", "train", "valid"}, 3, "train/cat/1.png", "valid/cat/2.png", 1},
        {{"Train", "Test"}, 2, "Train/cat/0.png", "Test/cat/1.png", 0},
        {{"TRAINING", "testing", "val"}, 3, "TRAINING/cat/0.png", "testing/cat/1.png", 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        fixture_make(root);
        make_named(cases[i].names, cases[i].n);
        check_split("folder", cases[i].train, cases[i].test, cases[i].left_out);
        check_split("manifest", cases[i].train, cases[i].test, cases[i].left_out);
        fixture_remove(root);
    }
}

static void test_splits__trees_of_another_form_are_refused_with_what_is_right(void **state)
{
    (void)state;
    fixture_make(root);
    fixture_write(root, "birds/train/owl/1.png", "x", 1);
    fixture_write(root, "birds/test/owl/2.png", "x", 1);
    check_refused("folder", "the root is", "/birds");
    fixture_write(root, "mice/train/1.png", "x", 1);
    fixture_write(root, "mice/test/2.png", "x", 1);
    check_refused("folder", "SPLIT/CLASS/IMAGE", "manifest");
    fixture_remove(root);
}

static void test_manifest__an_image_is_listed_once_however_it_is_spelt(void **state)
{
    static const char *const spellings[] = {"img/1.png", "./img/1.png", "img//1.png", "img/./1.png",
        "img/../img/1.png", "a/b/../../img/1.png", "./././img/1.png", "img/a/.././1.png"};
    char text[256];

    (void)state;
    fixture_make(root);
    fixture_write(root, "img/1.png", "x", 1);
    fixture_write(root, "img/2.png", "x", 1);
    for (int i = 0; i < 8; i++) {
        snprintf(text, sizeof(text), "path,class,split\nimg/1.png,owl,train\n%s,owl,test\n",
            spellings[i]);
        fixture_write(root, "manifest.csv", text, strlen(text));
        check_refused("manifest", "twice", spellings[i]);
    }
    snprintf(text, sizeof(text),
        "path,class,split\nimg/1.png,owl,train\nimg/2.png,owl,test\n"
        "../img/1.png,owl,test\n../../img/1.png,owl,test\n");
    fixture_write(root, "manifest.csv", text, strlen(text));
    dataset_free(open_set("manifest"));
    fixture_remove(root);
}
