/* What a fingerprint notices of a set's images, and what it does not. */
#include "fixture.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "sets.h"
#include "workloads/data/dataset/fingerprint.h"
#include "workloads/data/dataset/pack.h"

static struct fingerprint print_of(const struct data_config *config, int classes)
{
    struct fingerprint print;
    struct dataset *set;
    struct err err = {0};

    if (dataset_open_known(&set, config, classes, &print, &err) < 0)
        fail_msg("%s", err.message);
    dataset_free(set);
    return print;
}

static void make_folder(char root[PATH_BYTES])
{
    fixture_make(root);
    for (int i = 0; i < 3; i++) {
        char name[64];

        for (int c = 0; c < 4; c++) {
            snprintf(name, sizeof(name), "%s/%c/%d.png", c % 2 ? "train" : "test", "ab"[c / 2], i);
            fixture_image(root, name);
        }
    }
}

/* The file with one byte changed at its end, which images do not need. */
static void change_byte(const char *root, const char *name)
{
    struct str content = STR_INIT;
    struct err err = {0};
    char path[PATH_BYTES];

    assert_int_equal(file_join(path, root, name, &err), 0);
    assert_int_equal(file_read(path, 1 << 20, &content, &err), 0);
    content.text[content.length - 1] ^= 1;
    fixture_write(root, name, content.text, content.length);
    str_release(&content);
}

static void test_fingerprint__the_same_images_elsewhere_and_later_are_the_same(void **state)
{
    char one[PATH_BYTES], other[PATH_BYTES], path[PATH_BYTES];
    const struct timespec times[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    struct err err = {0};
    struct data_config config, copy;

    (void)state;
    make_folder(one);
    make_folder(other);
    config = fixture_config("folder", one);
    copy = fixture_config("folder", other);
    assert_int_equal(file_join(path, other, "train/a/1.png", &err), 0);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    assert_int_equal(chmod(path, 0600), 0);
    assert_string_equal(print_of(&config, 0).images, print_of(&copy, 0).images);
    /* As a network of so many outputs opens it, and as a plan does. */
    assert_string_equal(print_of(&config, 0).images, print_of(&copy, 2).images);
    /* What is chosen is for other keys to say. */
    copy.fraction = 0.5;
    copy.classes = 1;
    copy.train_images = 1;
    assert_string_equal(print_of(&config, 0).images, print_of(&copy, 0).images);
    assert_int_equal(print_of(&copy, 0).train_images, 6);
    assert_int_equal(print_of(&copy, 0).classes, 2);
    fixture_remove(one);
    fixture_remove(other);
}

static void test_fingerprint__every_change_of_a_small_folder_is_another_set(void **state)
{
    char root[PATH_BYTES], from[PATH_BYTES], to[PATH_BYTES], map[PATH_BYTES];
    struct fingerprint first, now;
    struct data_config config;
    struct err err = {0};

    (void)state;
    make_folder(root);
    config = fixture_config("folder", root);
    first = print_of(&config, 0);
    change_byte(root, "train/a/1.png");
    now = print_of(&config, 0);
    assert_string_not_equal(now.images, first.images);
    assert_string_equal(now.names, first.names);
    change_byte(root, "train/a/1.png");
    assert_string_equal(print_of(&config, 0).images, first.images);
    fixture_image(root, "train/a/9.png");
    now = print_of(&config, 0);
    assert_string_not_equal(now.images, first.images);
    assert_string_not_equal(now.names, first.names);
    assert_int_equal(now.train_images, first.train_images + 1);
    /* The same file in the other split, in another class, under another name. */
    assert_int_equal(file_join(from, root, "train/a/9.png", &err), 0);
    for (int i = 0; i < 3; i++) {
        static const char *const places[] = {"test/a/9.png", "train/b/9.png", "train/a/8.png"};
        struct fingerprint moved;

        assert_int_equal(file_join(to, root, places[i], &err), 0);
        assert_int_equal(rename(from, to), 0);
        moved = print_of(&config, 0);
        assert_string_not_equal(moved.images, now.images);
        assert_string_not_equal(moved.images, first.images);
        assert_int_equal(rename(to, from), 0);
    }
    fixture_write(root, "map.tsv", "a\t1\nb\t0\n", 8);
    assert_int_equal(file_join(map, root, "map.tsv", &err), 0);
    str_copy(config.class_map, sizeof(config.class_map), map);
    assert_string_not_equal(print_of(&config, 0).images, now.images);
    fixture_remove(root);
}

/* A manifest's own name and comments are nothing; the order of its images is the order of training. */
static void test_fingerprint__a_manifest_is_what_it_says(void **state)
{
    static const char first[] =
        "path,class,split\nx/1.png,a,train\nx/2.png,b,train\nx/3.png,a,test\n"
        "x/4.png,b,test\n";
    static const char same[] =
        "split,class,path\ntrain,a,x/1.png\ntrain,b,x/2.png\ntest,a,x/3.png\n"
        "test,b,x/4.png\n";
    static const char turned[] =
        "path,class,split\nx/2.png,b,train\nx/1.png,a,train\nx/3.png,a,test\nx/4.png,b,test\n";
    static const char labelled[] =
        "path,class,split\nx/1.png,b,train\nx/2.png,a,train\nx/3.png,a,test\nx/4.png,b,test\n";
    static const char *const texts[] = {first, same, turned, labelled};
    char root[PATH_BYTES], images[4][SHA256_HEX_BYTES];

    (void)state;
    fixture_make(root);
    for (int i = 1; i <= 4; i++) {
        char name[32];

        snprintf(name, sizeof(name), "x/%d.png", i);
        fixture_image(root, name);
    }
    for (int i = 0; i < 4; i++) {
        struct data_config config = fixture_config("manifest", root);

        fixture_write(root, "manifest.csv", texts[i], strlen(texts[i]));
        str_copy(images[i], sizeof(images[i]), print_of(&config, 0).images);
    }
    assert_string_equal(images[0], images[1]);
    assert_string_not_equal(images[0], images[2]);
    assert_string_not_equal(images[0], images[3]);
    fixture_remove(root);
}

static void test_fingerprint__records_go_by_their_files_compressed_or_not(void **state)
{
    char root[PATH_BYTES];
    struct data_config config;
    struct fingerprint first;

    (void)state;
    fixture_make(root);
    sets_mnist(root);
    config = fixture_config("mnist", root);
    first = print_of(&config, 0);
    assert_true(first.bytes > 0);
    change_byte(root, "train-images-idx3-ubyte");
    assert_string_not_equal(print_of(&config, 0).images, first.images);
    change_byte(root, "train-images-idx3-ubyte");
    sets_compress_mnist(root);
    assert_string_equal(print_of(&config, 0).images, first.images);
    fixture_remove(root);
}

static void write_pack(const char *root, const char *path, int side)
{
    struct data_config config = fixture_config("folder", root);
    const struct pack_options options = {.side = side, .threads = 1};
    struct pack_result written;
    struct dataset *set;
    struct err err = {0};

    if (dataset_open(&set, &config, 0, &err) < 0 ||
        pack_write(set, &options, path, &written, &err) < 0)
        fail_msg("%s", err.message);
    dataset_free(set);
}

static void test_fingerprint__a_pack_is_what_its_pixels_are(void **state)
{
    char root[PATH_BYTES], path[PATH_BYTES];
    const struct timespec times[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    struct data_config folder, config = fixture_config("folder", "");
    struct fingerprint first;
    struct err err = {0};

    (void)state;
    make_folder(root);
    folder = fixture_config("folder", root);
    assert_int_equal(file_join(config.packed, root, "set.pack", &err), 0);
    write_pack(root, config.packed, 0);
    first = print_of(&config, 0);
    assert_string_not_equal(first.images, print_of(&folder, 0).images);
    assert_string_equal(first.names, print_of(&folder, 0).names);
    /* Packed again, of files that are the same and younger. */
    assert_int_equal(file_join(path, root, "train/a/1.png", &err), 0);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    write_pack(root, config.packed, 0);
    assert_string_equal(print_of(&config, 0).images, first.images);
    write_pack(root, config.packed, 8);
    assert_string_not_equal(print_of(&config, 0).images, first.images);
    fixture_remove(root);
}

static void test_fingerprint__a_set_that_is_drawn_has_none(void **state)
{
    struct data_config config = fixture_config("shapes", "");

    (void)state;
    config.train_images = config.test_images = 24;
    assert_string_equal(print_of(&config, 0).images, "");
}

static void test_dataset_open__other_images_than_those_that_are_meant_are_refused(void **state)
{
    char root[PATH_BYTES];
    struct data_config config;
    struct dataset *set;
    struct err err = {0};

    (void)state;
    make_folder(root);
    config = fixture_config("folder", root);
    str_copy(config.images, sizeof(config.images), print_of(&config, 0).images);
    assert_int_equal(dataset_open(&set, &config, 2, &err), 0);
    dataset_free(set);
    change_byte(root, "test/b/2.png");
    assert_int_equal(dataset_open(&set, &config, 2, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.message, root));
    assert_non_null(strstr(err.message, "are not those that the job was planned with"));
    fixture_remove(root);
}

/* An image that is listed and cannot be looked at is named. */
static void test_fingerprint__an_image_that_is_not_there_is_named(void **state)
{
    static const char list[] = "path,class,split\n1.png,a,train\n2.png,b,train\n3.png,a,test\n";
    char root[PATH_BYTES];
    struct data_config config;
    struct fingerprint print;
    struct dataset *set;
    struct err err = {0};

    (void)state;
    fixture_make(root);
    fixture_image(root, "1.png");
    fixture_image(root, "3.png");
    fixture_write(root, "manifest.csv", list, strlen(list));
    config = fixture_config("manifest", root);
    assert_int_equal(dataset_open_known(&set, &config, 0, &print, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.message, "2.png, but there is no such file"));
    fixture_remove(root);
}
