/* The fast kernels for avx512; nothing where the compiler is not told to use it. */
#include "kernels_isa.h"

#include <stddef.h>

#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__)

#include <string.h>

#include "vector_avx512.inc"

#include "elementwise.inc"

#include "sums.inc"

#include "views.inc"
#include "gates.inc"

#include "depthwise.inc"

#include "gather.inc"

#include "max_pool.inc"

#include "tile_rows.inc"

#include "product.inc"

#include "winograd.inc"

#include "inference.inc"

static const struct kernels table = {
    .isa = "avx512",
#define KERNEL(name, tolerance) .name = name,
#include "kernels.def"
#undef KERNEL
};

const struct kernels *const kernels_avx512 = &table;

#else

const struct kernels *const kernels_avx512 = NULL;

#endif
