/* What weights remember of the images that they were trained on. */
#include "tests/lib/test.h"

#include <fcntl.h>

#include "fixture.h"
#include "workloads/data/dataset/seen_images.h"

static char root[PATH_BYTES];

static struct dataset *open_set(void)
{
    struct data_config config = fixture_config("folder", root);
    struct dataset *set;
    struct err err = {0};

    if (dataset_open(&set, &config, 0, &err) < 0)
        fail_msg("%s", err.message);
    return set;
}

/* Images that differ in their bytes, of one class; thousands, so that none is flushed to the disk. */
static void make_images(const char *folder, int first, int n)
{
    char path[PATH_BYTES], name[64];
    struct err err = {0};

    assert_int_equal(file_join(path, root, folder, &err), 0);
    assert_int_equal(file_make_folders(path, &err), 0);
    for (int i = first; i < first + n; i++) {
        int length = snprintf(name, sizeof(name), "%s/%d.png", folder, i), fd;

        assert_int_equal(file_join(path, root, name, &err), 0);
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
        assert_true(fd >= 0);
        assert_int_equal(write(fd, name, (size_t)length), length);
        close(fd);
    }
}

static int count(
    const struct seen_images *seen, const struct dataset *set, enum split split, enum seen wanted)
{
    int n = 0;

    for (int i = 0; i < dataset_count(set, split); i++)
        n += seen_images_find(seen, set, split, i) == wanted;
    return n;
}

/* As it is after a way through the text. */
static void remember(struct seen_images *seen, const struct dataset *set)
{
    struct seen_images made = {0};
    struct str text = STR_INIT;
    struct err err = {0};

    assert_int_equal(seen_images_add(&made, set, SPLIT_TRAIN, &err), 0);
    seen_images_print(&made, &text);
    seen_images_parse(seen, text.text);
    assert_int_equal(seen->n, made.n);
    str_release(&text);
}

static void test_seen_images__those_of_training_are_known_and_no_others(void **state)
{
    static struct seen_images seen;
    struct dataset *set;
    char path[PATH_BYTES];
    struct err err = {0};

    (void)state;
    fixture_make(root);
    make_images("train/owl", 0, 40);
    make_images("test/owl", 0, 40); /* the same names, other bytes */
    set = open_set();
    remember(&seen, set);
    assert_int_equal(count(&seen, set, SPLIT_TRAIN, SEEN_YES), 40);
    assert_int_equal(count(&seen, set, SPLIT_TEST, SEEN_NO), 40);
    assert_int_equal(file_join(path, root, "train/owl/7.png", &err), 0);
    assert_int_equal(seen_images_find_file(&seen, path), SEEN_YES);
    assert_int_equal(file_join(path, root, "test/owl/7.png", &err), 0);
    assert_int_equal(seen_images_find_file(&seen, path), SEEN_NO);
    dataset_free(set);
    fixture_remove(root);
}

static void test_seen_images__of_many_a_sample_tells_the_share(void **state)
{
    static struct seen_images seen;
    struct dataset *set;
    int yes, known;

    (void)state;
    fixture_make(root);
    make_images("train/owl", 0, 3000);
    make_images("test/owl", 3000, 2000);
    set = open_set();
    remember(&seen, set);
    assert_int_equal(seen.n, SEEN_MOST);
    yes = count(&seen, set, SPLIT_TRAIN, SEEN_YES);
    known = yes + count(&seen, set, SPLIT_TRAIN, SEEN_NO);
    assert_in_range(yes, SEEN_MOST - 1, SEEN_MOST);
    assert_int_equal(known, yes);
    assert_int_equal(count(&seen, set, SPLIT_TEST, SEEN_YES), 0);
    assert_in_range(count(&seen, set, SPLIT_TEST, SEEN_NO), 500, 900); /* 2000 * 1024 / 3000 */
    dataset_free(set);
    fixture_remove(root);
}

static void test_seen_images__training_that_goes_on_adds_to_them(void **state)
{
    static struct seen_images seen;
    struct dataset *first, *second;
    struct err err = {0};
    char other[PATH_BYTES];

    (void)state;
    fixture_make(root);
    make_images("train/owl", 0, 10);
    make_images("test/owl", 0, 1);
    first = open_set();
    remember(&seen, first);
    str_copy(other, sizeof(other), root);
    fixture_make(root);
    make_images("train/wren", 0, 12);
    make_images("test/wren", 0, 1);
    second = open_set();
    assert_int_equal(seen_images_add(&seen, second, SPLIT_TRAIN, &err), 0);
    assert_int_equal(seen_images_add(&seen, second, SPLIT_TRAIN, &err), 0);
    assert_int_equal(seen.n, 22);
    assert_int_equal(count(&seen, first, SPLIT_TRAIN, SEEN_YES), 10);
    assert_int_equal(count(&seen, second, SPLIT_TRAIN, SEEN_YES), 12);
    dataset_free(first);
    dataset_free(second);
    fixture_remove(root);
    fixture_remove(other);
}

static void test_seen_images__sets_without_files_are_known_by_split_and_place(void **state)
{
    static struct seen_images seen;
    struct dataset *set = fixture_shapes(64, 32);

    (void)state;
    remember(&seen, set);
    assert_int_equal(count(&seen, set, SPLIT_TRAIN, SEEN_YES), 64);
    assert_int_equal(count(&seen, set, SPLIT_TEST, SEEN_NO), 32);
    dataset_free(set);
}

static void test_seen_images__a_text_of_something_else_leaves_none(void **state)
{
    static const char *const texts[] = {
        NULL, "", "0123", "0123456789abcdef012g", "0123456789ABCDEF0123", "0123456789abcdef01230"};
    static struct seen_images seen;
    struct str text = STR_INIT;

    (void)state;
    for (int i = 0; i < 6; i++) {
        seen_images_parse(&seen, texts[i]);
        assert_int_equal(seen.n, 0);
        assert_int_equal(seen_images_find_file(&seen, "x.png"), SEEN_UNKNOWN);
    }
    for (int i = 0; i <= SEEN_MOST; i++)
        str_add(&text, "0123456789abcdef0123456789ab");
    seen_images_parse(&seen, text.text);
    assert_int_equal(seen.n, 0);
    str_release(&text);
}
