/*
 * Files of named tensors in the safetensors format (github.com/huggingface/safetensors): 8 bytes of
 * header length (little endian), a JSON header, then the data, without holes. The header is
 *
 *     {"name": {"dtype": "F32", "shape": [64, 3], "data_offsets": [begin, end]}, ...,
 *      "__metadata__": {"key": "text"}}
 *
 *     struct safetensors *file;
 *     if (safetensors_open(&file, path, err) < 0) return -1;
 *     const struct safetensor *tensor = safetensors_find(file, "conv1.weight");
 *     if (tensor && safetensors_read(file, tensor, floats, err) < 0) ...
 *     safetensors_close(file);
 *
 * Files are untrusted: header and shapes are bounded and checked before use, every failure is an
 * ERR_INPUT that names the file. A file is used by one thread at a time.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_IO_SAFETENSORS_H
#define SCALESTUDY_WORKLOADS_NN_IO_SAFETENSORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"

#define SAFETENSORS_MAX_DIMS         8
#define SAFETENSORS_MAX_HEADER_BYTES (16 << 20)

enum safetensors_dtype {
#define DTYPE(name, bytes) SAFETENSORS_##name,
#include "safetensors_dtypes.def"
#undef DTYPE
};

struct safetensor {
    const char *name; /* of the open file */
    enum safetensors_dtype dtype;
    int n_dims; /* 0: a scalar */
    int64_t dims[SAFETENSORS_MAX_DIMS];
    uint64_t count; /* elements */
    uint64_t begin; /* byte of the data */
};

struct safetensors;

int safetensors_open(struct safetensors **file, const char *path, struct err *err) MUST_CHECK;
void safetensors_close(struct safetensors *file); /* NULL is fine */

/* Tensors in the header's order. */
int safetensors_count(const struct safetensors *file);
const struct safetensor *safetensors_at(const struct safetensors *file, int index);
const struct safetensor *safetensors_find(
    const struct safetensors *file, const char *name); /* or NULL */

/* Text of a metadata key, or NULL. */
const char *safetensors_metadata(const struct safetensors *file, const char *key);

/* All `count` elements as float32: F32 as they are, F16 and BF16 exactly, F64 rounded; other types
 * are refused. */
int safetensors_read(const struct safetensors *file, const struct safetensor *tensor, float *to,
    struct err *err) MUST_CHECK;

/* Whether the file is as it was written: compare the I64 tensor `name`, which is the last, with the sum
 * of all before it. A file without that tensor is taken as it is; another sum is an ERR_INPUT. */
int safetensors_check_sum(
    const struct safetensors *file, const char *name, struct err *err) MUST_CHECK;

/* ---- writing ---- */

struct safetensors_entry {
    char name[160];
    enum safetensors_dtype dtype;
    int n_dims;
    int64_t dims[SAFETENSORS_MAX_DIMS];
    const void *source; /* the caller's */
    /* OPTIONAL: puts the tensor's bytes, made of source, into `to`; NULL: source has them as they
     * are. */
    void (*fill)(const struct safetensors_entry *entry, void *to);
    const void *context; /* for fill */
    bool is_sum;         /* of the header and the data before it: an I64 without a source */
};

/* A list that grows; entries are copied. Start with {0}. */
struct safetensors_list {
    struct safetensors_entry *entries;
    int n;
};
int safetensors_list_add(struct safetensors_list *list, const struct safetensors_entry *entry,
    struct err *err) MUST_CHECK;
void safetensors_list_release(struct safetensors_list *list);

/* metadata: key, text, key, text, ..., NULL; or NULL. The file appears whole or not at all
 * (file.h). */
int safetensors_write(const char *path, const struct safetensors_list *list,
    const char *const *metadata, struct err *err) MUST_CHECK;

#endif
