#include "tests/lib/test.h"

#include <math.h>

#include "fixture.h"
#include "workloads/data/loader.h"
#include "workloads/data/augment/transform.h"

#define INPUT  24
#define FLOATS (INPUT * INPUT * 3)

static struct loader_options training(const struct dataset *set)
{
    return (struct loader_options){
        .set = set,
        .split = SPLIT_TRAIN,
        .input = INPUT,
        .batch = 8,
        .training = true,
        .augment =
            AUGMENT_BIT(AUGMENT_INDEX_RANDOM_CROP) | AUGMENT_BIT(AUGMENT_INDEX_HORIZONTAL_FLIP),
        .shuffle = true,
        .seed = 7,
        .threads = 1,
        .cache_bytes = 1 << 20,
    };
}

/* What epochs `first` to `last` deliver, one after the other: images, labels and indices hashed in
 * order. */
static uint64_t deliver(const struct loader_options *options, int first, int last, int first_batch)
{
    struct loader *loader;
    struct err err = {0};
    struct batch batch;
    uint64_t hash = 1;
    int n;

    assert_int_equal(loader_open(&loader, options, &err), 0);
    for (int epoch = first; epoch <= last; epoch++) {
        assert_int_equal(
            loader_start_epoch(loader, epoch, epoch == first ? first_batch : 0, &err), 0);
        while ((n = loader_next(loader, &batch, &err)) > 0)
            for (int i = 0; i < n; i++) {
                const unsigned char *bytes =
                    (const unsigned char *)(batch.images + (size_t)i * FLOATS);

                hash = hash * 31 + (uint64_t)batch.labels[i] * 1000 + (uint64_t)batch.indices[i];
                for (size_t k = 0; k < FLOATS * sizeof(float); k++)
                    hash = (hash ^ bytes[k]) * 0x100000001b3u;
            }
        assert_int_equal(n, 0);
    }
    loader_free(loader);
    return hash;
}

static void test_loader__threads_and_cache_change_nothing(void **state)
{
    struct dataset *set = fixture_shapes(50, 10);
    struct loader_options options = training(set);
    uint64_t one = deliver(&options, 0, 2, 0);

    (void)state;
    options.threads = 4;
    assert_true(deliver(&options, 0, 2, 0) == one);
    options.cache_bytes = 0;
    assert_true(deliver(&options, 0, 2, 0) == one);
    options.cache_bytes = 20 * FLOATS; /* a part of the images */
    assert_true(deliver(&options, 0, 2, 0) == one);
    options.augment = AUGMENT_BIT(AUGMENT_INDEX_RANDOM_RESIZED_CROP);
    one = deliver(&options, 0, 2, 0);
    options.threads = 1;
    options.cache_bytes = 0;
    assert_true(deliver(&options, 0, 2, 0) == one);
    options.settings = (struct augment_settings){.rand_augment = 9,
        .rand_augment_layers = 2,
        .color_jitter = 0.4,
        .random_erasing = 0.5,
        .mixup = 0.2,
        .cutmix = 1};
    assert_true(deliver(&options, 0, 2, 0) != one);
    one = deliver(&options, 0, 2, 3);
    options.threads = 4;
    assert_true(deliver(&options, 0, 2, 3) == one);
    dataset_free(set);
}

/* What is mixed depends on the batch's number, not on where the run began. */
static void test_loader__mixing_goes_on_where_another_run_stopped(void **state)
{
    struct dataset *set = fixture_shapes(40, 10);
    struct loader_options options = training(set);
    struct loader *whole, *rest;
    struct batch a, b;
    struct err err = {0};

    (void)state;
    options.settings = (struct augment_settings){.mixup = 1, .cutmix = 1};
    assert_int_equal(loader_open(&whole, &options, &err), 0);
    options.threads = 3;
    assert_int_equal(loader_open(&rest, &options, &err), 0);
    assert_int_equal(loader_start_epoch(whole, 1, 0, &err), 0);
    assert_int_equal(loader_start_epoch(rest, 1, 3, &err), 0);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(loader_next(whole, &a, &err), 8);
        if (i < 3)
            continue;
        assert_int_equal(loader_next(rest, &b, &err), 8);
        assert_true(a.share == b.share && a.share >= 0 && a.share <= 1);
        assert_memory_equal(a.others, b.others, 8 * sizeof(int));
        assert_int_equal(a.others[3], a.labels[2]);
        assert_memory_equal(a.images, b.images, 8 * FLOATS * sizeof(float));
    }
    loader_free(whole);
    loader_free(rest);
    dataset_free(set);
}

/* Batches of `pieces` in a step, beside the steps whole: the same images, labels and share. */
static void check_pieces(const struct dataset *set, int pieces, int threads)
{
    struct loader_options options = training(set);
    struct loader *whole, *cut;
    struct batch a, b;
    struct err err = {0};
    int n, m;

    options.settings = (struct augment_settings){.mixup = 1, .cutmix = 1};
    options.threads = threads;
    assert_int_equal(loader_open(&whole, &options, &err), 0);
    options.step = options.batch;
    options.batch /= pieces;
    assert_int_equal(loader_open(&cut, &options, &err), 0);
    for (int epoch = 0; epoch < 2; epoch++) {
        assert_int_equal(loader_start_epoch(whole, epoch, 0, &err), 0);
        assert_int_equal(loader_start_epoch(cut, epoch, 0, &err), 0);
        while ((n = loader_next(whole, &a, &err)) > 0)
            for (int at = 0; at < n; at += m) {
                m = loader_next(cut, &b, &err);
                assert_true(m > 0 && at + m <= n && a.share == b.share);
                assert_memory_equal(a.labels + at, b.labels, (size_t)m * sizeof(int));
                assert_memory_equal(a.others + at, b.others, (size_t)m * sizeof(int));
                assert_memory_equal(a.indices + at, b.indices, (size_t)m * sizeof(int));
                assert_memory_equal(
                    a.images + (size_t)at * FLOATS, b.images, (size_t)m * FLOATS * sizeof(float));
            }
        assert_int_equal(n, 0);
    }
    loader_free(whole);
    loader_free(cut);
}

static void test_loader__a_step_in_pieces_is_mixed_as_a_whole(void **state)
{
    struct dataset *set = fixture_shapes(43, 10); /* the last step has 3 images */

    (void)state;
    for (int pieces = 1; pieces <= 8; pieces *= 2) {
        check_pieces(set, pieces, 1);
        check_pieces(set, pieces, 3);
    }
    dataset_free(set);
}

static void test_loader__seed_and_epoch_change_the_order(void **state)
{
    struct dataset *set = fixture_shapes(50, 10);
    struct loader_options options = training(set);
    uint64_t one = deliver(&options, 0, 0, 0);

    (void)state;
    assert_true(deliver(&options, 1, 1, 0) != one);
    options.seed = 8;
    assert_true(deliver(&options, 0, 0, 0) != one);
    dataset_free(set);
}

static void test_loader__an_epoch_has_every_image_once(void **state)
{
    struct dataset *set = fixture_shapes(53, 10);
    struct loader_options options = training(set);
    struct loader *loader;
    struct batch batch;
    struct err err = {0};
    int seen[53] = {0}, n, batches = 0;

    (void)state;
    options.threads = 3;
    assert_int_equal(loader_open(&loader, &options, &err), 0);
    assert_int_equal(loader_batches(loader), 7);
    assert_int_equal(loader_start_epoch(loader, 3, 0, &err), 0);
    while ((n = loader_next(loader, &batch, &err)) > 0) {
        assert_int_equal(n, batches < 6 ? 8 : 5);
        for (int i = 0; i < n; i++) {
            seen[batch.indices[i]]++;
            assert_int_equal(batch.labels[i], dataset_label(set, SPLIT_TRAIN, batch.indices[i]));
        }
        batches++;
    }
    assert_int_equal(batches, 7);
    for (int i = 0; i < 53; i++)
        assert_int_equal(seen[i], 1);
    assert_int_equal(loader_next(loader, &batch, &err), 0);
    loader_free(loader);
    options.drop_last = true;
    assert_int_equal(loader_open(&loader, &options, &err), 0);
    assert_int_equal(loader_batches(loader), 6);
    loader_free(loader);
    dataset_free(set);
}

static void test_loader__an_epoch_can_begin_where_another_run_stopped(void **state)
{
    struct dataset *set = fixture_shapes(40, 10);
    struct loader_options options = training(set);
    struct loader *whole, *rest;
    struct batch a, b;
    struct err err = {0};

    (void)state;
    assert_int_equal(loader_open(&whole, &options, &err), 0);
    options.threads = 2;
    assert_int_equal(loader_open(&rest, &options, &err), 0);
    assert_int_equal(loader_start_epoch(whole, 5, 0, &err), 0);
    assert_int_equal(loader_start_epoch(rest, 2, 0, &err), 0); /* left in its middle */
    assert_int_equal(loader_next(rest, &b, &err), 8);
    assert_int_equal(loader_start_epoch(rest, 5, 3, &err), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(loader_next(whole, &a, &err), 8);
    for (int i = 3; i < 5; i++) {
        assert_int_equal(loader_next(whole, &a, &err), 8);
        assert_int_equal(loader_next(rest, &b, &err), 8);
        assert_memory_equal(a.indices, b.indices, 8 * sizeof(int));
        assert_memory_equal(a.images, b.images, 8 * FLOATS * sizeof(float));
    }
    assert_int_equal(loader_next(rest, &b, &err), 0);
    loader_free(whole);
    loader_free(rest);
    dataset_free(set);
}

static void test_loader__evaluation_is_in_order_and_never_augmented(void **state)
{
    struct dataset *set = fixture_shapes(10, 20);
    struct loader_options options = {.set = set,
        .split = SPLIT_TEST,
        .input = INPUT,
        .batch = 20,
        .threads = 2,
        .augment =
            AUGMENT_BIT(AUGMENT_INDEX_HORIZONTAL_FLIP) | AUGMENT_BIT(AUGMENT_INDEX_RANDOM_CROP)};
    struct loader *loader;
    struct batch batch;
    struct err err = {0};
    float *first = malloc(20 * FLOATS * sizeof(float));

    (void)state;
    assert_non_null(first);
    assert_int_equal(loader_open(&loader, &options, &err), 0);
    for (int epoch = 0; epoch < 3; epoch++) {
        assert_int_equal(loader_start_epoch(loader, epoch, 0, &err), 0);
        assert_int_equal(loader_next(loader, &batch, &err), 20);
        for (int i = 0; i < 20; i++)
            assert_int_equal(batch.indices[i], i);
        if (epoch == 0)
            memcpy(first, batch.images, 20 * FLOATS * sizeof(float));
        assert_memory_equal(first, batch.images, 20 * FLOATS * sizeof(float));
    }
    free(first);
    loader_free(loader);
    dataset_free(set);
}

static void test_loader__a_damaged_image_ends_its_batch_with_its_name(void **state)
{
    char root[PATH_BYTES], name[64];
    struct data_config config;
    struct dataset *set;
    struct loader_options options;
    struct loader *loader;
    struct batch batch;
    struct err err = {0};

    (void)state;
    fixture_make(root);
    for (int i = 0; i < 12; i++) {
        snprintf(name, sizeof(name), "train/cat/%02d.png", i);
        fixture_image(root, name);
    }
    fixture_write(root, "train/cat/09.png", "\x89PNG broken", 11);
    config = fixture_config("folder", root);
    assert_int_equal(dataset_open(&set, &config, 0, &err), 0);
    options = training(set);
    options.shuffle = false;
    options.batch = 4;
    options.threads = 3;
    assert_int_equal(loader_open(&loader, &options, &err), 0);
    assert_int_equal(loader_start_epoch(loader, 0, 0, &err), 0);
    assert_int_equal(loader_next(loader, &batch, &err), 4);
    assert_int_equal(loader_next(loader, &batch, &err), 4);
    assert_int_equal(loader_next(loader, &batch, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.message, "09.png"));
    loader_free(loader);
    dataset_free(set);
    fixture_remove(root);
}

/* An image whose red is its column and whose green is its row. */
static void make_ramp(struct image *image, int width, int height)
{
    struct err err = {0};

    assert_int_equal(image_reserve(image, width, height, &err), 0);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            uint8_t *pixel = image->pixels + ((size_t)y * (size_t)width + (size_t)x) * 3;

            pixel[0] = (uint8_t)x;
            pixel[1] = (uint8_t)y;
            pixel[2] = 200;
        }
}

static void transform_once(
    const struct transform *transform, const struct image *image, uint64_t seed, float *to)
{
    struct transform_scratch scratch = {0};
    struct rng rng = rng_open(seed, RNG_TEST, 0, 0);
    const struct image *prepared;
    struct err err = {0};

    assert_int_equal(transform_prepare(transform, image, &scratch, &prepared, &err), 0);
    assert_int_equal(transform_finish(transform, prepared, &rng, &scratch, to, &err), 0);
    transform_scratch_release(&scratch);
}

static void test_transform__normalises_by_mean_and_deviation(void **state)
{
    struct data_config config = fixture_config("folder", "x");
    struct transform transform;
    struct image image = {0};
    float to[4 * 4 * 3];

    (void)state;
    make_ramp(&image, 4, 4);
    transform_init(&transform, &config, 4);
    transform_once(&transform, &image, 1, to);
    assert_true(fabs(to[(4 * 2 + 3) * 3 + 0] - (3.0 / 255 - 0.485) / 0.229) < 1e-6);
    assert_true(fabs(to[(4 * 2 + 3) * 3 + 1] - (2.0 / 255 - 0.456) / 0.224) < 1e-6);
    assert_true(fabs(to[(4 * 2 + 3) * 3 + 2] - (200.0 / 255 - 0.406) / 0.225) < 1e-6);
    image_release(&image);
}

/* 10 x 6 at an input of 4 and a ratio of 2/3: the shorter side 6 stays, the centre is cropped:
 * columns 3..6, rows 1..4. */
static void test_transform__evaluation_crops_the_centre(void **state)
{
    struct data_config config = fixture_config("folder", "x");
    struct transform transform;
    struct image image = {0};
    float to[4 * 4 * 3];

    (void)state;
    make_ramp(&image, 10, 6);
    config.crop_ratio = 2.0 / 3;
    transform_init(&transform, &config, 4);
    transform_once(&transform, &image, 1, to);
    assert_true(fabs(to[0] - (3.0 / 255 - 0.485) / 0.229) < 1e-6);
    assert_true(fabs(to[1] - (1.0 / 255 - 0.456) / 0.224) < 1e-6);
    assert_true(fabs(to[(4 * 3 + 3) * 3] - (6.0 / 255 - 0.485) / 0.229) < 1e-6);
    image_release(&image);
}

static void test_transform__flips_half_of_the_images_and_nothing_else(void **state)
{
    struct data_config config = fixture_config("folder", "x");
    struct transform plain, flip;
    struct image image = {0};
    float straight[4 * 4 * 3], to[4 * 4 * 3];
    int flipped = 0;

    (void)state;
    make_ramp(&image, 4, 4);
    transform_init_training(&plain, &config, 4, 0, NULL);
    transform_init_training(&flip, &config, 4, AUGMENT_BIT(AUGMENT_INDEX_HORIZONTAL_FLIP), NULL);
    transform_once(&plain, &image, 1, straight);
    for (uint64_t seed = 0; seed < 400; seed++) {
        bool mirrored;

        transform_once(&flip, &image, seed, to);
        mirrored = to[0] != straight[0];
        flipped += mirrored;
        for (int y = 0; y < 4; y++)
            for (int x = 0; x < 4; x++)
                assert_true(to[(y * 4 + x) * 3] == straight[(y * 4 + (mirrored ? 3 - x : x)) * 3]);
    }
    assert_in_range(flipped, 150, 250);
    image_release(&image);
}

/* Input 16: padded by 2, so rows move by -2 .. 2, each about as often, and what comes in is black.
 */
static void test_transform__random_crops_move_by_an_eighth_at_most(void **state)
{
    struct data_config config = fixture_config("folder", "x");
    struct transform crop;
    struct image image = {0};
    float to[16 * 16 * 3];
    int moved[5] = {0};

    (void)state;
    make_ramp(&image, 16, 16);
    transform_init_training(&crop, &config, 16, AUGMENT_BIT(AUGMENT_INDEX_RANDOM_CROP), NULL);
    for (uint64_t seed = 0; seed < 500; seed++) {
        int row;

        transform_once(&crop, &image, seed, to);
        row = (int)lround((to[(8 * 16 + 8) * 3 + 1] * 0.224 + 0.456) * 255) - 8;
        assert_in_range(row + 2, 0, 4);
        moved[row + 2]++;
        if (row == -2) /* the first two rows come from outside */
            assert_true(fabs(to[(16 + 8) * 3 + 2] - (0 - 0.406) / 0.225) < 1e-6);
    }
    for (int i = 0; i < 5; i++)
        assert_in_range(moved[i], 60, 140);
    image_release(&image);
}
