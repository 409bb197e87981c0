/* Decoding and resizing against what Pillow gave for the same files (make_references.py), and
 * damaged files. */
#include "tests/lib/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/system/cpu.h"
#include "harness/system/file.h"
#include "harness/base/rng.h"
#include "harness/base/sha256.h"
#include "harness/base/str.h"
#include "workloads/data/decode/image.h"
#include "workloads/data/decode/resize_private.h"

#define FOLDER "tests/data/"

struct reference {
    char kind[16], file[64], arguments[64];
    int width, height;
    uint8_t *pixels; /* [height][width][3] */
};

static uint8_t hex_digit(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static void parse(const char *line, struct reference *reference)
{
    const char *hex = strrchr(line, '\t') + 1;
    size_t bytes;

    assert_int_equal(
        sscanf(line, "%15[^\t]\t%63[^\t]\t%63[^\t]\t%dx%d\t", reference->kind, reference->file,
            reference->arguments, &reference->width, &reference->height),
        5);
    bytes = (size_t)reference->width * (size_t)reference->height * 3;
    assert_int_equal(strspn(hex, "0123456789abcdef"), 2 * bytes);
    reference->pixels = malloc(bytes);
    assert_non_null(reference->pixels);
    for (size_t i = 0; i < bytes; i++)
        reference->pixels[i] = (uint8_t)(hex_digit(hex[2 * i]) << 4 | hex_digit(hex[2 * i + 1]));
}

static void read_file(const char *name, struct image *image)
{
    char path[PATH_BYTES];
    struct err err = {0};

    snprintf(path, sizeof(path), FOLDER "files/%s", name);
    if (image_read(path, image, &err) < 0)
        fail_msg("%s", err.message);
}

/* Calls check for every reference of a kind; there must be `expected` of them. */
static void walk(const char *kind, int expected, void (*check)(const struct reference *reference))
{
    FILE *file = fopen(FOLDER "references.tsv", "r");
    char *line = NULL;
    size_t size = 0;
    int n = 0;

    assert_non_null(file);
    while (getline(&line, &size, file) > 0) {
        struct reference reference = {0};

        if (line[0] == '#')
            continue;
        parse(line, &reference);
        if (strcmp(reference.kind, kind) == 0) {
            check(&reference);
            n++;
        }
        free(reference.pixels);
    }
    free(line);
    fclose(file);
    assert_int_equal(n, expected);
}

static void check_pixels(const struct reference *reference, const struct image *image)
{
    size_t bytes = (size_t)reference->width * (size_t)reference->height * 3;

    assert_int_equal(image->width, reference->width);
    assert_int_equal(image->height, reference->height);
    for (size_t i = 0; i < bytes; i++)
        if (image->pixels[i] != reference->pixels[i])
            fail_msg("%s %s (%s): value %zu is %d, Pillow's %d", reference->kind, reference->file,
                reference->arguments, i, image->pixels[i], reference->pixels[i]);
}

static void check_decoded(const struct reference *reference)
{
    struct image image = {0};

    read_file(reference->file, &image);
    check_pixels(reference, &image);
    image_release(&image);
}

static void check_resized_with(const struct reference *reference, enum resize_filter filter)
{
    struct image image = {0}, resized = {0};
    struct err err = {0};
    struct resize resize = {.part_width = reference->width, .part_height = reference->height};
    int width, height, x, y;

    assert_int_equal(
        sscanf(reference->arguments, "%d %d %d %d %d %d %d %d", &resize.crop.x, &resize.crop.y,
            &resize.crop.width, &resize.crop.height, &width, &height, &x, &y),
        8);
    resize.width = width;
    resize.height = height;
    resize.x = x;
    resize.y = y;
    read_file(reference->file, &image);
    assert_int_equal(image_resize_part(&image, filter, &resize, &resized, &err), 0);
    check_pixels(reference, &resized);
    image_release(&image);
    image_release(&resized);
}

static void check_resized(const struct reference *reference)
{
    check_resized_with(reference, RESIZE_BILINEAR);
}

static void check_bicubic(const struct reference *reference)
{
    check_resized_with(reference, RESIZE_BICUBIC);
}

static void test_image__files_decode_to_the_pixels_that_pillow_gives(void **state)
{
    (void)state;
    walk("decode", 11, check_decoded);
}

static void test_image__resizing_gives_the_pixels_that_pillow_gives(void **state)
{
    (void)state;
    walk("resize", 30, check_resized);
    walk("bicubic", 30, check_bicubic);
}

/* ---- hashes: "file how WxH hash", of the decoded image or of a square ---- */

static void check_hash(const char *folder, const char *line)
{
    char name[PATH_BYTES], how[16], expected[32], path[PATH_BYTES], hex[SHA256_HEX_BYTES];
    struct image image = {0}, resized = {0};
    const struct image *made = &image;
    struct err err = {0};
    int width, height;

    assert_int_equal(
        sscanf(line, "%4095[^\t]\t%15[^\t]\t%dx%d\t%31s", name, how, &width, &height, expected), 5);
    assert_int_equal(file_join(path, folder, name, &err), 0);
    if (image_read(path, &image, &err) < 0)
        fail_msg("%s", err.message);
    if (strcmp(how, "decode") != 0) {
        enum resize_filter filter = how[2] == 'c' ? RESIZE_BICUBIC : RESIZE_BILINEAR;

        assert_int_equal(image_resize(&image, filter, width, height, &resized, &err), 0);
        made = &resized;
    }
    assert_int_equal(made->width, width);
    assert_int_equal(made->height, height);
    assert_int_equal(sha256_hex(made->pixels, (size_t)width * (size_t)height * 3, hex, &err), 0);
    hex[16] = '\0';
    if (strcmp(hex, expected) != 0)
        fail_msg(
            "%s, %s to %d x %d: hash %s, Pillow's %s", name, how, width, height, hex, expected);
    image_release(&image);
    image_release(&resized);
}

static int check_hashes(const char *table, const char *folder)
{
    FILE *file = fopen(table, "r");
    char *line = NULL;
    size_t size = 0;
    int n = 0;

    assert_non_null(file);
    while (getline(&line, &size, file) > 0)
        if (line[0] != '#') {
            check_hash(folder, line);
            n++;
        }
    free(line);
    fclose(file);
    return n;
}

static void test_image__odd_files_decode_and_resize_as_with_pillow(void **state)
{
    (void)state;
    assert_int_equal(check_hashes(FOLDER "hashes.tsv", FOLDER "files"), 260);
}

/* IMAGES=FOLDER: Imagenette at 224 pixels, or other images with a table HASHES=FILE of them. */
static void test_image__photographs_decode_and_resize_as_with_pillow(void **state)
{
    const char *folder = getenv("IMAGES"), *table = getenv("HASHES");

    (void)state;
    if (!folder) {
        print_message("skipped: IMAGES=FOLDER names no folder of images\n");
        skip();
    }
    assert_true(check_hashes(table ? table : FOLDER "imagenette.tsv", folder) > 0);
}

static void test_image__what_cannot_be_trusted_is_refused_by_a_sentence(void **state)
{
    static const struct {
        const char *name, *says;
    } files[] = {
        {"refused_grey_16bit.png", "convert it to 8 bits"},
        {"refused_long.png", "an image of 30000 x 1 pixels; sides of 1 to 16384 are allowed"},
        {"refused_palette_index.png", "pixels of colour 2, but its palette ends at 1"},
        {"refused_cut.jpg", "cut off (Premature end of JPEG file); replace or remove it"},
        {"refused_stray_cut.jpg", "cut off (Premature end of JPEG file); replace or remove it"},
        {"refused_channel_missing.jpg", "a channel of 3 has no scan"},
    };
    struct image image = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        char path[PATH_BYTES];
        struct err err = {0};

        snprintf(path, sizeof(path), FOLDER "files/%s", files[i].name);
        if (image_read(path, &image, &err) == 0)
            fail_msg("%s is taken", files[i].name);
        assert_int_equal(err.code, ERR_INPUT);
        if (!strstr(err.message, files[i].says))
            fail_msg("%s: %s", files[i].name, err.message);
    }
    image_release(&image);
}

static void read_bytes(const char *name, struct str *content)
{
    char path[PATH_BYTES];
    struct err err = {0};

    snprintf(path, sizeof(path), FOLDER "files/%s", name);
    str_clear(content);
    assert_int_equal(file_read(path, 1 << 20, content, &err), 0);
}

static void check_refused(const struct str *content, const char *says)
{
    struct image image = {0};
    struct err err = {0};

    if (image_decode(content->text, content->length, &image, &err) == 0)
        fail_msg("an image that should be refused (%s) is taken", says);
    assert_int_equal(err.code, ERR_INPUT);
    if (!strstr(err.message, says))
        fail_msg("%s, not: %s", err.message, says);
    image_release(&image);
}

/* Scans of a few bytes are as much work as the whole image. */
static void test_image__a_jpeg_of_endless_scans_is_refused(void **state)
{
    struct str whole = STR_INIT, bomb = STR_INIT;
    size_t last = 0;

    (void)state;
    read_bytes("odd_scans.jpg", &whole);
    for (size_t i = 0; i + 1 < whole.length; i++)
        if (memcmp(whole.text + i, "\xff\xda", 2) == 0)
            last = i;
    str_add_bytes(&bomb, whole.text, last);
    for (int i = 0; i < 600; i++)
        str_add_bytes(&bomb, whole.text + last, whole.length - 2 - last);
    str_add_bytes(&bomb, "\xff\xd9", 2);
    check_refused(&bomb, "more than 500 scans");
    str_release(&whole);
    str_release(&bomb);
}

/* Whatever would be kept of it: libjpeg's own memory goes by the whole size. */
static void test_image__a_jpeg_that_says_it_is_enormous_is_refused(void **state)
{
    struct str content = STR_INIT;
    struct image image = {.wanted_side = 8};
    struct err err = {0};

    (void)state;
    read_bytes("progressive.jpg", &content);
    for (size_t i = 0; i + 9 < content.length; i++)
        if (memcmp(content.text + i, "\xff\xc2", 2) == 0)
            memcpy(content.text + i + 5, "\x50\x00\x50\x00", 4);
    assert_int_equal(image_decode(content.text, content.length, &image, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.message, "20480 x 20480 pixels"));
    assert_null(image.pixels);
    str_release(&content);
}

static void test_image__a_kind_of_jpeg_that_cannot_be_decoded_is_not_called_damaged(void **state)
{
    struct str content = STR_INIT;

    (void)state;
    read_bytes("colour_444.jpg", &content);
    for (size_t i = 0; i + 9 < content.length; i++)
        if (memcmp(content.text + i, "\xff\xc0", 2) == 0)
            content.text[i + 1] = '\xc5'; /* differential sequential */
    check_refused(&content, "of a kind that cannot be decoded here (Unsupported JPEG process");
    str_release(&content);
}

/* Of chunks that Pillow does not apply to RGB, every byte but those that say how long they are. */
static void test_image__chunks_that_decide_no_pixel_refuse_no_png(void **state)
{
    struct str content = STR_INIT;
    struct image whole = {0}, image = {0};
    size_t start = 0, end = 0;

    (void)state;
    read_file("odd_rgb_transparent.png", &whole);
    read_bytes("odd_rgb_transparent.png", &content);
    for (size_t i = 0; i + 4 < content.length; i++)
        if (memcmp(content.text + i, "gAMA", 4) == 0)
            start = i + 4;
        else if (memcmp(content.text + i, "IDAT", 4) == 0)
            end = i - 4;
    assert_int_equal(end - start, 8 + 12 + 6); /* with all of tRNS */
    for (size_t at = start; at < end; at += at == start + 7 ? 9 : 1) {
        struct err err = {0};

        content.text[at] = (char)~content.text[at];
        if (image_decode(content.text, content.length, &image, &err) < 0)
            fail_msg("%s", err.message);
        assert_memory_equal(image.pixels, whole.pixels, (size_t)(21 * 9 * 3));
        content.text[at] = (char)~content.text[at];
    }
    str_release(&content);
    image_release(&whole);
    image_release(&image);
}

/* Never smaller than was asked for, and at most twice that. */
static void test_image__scaled_decoding_keeps_what_is_wanted(void **state)
{
    struct image whole = {0}, image = {0};

    (void)state;
    read_file("odd_420.jpg", &whole);
    for (int wanted = 1; wanted <= 40; wanted++) {
        image.wanted_side = wanted;
        read_file("odd_420.jpg", &image);
        assert_true(image.height >= wanted || image.height == whole.height);
        assert_true(image.height < 2 * wanted + 2 || image.height * 8 <= whole.height + 7);
    }
    image_release(&whole);
    image_release(&image);
}

/* Windows of every width, at any place, with weights of both signs. */
static void test_image__fast_passes_of_a_resize_give_the_bits_of_the_reference(void **state)
{
    enum { SIDE = 37, N = 29, TAPS = 7 };
    int first[N], count[N];
    int32_t weights[N * TAPS];
    const struct windows windows = {N, TAPS, first, count, weights};
    uint8_t pixels[SIDE * SIDE * 3], expected[SIDE * N * 3], got[SIDE * N * 3];
    const struct image image = {.width = SIDE, .height = SIDE, .pixels = pixels};
    struct rng rng = rng_open(0, RNG_TEST, 5, 0);

    (void)state;
    if (!resize_avx2 || strcmp(cpu_isa(), "reference") == 0)
        skip();
    for (size_t i = 0; i < sizeof(pixels); i++)
        pixels[i] = (uint8_t)rng_below(&rng, 256);
    for (int i = 0; i < N; i++) {
        count[i] = 1 + (int)rng_below(&rng, TAPS);
        first[i] = (int)rng_below(&rng, (uint64_t)(SIDE - count[i] + 1));
    }
    for (int i = 0; i < N * TAPS; i++)
        weights[i] = (int32_t)rng_between(&rng, -0.4 * (1 << 22), 0.8 * (1 << 22));
    for (int rows = 1; rows <= SIDE; rows++) {
        resize_reference.rows(&image, SIDE - rows, rows, &windows, expected);
        resize_avx2->rows(&image, SIDE - rows, rows, &windows, got);
        assert_memory_equal(got, expected, (size_t)(rows * N * 3));
    }
    for (int width = 1; width <= SIDE; width++) {
        resize_reference.columns(pixels, 0, width, &windows, expected);
        resize_avx2->columns(pixels, 0, width, &windows, got);
        assert_memory_equal(got, expected, (size_t)(width * N * 3));
    }
}

static void test_image__a_file_cut_off_anywhere_is_refused(void **state)
{
    static const char *const names[] = {"colour_420.jpg", "progressive.jpg", "odd_stray.jpg",
        "odd_sos_se0.jpg", "odd_jfif_2_01.jpg", "odd_scans.jpg", "odd_restarts.jpg",
        "odd_arithmetic.jpg", "colour.png", "palette.png"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        struct str content = STR_INIT;
        struct err err = {0};
        struct image image = {0};

        read_bytes(names[i], &content);
        /* The last bytes only say that the file ends: pixels are complete without them. */
        for (size_t length = 0; length + 20 < content.length; length++) {
            char *part = malloc(length ? length : 1);

            assert_non_null(part);
            memcpy(part, content.text, length);
            err_clear(&err);
            if (image_decode(part, length, &image, &err) == 0)
                fail_msg("%s with %zu of its %zu bytes is taken", names[i], length, content.length);
            assert_int_equal(err.code, ERR_INPUT);
            free(part);
        }
        image_release(&image);
        str_release(&content);
    }
}

static void test_image__damaged_bytes_never_crash(void **state)
{
    static const char *const names[] = {"colour_420.jpg", "cmyk.jpg", "palette.png", "alpha.png"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        struct str content = STR_INIT;
        struct err err = {0};
        struct image image = {0};

        read_bytes(names[i], &content);
        for (size_t at = 0; at < content.length; at++) {
            char before = content.text[at];

            for (int bit = 0; bit < 8; bit += 3) {
                content.text[at] = (char)(before ^ (1 << bit));
                err_clear(&err);
                if (image_decode(content.text, content.length, &image, &err) < 0)
                    assert_true(err.message[0] != '\0');
            }
            content.text[at] = before;
        }
        image_release(&image);
        str_release(&content);
    }
}

static void test_image__what_is_neither_jpeg_nor_png_is_refused_by_name(void **state)
{
    struct image image = {0};
    struct err err = {0};

    (void)state;
    assert_int_equal(image_read(FOLDER "references.tsv", &image, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.message, "references.tsv"));
    assert_non_null(strstr(err.message, "neither a JPEG nor a PNG"));
}

static void test_image__enormous_sizes_are_refused_before_memory_is_taken(void **state)
{
    struct image image = {0};
    struct err err = {0};

    (void)state;
    assert_int_equal(image_reserve(&image, 16384, 16384, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    err_clear(&err);
    assert_int_equal(image_reserve(&image, 20000, 1, &err), -1);
    assert_null(image.pixels);
}
