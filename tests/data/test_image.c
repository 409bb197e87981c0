/* Decoding and resizing against what Pillow gave for the same files (make_references.py), and
 * damaged files. */
#include "tests/lib/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/file.h"
#include "harness/base/str.h"
#include "workloads/data/image.h"

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

static void check_resized(const struct reference *reference)
{
    struct image image = {0}, resized = {0};
    struct err err = {0};
    double x, y, w, h;
    int width, height;

    assert_int_equal(
        sscanf(reference->arguments, "%lf %lf %lf %lf %d %d", &x, &y, &w, &h, &width, &height), 6);
    read_file(reference->file, &image);
    assert_int_equal(image_resize(&image, x, y, w, h, width, height, &resized, &err), 0);
    check_pixels(reference, &resized);
    image_release(&image);
    image_release(&resized);
}

static void test_image__files_decode_to_the_pixels_that_pillow_gives(void **state)
{
    (void)state;
    walk("decode", 11, check_decoded);
}

static void test_image__resizing_gives_the_pixels_that_pillow_gives(void **state)
{
    (void)state;
    walk("resize", 15, check_resized);
}

static void test_image__a_file_cut_off_anywhere_is_refused(void **state)
{
    static const char *const names[] = {
        "colour_420.jpg", "progressive.jpg", "colour.png", "palette.png"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        struct str content = STR_INIT;
        struct err err = {0};
        struct image image = {0};
        char path[PATH_BYTES];

        snprintf(path, sizeof(path), FOLDER "files/%s", names[i]);
        assert_int_equal(file_read(path, 1 << 20, &content, &err), 0);
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
        char path[PATH_BYTES];

        snprintf(path, sizeof(path), FOLDER "files/%s", names[i]);
        assert_int_equal(file_read(path, 1 << 20, &content, &err), 0);
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
