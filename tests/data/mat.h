/* Matlab files for tests, written from the description of the format. */
#ifndef SCALESTUDY_TESTS_DATA_MAT_H
#define SCALESTUDY_TESTS_DATA_MAT_H

#include "fixture.h"

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

/* The elements of an array become one, which may be compressed. */
static inline void mat_matrix(struct str *to, const struct str *matrix, bool compressed)
{
    struct str whole = STR_INIT;
    uint8_t *packed;
    uLongf length;

    mat_element(&whole, 14, matrix->text, matrix->length);
    length = compressBound(whole.length);
    packed = malloc(length);
    assert_non_null(packed);
    if (compressed) {
        assert_int_equal(compress(packed, &length, (const Bytef *)whole.text, whole.length), Z_OK);
        mat_u32(to, 15);
        mat_u32(to, (uint32_t)length);
        str_add_bytes(to, packed, length);
    } else {
        str_add_bytes(to, whole.text, whole.length);
    }
    free(packed);
    str_release(&whole);
}

/* An array 1 x n of a class (6: double, 9: uint8, 11: uint16), its numbers as an element's type. */
static inline void mat_array(struct str *to, const char *name, uint32_t class, uint32_t type,
    const void *numbers, size_t bytes, uint32_t n, bool compressed)
{
    struct str matrix = STR_INIT;

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
    mat_matrix(to, &matrix, compressed);
    str_release(&matrix);
}

/* What is in an array of structures or cells; a text, or a number. */
struct mat_cell {
    const char *text;
    double number;
};

static inline void mat_value(struct str *to, const struct mat_cell *cell)
{
    struct str matrix = STR_INIT;
    uint32_t length = cell->text ? (uint32_t)strlen(cell->text) : 1;

    mat_element(&matrix, 6, (const uint32_t[]){cell->text ? 4 : 6, 0}, 8);
    mat_element(&matrix, 5, (const uint32_t[]){1, length}, 8);
    mat_element(&matrix, 1, "", 0);
    if (cell->text) { /* 16 bits a character, as Matlab writes them */
        struct str wide = STR_INIT;

        for (uint32_t i = 0; i < length; i++) {
            str_add_bytes(&wide, &cell->text[i], 1);
            str_add_bytes(&wide, "", 1);
        }
        mat_element(&matrix, 4, wide.text, wide.length);
        str_release(&wide);
    } else {
        mat_element(&matrix, 9, &cell->number, 8);
    }
    mat_element(to, 14, matrix.text, matrix.length);
    str_release(&matrix);
}

/* An array of structures with those fields, or of cells if there are none: cells [rows][fields]. */
static inline void mat_table(struct str *to, const char *name, const char *const *fields, int n,
    const struct mat_cell *cells, int rows, bool compressed)
{
    struct str matrix = STR_INIT;

    mat_element(&matrix, 6, (const uint32_t[]){n ? 2 : 1, 0}, 8);
    mat_element(&matrix, 5, (const uint32_t[]){1, (uint32_t)rows}, 8);
    mat_element(&matrix, 1, name, strlen(name));
    if (n > 0) {
        char names[32 * 8] = "";

        for (int f = 0; f < n; f++)
            snprintf(names + (size_t)f * 32, 32, "%s", fields[f]);
        mat_u32(&matrix, 4u << 16 | 5);
        mat_u32(&matrix, 32);
        mat_element(&matrix, 1, names, (size_t)n * 32);
    }
    for (int i = 0; i < rows * (n ? n : 1); i++)
        mat_value(&matrix, &cells[i]);
    mat_matrix(to, &matrix, compressed);
    str_release(&matrix);
}

/* Stanford Cars of three images, as published. */
static inline void mat_cars(const char *root)
{
    struct str mat = STR_INIT;

    mat_begin(&mat);
    mat_table(&mat, "class_names", NULL, 0,
        (const struct mat_cell[]){{.text = "AM General Hummer SUV 2000"}, {.text = "Acura RL"}}, 2,
        true);
    fixture_write(root, "devkit/cars_meta.mat", mat.text, mat.length);
    str_clear(&mat);
    mat_begin(&mat);
    mat_table(&mat, "annotations", (const char *const[]){"bbox_x1", "class", "fname"}, 3,
        (const struct mat_cell[]){{.number = 3}, {.number = 2}, {.text = "00001.jpg"},
            {.number = 7}, {.number = 1}, {.text = "00002.jpg"}},
        2, true);
    fixture_write(root, "devkit/cars_train_annos.mat", mat.text, mat.length);
    str_clear(&mat);
    mat_begin(&mat);
    mat_table(&mat, "annotations", (const char *const[]){"class", "fname"}, 2,
        (const struct mat_cell[]){{.number = 2}, {.text = "00001.jpg"}}, 1, false);
    fixture_write(root, "cars_test_annos_withlabels.mat", mat.text, mat.length);
    fixture_image(root, "cars_train/00001.jpg");
    fixture_image(root, "cars_train/00002.jpg");
    fixture_image(root, "cars_test/00001.jpg");
    str_release(&mat);
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
