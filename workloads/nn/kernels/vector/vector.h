/*
 * What the fast kernels are written in: vectors of VL floats of one instruction set. Every source of
 * this folder is compiled once for each of them, with that set's flags (the Makefile's rule), and what
 * it gives to others has a name of its own for each:
 *
 *     void NAMED(add)(int64_t n, const float *a, const float *b, float *y)     add_avx2, add_avx512
 *     {
 *         FOR_VECTORS(n, vstore(y + i, vload(a + i, l) + vload(b + i, l), l));
 *     }
 */
#ifndef SCALESTUDY_WORKLOADS_NN_KERNELS_VECTOR_VECTOR_H
#define SCALESTUDY_WORKLOADS_NN_KERNELS_VECTOR_VECTOR_H

#include <string.h>

#include "workloads/nn/kernels/kernels_isa.h"

#if defined(__AVX512F__)
#include "vector_avx512.h"
#else
#include "vector_avx2.h"
#endif

#define KERNEL(name, tolerance) kernel_##name NAMED(name);
#include "workloads/nn/kernels/kernels.def"
#undef KERNEL

/* Before a loop whose length is known after inlining: it must go away, so that its arrays become
 * registers. */
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

/* Keeps the compiler from computing one pointer or distance from another. */
#define HIDE(value) __asm__("" : "+r"(value))

/* The loop over n elements in vectors: the body sees `i` and the number of lanes `l`. */
#define FOR_VECTORS(n, body)                                                                       \
    do {                                                                                           \
        int64_t i = 0;                                                                             \
        for (; i + VL <= (n); i += VL) {                                                           \
            const int l = VL;                                                                      \
            body;                                                                                  \
        }                                                                                          \
        if (i < (n)) {                                                                             \
            const int l = (int)((n)-i);                                                            \
            body;                                                                                  \
        }                                                                                          \
    } while (0)

#endif
