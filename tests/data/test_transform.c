#include "tests/lib/test.h"

#include <string.h>

#include "harness/system/cpu.h"
#include "workloads/data/augment/transform.h"

#define INPUT 16

/* A 24 x 18 image, no two pixels of which are alike. */
static void draw(struct image *image)
{
    struct err err = {0};

    assert_int_equal(image_reserve(image, 24, 18, &err), 0);
    for (int i = 0; i < 24 * 18 * 3; i++)
        image->pixels[i] = (uint8_t)(i * 37 + i / 256);
}

/* The loader keeps prepared images in memory while there is room: whether it did must not show.
 * This image is cropped when it is prepared, and again at random. */
static void test_transform__gives_the_same_of_an_image_that_was_kept(void **state)
{
    struct data_config config;
    struct transform transform;
    struct transform_scratch scratch = {0};
    struct image decoded = {0}, kept = {0};
    const struct image *prepared;
    float first[INPUT * INPUT * 3], again[INPUT * INPUT * 3];
    struct err err = {0};

    (void)state;
    data_config_init(&config);
    transform_init_training(
        &transform, &config, INPUT, AUGMENT_BIT(AUGMENT_INDEX_RANDOM_CROP), NULL);
    draw(&decoded);
    for (uint64_t i = 0; i < 50; i++) {
        struct rng rng = rng_open(0, RNG_TEST, 0, i), same = rng;

        assert_int_equal(transform_prepare(&transform, &decoded, &scratch, &prepared, &err), 0);
        assert_int_equal(image_reserve(&kept, prepared->width, prepared->height, &err), 0);
        memcpy(kept.pixels, prepared->pixels, (size_t)INPUT * INPUT * 3);
        assert_int_equal(transform_finish(&transform, prepared, &rng, &scratch, first, &err), 0);
        assert_int_equal(transform_finish(&transform, &kept, &same, &scratch, again, &err), 0);
        assert_memory_equal(first, again, sizeof(first));
    }
    image_release(&kept);
    image_release(&decoded);
    transform_scratch_release(&scratch);
}

/* Of every width, mirrored or not, for numbers as sets have them: the bits of the table. */
static void test_transform__fast_floats_have_the_bits_of_the_table(void **state)
{
    static const struct {
        double mean[3], std[3];
    } sets[] = {{{0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}},
        {{0.4914, 0.4822, 0.4465}, {0.2470, 0.2435, 0.2616}}, {{0, 0, 0}, {1, 1, 1}},
        {{0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}}, {{0.1307, 0.1307, 0.1307}, {0.3081, 0.3081, 0.3081}}};
    uint8_t pixels[64 * 2 * 3], row[64 * 3 + 16];
    float fast[64 * 2 * 3], table[64 * 2 * 3];
    int exact = 0;

    (void)state;
    for (int i = 0; i < 64 * 2 * 3; i++)
        pixels[i] = (uint8_t)(i * 89 + i / 256);
    for (size_t s = 0; s < sizeof(sets) / sizeof(*sets); s++) {
        struct data_config config;
        struct transform transform;

        data_config_init(&config);
        memcpy(config.mean, sets[s].mean, sizeof(config.mean));
        memcpy(config.std, sets[s].std, sizeof(config.std));
        transform_init_training(&transform, &config, INPUT, 0, NULL);
        exact += transform.to_floats == to_floats_avx2;
        for (int width = 1; width <= 64; width++)
            for (int mirrored = 0; mirrored < 2; mirrored++) {
                const struct image image = {.width = width, .height = 2, .pixels = pixels};

                transform.to_floats(&transform.norm, &image, mirrored, row, fast);
                to_floats_reference(&transform.norm, &image, mirrored, row, table);
                assert_memory_equal(fast, table, (size_t)(width * 2 * 3) * sizeof(float));
            }
    }
    if (to_floats_avx2 && strcmp(cpu_isa(), "reference") != 0)
        assert_int_equal(exact, sizeof(sets) / sizeof(*sets));
}
