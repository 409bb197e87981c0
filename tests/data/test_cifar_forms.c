/*
 * CIFAR-10 as folders of images and in its binary form: the same batches, whatever is drawn.
 *
 *     CIFAR10=~/data/cifar10 make test T=test_cifar_forms      the whole of a set that one has as folders, too
 */
#include "fixture.h"

#include <sys/stat.h>

#include "workloads/data/decode/decoders.h"
#include "workloads/data/loader.h"

#define SIDE    32
#define CLASSES 10
#define PLANE   (SIDE * SIDE)

static struct dataset *open_cifar(const char *root)
{
    struct data_config config = fixture_config("cifar10", root);
    struct dataset *set;
    struct err err = {0};

    if (dataset_open(&set, &config, 0, &err) < 0)
        fail_msg("%s", err.message);
    return set;
}

static FILE *create(const char *root, const char *name)
{
    char path[PATH_BYTES];
    struct err err = {0};
    FILE *file;

    assert_int_equal(file_join(path, root, name, &err), 0);
    file = fopen(path, "w");
    assert_non_null(file);
    return file;
}

/* ---- one form out of the other ---- */

/* Images first .. end - 1 as records: label, then all red values, all green, all blue. */
static void write_records(
    const struct dataset *set, enum split split, int first, int end, FILE *file)
{
    struct image image = {0};
    struct err err = {0};

    for (int i = first; i < end; i++) {
        uint8_t record[1 + 3 * PLANE] = {(uint8_t)dataset_label(set, split, i)};

        if (dataset_read(set, split, i, &image, &err) < 0)
            fail_msg("%s", err.message);
        assert_int_equal(image.width, SIDE);
        assert_int_equal(image.height, SIDE);
        for (int p = 0; p < PLANE; p++)
            for (int c = 0; c < 3; c++)
                record[1 + c * PLANE + p] = image.pixels[3 * p + c];
        assert_int_equal(fwrite(record, sizeof(record), 1, file), 1);
    }
    assert_int_equal(fclose(file), 0);
    image_release(&image);
}

static void write_binary(const struct dataset *set, const char *root)
{
    int n = dataset_count(set, SPLIT_TRAIN);
    FILE *names = create(root, "batches.meta.txt");

    for (int c = 0; c < CLASSES; c++)
        fprintf(names, "%s\n", dataset_class_name(set, c));
    assert_int_equal(fclose(names), 0);
    for (int k = 0; k < 5; k++) {
        char name[32];

        snprintf(name, sizeof(name), "data_batch_%d.bin", k + 1);
        write_records(set, SPLIT_TRAIN, n * k / 5, n * (k + 1) / 5, create(root, name));
    }
    write_records(
        set, SPLIT_TEST, 0, dataset_count(set, SPLIT_TEST), create(root, "test_batch.bin"));
}

/* Ten folders of small pictures in each split. */
static void make_folders(const char *root)
{
    uint8_t pixels[PLANE * 3];
    const struct image image = {.width = SIDE, .height = SIDE, .pixels = pixels};
    char path[PATH_BYTES];
    struct err err = {0};

    for (int i = 0; i < 4 * CLASSES; i++) {
        struct str png = STR_INIT;
        FILE *file;

        snprintf(path, sizeof(path), "%.4000s/%s/class%d", root, i % 4 ? "train" : "test", i / 4);
        assert_int_equal(file_make_folders(path, &err), 0);
        snprintf(path, sizeof(path), "%s/class%d/%d.png", i % 4 ? "train" : "test", i / 4, i);
        for (int p = 0; p < PLANE * 3; p++)
            pixels[p] = (uint8_t)(p * (i + 3) >> 4 ^ p * 7);
        assert_int_equal(encode_png(&image, &png, &err), 0);
        file = create(root, path);
        assert_int_equal(fwrite(png.text, 1, png.length, file), png.length);
        assert_int_equal(fclose(file), 0);
        str_release(&png);
    }
}

/* ---- batches ---- */

static struct loader *open_loader(struct dataset *set, enum split split, int threads)
{
    const bool training = split == SPLIT_TRAIN;
    const struct loader_options options = {.set = set,
        .split = split,
        .input = SIDE,
        .batch = 7,
        .training = training,
        .augment =
            AUGMENT_BIT(AUGMENT_INDEX_RANDOM_CROP) | AUGMENT_BIT(AUGMENT_INDEX_HORIZONTAL_FLIP),
        .settings = {.rand_augment = 9, .rand_augment_layers = 2, .random_erasing = 0.3},
        .shuffle = training,
        .seed = 3,
        .threads = threads};
    struct loader *loader;
    struct err err = {0};

    if (loader_open(&loader, &options, &err) < 0)
        fail_msg("%s", err.message);
    return loader;
}

static void assert_same_batches(
    struct dataset *folders, struct dataset *binary, enum split split, int epochs)
{
    struct loader *one = open_loader(folders, split, 1), *other = open_loader(binary, split, 2);
    struct err err = {0};
    int images = 0;

    for (int epoch = 0; epoch < epochs; epoch++) {
        struct batch a, b;
        int n;

        assert_int_equal(loader_start_epoch(one, epoch, 0, &err), 0);
        assert_int_equal(loader_start_epoch(other, epoch, 0, &err), 0);
        do {
            n = loader_next(one, &a, &err);
            assert_true(n >= 0);
            assert_int_equal(loader_next(other, &b, &err), n);
            if (n == 0)
                break;
            assert_memory_equal(a.images, b.images, (size_t)n * PLANE * 3 * sizeof(float));
            assert_memory_equal(a.labels, b.labels, (size_t)n * sizeof(*a.labels));
            images += n;
        } while (n > 0);
    }
    assert_int_equal(images, epochs * dataset_count(folders, split));
    loader_free(one);
    loader_free(other);
}

static void compare_forms(const char *folders_root, int epochs)
{
    struct dataset *folders = open_cifar(folders_root), *binary;
    char root[PATH_BYTES];

    fixture_make(root);
    write_binary(folders, root);
    binary = open_cifar(root);
    for (int s = 0; s < SPLIT_COUNT; s++) {
        assert_int_equal(
            dataset_count(folders, (enum split)s), dataset_count(binary, (enum split)s));
        assert_same_batches(folders, binary, (enum split)s, epochs);
    }
    dataset_free(folders);
    dataset_free(binary);
    fixture_remove(root);
}

static void test_cifar__folders_and_binary_give_the_same_batches(void **state)
{
    char root[PATH_BYTES];

    (void)state;
    fixture_make(root);
    make_folders(root);
    compare_forms(root, 3);
    fixture_remove(root);
}

static void test_cifar__so_does_the_whole_of_a_set_that_one_has(void **state)
{
    const char *root = getenv("CIFAR10");

    (void)state;
    if (!root) {
        print_message("CIFAR10 names no folder of CIFAR-10 to compare\n");
        skip();
    }
    compare_forms(root, 1);
}
