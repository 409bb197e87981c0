/* Which images take part: classes, a held-out part, a fraction, limits. */
#include "fixture.h"

#include <string.h>

#define IMAGES 240 /* of shapes, 20 of each of its 12 classes */

static struct dataset *open_with(struct data_config config)
{
    struct dataset *set;
    struct err err = {0};

    snprintf(config.name, sizeof(config.name), "shapes");
    if (config.train_images == 0)
        config.train_images = IMAGES;
    config.test_images = 24;
    if (dataset_open(&set, &config, 0, &err) < 0)
        fail_msg("%s", err.message);
    return set;
}

static struct data_config config_of(double minival, double fraction, int classes, int seed)
{
    struct data_config config;

    data_config_init(&config);
    config.minival = minival;
    config.fraction = fraction;
    config.classes = classes;
    config.split_seed = seed;
    return config;
}

/* The place among the 240 of every image of a split: what the kind reads. */
static void mark(const struct dataset *set, enum split split, bool marks[IMAGES])
{
    memset(marks, 0, IMAGES * sizeof(*marks));
    for (int i = 0; i < dataset_count(set, split); i++)
        marks[set->places[split] ? set->places[split][i] : i] = true;
}

static void check_stratified(const struct dataset *set, enum split split, int each)
{
    int counts[12] = {0};

    for (int i = 0; i < dataset_count(set, split); i++)
        counts[dataset_label(set, split, i)]++;
    for (int c = 0; c < dataset_classes(set); c++)
        assert_int_equal(counts[c], each);
}

static void test_choice__minival_is_held_out_and_stands_for_test(void **state)
{
    struct dataset *set = open_with(config_of(0.1, 1, 0, 0));
    bool train[IMAGES], held_out[IMAGES];

    (void)state;
    assert_int_equal(dataset_count(set, SPLIT_TRAIN), 216);
    assert_int_equal(dataset_count(set, SPLIT_TEST), 24);
    check_stratified(set, SPLIT_TRAIN, 18);
    check_stratified(set, SPLIT_TEST, 2);
    mark(set, SPLIT_TRAIN, train);
    mark(set, SPLIT_TEST, held_out);
    for (int i = 0; i < IMAGES; i++)
        assert_true(train[i] != held_out[i]);
    dataset_free(set);
}

static void test_choice__held_out_images_are_read_from_train(void **state)
{
    struct dataset *part = open_with(config_of(24, 1, 0, 5)),
                   *whole = open_with(config_of(0, 1, 0, 5));
    struct image a = {0}, b = {0};
    struct err err = {0};

    (void)state;
    for (int i = 0; i < 24; i++) {
        int place = part->places[SPLIT_TEST][i];

        assert_int_equal(dataset_read(part, SPLIT_TEST, i, &a, &err), 0);
        assert_int_equal(dataset_read(whole, SPLIT_TRAIN, place, &b, &err), 0);
        assert_memory_equal(a.pixels, b.pixels, (size_t)a.width * (size_t)a.height * 3);
        assert_int_equal(
            dataset_label(part, SPLIT_TEST, i), dataset_label(whole, SPLIT_TRAIN, place));
    }
    image_release(&a);
    image_release(&b);
    dataset_free(part);
    dataset_free(whole);
}

static void test_choice__a_seed_gives_the_same_images_and_another_one_others(void **state)
{
    struct dataset *sets[3];
    bool marks[3][IMAGES];

    (void)state;
    for (int i = 0; i < 3; i++) {
        sets[i] = open_with(config_of(0.25, 0.5, 0, i == 2));
        mark(sets[i], SPLIT_TRAIN, marks[i]);
    }
    assert_memory_equal(marks[0], marks[1], sizeof(marks[0]));
    assert_true(memcmp(marks[0], marks[2], sizeof(marks[0])) != 0);
    for (int i = 0; i < 3; i++)
        dataset_free(sets[i]);
}

static void test_choice__a_smaller_fraction_is_part_of_a_larger(void **state)
{
    bool last[IMAGES] = {false}, first_held[IMAGES], marks[IMAGES];

    (void)state;
    for (int step = 2; step <= 20; step++) {
        struct dataset *set = open_with(config_of(40, step / 20.0, 0, 3));
        int n = 0;

        mark(set, SPLIT_TEST, marks);
        if (step == 2)
            memcpy(first_held, marks, sizeof(marks));
        assert_memory_equal(marks, first_held, sizeof(marks));
        mark(set, SPLIT_TRAIN, marks);
        for (int i = 0; i < IMAGES; i++) {
            assert_true(!last[i] || marks[i]);
            n += marks[i];
        }
        assert_int_equal(n, step * 10);
        memcpy(last, marks, sizeof(last));
        dataset_free(set);
    }
}

static void test_choice__fraction_that_leaves_a_class_with_nothing_is_refused(void **state)
{
    struct data_config config = config_of(40, 0.05, 0, 3); /* 10 images of 12 classes */
    struct dataset *set = NULL;
    struct err err = {0};

    (void)state;
    snprintf(config.name, sizeof(config.name), "shapes");
    config.train_images = IMAGES;
    assert_int_equal(dataset_open(&set, &config, 0, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.message, "a fraction of 0.05 leaves 2 classes without"));
    assert_null(set);
}

static void test_choice__classes_are_drawn_and_numbered_anew(void **state)
{
    struct dataset *set = open_with(config_of(0, 1, 5, 1)), *all = open_with(config_of(0, 1, 0, 1));

    (void)state;
    assert_int_equal(dataset_classes(set), 5);
    assert_int_equal(dataset_count(set, SPLIT_TRAIN), 100);
    assert_int_equal(dataset_count(set, SPLIT_TEST), 10);
    check_stratified(set, SPLIT_TRAIN, 20);
    for (int i = 0; i < 100; i++) {
        int place = set->places[SPLIT_TRAIN][i];

        assert_string_equal(dataset_class_name(set, dataset_label(set, SPLIT_TRAIN, i)),
            dataset_class_name(all, dataset_label(all, SPLIT_TRAIN, place)));
    }
    dataset_free(set);
    dataset_free(all);
}

static void test_choice__what_leaves_nothing_is_refused(void **state)
{
    const struct data_config wrong[] = {
        config_of(0.001, 1, 0, 0), config_of(240, 1, 0, 0), config_of(0, 1, 13, 0)};
    static const char *const words[] = {"minival", "minival", "13 classes"};

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct data_config config = wrong[i];
        struct dataset *set;
        struct err err = {0};

        snprintf(config.name, sizeof(config.name), "shapes");
        config.train_images = IMAGES;
        assert_int_equal(dataset_open(&set, &config, 0, &err), -1);
        assert_int_equal(err.code, ERR_INPUT);
        assert_non_null(strstr(err.message, words[i]));
    }
}
