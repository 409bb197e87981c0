/* What is in a pickle that was read. */
#include <string.h>

#include "pickle_private.h"

static const struct pickle_value *value_of(
    const struct pickle *pickle, int value, enum pickle_kind kind)
{
    if (value < 0 || value >= pickle->n_values || pickle->values[value].kind != kind)
        return NULL;
    return &pickle->values[value];
}

int pickle_root(const struct pickle *pickle)
{
    return pickle->root;
}

int pickle_count(const struct pickle *pickle, int value)
{
    const struct pickle_value *list = value_of(pickle, value, PICKLE_LIST);
    const struct pickle_value *pairs = value_of(pickle, value, PICKLE_DICTIONARY);

    return list ? list->n : pairs ? pairs->n / 2 : 0;
}

int pickle_at(const struct pickle *pickle, int value, int index)
{
    const struct pickle_value *list = value_of(pickle, value, PICKLE_LIST);

    return list && index >= 0 && index < list->n ? list->items[index] : -1;
}

bool pickle_integer(const struct pickle *pickle, int value, int64_t *integer)
{
    const struct pickle_value *number = value_of(pickle, value, PICKLE_INTEGER);

    if (number)
        *integer = number->integer;
    return number != NULL;
}

/* Where the bytes of a text are. */
static bool bytes_of(const struct pickle *pickle, int value, int64_t *offset, int64_t *length)
{
    const struct pickle_value *bytes = value_of(pickle, value, PICKLE_BYTES);

    if (bytes) {
        *offset = bytes->integer;
        *length = bytes->length;
    }
    return bytes != NULL;
}

bool pickle_text(const struct pickle *pickle, int value, char *to, size_t size)
{
    const struct pickle_source *source = pickle->source;
    struct err ignored = {0};
    int64_t offset, length;

    if (!bytes_of(pickle, value, &offset, &length) || length >= (int64_t)size ||
        source->read(source->context, offset, to, (size_t)length, &ignored) < 0)
        return false;
    to[length] = '\0';
    return strlen(to) == (size_t)length;
}

static bool is_text(const struct pickle *pickle, int value, const char *text)
{
    char own[64];

    return pickle_text(pickle, value, own, sizeof(own)) && strcmp(own, text) == 0;
}

int pickle_item(const struct pickle *pickle, int value, const char *key)
{
    const struct pickle_value *pairs = value_of(pickle, value, PICKLE_DICTIONARY);

    for (int i = 0; pairs && i + 1 < pairs->n; i += 2)
        if (is_text(pickle, pairs->items[i], key))
            return pairs->items[i + 1];
    return -1;
}

/* ---- numpy's arrays ---- */

/* What is called, if it is that function of numpy, whose modules have had several names. */
static const struct pickle_value *call_of(
    const struct pickle *pickle, int value, const char *function)
{
    const struct pickle_value *call = value_of(pickle, value, PICKLE_CALL);
    const struct pickle_value *name = call ? value_of(pickle, call->items[0], PICKLE_NAME) : NULL;
    char module[64];

    if (!name || !pickle_text(pickle, name->items[0], module, sizeof(module)) ||
        strncmp(module, "numpy", 5) != 0 || !is_text(pickle, name->items[1], function))
        return NULL;
    return call;
}

static bool is_uint8(const struct pickle *pickle, int value)
{
    const struct pickle_value *dtype = call_of(pickle, value, "dtype");

    return dtype && is_text(pickle, pickle_at(pickle, dtype->items[1], 0), "u1");
}

static bool take_shape(const struct pickle *pickle, int shape, struct pickle_array *array)
{
    return pickle_count(pickle, shape) == 2 &&
           pickle_integer(pickle, pickle_at(pickle, shape, 0), &array->rows) &&
           pickle_integer(pickle, pickle_at(pickle, shape, 1), &array->columns) &&
           array->rows > 0 && array->columns > 0 && array->rows <= INT64_MAX / array->columns;
}

bool pickle_bytes_array(const struct pickle *pickle, int value, struct pickle_array *array)
{
    const struct pickle_value *made = call_of(pickle, value, "_reconstruct");
    const struct pickle_value *given = call_of(pickle, value, "_frombuffer");
    int state, bytes, shape, dtype;
    int64_t length, turned = 0;

    *array = (struct pickle_array){0};
    if (made && made->n == 3) { /* (version, shape, dtype, in Fortran's order?, bytes) */
        state = made->items[2];
        shape = pickle_at(pickle, state, 1);
        dtype = pickle_at(pickle, state, 2);
        bytes = pickle_at(pickle, state, 4);
        if (!pickle_integer(pickle, pickle_at(pickle, state, 3), &turned))
            return false;
    } else if (given) { /* (bytes, dtype, shape, order) */
        state = given->items[1];
        bytes = pickle_at(pickle, state, 0);
        dtype = pickle_at(pickle, state, 1);
        shape = pickle_at(pickle, state, 2);
        turned = !is_text(pickle, pickle_at(pickle, state, 3), "C");
    } else {
        return false;
    }
    return !turned && is_uint8(pickle, dtype) && take_shape(pickle, shape, array) &&
           bytes_of(pickle, bytes, &array->offset, &length) &&
           length == array->rows * array->columns;
}
