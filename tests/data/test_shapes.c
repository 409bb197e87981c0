#include "tests/lib/test.h"

#include <math.h>

#include "fixture.h"

static void read_image(const struct dataset *set, enum split split, int index, struct image *image)
{
    struct err err = {0};

    assert_int_equal(dataset_read(set, split, index, image, &err), 0);
}

static void test_shapes__classes_are_balanced(void **state)
{
    struct dataset *set = fixture_shapes(1200, 120);
    int count[12] = {0};

    (void)state;
    assert_int_equal(dataset_classes(set), 12);
    for (int i = 0; i < dataset_count(set, SPLIT_TRAIN); i++)
        count[dataset_label(set, SPLIT_TRAIN, i)]++;
    for (int c = 0; c < 12; c++) {
        assert_int_equal(count[c], 100);
        assert_non_null(dataset_class_name(set, c));
    }
    dataset_free(set);
}

static void test_shapes__an_image_is_the_same_whatever_else_is_asked_for(void **state)
{
    struct dataset *small = fixture_shapes(10, 10), *large = fixture_shapes(1000, 500);
    struct image a = {0}, b = {0};

    (void)state;
    read_image(large, SPLIT_TRAIN, 900, &a);
    for (int i = 0; i < 10; i++) {
        read_image(small, SPLIT_TRAIN, i, &a);
        read_image(large, SPLIT_TRAIN, i, &b);
        assert_memory_equal(a.pixels, b.pixels, (size_t)a.width * (size_t)a.height * 3);
    }
    image_release(&a);
    image_release(&b);
    dataset_free(small);
    dataset_free(large);
}

static void test_shapes__no_image_is_in_both_splits(void **state)
{
    struct dataset *set = fixture_shapes(200, 200);
    struct image a = {0}, b = {0};

    (void)state;
    for (int i = 0; i < 200; i++) {
        read_image(set, SPLIT_TRAIN, i, &a);
        read_image(set, SPLIT_TEST, i, &b);
        assert_memory_not_equal(a.pixels, b.pixels, (size_t)a.width * (size_t)a.height * 3);
    }
    image_release(&a);
    image_release(&b);
    dataset_free(set);
}

/* Mean brightness by class: if it told the classes apart, no network would need to look at shapes.
 */
static void test_shapes__brightness_tells_little_of_the_class(void **state)
{
    struct dataset *set = fixture_shapes(2400, 12);
    struct image image = {0};
    double sum[12] = {0}, squares = 0, all = 0, between = 0;

    (void)state;
    for (int i = 0; i < 2400; i++) {
        double mean = 0;

        read_image(set, SPLIT_TRAIN, i, &image);
        for (int k = 0; k < image.width * image.height * 3; k++)
            mean += image.pixels[k];
        mean /= image.width * image.height * 3;
        sum[dataset_label(set, SPLIT_TRAIN, i)] += mean;
        all += mean;
        squares += mean * mean;
    }
    all /= 2400;
    for (int c = 0; c < 12; c++)
        between += (sum[c] / 200 - all) * (sum[c] / 200 - all) / 12;
    assert_true(between < 0.25 * (squares / 2400 - all * all));
    image_release(&image);
    dataset_free(set);
}

static void test_shapes__takes_no_folder(void **state)
{
    struct data_config config = fixture_config("shapes", "/tmp");
    struct dataset *set;
    struct err err = {0};

    (void)state;
    assert_int_equal(dataset_open(&set, &config, 0, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    config = fixture_config("shapes", "");
    err_clear(&err);
    assert_int_equal(dataset_open(&set, &config, 10, &err), -1);
    assert_non_null(strstr(err.message, "12 classes"));
}
