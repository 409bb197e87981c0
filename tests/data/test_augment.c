/* Augmentations against what torchvision and Pillow gave (make_augment_references.py), and mixing. */
#include "tests/lib/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/system/file.h"
#include "harness/base/sha256.h"
#include "workloads/data/augment/augmentation.h"
#include "workloads/data/augment/auto_augment.h"
#include "workloads/data/augment/erase.h"
#include "workloads/data/augment/mixing.h"
#include "workloads/data/augment/random_resized_crop.h"
#include "workloads/data/augment/transform.h"
#include "workloads/nn/layers/loss.h"

#define FOLDER "tests/data/"
#define FIELDS 9 /* of a row at most */

static enum pixel_op find_op(const char *name)
{
    static const char *const names[] = {
#define PIXEL_OP(NAME, name, sign) name,
#include "workloads/data/augment/pixel_ops.def"
#undef PIXEL_OP
    };

    for (int op = 0; op < PIXEL_OP_COUNT; op++)
        if (strcmp(names[op], name) == 0)
            return (enum pixel_op)op;
    fail_msg("there is no operation %s", name);
    return PIXEL_OP_COUNT;
}

static void read_file(const char *name, struct image *image)
{
    char path[PATH_BYTES];
    struct err err = {0};

    snprintf(path, sizeof(path), FOLDER "files/%s", name);
    if (image_read(path, image, &err) < 0)
        fail_msg("%s", err.message);
}

static int number(const char *text)
{
    long long value = 0;

    assert_true(str_to_int64(text, &value));
    return (int)value;
}

static void check_op(char *fields[FIELDS])
{
    enum pixel_op op = find_op(fields[1]);
    int level = number(fields[3]), levels = number(fields[4]);
    double given = strtod(fields[5], NULL), own;
    struct image image = {0}, spare = {0};
    struct err err = {0};
    char hex[SHA256_HEX_BYTES];

    read_file(fields[2], &image);
    own = pixel_op_magnitude(op, level, levels, image.width, image.height);
    if (op == PIXEL_OP_TRANSLATE_X || op == PIXEL_OP_TRANSLATE_Y)
        assert_true(own == trunc(fabs(given)));
    else
        assert_true(fabs(own - fabs(given)) < 1e-4);
    assert_true(given >= 0 || pixel_op_has_sign(op));
    assert_int_equal(pixel_op_apply(op, given < 0 ? -own : own, &image, &spare, &err), 0);
    assert_int_equal(
        sha256_hex(image.pixels, (size_t)image.width * (size_t)image.height * 3, hex, &err), 0);
    hex[16] = '\0';
    if (strcmp(hex, fields[6]) != 0)
        fail_msg("%s of %s at %g: not Pillow's pixels", fields[1], fields[2], given);
    image_release(&image);
    image_release(&spare);
}

static void check_policy(char *fields[FIELDS])
{
    enum auto_augment policy =
        strcmp(fields[1], "cifar10") == 0 ? AUTO_AUGMENT_CIFAR10 : AUTO_AUGMENT_IMAGENET;
    const struct policy_step *step =
        auto_augment_policy(policy, number(fields[2])) + number(fields[3]);

    assert_int_equal(step->op, find_op(fields[4]));
    assert_true(step->probability == strtod(fields[5], NULL));
    assert_int_equal(step->level, number(fields[6]));
}

static void check_hash(const void *bytes, size_t count, const char *wanted, const char *what)
{
    struct err err = {0};
    char hex[SHA256_HEX_BYTES];

    assert_int_equal(sha256_hex(bytes, count, hex, &err), 0);
    hex[16] = '\0';
    if (strcmp(hex, wanted) != 0)
        fail_msg("%s: other values than torchvision's", what);
}

static void check_hue(char *fields[FIELDS])
{
    struct image image = {0};
    struct err err = {0};

    read_file(fields[1], &image);
    assert_int_equal(pixel_op_apply(PIXEL_OP_HUE, strtod(fields[2], NULL), &image, NULL, &err), 0);
    check_hash(image.pixels, (size_t)image.width * (size_t)image.height * 3, fields[3], fields[2]);
    image_release(&image);
}

static void check_crop(char *fields[FIELDS])
{
    struct box box;
    bool fits = crop_box_size(number(fields[1]), number(fields[2]), strtod(fields[3], NULL),
        strtod(fields[4], NULL), &box);

    assert_int_equal(fits, number(fields[5]) > 0);
    if (fits) {
        assert_int_equal(box.width, number(fields[5]));
        assert_int_equal(box.height, number(fields[6]));
    }
}

static void check_centre(char *fields[FIELDS])
{
    struct box box;

    crop_box_centre(number(fields[1]), number(fields[2]), strtod(fields[3], NULL),
        strtod(fields[4], NULL), &box);
    assert_int_equal(box.x, number(fields[5]));
    assert_int_equal(box.y, number(fields[6]));
    assert_int_equal(box.width, number(fields[7]));
    assert_int_equal(box.height, number(fields[8]));
}

static void check_resized_crop(char *fields[FIELDS])
{
    double share = strtod(fields[3], NULL);
    int side = number(fields[7]);
    struct resize resize = {.width = side, .height = side, .part_width = side, .part_height = side};
    struct image image = {0}, resized = {0};
    enum resize_filter filter =
        strcmp(fields[2], "bicubic") == 0 ? RESIZE_BICUBIC : RESIZE_BILINEAR;
    struct err err = {0};

    read_file(fields[1], &image);
    if (share > 0) {
        assert_true(
            crop_box_size(image.width, image.height, share, strtod(fields[4], NULL), &resize.crop));
        resize.crop.x = number(fields[5]);
        resize.crop.y = number(fields[6]);
    } else {
        crop_box_centre(image.width, image.height, 3.0 / 4, 4.0 / 3, &resize.crop);
        assert_int_equal(resize.crop.x, number(fields[5]));
        assert_int_equal(resize.crop.y, number(fields[6]));
    }
    if (image_resize_part(&image, filter, &resize, &resized, &err) < 0)
        fail_msg("%s", err.message);
    check_hash(resized.pixels, (size_t)side * (size_t)side * 3, fields[8], fields[1]);
    image_release(&image);
    image_release(&resized);
}

/* By transform_prepare, as an evaluation does it. */
static void check_prepared(char *fields[FIELDS])
{
    int width = number(fields[1]), height = number(fields[2]), side = number(fields[4]);
    struct data_config config;
    struct transform transform;
    struct transform_scratch scratch = {0};
    struct image image = {0};
    const struct image *prepared;
    struct err err = {0};

    data_config_init(&config);
    config.crop_ratio = (double)side / number(fields[3]);
    transform_init(&transform, &config, side);
    assert_int_equal(image_reserve(&image, width, height, &err), 0);
    for (int64_t i = 0; i < (int64_t)width * height * 3; i++)
        image.pixels[i] = (uint8_t)((i * 37 + i / 7) % 251);
    if (transform_prepare(&transform, &image, &scratch, &prepared, &err) < 0)
        fail_msg("%d x %d: %s", width, height, err.message);
    check_hash(prepared->pixels, (size_t)side * (size_t)side * 3, fields[5], fields[2]);
    transform_scratch_release(&scratch);
    image_release(&image);
}

/* Of make_augment_references.py. */
static float *pattern(int n, int side)
{
    int count = n * side * side * 3;
    float *values = malloc((size_t)count * sizeof(*values));

    assert_non_null(values);
    for (int i = 0; i < count; i++)
        values[i] = (float)((i * 37 + i / 7) % 101) / 50.0f - 1.0f;
    return values;
}

static void check_erase(char *fields[FIELDS])
{
    int side = number(fields[1]), width, height;
    bool fits = erase_size(side, strtod(fields[2], NULL), strtod(fields[3], NULL), &width, &height);
    float *image;

    assert_int_equal(fits, number(fields[4]) > 0);
    if (!fits)
        return;
    assert_int_equal(width, number(fields[4]));
    assert_int_equal(height, number(fields[5]));
    image = pattern(1, side);
    erase(image, side, number(fields[6]), number(fields[7]), width, height);
    check_hash(image, (size_t)side * (size_t)side * 3 * sizeof(*image), fields[8], "erased");
    free(image);
}

static void check_mixed(char *fields[FIELDS])
{
    int side = number(fields[1]);
    size_t floats = (size_t)side * (size_t)side * 3;
    struct mixing mixing = {.share = strtod(fields[2], NULL)};
    float *images = pattern(4, side), *last = pattern(1, side);

    if (strcmp(fields[0], "cutmix") == 0)
        mixing_cut(&mixing, mixing.share, number(fields[3]), number(fields[4]), side);
    assert_true(fabs(mixing.share - strtod(fields[5], NULL)) < 1e-7);
    memcpy(last, images + 3 * floats, floats * sizeof(*last));
    mixing_apply(&mixing, images, 4, side, last);
    check_hash(images, 4 * floats * sizeof(*images), fields[6], fields[0]);
    free(images);
    free(last);
}

static int walk(const char *kind, void (*check)(char *fields[FIELDS]))
{
    FILE *file = fopen(FOLDER "augment.tsv", "r");
    char *line = NULL;
    size_t size = 0;
    int n = 0;

    assert_non_null(file);
    while (getline(&line, &size, file) > 0) {
        char *fields[FIELDS] = {0}, *rest = line;

        for (int i = 0; i < FIELDS && rest; i++)
            fields[i] = strsep(&rest, "\t\n");
        if (strcmp(fields[0], kind) == 0) {
            check(fields);
            n++;
        }
    }
    free(line);
    fclose(file);
    return n;
}

static void test_augment__hue_turns_as_in_torchvision(void **state)
{
    (void)state;
    assert_int_equal(walk("hue", check_hue), 20);
}

static void test_augment__resized_crops_are_those_of_torchvision(void **state)
{
    (void)state;
    assert_int_equal(walk("crop", check_crop), 243);
    assert_int_equal(walk("centre", check_centre), 14);
    assert_int_equal(walk("resized_crop", check_resized_crop), 48);
}

static void test_augment__images_of_every_shape_are_prepared_as_in_torchvision(void **state)
{
    (void)state;
    assert_int_equal(walk("prepare", check_prepared), 23);
}

/* A height of a third of a pixel: torchvision fails there. */
static void test_augment__the_centre_of_a_narrow_image_has_a_pixel_at_least(void **state)
{
    struct box box;

    (void)state;
    crop_box_centre(1, 100, 3, 4, &box);
    assert_int_equal(box.width, 1);
    assert_int_equal(box.height, 1);
}

static void test_augment__erased_rectangles_are_those_of_torchvision(void **state)
{
    (void)state;
    assert_int_equal(walk("erase", check_erase), 105);
}

static void test_augment__mixup_and_cutmix_give_the_batches_of_torchvision(void **state)
{
    (void)state;
    assert_int_equal(walk("mixup", check_mixed), 24);
    assert_int_equal(walk("cutmix", check_mixed), 24);
}

static void test_augment__operations_give_the_pixels_of_torchvision(void **state)
{
    (void)state;
    assert_int_equal(walk("op", check_op), 606);
}

static void test_augment__policies_are_those_of_torchvision(void **state)
{
    (void)state;
    assert_int_equal(walk("policy", check_policy), 100);
}

/* ---- what is random ---- */

#define SIDE 24

static void finish(const struct augment_settings *settings, uint64_t key, float to[SIDE * SIDE * 3])
{
    struct data_config config;
    struct transform transform;
    struct transform_scratch scratch = {0};
    struct image image = {0};
    struct rng rng = rng_open(3, RNG_TEST, 9, key);
    struct err err = {0};
    const struct image *prepared;

    data_config_init(&config);
    transform_init_training(
        &transform, &config, SIDE, AUGMENT_BIT(AUGMENT_INDEX_HORIZONTAL_FLIP), settings);
    read_file("odd_420.jpg", &image);
    assert_int_equal(transform_prepare(&transform, &image, &scratch, &prepared, &err), 0);
    assert_int_equal(transform_finish(&transform, prepared, &rng, &scratch, to, &err), 0);
    transform_scratch_release(&scratch);
    image_release(&image);
}

static void test_augment__every_setting_changes_images_by_its_stream_alone(void **state)
{
    static const struct augment_settings none = {0},
                                         all[] = {{.color_jitter = 0.4}, {.jitter_hue = 0.2},
                                             {.jitter_contrast = 0.4}, {.cutout = 9},
                                             {.rand_augment = 9, .rand_augment_layers = 2},
                                             {.auto_augment = AUTO_AUGMENT_IMAGENET},
                                             {.auto_augment = AUTO_AUGMENT_CIFAR10},
                                             {.random_erasing = 0.5}};
    static float plain[SIDE * SIDE * 3], once[SIDE * SIDE * 3], again[SIDE * SIDE * 3];

    (void)state;
    for (size_t s = 0; s < sizeof(all) / sizeof(*all); s++) {
        int changed = 0;

        for (uint64_t key = 0; key < 40; key++) {
            finish(&none, key, plain);
            finish(&all[s], key, once);
            finish(&all[s], key, again);
            assert_memory_equal(once, again, sizeof(once));
            changed += memcmp(plain, once, sizeof(once)) != 0;
        }
        assert_true(changed >= 10);
    }
}

static void test_augment__erasing_leaves_a_rectangle_of_2_to_33_per_cent(void **state)
{
    static float image[64 * 64 * 3];
    const struct augment_settings always = {.random_erasing = 1};

    (void)state;
    for (uint64_t key = 0; key < 200; key++) {
        struct rng rng = rng_open(0, RNG_TEST, 11, key);
        int low_x = 64, high_x = -1, low_y = 64, high_y = -1, zeros = 0;

        for (int i = 0; i < 64 * 64 * 3; i++)
            image[i] = 1;
        augmentation_random_erasing.on_values(&always, &rng, 64, image);
        for (int i = 0; i < 64 * 64; i++)
            if (image[3 * i] == 0) {
                low_x = i % 64 < low_x ? i % 64 : low_x;
                high_x = i % 64 > high_x ? i % 64 : high_x;
                low_y = i / 64 < low_y ? i / 64 : low_y;
                high_y = i / 64 > high_y ? i / 64 : high_y;
                zeros++;
            }
        assert_int_equal(zeros, (high_x - low_x + 1) * (high_y - low_y + 1));
        assert_true(zeros > 0.015 * 64 * 64 && zeros < 0.36 * 64 * 64);
    }
}

static void test_augment__cutout_leaves_a_square_that_the_edges_cut_off(void **state)
{
    static float image[64 * 64 * 3];
    const struct augment_settings square = {.cutout = 16};
    int whole = 0;

    (void)state;
    for (uint64_t key = 0; key < 200; key++) {
        struct rng rng = rng_open(0, RNG_TEST, 12, key);
        int columns[64] = {0}, rows[64] = {0}, width = 0, height = 0, zeros = 0;

        for (int i = 0; i < 64 * 64 * 3; i++)
            image[i] = 1;
        augmentation_cutout.on_values(&square, &rng, 64, image);
        for (int i = 0; i < 64 * 64; i++)
            if (image[3 * i] == 0)
                zeros++, columns[i % 64] = 1, rows[i / 64] = 1;
        for (int i = 0; i < 64; i++)
            width += columns[i], height += rows[i];
        assert_in_range(width, 8, 16);
        assert_in_range(height, 8, 16);
        assert_int_equal(zeros, width * height);
        whole += zeros == 16 * 16;
    }
    assert_in_range(whole, 90, 150); /* (49 / 64)^2 of them, 117 */
}

static void test_augment__crops_and_flips_keep_to_what_they_are_told(void **state)
{
    const struct augment_settings settings = {
        .crop_scale_min = 0.5, .crop_scale_max = 0.6, .crop_ratio_min = 0.9, .crop_ratio_max = 1.1};
    const struct augment_settings always = {.flip_probability = 1};
    static float plain[SIDE * SIDE * 3], flipped[SIDE * SIDE * 3];

    (void)state;
    for (uint64_t key = 0; key < 500; key++) {
        struct rng rng = rng_open(0, RNG_TEST, 14, key);
        struct box box;

        crop_box_draw(&settings, 100, 100, &rng, &box);
        assert_in_range(box.width * box.height, 4900, 6100);
        assert_in_range(100 * box.width / box.height, 87, 113);
        assert_true(box.x + box.width <= 100 && box.y + box.height <= 100);
    }
    for (uint64_t key = 0; key < 10; key++) {
        finish(&always, key, flipped);
        finish(&always, 0, plain);
        assert_memory_equal(plain, flipped, sizeof(plain));
    }
}

static void fill(float *images, int n)
{
    for (int i = 0; i < n * SIDE * SIDE * 3; i++)
        images[i] = (float)(i / (SIDE * SIDE * 3)); /* image k is full of k */
}

static void test_augment__mixup_adds_the_image_before(void **state)
{
    static float images[3 * SIDE * SIDE * 3], before[SIDE * SIDE * 3];
    const struct mixing mixing = {.share = 0.75};

    (void)state;
    fill(images, 3);
    memcpy(before, images + 2 * SIDE * SIDE * 3, sizeof(before));
    mixing_apply(&mixing, images, 3, SIDE, before);
    assert_true(images[0] == 0.5f); /* 0.25 of the last */
    assert_true(images[SIDE * SIDE * 3] == 0.75f);
    assert_true(images[2 * SIDE * SIDE * 3] == 1.75f);
}

static void test_augment__the_share_of_cutmix_is_what_it_leaves(void **state)
{
    static float images[2 * SIDE * SIDE * 3], before[SIDE * SIDE * 3];
    const struct augment_settings settings = {.cutmix = 1};

    (void)state;
    for (uint64_t key = 0; key < 50; key++) {
        struct rng rng = rng_open(0, RNG_TEST, 13, key);
        struct mixing mixing;
        int own = 0;

        mixing_draw(&mixing, &settings, SIDE, &rng);
        fill(images, 2);
        memcpy(before, images + SIDE * SIDE * 3, sizeof(before));
        mixing_apply(&mixing, images, 2, SIDE, before);
        for (int i = 0; i < SIDE * SIDE; i++) {
            assert_true(images[3 * i] == 1 - images[3 * (SIDE * SIDE + i)]);
            own += images[3 * i] == 0;
        }
        assert_true(fabs(own / (double)(SIDE * SIDE) - mixing.share) < 1e-12);
    }
}

/* Beta(a, a) has mean 1/2 and variance 1 / (4 (2 a + 1)). */
static void test_augment__weights_of_mixup_are_of_a_beta_distribution(void **state)
{
    static const double alphas[] = {0.2, 1, 4};

    (void)state;
    for (int a = 0; a < 3; a++) {
        const struct augment_settings settings = {.mixup = alphas[a]};
        double sum = 0, squares = 0;

        for (uint64_t key = 0; key < 20000; key++) {
            struct rng rng = rng_open(0, RNG_TEST, 17, key);
            struct mixing mixing;

            mixing_draw(&mixing, &settings, SIDE, &rng);
            sum += mixing.share - 0.5;
            squares += (mixing.share - 0.5) * (mixing.share - 0.5);
        }
        assert_true(fabs(sum / 20000) < 0.01);
        assert_true(fabs(squares / 20000 * 4 * (2 * alphas[a] + 1) - 1) < 0.03);
    }
}

/* Small alphas, whose draws doubles have no room for: P(share < q) as scipy 1.17's beta.cdf gives it. */
static void test_augment__shares_of_small_alphas_keep_their_distribution(void **state)
{
    static const double below[] = {1e-300, 1e-100, 1e-20, 1e-5, 0.1, 0.4};
    static const struct {
        double alpha, p[6];
    } rows[] = {
        {1e-6, {0.499654732, 0.499884884, 0.499976975, 0.499994244, 0.499998901, 0.499999797}},
        {1e-4, {0.466627158, 0.488618619, 0.497702717, 0.499424694, 0.499890158, 0.49997973}},
        {1e-3, {0.250594028, 0.39716477, 0.477497077, 0.494277364, 0.498903305, 0.499797551}},
        {1e-2, {0.00050008107, 0.050008107, 0.315529824, 0.445697766, 0.489202529, 0.498000534}},
        {0.05,
            {5.01920531e-16, 5.01920531e-06, 0.0501920531, 0.282250784, 0.449469091, 0.490512337}},
        {0.2, {5.26232623e-61, 5.26232623e-21, 5.26232623e-05, 0.0526233325, 0.336689778,
                  0.467747349}},
    };
    enum { N = 40000 };

    (void)state;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        const struct augment_settings settings = {.mixup = rows[r].alpha};
        int counts[6] = {0};

        for (uint64_t key = 0; key < N; key++) {
            struct rng rng = rng_open(0, RNG_TEST, 19, key);
            struct mixing mixing;

            mixing_draw(&mixing, &settings, SIDE, &rng);
            assert_true(mixing.share >= 0 && mixing.share <= 1);
            for (int q = 0; q < 6; q++)
                counts[q] += mixing.share < below[q];
        }
        for (int q = 0; q < 6; q++) {
            double p = rows[r].p[q], share = counts[q] / (double)N;

            if (!(fabs(share - p) <= 4 * sqrt(p * (1 - p) / N) + 1e-9))
                fail_msg("alpha %g: %g of the shares are below %g, not %g", rows[r].alpha, share,
                    below[q], p);
        }
    }
}

static void test_augment__the_loss_of_mixed_labels_is_the_mean_of_both(void **state)
{
    static const float logits[2 * 3] = {0.3f, -1, 2, 1, 0.5f, -0.2f};
    static const int labels[2] = {0, 2}, others[2] = {2, 2};
    float grad[6], first[6], second[6];
    double mixed = cross_entropy_mixed(logits, labels, others, 0.3, 2, 3, 0.1, grad);
    double a = cross_entropy(logits, labels, 2, 3, 0.1, first),
           b = cross_entropy(logits, others, 2, 3, 0.1, second);

    (void)state;
    assert_true(fabs(mixed - (0.3 * a + 0.7 * b)) < 1e-12);
    for (int i = 0; i < 6; i++)
        assert_true(fabs(grad[i] - (0.3 * first[i] + 0.7 * second[i])) < 1e-6);
}
