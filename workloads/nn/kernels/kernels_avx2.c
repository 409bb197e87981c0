/* The fast kernels for avx2; nothing where the compiler is not told to use it. */
#include "kernels_isa.h"

#if defined(__AVX2__) && defined(__FMA__)

#include <string.h>

#include "vector_avx2.inc"

#include "elementwise.inc"

#include "sums.inc"

#include "depthwise.inc"

#include "gather.inc"

#include "max_pool.inc"

#include "product.inc"

const struct kernels kernels_avx2 = {
    .isa = "avx2",
#define KERNEL(name, tolerance) .name = name,
#include "kernels.def"
#undef KERNEL
};

#endif
