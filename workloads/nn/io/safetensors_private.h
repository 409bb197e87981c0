/* Shared by the reader and the writer of safetensors files. */
#ifndef SCALESTUDY_WORKLOADS_NN_IO_SAFETENSORS_PRIVATE_H
#define SCALESTUDY_WORKLOADS_NN_IO_SAFETENSORS_PRIVATE_H

#include <stddef.h>
#include <stdint.h>

#include "safetensors.h"

#define SAFETENSORS_METADATA "__metadata__"

extern const struct safetensors_dtype_info {
    const char *name;
    size_t bytes;
} safetensors_dtypes[];
extern const int safetensors_n_dtypes;

/* Goes on with a sum by whole words of 4 bytes: each step is one to one (FNV-1a), so that no single
 * damaged word goes unnoticed. */
#define SAFETENSORS_SUM_START UINT64_C(0xcbf29ce484222325)
uint64_t safetensors_sum(uint64_t sum, const void *bytes, size_t count);

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
    "safetensors data are little endian, read and written as they lie");

#endif
