/*
 * JPEGs, PNGs and packed sets that are damaged at random: each is read or refused by a sentence, under the sanitizers
 * without a finding. Half of the time checksums are made right again, so that what they guard is reached.
 */
#include "fixture.h"
#include "tests/lib/damage.h"

#include <zlib.h>

#include "harness/base/sha256.h"
#include "workloads/data/dataset/pack.h"
#include "workloads/data/dataset/pack_format.h"

#define ROUNDS 400

/* ---- images ---- */

#define MAX_FILES 16

static uint32_t big_endian(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Every chunk of a PNG gets the checksum of what it is now. */
static void mend_png(struct str *png)
{
    unsigned char *bytes = (unsigned char *)png->text;
    size_t at = 8;

    while (png->length >= 12 && at <= png->length - 12) {
        uint32_t length = big_endian(bytes + at), sum;

        if (length > png->length - at - 12)
            return;
        sum = (uint32_t)crc32(0, bytes + at + 4, length + 4);
        for (int i = 0; i < 4; i++)
            bytes[at + 8 + length + (size_t)i] = (unsigned char)(sum >> (24 - 8 * i));
        at += 12 + (size_t)length;
    }
}

/* Damaged copies of the files, decoded whole and at less. */
static void damage_images(const char *const names[MAX_FILES], void (*mend)(struct str *))
{
    struct damage_rounds rounds = damage_begin(names[0], ROUNDS, 79);
    struct str whole[MAX_FILES] = {STR_INIT}, damaged = STR_INIT;
    struct image image = {0};
    struct err err = {0};
    struct rng rng;
    int n = 0, decoded = 0;

    for (; names[n]; n++) {
        char path[PATH_BYTES];

        assert_int_equal(file_join(path, "tests/data/files", names[n], &err), 0);
        assert_int_equal(file_read(path, 1 << 20, &whole[n], &err), 0);
    }
    while (damage_next(&rounds, &rng)) {
        const struct str *file = &whole[rng_below(&rng, (uint32_t)n)];
        struct err why = {0};

        damage_copy(&damaged, file);
        damage(&damaged, &rng);
        if (mend && rng_below(&rng, 2))
            mend(&damaged);
        image.wanted_side = (int)rng_below(&rng, 3) * 4;
        if (image_decode(damaged.text, damaged.length, &image, &why) < 0)
            assert_true(damage_is_told(&why));
        else
            decoded++;
    }
    assert_true(decoded > 0 || rounds.only);
    for (int i = 0; i < n; i++)
        str_release(&whole[i]);
    str_release(&damaged);
    image_release(&image);
}

static void test_damage__png(void **state)
{
    (void)state;
    damage_images(
        (const char *const[MAX_FILES]){"colour.png", "palette.png", "grey_alpha.png", "one_bit.png",
            "odd_rgb_16bit.png", "odd_rgba_16bit.png", "odd_palette_transparent.png",
            "odd_gamma.png", "odd_grey_2bit.png", "refused_grey_16bit.png", "odd_exif_empty.png",
            "odd_interlaced_palette_2bit.png"},
        mend_png);
}

static void test_damage__jpeg(void **state)
{
    (void)state;
    damage_images(
        (const char *const[MAX_FILES]){"colour_420.jpg", "colour_444.jpg", "grey.jpg", "cmyk.jpg",
            "odd_cmyk.jpg", "progressive.jpg", "odd_422.jpg", "odd_orientation.jpg",
            "odd_profile.jpg", "odd_1x23.jpg", "odd_stray.jpg", "odd_scans.jpg", "odd_restarts.jpg",
            "odd_arithmetic.jpg", "odd_sampled_4x4.jpg"},
        NULL);
}

/* ---- packed sets ---- */

/* The index gets the checksum of what it is now. */
static void mend_pack(struct str *pack)
{
    struct pack_header header;
    struct err err = {0};
    char hex[SHA256_HEX_BYTES];

    if (pack->length < sizeof(header))
        return;
    memcpy(&header, pack->text, sizeof(header));
    if (header.index_offset > pack->length)
        return;
    header.index_bytes = pack->length - header.index_offset;
    assert_int_equal(
        sha256_hex(pack->text + header.index_offset, header.index_bytes, hex, &err), 0);
    memcpy(header.index_sha256, hex, sizeof(header.index_sha256));
    memcpy(pack->text, &header, sizeof(header));
}

static void use_pack(const char *path)
{
    struct data_config config = fixture_config("folder", "");
    struct err err = {0};
    struct dataset *set;

    snprintf(config.packed, sizeof(config.packed), "%s", path);
    if (dataset_open(&set, &config, 0, &err) < 0) {
        assert_true(damage_is_told(&err));
        return;
    }
    for (int s = 0; s < SPLIT_COUNT; s++)
        for (int i = 0; i < dataset_count(set, (enum split)s); i++) {
            const char *name = dataset_path(set, (enum split)s, i);
            struct image image = {0};
            struct err why = {0};

            assert_in_range(dataset_label(set, (enum split)s, i), 0, dataset_classes(set) - 1);
            assert_true(!name || strlen(name) < 1 << 20);
            if (dataset_read(set, (enum split)s, i, &image, &why) < 0)
                assert_true(damage_is_told(&why));
            image_release(&image);
        }
    dataset_free(set);
}

static void write_pack(const char *folder, const char *path)
{
    struct data_config config = fixture_config("folder", folder);
    const struct pack_options options = {.threads = 1};
    struct pack_result written;
    struct dataset *set;
    struct err err = {0};

    fixture_image(folder, "train/a/1.png");
    fixture_image(folder, "train/b/2.png");
    fixture_image(folder, "test/a/3.png");
    fixture_image(folder, "test/b/4.png");
    if (dataset_open(&set, &config, 0, &err) < 0 ||
        pack_write(set, &options, path, &written, &err) < 0)
        fail_msg("%s", err.message);
    dataset_free(set);
}

/* Half of the damage in the index, which is a small part of the file. */
static void test_damage__packs(void **state)
{
    struct damage_rounds rounds = damage_begin("packs", ROUNDS, 80);
    char folder[PATH_BYTES], root[PATH_BYTES], path[PATH_BYTES];
    struct str whole = STR_INIT, damaged = STR_INIT, index = STR_INIT;
    struct pack_header header;
    struct err err = {0};
    struct rng rng;

    (void)state;
    fixture_make(folder);
    assert_int_equal(file_join(root, folder, "images", &err), 0);
    assert_int_equal(file_join(path, folder, "set.pack", &err), 0);
    write_pack(root, path);
    use_pack(path);
    assert_int_equal(file_read(path, 1 << 24, &whole, &err), 0);
    memcpy(&header, whole.text, sizeof(header));
    while (damage_next(&rounds, &rng)) {
        bool in_index = rng_below(&rng, 2) == 1;
        size_t start = in_index ? (size_t)header.index_offset : 0;

        str_clear(&index);
        str_add_bytes(&index, whole.text + start, whole.length - start);
        damage(&index, &rng);
        str_clear(&damaged);
        str_add_bytes(&damaged, whole.text, start);
        str_add_bytes(&damaged, index.text, index.length);
        if (rng_below(&rng, 4))
            mend_pack(&damaged);
        damage_put(path, &damaged);
        use_pack(path);
    }
    str_release(&whole);
    str_release(&damaged);
    str_release(&index);
    fixture_remove(folder);
}
