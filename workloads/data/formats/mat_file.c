/* Parsing MAT files of version 5: arrays, structs and their compressed elements. */
#include "mat_file.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "harness/system/file.h"
#include "harness/base/str.h"
#include "mat_private.h"

#define HEADER_BYTES 128
#define IS_COMPLEX   0x0800

static uint32_t read_u32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* Take the next element off the front: false if there is no whole one. */
bool mat_next(struct mat_span *from, uint32_t *type, struct mat_span *data)
{
    uint32_t first;
    size_t used;

    if (from->count < 8)
        return false;
    first = read_u32(from->bytes);
    if (first >> 16) { /* a small one: its size, and four bytes of data in the tag */
        *type = first & 0xffff;
        *data = (struct mat_span){from->bytes + 4, first >> 16};
        used = 8;
        if (data->count > 4)
            return false;
    } else {
        *type = first;
        *data = (struct mat_span){from->bytes + 8, read_u32(from->bytes + 4)};
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
double mat_number(uint32_t type, const struct mat_span *data, size_t i)
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
    uint32_t type, const struct mat_span *data, size_t count, int **values, int *n, struct err *err)
{
    *values = malloc((count + 1) * sizeof(**values));
    if (!*values)
        return err_set(err, ERR_MEMORY, "no memory for %zu numbers", count);
    for (size_t i = 0; i < count; i++) {
        double value = mat_number(type, data, i);

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

int mat_open_array(struct mat_span matrix, struct mat_array *array, struct err *err)
{
    struct mat_span flags, sizes;
    uint32_t type;

    *array = (struct mat_array){.count = 1};
    if (!mat_next(&matrix, &type, &flags) || flags.count < 4 || !mat_next(&matrix, &type, &sizes) ||
        !mat_next(&matrix, &type, &array->name))
        return err_set(err, ERR_INPUT, "an array in it is damaged");
    array->class = read_u32(flags.bytes) & 0xff;
    array->is_complex = (read_u32(flags.bytes) & IS_COMPLEX) != 0;
    for (size_t i = 0; i < sizes.count / 4; i++) {
        array->count *= read_u32(sizes.bytes + 4 * i);
        if (array->count > MAT_MAX_BYTES) {
            array->count = SIZE_MAX;
            break;
        }
    }
    array->rest = matrix;
    return 0;
}

/* What is looked for, and what is to be done with it. */
struct search {
    const char *name;
    mat_use *use;
    void *context;
};

/* 1: it is the array, and was used; 0: it is another one. */
static int use_matrix(struct mat_span matrix, const struct search *search, struct err *err)
{
    struct mat_array array;

    if (mat_open_array(matrix, &array, err) < 0)
        return -1;
    if (array.name.count != strlen(search->name) ||
        memcmp(array.name.bytes, search->name, array.name.count) != 0)
        return 0;
    return search->use(search->context, &array, err) < 0 ? -1 : 1;
}

/* An element that is compressed, as an element that is not, to be freed by the caller. */
static uint8_t *inflate_element(const struct mat_span *packed, size_t *count, struct err *err)
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

static int use_element(
    uint32_t type, const struct mat_span *data, const struct search *search, struct err *err)
{
    struct mat_span inside, matrix;
    uint8_t *bytes;
    uint32_t inner;
    int result = 0;

    if (type == MI_MATRIX)
        return use_matrix(*data, search, err);
    if (type != MI_COMPRESSED)
        return 0;
    bytes = inflate_element(data, &inside.count, err);
    if (!bytes)
        return -1;
    inside.bytes = bytes;
    if (mat_next(&inside, &inner, &matrix) && inner == MI_MATRIX)
        result = use_matrix(matrix, search, err);
    free(bytes);
    return result;
}

int mat_find(const char *path, const char *name, mat_use *use, void *context, struct err *err)
{
    const struct search search = {name, use, context};
    struct str content = STR_INIT;
    struct mat_span rest, data;
    uint32_t type;
    int found = 0;

    if (file_read(path, MAT_MAX_BYTES, &content, err) < 0) {
        str_release(&content);
        return -1;
    }
    rest = (struct mat_span){(const uint8_t *)content.text, content.length};
    if (rest.count < HEADER_BYTES || memcmp(content.text + 124, "\0\1IM", 4) != 0) {
        found = err_set(err, ERR_INPUT,
            "%s is not a Matlab file of version 5, little-endian; in Matlab, save(..., '-v7') "
            "writes one",
            path);
    } else {
        rest.bytes += HEADER_BYTES;
        rest.count -= HEADER_BYTES;
        while (found == 0 && mat_next(&rest, &type, &data))
            found = use_element(type, &data, &search, err);
        if (found < 0)
            err_context(err, "%s", path);
        else if (found == 0)
            err_set(err, ERR_INPUT, "%s has no array %s", path, name);
    }
    str_release(&content);
    return found == 1 ? 0 : -1;
}

struct integers {
    const char *name;
    int **values, *n;
};

static int use_integers(void *context, struct mat_array *array, struct err *err)
{
    const struct integers *to = context;
    struct mat_span data;
    uint32_t type;

    if (array->class < MX_DOUBLE || array->class > MX_UINT64 || array->is_complex)
        return err_set(err, ERR_INPUT, "its array %s is none of real numbers", to->name);
    if (array->count > MAT_MAX_BYTES)
        return err_set(err, ERR_INPUT, "its array %s is too large", to->name);
    if (!mat_next(&array->rest, &type, &data))
        return err_set(err, ERR_INPUT, "its array %s is truncated", to->name);
    return copy_numbers(type, &data, array->count, to->values, to->n, err);
}

int mat_read_integers(const char *path, const char *array, int **values, int *n, struct err *err)
{
    struct integers to = {array, values, n};

    *values = NULL;
    *n = 0;
    return mat_find(path, array, use_integers, &to, err);
}
