#include "tests/lib/test.h"

#include "fixture.h"
#include "workloads/data/dataset/imagenet_ids.h"

static struct dataset *open_set(const struct data_config *config, int classes)
{
    struct dataset *set;
    struct err err = {0};

    if (dataset_open(&set, config, classes, &err) < 0)
        fail_msg("%s", err.message);
    return set;
}

/* Opening must be refused as the user's mistake, with both words in the sentence. */
static void check_refused(
    const struct data_config *config, int classes, const char *word, const char *other)
{
    struct dataset *set;
    struct err err = {0};

    assert_int_equal(dataset_open(&set, config, classes, &err), -1);
    assert_null(set);
    assert_int_equal(err.code, ERR_INPUT);
    if (!strstr(err.message, word) || !strstr(err.message, other))
        fail_msg("\"%s\" has not both \"%s\" and \"%s\"", err.message, word, other);
}

static void make_two_splits(const char *root)
{
    fixture_image(root, "train/cat/1.png");
    fixture_image(root, "train/cat/2.PNG");
    fixture_image(root, "train/dog/1.png");
    fixture_image(root, "val/cat/9.png");
    fixture_image(root, "val/dog/8.png");
    fixture_write(root, "train/cat/notes.txt", "x", 1);
    fixture_write(root, "train/cat/.hidden.png", "x", 1);
}

static void test_folder__splits_and_classes_come_from_the_folders(void **state)
{
    char root[PATH_BYTES];
    struct data_config config;
    struct dataset *set;

    (void)state;
    fixture_make(root);
    make_two_splits(root);
    config = fixture_config("folder", root);
    set = open_set(&config, 0);
    assert_int_equal(dataset_classes(set), 2);
    assert_string_equal(dataset_class_name(set, 0), "cat");
    assert_string_equal(dataset_class_name(set, 1), "dog");
    assert_int_equal(dataset_count(set, SPLIT_TRAIN), 3);
    assert_int_equal(dataset_count(set, SPLIT_TEST), 2);
    assert_string_equal(dataset_path(set, SPLIT_TRAIN, 1), "train/cat/2.PNG");
    assert_int_equal(dataset_label(set, SPLIT_TRAIN, 2), 1);
    assert_string_equal(dataset_path(set, SPLIT_TEST, 1), "val/dog/8.png");
    dataset_free(set);
    fixture_remove(root);
}

static void test_folder__without_splits_a_fifth_is_for_testing_by_path_alone(void **state)
{
    char root[PATH_BYTES], name[64];
    struct data_config config;
    struct dataset *set, *again;
    int tests;

    (void)state;
    fixture_make(root);
    for (int i = 0; i < 200; i++) {
        snprintf(name, sizeof(name), "%c/%03d.png", i % 2 ? 'a' : 'b', i);
        fixture_image(root, name);
    }
    config = fixture_config("folder", root);
    set = open_set(&config, 0);
    tests = dataset_count(set, SPLIT_TEST);
    assert_int_equal(dataset_count(set, SPLIT_TRAIN) + tests, 200);
    assert_in_range(tests, 20, 60);
    fixture_image(root, "a/new.png");
    again = open_set(&config, 0);
    for (int i = 0, j = 0; i < tests; i++, j++) {
        if (strcmp(dataset_path(again, SPLIT_TEST, j), "a/new.png") == 0)
            j++;
        assert_string_equal(dataset_path(set, SPLIT_TEST, i), dataset_path(again, SPLIT_TEST, j));
    }
    dataset_free(again);
    dataset_free(set);
    fixture_remove(root);
}

static void test_folder__limits_take_as_many_of_each_class_and_smaller_ones_a_part(void **state)
{
    char root[PATH_BYTES], name[64];
    struct data_config config;
    struct dataset *few, *more;
    int cats = 0;

    (void)state;
    fixture_make(root);
    for (int i = 0; i < 40; i++) {
        snprintf(name, sizeof(name), "train/%s/%02d.png", i < 30 ? "cat" : "dog", i);
        fixture_image(root, name);
    }
    config = fixture_config("folder", root);
    config.train_images = 8;
    few = open_set(&config, 0);
    config.train_images = 26;
    more = open_set(&config, 0);
    assert_int_equal(dataset_count(few, SPLIT_TRAIN), 8);
    assert_int_equal(dataset_count(more, SPLIT_TRAIN), 26);
    for (int i = 0; i < 8; i++) {
        bool found = false;

        cats += dataset_label(few, SPLIT_TRAIN, i) == 0;
        for (int j = 0; j < 26; j++)
            found = found || strcmp(dataset_path(few, SPLIT_TRAIN, i),
                                 dataset_path(more, SPLIT_TRAIN, j)) == 0;
        assert_true(found);
    }
    assert_int_equal(cats, 4);
    cats = 0;
    for (int j = 0; j < 26; j++)
        cats += dataset_label(more, SPLIT_TRAIN, j) == 0;
    assert_int_equal(cats, 16); /* all ten dogs, and cats to fill up */
    dataset_free(few);
    dataset_free(more);
    fixture_remove(root);
}

static void test_folder__only_names_that_match_are_taken(void **state)
{
    char root[PATH_BYTES];
    struct data_config config;
    struct dataset *set;

    (void)state;
    fixture_make(root);
    make_two_splits(root);
    config = fixture_config("folder", root);
    snprintf(config.match, sizeof(config.match), "1.*");
    set = open_set(&config, 0);
    assert_int_equal(dataset_count(set, SPLIT_TRAIN), 2);
    assert_int_equal(dataset_count(set, SPLIT_TEST), 0);
    dataset_free(set);
    snprintf(config.match, sizeof(config.match), "nothing*");
    check_refused(&config, 0, root, "nothing*");
    fixture_remove(root);
}

static void test_folder__classes_of_imagenet_have_imagenets_numbers(void **state)
{
    char root[PATH_BYTES];
    struct data_config config;
    struct dataset *set;

    (void)state;
    fixture_make(root);
    fixture_image(root, "val/n03888257/a.png");
    fixture_image(root, "val/n02102040/b.png");
    config = fixture_config("folder", root);
    set = open_set(&config, 1000);
    assert_int_equal(dataset_label(set, SPLIT_TEST, 0), 217);
    assert_int_equal(dataset_label(set, SPLIT_TEST, 1), 701);
    assert_int_equal(dataset_classes(set), 1000);
    dataset_free(set);
    set = open_set(&config, 2); /* a network of two outputs: sorted order */
    assert_int_equal(dataset_label(set, SPLIT_TEST, 1), 1);
    dataset_free(set);
    fixture_remove(root);
}

static void test_folder__a_class_map_says_which_folder_is_which_output(void **state)
{
    char root[PATH_BYTES];
    struct data_config config;
    struct dataset *set;

    (void)state;
    fixture_make(root);
    make_two_splits(root);
    fixture_write(root, "map.tsv", "dog\t3\ncat\t7\nbird\t1\n", 19);
    config = fixture_config("folder", root);
    assert_int_equal(
        snprintf(config.class_map, sizeof(config.class_map), "%.200s/map.tsv", root) > 0, 1);
    set = open_set(&config, 0);
    assert_int_equal(dataset_classes(set), 8);
    assert_int_equal(dataset_label(set, SPLIT_TEST, 0), 7);
    assert_int_equal(dataset_label(set, SPLIT_TEST, 1), 3);
    assert_null(dataset_class_name(set, 0));
    dataset_free(set);
    check_refused(&config, 5, "8 classes", "5 outputs");
    fixture_write(root, "map.tsv", "dog\t3\n", 6);
    check_refused(&config, 0, "map.tsv", "cat");
    fixture_write(root, "map.tsv", "dog 3\n", 6);
    check_refused(&config, 0, "map.tsv:1", "tab");
    fixture_write(root, "map.tsv", "dog\t3\ncat\t-1\n", 13);
    check_refused(&config, 0, "map.tsv:2", "class number");
    fixture_remove(root);
}

static void test_folder__wrong_folders_are_refused_with_a_sentence(void **state)
{
    char root[PATH_BYTES];
    struct data_config config;

    (void)state;
    fixture_make(root);
    config = fixture_config("folder", root);
    check_refused(&config, 0, root, "no folders of classes");
    make_two_splits(root);
    check_refused(&config, 1000, "2 classes", "1000 outputs");
    fixture_write(root, "train/dog/other.txt", "x", 1);
    fixture_image(root, "val/bird/1.png");
    check_refused(&config, 0, "bird", "val");
    config = fixture_config("folder", "/nowhere/at/all");
    check_refused(&config, 0, "/nowhere/at/all", "does not exist");
    config = fixture_config("folder", "");
    check_refused(&config, 0, "root", "--root");
    config = fixture_config("folders", root);
    check_refused(&config, 0, "did you mean folder", "shapes");
    fixture_remove(root);
}

static void test_folder__an_empty_class_is_named(void **state)
{
    char root[PATH_BYTES];
    struct data_config config;

    (void)state;
    fixture_make(root);
    fixture_image(root, "cat/1.png");
    fixture_write(root, "dog/readme.txt", "x", 1);
    config = fixture_config("folder", root);
    check_refused(&config, 0, "dog", "no images");
    fixture_remove(root);
}

static void test_folder__a_damaged_image_is_named_when_it_is_read(void **state)
{
    char root[PATH_BYTES];
    struct data_config config;
    struct dataset *set;
    struct image image = {0};
    struct err err = {0};

    (void)state;
    fixture_make(root);
    fixture_write(root, "train/cat/broken.jpg", "\xff\xd8\xff\xe0 cut", 8);
    config = fixture_config("folder", root);
    set = open_set(&config, 0);
    assert_int_equal(dataset_read(set, SPLIT_TRAIN, 0, &image, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.message, "train/cat/broken.jpg"));
    image_release(&image);
    dataset_free(set);
    fixture_remove(root);
}

static void test_cifar10__another_number_of_classes_is_refused(void **state)
{
    char root[PATH_BYTES];
    struct data_config config;

    (void)state;
    fixture_make(root);
    make_two_splits(root);
    config = fixture_config("cifar10", root);
    check_refused(&config, 0, "2 classes", "folder");
    config = fixture_config("imagenette", root);
    check_refused(&config, 0, "cat", "imagenette");
    fixture_remove(root);
}

static void test_imagenet_ids__are_those_of_ilsvrc_2012(void **state)
{
    static const struct {
        const char *id;
        int class;
    } known[] = {{"n01440764", 0}, {"n02102040", 217}, {"n02979186", 482}, {"n03000684", 491},
        {"n03028079", 497}, {"n03394916", 566}, {"n03417042", 569}, {"n03425413", 571},
        {"n03445777", 574}, {"n03888257", 701}, {"n15075141", 999}, {"n01440765", -1}, {"cat", -1},
        {"n0144076", -1}, {"n014407644", -1}, {"", -1}};

    (void)state;
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        assert_int_equal(imagenet_class(known[i].id), known[i].class);
}
