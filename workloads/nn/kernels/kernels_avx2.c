/* The fast kernels for avx2; nothing where the compiler is not told to use it. */
#include "kernels_isa.h"

#include <stddef.h>

#if defined(__AVX2__) && defined(__FMA__)

#include <string.h>

#include "vector_avx2.inc"

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
    .isa = "avx2",
#define KERNEL(name, tolerance) .name = name,
#include "kernels.def"
#undef KERNEL
};

const struct kernels *const kernels_avx2 = &table;

#else

const struct kernels *const kernels_avx2 = NULL;

#endif
