/* Matlab files for tests, written from the description of the format. */
#ifndef SCALESTUDY_TESTS_DATA_MAT_H
#define SCALESTUDY_TESTS_DATA_MAT_H

#include "tests/data/fixture.h"

#include <zlib.h>

static inline void mat_begin(struct str *to)
{
    char text[124] = "MATLAB 5.0 MAT-file, Platform: none";

    str_add_bytes(to, text, sizeof(text));
    str_add_bytes(to, "\0\1IM", 4);
}

static inline void mat_u32(struct str *to, uint32_t value)
{
    const uint8_t bytes[4] = {
        (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), (uint8_t)(value >> 24)};

    str_add_bytes(to, bytes, 4);
}

static inline void mat_element(struct str *to, uint32_t type, const void *bytes, size_t count)
{
    mat_u32(to, type);
    mat_u32(to, (uint32_t)count);
    str_add_bytes(to, bytes, count);
    str_add_bytes(to, "\0\0\0\0\0\0\0", (8 - count % 8) % 8);
}

/* An array 1 x n of a class (6: double, 9: uint8, 11: uint16), its numbers as an element's type. */
static inline void mat_array(struct str *to, const char *name, uint32_t class, uint32_t type,
    const void *numbers, size_t bytes, uint32_t n, bool compressed)
{
    struct str matrix = STR_INIT, whole = STR_INIT;
    uint8_t packed[4096];
    uLongf length = sizeof(packed);

    mat_element(&matrix, 6, (const uint32_t[]){class, 0}, 8);
    mat_element(&matrix, 5, (const uint32_t[]){1, n}, 8);
    if (strlen(name) <= 4) { /* a small element */
        char small[4] = "";

        memcpy(small, name, strlen(name));
        mat_u32(&matrix, (uint32_t)strlen(name) << 16 | 1);
        str_add_bytes(&matrix, small, 4);
    } else {
        mat_element(&matrix, 1, name, strlen(name));
    }
    mat_element(&matrix, type, numbers, bytes);
    mat_element(&whole, 14, matrix.text, matrix.length);
    if (compressed) {
        assert_int_equal(compress(packed, &length, (const Bytef *)whole.text, whole.length), Z_OK);
        mat_u32(to, 15);
        mat_u32(to, (uint32_t)length);
        str_add_bytes(to, packed, length);
    } else {
        str_add_bytes(to, whole.text, whole.length);
    }
    str_release(&matrix);
    str_release(&whole);
}

/* flowers102 of three images. */
static inline void mat_flowers(const char *root)
{
    struct str labels = STR_INIT, ids = STR_INIT;

    mat_begin(&labels);
    mat_array(&labels, "labels", 9, 2, "\x4d\1\x66", 3, 3, true);
    fixture_write(root, "imagelabels.mat", labels.text, labels.length);
    mat_begin(&ids);
    mat_array(&ids, "trnid", 11, 4, "\3\0", 2, 1, true);
    mat_array(&ids, "valid", 11, 2, "\1", 1, 1, false);
    mat_array(&ids, "tstid", 6, 9, (const double[]){2}, 8, 1, true);
    fixture_write(root, "setid.mat", ids.text, ids.length);
    for (int i = 1; i <= 3; i++) {
        char name[32];

        snprintf(name, sizeof(name), "jpg/image_%05d.jpg", i);
        fixture_image(root, name);
    }
    str_release(&labels);
    str_release(&ids);
}

#endif
