/* Shared by the reader and the writer of safetensors files. */
#ifndef SCALESTUDY_NN_SAFETENSORS_PRIVATE_H
#define SCALESTUDY_NN_SAFETENSORS_PRIVATE_H

#include <stddef.h>

#include "safetensors.h"

#define SAFETENSORS_METADATA "__metadata__"

extern const struct safetensors_dtype_info {
    const char *name;
    size_t bytes;
} safetensors_dtypes[];
extern const int safetensors_n_dtypes;

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
    "safetensors data are little endian, read and written as they lie");

#endif
