#include "mat_file.h"

#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "harness/base/file.h"
#include "harness/base/str.h"

#define HEADER_BYTES   128
#define MAT_MAX_BYTES  ((size_t)64 << 20)
#define MAX_NAME_BYTES 64
#define FIRST_NUMERIC  6 /* classes of arrays: double, single, then integers */
#define LAST_NUMERIC   15
#define IS_COMPLEX     0x0800

/* Types of elements. */
enum {
    MI_INT8 = 1,
    MI_UINT8,
    MI_INT16,
    MI_UINT16,
    MI_INT32,
    MI_UINT32,
    MI_SINGLE,
    MI_DOUBLE = 9,
    MI_MATRIX = 14,
    MI_COMPRESSED,
};

/* Bytes that are still to be read. */
struct span {
    const uint8_t *bytes;
    size_t count;
};

static uint32_t read_u32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* Take the next element off the front: false if there is no whole one. */
static bool next_element(struct span *from, uint32_t *type, struct span *data)
{
    uint32_t first;
    size_t used;

    if (from->count < 8)
        return false;
    first = read_u32(from->bytes);
    if (first >> 16) { /* a small one: its size, and four bytes of data in the tag */
        *type = first & 0xffff;
        *data = (struct span){from->bytes + 4, first >> 16};
        used = 8;
        if (data->count > 4)
            return false;
    } else {
        *type = first;
        *data = (struct span){from->bytes + 8, read_u32(from->bytes + 4)};
        if (data->count > from->count - 8)
            return false;
        /* Elements are filled up to 8 bytes, but for compressed ones. */
        used = 8 + data->count + (*type == MI_COMPRESSED ? 0 : (8 - data->count % 8) % 8);
        used = used > from->count ? from->count : used;
    }
    from->bytes += used;
    from->count -= used;
    return true;
}

/* Number i of an element's data; NaN: it has no such type or number. */
static double number_of(uint32_t type, const struct span *data, size_t i)
{
    static const size_t sizes[] = {0, 1, 1, 2, 2, 4, 4, 4, 0, 8};
    size_t size = type < sizeof(sizes) / sizeof(sizes[0]) ? sizes[type] : 0;
    const uint8_t *at = data->bytes + i * size;
    uint64_t wide;
    float single;
    double value;

    if (size == 0 || i >= data->count / size)
        return NAN;
    switch (type) {
    case MI_INT8:
        return (int8_t)at[0];
    case MI_UINT8:
        return at[0];
    case MI_INT16:
        return (int16_t)(at[0] | at[1] << 8);
    case MI_UINT16:
        return (uint16_t)(at[0] | at[1] << 8);
    case MI_INT32:
        return (int32_t)read_u32(at);
    case MI_UINT32:
        return read_u32(at);
    case MI_SINGLE:
        memcpy(&single, &(uint32_t){read_u32(at)}, 4);
        return (double)single;
    default:
        wide = (uint64_t)read_u32(at) | (uint64_t)read_u32(at + 4) << 32;
        memcpy(&value, &wide, 8);
        return value;
    }
}

static int copy_numbers(
    uint32_t type, const struct span *data, size_t count, int **values, int *n, struct err *err)
{
    *values = malloc((count + 1) * sizeof(**values));
    if (!*values)
        return err_set(err, ERR_MEMORY, "no memory for %zu numbers", count);
    for (size_t i = 0; i < count; i++) {
        double value = number_of(type, data, i);

        if (!(value >= INT_MIN && value <= INT_MAX && value == floor(value))) {
            free(*values);
            *values = NULL;
            return err_set(err, ERR_INPUT, "its number %zu is no integer, or missing", i);
        }
        (*values)[i] = (int)value;
    }
    *n = (int)count;
    return 0;
}

/* A matrix: 1: it is the array, and its numbers are out; 0: it is another one. */
static int read_matrix(struct span matrix, const char *array, int **values, int *n, struct err *err)
{
    struct span flags, sizes, name, data;
    uint32_t type, class;
    size_t count = 1;

    if (!next_element(&matrix, &type, &flags) || flags.count < 4 ||
        !next_element(&matrix, &type, &sizes) || !next_element(&matrix, &type, &name))
        return err_set(err, ERR_INPUT, "an array in it is damaged");
    if (name.count != strlen(array) || memcmp(name.bytes, array, name.count) != 0)
        return 0;
    class = read_u32(flags.bytes) & 0xff;
    if (class < FIRST_NUMERIC || class > LAST_NUMERIC || (read_u32(flags.bytes) & IS_COMPLEX))
        return err_set(err, ERR_INPUT, "its array %s is none of real numbers", array);
    for (size_t i = 0; i < sizes.count / 4; i++) {
        count *= read_u32(sizes.bytes + 4 * i);
        if (count > MAT_MAX_BYTES)
            return err_set(err, ERR_INPUT, "its array %s is too large", array);
    }
    if (!next_element(&matrix, &type, &data))
        return err_set(err, ERR_INPUT, "its array %s is truncated", array);
    return copy_numbers(type, &data, count, values, n, err) < 0 ? -1 : 1;
}

/* An element that is compressed, as an element that is not, to be freed by the caller. */
static uint8_t *inflate_element(const struct span *packed, size_t *count, struct err *err)
{
    size_t capacity = packed->count < (1 << 16) ? (size_t)1 << 20 : packed->count * 16;
    uint8_t *bytes = NULL;
    uLongf length = 0;
    int code = Z_BUF_ERROR;

    for (; code == Z_BUF_ERROR && capacity <= MAT_MAX_BYTES; capacity *= 4) {
        free(bytes);
        bytes = malloc(capacity);
        length = capacity;
        code = bytes ? uncompress(bytes, &length, packed->bytes, packed->count) : Z_MEM_ERROR;
    }
    if (code != Z_OK) {
        free(bytes);
        err_set(err, code == Z_MEM_ERROR ? ERR_MEMORY : ERR_INPUT, "an array in it is damaged (%s)",
            zError(code));
        return NULL;
    }
    *count = length;
    return bytes;
}

static int read_element(uint32_t type, const struct span *data, const char *array, int **values,
    int *n, struct err *err)
{
    struct span inside, matrix;
    uint8_t *bytes;
    uint32_t inner;
    int result = 0;

    if (type == MI_MATRIX)
        return read_matrix(*data, array, values, n, err);
    if (type != MI_COMPRESSED)
        return 0;
    bytes = inflate_element(data, &inside.count, err);
    if (!bytes)
        return -1;
    inside.bytes = bytes;
    if (next_element(&inside, &inner, &matrix) && inner == MI_MATRIX)
        result = read_matrix(matrix, array, values, n, err);
    free(bytes);
    return result;
}

int mat_read_integers(const char *path, const char *array, int **values, int *n, struct err *err)
{
    struct str content = STR_INIT;
    struct span rest, data;
    uint32_t type;
    int found = 0;

    *values = NULL;
    *n = 0;
    if (file_read(path, MAT_MAX_BYTES, &content, err) < 0) {
        str_release(&content);
        return -1;
    }
    rest = (struct span){(const uint8_t *)content.text, content.length};
    if (rest.count < HEADER_BYTES || memcmp(content.text + 124, "\0\1IM", 4) != 0) {
        found = err_set(err, ERR_INPUT,
            "%s is not a Matlab file of version 5, little-endian; in Matlab, save(..., '-v7') "
            "writes one",
            path);
    } else {
        rest.bytes += HEADER_BYTES;
        rest.count -= HEADER_BYTES;
        while (found == 0 && next_element(&rest, &type, &data))
            found = read_element(type, &data, array, values, n, err);
        if (found < 0)
            err_context(err, "%s", path);
        else if (found == 0)
            err_set(err, ERR_INPUT, "%s has no array %s", path, array);
    }
    str_release(&content);
    return found == 1 ? 0 : -1;
}
