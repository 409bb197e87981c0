/*
 * The reader of safetensors files: checks the header before anything is used, then converts tensors
 * to float32.
 */
#include "safetensors.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/system/file.h"
#include "harness/system/file_kind.h"
#include "safetensors_private.h"

#define LENGTH_BYTES 8
#define CHUNK_FLOATS 4096 /* converted at a time, on the stack */

struct safetensors {
    int fd;
    char path[PATH_BYTES];
    uint64_t data_start, data_bytes;
    json_t *header; /* holds the names and the metadata */
    struct safetensor *tensors;
    const struct safetensor **by_name; /* the same, sorted */
    int n_tensors;
};

/* ---- the header ---- */

static int damaged(const struct safetensors *file, struct err *err, const char *what)
{
    return err_set(err, ERR_INPUT, "%s is not a whole safetensors file: %s", file->path, what);
}

static int read_at(
    const struct safetensors *file, uint64_t offset, void *to, size_t count, struct err *err)
{
    size_t done = 0;

    while (done < count) {
        ssize_t got = pread(file->fd, (char *)to + done, count - done, (off_t)(offset + done));

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_set_errno(err, errno, "cannot read %s", file->path);
        if (got == 0)
            return damaged(file, err, "it ends too early");
        done += (size_t)got;
    }
    return 0;
}

/* The file may be weights in another format, or something else with a wrong name. No such format begins
 * like the length of a header. */
static int say_other_format(const struct safetensors *file, struct err *err)
{
    struct file_kind kind;

    if (!file_kind_of(file->path, &kind))
        return 0;
    if (kind.is_text)
        return err_set(
            err, ERR_INPUT, "%s is %s, not weights: %s", file->path, kind.what, kind.advice);
    return err_set(err, ERR_INPUT,
        "%s is %s; weights are read from safetensors files, as "
        "safetensors.torch.save_file(model.state_dict(), \"F.safetensors\") writes them",
        file->path, kind.what);
}

static int read_header(struct safetensors *file, struct err *err)
{
    struct stat info;
    uint64_t length;
    json_error_t where;
    char *text;

    if (fstat(file->fd, &info) != 0)
        return err_set_errno(err, errno, "cannot read %s", file->path);
    if (read_at(file, 0, &length, LENGTH_BYTES, err) < 0)
        return -1;
    if (length > SAFETENSORS_MAX_HEADER_BYTES && say_other_format(file, err) < 0)
        return -1;
    if (length > SAFETENSORS_MAX_HEADER_BYTES)
        return damaged(file, err, "its header is said to be longer than 16 MiB");
    if (length > (uint64_t)info.st_size - LENGTH_BYTES)
        return damaged(file, err, "it ends within its header");
    text = malloc(length ? length : 1);
    if (!text)
        return err_set(err, ERR_MEMORY, "no memory for the header of %s", file->path);
    if (read_at(file, LENGTH_BYTES, text, length, err) < 0) {
        free(text);
        return -1;
    }
    file->header = json_loadb(text, length, JSON_REJECT_DUPLICATES, &where);
    free(text);
    if (!file->header)
        return err_set(err, ERR_INPUT,
            "%s is not a whole safetensors file: its header, line %d column %d: %s", file->path,
            where.line, where.column, where.text);
    if (!json_is_object(file->header))
        return damaged(file, err, "its header is not a JSON object");
    file->data_start = LENGTH_BYTES + length;
    file->data_bytes = (uint64_t)info.st_size - file->data_start;
    return 0;
}

static int bad_tensor(
    const struct safetensors *file, const char *name, struct err *err, const char *what)
{
    return err_set(err, ERR_INPUT, "%s is not a whole safetensors file: tensor %.100s %s",
        file->path, name, what);
}

static int parse_dtype(
    const struct safetensors *file, struct safetensor *tensor, const json_t *value, struct err *err)
{
    const char *name = json_string_value(value);

    if (!name)
        return bad_tensor(file, tensor->name, err, "has no dtype");
    for (int i = 0; i < safetensors_n_dtypes; i++)
        if (strcmp(name, safetensors_dtypes[i].name) == 0) {
            tensor->dtype = (enum safetensors_dtype)i;
            return 0;
        }
    return err_set(err, ERR_INPUT, "%s: tensor %.100s has the unknown type %.20s", file->path,
        tensor->name, name);
}

static int parse_shape(
    const struct safetensors *file, struct safetensor *tensor, const json_t *value, struct err *err)
{
    size_t n = json_array_size(value);

    if (!json_is_array(value))
        return bad_tensor(file, tensor->name, err, "has no shape");
    if (n > SAFETENSORS_MAX_DIMS)
        return bad_tensor(file, tensor->name, err, "has more than 8 dimensions");
    tensor->n_dims = (int)n;
    tensor->count = 1;
    for (size_t i = 0; i < n; i++) {
        const json_t *dim = json_array_get(value, i);

        tensor->dims[i] = json_integer_value(dim);
        if (!json_is_integer(dim) || tensor->dims[i] < 0 ||
            __builtin_mul_overflow(tensor->count, (uint64_t)tensor->dims[i], &tensor->count))
            return bad_tensor(file, tensor->name, err, "has an impossible shape");
    }
    return 0;
}

static int parse_offsets(
    const struct safetensors *file, struct safetensor *tensor, const json_t *value, struct err *err)
{
    const json_t *first = json_array_get(value, 0), *second = json_array_get(value, 1);
    json_int_t begin = json_integer_value(first), end = json_integer_value(second);
    uint64_t bytes;

    if (json_array_size(value) != 2 || !json_is_integer(first) || !json_is_integer(second))
        return bad_tensor(file, tensor->name, err, "has no data_offsets");
    if (begin < 0 || end < begin || (uint64_t)end > file->data_bytes)
        return bad_tensor(file, tensor->name, err, "lies outside the file");
    if (__builtin_mul_overflow(
            tensor->count, (uint64_t)safetensors_dtypes[tensor->dtype].bytes, &bytes) ||
        bytes != (uint64_t)(end - begin))
        return bad_tensor(file, tensor->name, err, "has another size than its shape and type say");
    tensor->begin = (uint64_t)begin;
    return 0;
}

static uint64_t tensor_end(const struct safetensor *tensor)
{
    return tensor->begin + tensor->count * safetensors_dtypes[tensor->dtype].bytes;
}

static int by_place(const void *a, const void *b)
{
    const struct safetensor *x = *(const struct safetensor *const *)a,
                            *y = *(const struct safetensor *const *)b;

    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return tensor_end(x) < tensor_end(y) ? -1 : tensor_end(x) > tensor_end(y);
}

/* The format wants every byte of data in exactly one tensor: a check that finds cut and spliced
 * files. */
static int check_places(const struct safetensors *file, struct err *err)
{
    const struct safetensor **order = malloc(((size_t)file->n_tensors + 1) * sizeof(*order));
    uint64_t end = 0;
    int result = 0;

    if (!order)
        return err_set(err, ERR_MEMORY, "no memory for the tensors of %s", file->path);
    for (int i = 0; i < file->n_tensors; i++)
        order[i] = &file->tensors[i];
    qsort(order, (size_t)file->n_tensors, sizeof(*order), by_place);
    for (int i = 0; i < file->n_tensors && result == 0; i++) {
        if (order[i]->begin < end)
            result = bad_tensor(file, order[i]->name, err, "overlaps another");
        else if (order[i]->begin > end)
            result = bad_tensor(file, order[i]->name, err, "leaves a hole before it");
        end = tensor_end(order[i]);
    }
    free(order);
    if (result == 0 && end != file->data_bytes)
        result = damaged(file, err, "there are bytes behind its last tensor");
    return result;
}

static int by_name(const void *a, const void *b)
{
    const struct safetensor *x = *(const struct safetensor *const *)a,
                            *y = *(const struct safetensor *const *)b;

    return strcmp(x->name, y->name);
}

static int sort_names(struct safetensors *file, struct err *err)
{
    file->by_name = malloc(((size_t)file->n_tensors + 1) * sizeof(*file->by_name));
    if (!file->by_name)
        return err_set(err, ERR_MEMORY, "no memory for the tensors of %s", file->path);
    for (int i = 0; i < file->n_tensors; i++)
        file->by_name[i] = &file->tensors[i];
    qsort(file->by_name, (size_t)file->n_tensors, sizeof(*file->by_name), by_name);
    return 0;
}

static int check_metadata(const struct safetensors *file, const json_t *metadata, struct err *err)
{
    const char *key;
    json_t *value;

    if (!json_is_object(metadata))
        return damaged(file, err, "its metadata are not a JSON object");
    json_object_foreach((json_t *)metadata, key, value) if (!json_is_string(value)) return damaged(
        file, err, "its metadata are not all texts");
    return 0;
}

static int parse_header(struct safetensors *file, struct err *err)
{
    const char *name;
    json_t *value;

    file->tensors = calloc(json_object_size(file->header) + 1, sizeof(*file->tensors));
    if (!file->tensors)
        return err_set(err, ERR_MEMORY, "no memory for the tensors of %s", file->path);
    json_object_foreach(file->header, name, value)
    {
        struct safetensor *tensor = &file->tensors[file->n_tensors];

        if (strcmp(name, SAFETENSORS_METADATA) == 0) {
            if (check_metadata(file, value, err) < 0)
                return -1;
            continue;
        }
        tensor->name = name;
        if (parse_dtype(file, tensor, json_object_get(value, "dtype"), err) < 0 ||
            parse_shape(file, tensor, json_object_get(value, "shape"), err) < 0 ||
            parse_offsets(file, tensor, json_object_get(value, "data_offsets"), err) < 0)
            return -1;
        file->n_tensors++;
    }
    return check_places(file, err) < 0 ? -1 : sort_names(file, err);
}

int safetensors_open(struct safetensors **file, const char *path, struct err *err)
{
    struct safetensors *opened = calloc(1, sizeof(*opened));

    *file = NULL;
    if (!opened)
        return err_set(err, ERR_MEMORY, "no memory to open %s", path);
    opened->fd = -1;
    if (!str_copy(opened->path, sizeof(opened->path), path)) {
        err_set(err, ERR_INPUT, "the path %.60s... is too long", path);
        goto failed;
    }
    opened->fd = file_open(path, err);
    if (opened->fd < 0 || read_header(opened, err) < 0 || parse_header(opened, err) < 0)
        goto failed;
    *file = opened;
    return 0;
failed:
    safetensors_close(opened);
    return -1;
}

void safetensors_close(struct safetensors *file)
{
    if (!file)
        return;
    if (file->fd >= 0)
        close(file->fd);
    json_decref(file->header);
    free(file->tensors);
    free(file->by_name);
    free(file);
}

/* ---- looking and reading ---- */

int safetensors_count(const struct safetensors *file)
{
    return file->n_tensors;
}

const struct safetensor *safetensors_at(const struct safetensors *file, int index)
{
    return &file->tensors[index];
}

const struct safetensor *safetensors_find(const struct safetensors *file, const char *name)
{
    const struct safetensor wanted = {.name = name}, *key = &wanted;
    const struct safetensor *const *found =
        bsearch(&key, file->by_name, (size_t)file->n_tensors, sizeof(*file->by_name), by_name);

    return found ? *found : NULL;
}

const char *safetensors_metadata(const struct safetensors *file, const char *key)
{
    return json_string_value(
        json_object_get(json_object_get(file->header, SAFETENSORS_METADATA), key));
}

static float float_of_bits(uint32_t bits)
{
    float value;

    memcpy(&value, &bits, sizeof(value));
    return value;
}

/* IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits. */
static float float_of_half(uint16_t half)
{
    uint32_t sign = (uint32_t)(half & 0x8000) << 16, exponent = half >> 10 & 0x1f,
             fraction = half & 0x3ff;
    float subnormal;

    if (exponent == 0x1f)
        return float_of_bits(sign | 0x7f800000 | fraction << 13);
    if (exponent > 0)
        return float_of_bits(sign | (exponent + 112) << 23 | fraction << 13);
    subnormal = (float)fraction * 0x1p-24f;
    return sign ? -subnormal : subnormal;
}

static void convert(enum safetensors_dtype dtype, const void *from, size_t count, float *to)
{
    for (size_t i = 0; i < count; i++)
        if (dtype == SAFETENSORS_F64)
            to[i] = (float)((const double *)from)[i];
        else if (dtype == SAFETENSORS_F16)
            to[i] = float_of_half(((const uint16_t *)from)[i]);
        else
            to[i] = float_of_bits((uint32_t)((const uint16_t *)from)[i] << 16);
}

int safetensors_read(
    const struct safetensors *file, const struct safetensor *tensor, float *to, struct err *err)
{
    const struct safetensors_dtype_info *type = &safetensors_dtypes[tensor->dtype];
    uint64_t offset = file->data_start + tensor->begin;
    double chunk[CHUNK_FLOATS];

    switch (tensor->dtype) {
    case SAFETENSORS_F32:
        return read_at(file, offset, to, tensor->count * sizeof(*to), err);
    case SAFETENSORS_F64:
    case SAFETENSORS_F16:
    case SAFETENSORS_BF16:
        break;
    default:
        return err_set(err, ERR_INPUT,
            "%s: tensor %.100s has type %s; F32, F16, BF16 or F64 is needed", file->path,
            tensor->name, type->name);
    }
    for (uint64_t at = 0; at < tensor->count; at += CHUNK_FLOATS) {
        size_t count =
            tensor->count - at < CHUNK_FLOATS ? (size_t)(tensor->count - at) : CHUNK_FLOATS;

        if (read_at(file, offset + at * type->bytes, chunk, count * type->bytes, err) < 0)
            return -1;
        convert(tensor->dtype, chunk, count, to + at);
    }
    return 0;
}

int safetensors_check_sum(const struct safetensors *file, const char *name, struct err *err)
{
    const struct safetensor *tensor = safetensors_find(file, name);
    uint64_t chunk[CHUNK_FLOATS], sum = SAFETENSORS_SUM_START, written, end;

    if (!tensor)
        return 0;
    if (tensor->dtype != SAFETENSORS_I64 || tensor->count != 1)
        return bad_tensor(file, name, err, "is not the sum that it should be");
    end = file->data_start + tensor->begin;
    for (uint64_t at = LENGTH_BYTES; at < end;) {
        size_t count = end - at < sizeof(chunk) ? (size_t)(end - at) : sizeof(chunk);

        if (read_at(file, at, chunk, count, err) < 0)
            return -1;
        sum = safetensors_sum(sum, chunk, count);
        at += count;
    }
    if (read_at(file, end, &written, sizeof(written), err) < 0)
        return -1;
    if (written != sum)
        return err_set(err, ERR_INPUT, "%s is damaged: it is not as it was written", file->path);
    return 0;
}
