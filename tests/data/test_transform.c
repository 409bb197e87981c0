#include "tests/lib/test.h"

#include <string.h>

#include "workloads/data/transform.h"

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
    transform_init(&transform, &config, INPUT, AUGMENT_BIT(AUGMENT_INDEX_RANDOM_CROP), true);
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
