/* What the reader and the writer of safetensors files share: element types and the checksum. */
#include "safetensors_private.h"

#include <string.h>

const struct safetensors_dtype_info safetensors_dtypes[] = {
#define DTYPE(name, bytes) {#name, bytes},
#include "safetensors_dtypes.def"
#undef DTYPE
};
const int safetensors_n_dtypes = (int)(sizeof(safetensors_dtypes) / sizeof(safetensors_dtypes[0]));

uint64_t safetensors_sum(uint64_t sum, const void *bytes, size_t count)
{
    const unsigned char *from = bytes;

    for (size_t i = 0; i + 4 <= count; i += 4) {
        uint32_t word;

        memcpy(&word, from + i, sizeof(word));
        sum = (sum ^ word) * UINT64_C(0x100000001b3);
    }
    return sum;
}
