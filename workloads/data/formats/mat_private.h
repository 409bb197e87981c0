/* Elements of a Matlab file, for mat_file.c and mat_table.c. */
#ifndef SCALESTUDY_WORKLOADS_DATA_FORMATS_MAT_PRIVATE_H
#define SCALESTUDY_WORKLOADS_DATA_FORMATS_MAT_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"

#define MAT_MAX_BYTES ((size_t)64 << 20)

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
    MI_UTF8,
};

/* Classes of arrays. */
enum {
    MX_CELL = 1,
    MX_STRUCT,
    MX_CHAR = 4,
    MX_DOUBLE = 6, /* the first of the numbers */
    MX_UINT64 = 15 /* and the last */
};

/* Bytes that are still to be read. */
struct mat_span {
    const uint8_t *bytes;
    size_t count;
};

/* An array without its data, which are what is left of its bytes. */
struct mat_array {
    uint32_t class;
    bool is_complex;
    size_t count; /* of its items; SIZE_MAX: more than a file can hold */
    struct mat_span name, rest;
};

/* Take the next element off the front: false if there is no whole one. */
bool mat_next(struct mat_span *from, uint32_t *type, struct mat_span *data);

/* The head of an array, whose bytes are an MI_MATRIX's. */
int mat_open_array(struct mat_span matrix, struct mat_array *array, struct err *err) MUST_CHECK;

/* Number i of an element's data; NaN: it has no such type or number. */
double mat_number(uint32_t type, const struct mat_span *data, size_t i);

/* Calls `use` with the array of that name. */
typedef int mat_use(void *context, struct mat_array *array, struct err *err);
int mat_find(
    const char *path, const char *name, mat_use *use, void *context, struct err *err) MUST_CHECK;

#endif
