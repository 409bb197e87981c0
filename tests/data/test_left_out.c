/* What a folder of images has in it: what is taken, in which order, and what is counted as left out. */
#include "tests/lib/test.h"

#include <sys/stat.h>

#include "fixture.h"
#include "workloads/data/sets/image_files.h"
#include "workloads/data/sets/image_walk.h"

static char root[PATH_BYTES];

static void make_link(const char *to, const char *name)
{
    char path[PATH_BYTES];
    struct err err = {0};

    assert_int_equal(file_join(path, root, name, &err), 0);
    assert_int_equal(symlink(to, path), 0);
}

static struct dataset *open_set(void)
{
    struct data_config config = fixture_config("folder", root);
    struct dataset *set;
    struct err err = {0};

    if (dataset_open(&set, &config, 0, &err) < 0)
        fail_msg("%s", err.message);
    return set;
}

static void test_left_out__all_that_imagefolder_takes_is_taken_and_more(void **state)
{
    static const char *const taken[] = {"train/owl/a.JPG", "train/owl/b.jpeg", "train/owl/c.jpe",
        "train/owl/d.jfif", "train/owl/e.png", "train/owl/one/two/f.png", "train/owl/z/a.JFIF"};
    struct dataset *set;

    (void)state;
    fixture_make(root);
    for (int i = 0; i < 7; i++)
        fixture_write(root, taken[i], "x", 1);
    fixture_write(root, "test/owl/x.png", "x", 1);
    set = open_set();
    assert_int_equal(dataset_count(set, SPLIT_TRAIN), 7);
    for (int i = 0; i < 7; i++)
        assert_string_equal(dataset_path(set, SPLIT_TRAIN, i), taken[i]);
    dataset_free(set);
    fixture_remove(root);
}

static void test_left_out__everything_else_is_counted_and_named(void **state)
{
    char path[PATH_BYTES];
    struct str text = STR_INIT;
    struct err err = {0};
    struct dataset *set;

    (void)state;
    fixture_make(root);
    fixture_write(root, "train/owl/1.png", "x", 1);
    fixture_write(root, "test/owl/1.png", "x", 1);
    fixture_write(root, "train/owl/1.webp", "x", 1);
    fixture_write(root, "train/owl/2.webp", "x", 1);
    fixture_write(root, "train/owl/below/README", "x", 1);
    fixture_write(root, "train/owl/.3.png", "x", 1);
    fixture_write(root, "train/owl/.DS_Store", "x", 1);
    fixture_write(root, "train/beside.png", "x", 1);
    fixture_write(root, "extra/deep/beside.png", "x", 1);
    fixture_write(root, "val/owl/9.png", "x", 1);
    make_link("nowhere.png", "train/owl/gone.png");
    make_link("..", "train/owl/up");
    make_link("below", "train/owl/c");
    assert_int_equal(file_join(path, root, "train/owl/pipe.png", &err), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    set = open_set();
    assert_int_equal(dataset_count(set, SPLIT_TRAIN), 1);
    assert_int_equal(set->left_out.n[LEFT_OUT_ENDING], 3);
    assert_int_equal(set->left_out.n[LEFT_OUT_HIDDEN], 1);
    assert_int_equal(set->left_out.n[LEFT_OUT_DANGLING], 1);
    assert_int_equal(set->left_out.n[LEFT_OUT_SPECIAL], 1);
    assert_int_equal(set->left_out.n[LEFT_OUT_AGAIN], 2);
    assert_int_equal(set->left_out.n[LEFT_OUT_STRAY], 2);
    assert_int_equal(set->left_out.n[LEFT_OUT_SPLIT], 1);
    assert_true(left_out_say(&set->left_out, &text));
    assert_non_null(strstr(text.text, "2 .webp"));
    assert_non_null(strstr(text.text, "1 link leads nowhere (train/owl/gone.png)"));
    assert_non_null(strstr(text.text, "val/owl/9.png"));
    str_release(&text);
    dataset_free(set);
    fixture_remove(root);
}

static void test_left_out__nothing_is_said_of_a_folder_of_images_alone(void **state)
{
    struct str text = STR_INIT;
    struct dataset *set;

    (void)state;
    fixture_make(root);
    fixture_write(root, "train/owl/1.png", "x", 1);
    fixture_write(root, "test/owl/1.png", "x", 1);
    fixture_write(root, "README.md", "x", 1);
    set = open_set();
    assert_false(left_out_say(&set->left_out, &text));
    assert_string_equal(text.text, "");
    dataset_free(set);
    fixture_remove(root);
}

/* Every folder has two links to the next: 2^30 ways to the last one. */
static void test_left_out__links_cannot_multiply_folders(void **state)
{
    char name[64], to[64];
    struct dataset *set;

    (void)state;
    fixture_make(root);
    for (int i = 0; i < 30; i++) {
        snprintf(name, sizeof(name), "owl/f%02d/%02d.png", i, i);
        fixture_write(root, name, "x", 1);
        snprintf(to, sizeof(to), "../f%02d", (i + 1) % 30);
        snprintf(name, sizeof(name), "owl/f%02d/a", i);
        make_link(to, name);
        snprintf(name, sizeof(name), "owl/f%02d/b", i);
        make_link(to, name);
    }
    fixture_write(root, "wren/1.png", "x", 1);
    set = open_set();
    assert_int_equal(set->count[SPLIT_TRAIN] + set->count[SPLIT_TEST], 31);
    dataset_free(set);
    fixture_remove(root);
}

static void test_left_out__an_empty_class_is_never_to_be_removed_if_it_has_files(void **state)
{
    static const char *const published[][3] = {{"data_batch_1", "batches.meta", "cifar10"},
        {"data_batch_1.bin", "batches.meta.txt", "cifar10"}, {"train", "meta", "cifar100"}};
    struct data_config config;
    struct dataset *set;

    (void)state;
    for (int i = 0; i < 3; i++) {
        char name[64];

        fixture_make(root);
        fixture_write(root, "owl/1.png", "x", 1);
        for (int j = 0; j < 2; j++) {
            snprintf(name, sizeof(name), "cifar/%s", published[i][j]);
            fixture_write(root, name, "x", 1);
        }
        config = fixture_config("folder", root);
        for (int deeper = 0; deeper < 2; deeper++) {
            struct err err = {0};

            if (deeper)
                assert_int_equal(file_join(config.root, root, "cifar", &err), 0);
            assert_int_equal(dataset_open(&set, &config, 0, &err), -1);
            assert_non_null(strstr(err.message, published[i][2]));
            assert_null(strstr(err.message, "remove"));
        }
        fixture_remove(root);
    }
}

static void test_left_out__files_that_a_command_line_names_are_found_deeper_too(void **state)
{
    struct name_list files = {0};
    struct left_out left_out = {0};
    char path[PATH_BYTES];
    struct err err = {0};

    (void)state;
    fixture_make(root);
    fixture_write(root, "b.jpe", "x", 1);
    fixture_write(root, "a/b/c/1.jfif", "x", 1);
    fixture_write(root, "a/notes.txt", "x", 1);
    make_link(".", "a/loop");
    assert_int_equal(image_files_add(&files, root, &left_out, &err), 0);
    assert_int_equal(files.n, 2);
    assert_int_equal(file_join(path, root, "b.jpe", &err), 0);
    assert_string_equal(files.names[0], path);
    assert_int_equal(file_join(path, root, "a/b/c/1.jfif", &err), 0);
    assert_string_equal(files.names[1], path);
    assert_int_equal(left_out.n[LEFT_OUT_ENDING], 1);
    assert_int_equal(left_out.n[LEFT_OUT_AGAIN], 1);
    name_list_release(&files);
    fixture_remove(root);
}
