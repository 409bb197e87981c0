/* Vectors of 8 floats, AVX2 with FMA. The same names as in vector_avx512.h; what they mean is
 * said here. */
#ifndef SCALESTUDY_WORKLOADS_NN_KERNELS_VECTOR_VECTOR_AVX2_H
#define SCALESTUDY_WORKLOADS_NN_KERNELS_VECTOR_VECTOR_AVX2_H

#include <immintrin.h>

#define VL 8 /* floats in a vector */

/* Always, so that the lengths of arrays are known and these become registers. */
#define INLINE static inline __attribute__((always_inline))

#define NAMED(name) name##_avx2
#define VECTOR_ISA  "avx2"

typedef __m256 vf;

INLINE vf vset(float x)
{
    return _mm256_set1_ps(x);
}

INLINE __m256i lanes(int n)
{
    static const int ones[16] = {-1, -1, -1, -1, -1, -1, -1, -1};

    return _mm256_loadu_si256((const __m256i *)(const void *)(ones + 8 - n));
}

/* The first n lanes, the others 0; n == VL is known when it is compiled, else 0 < n < VL. */
INLINE vf vload(const float *p, int n)
{
    return n == VL ? _mm256_loadu_ps(p) : _mm256_maskload_ps(p, lanes(n));
}

INLINE void vstore(float *p, vf v, int n)
{
    if (n == VL)
        _mm256_storeu_ps(p, v);
    else
        _mm256_maskstore_ps(p, lanes(n), v);
}

/* a b + c */
INLINE vf vfma(vf a, vf b, vf c)
{
    return _mm256_fmadd_ps(a, b, c);
}

/* Of a NaN and a number the second argument comes out, so a NaN in b stays. */
INLINE vf vmax(vf a, vf b)
{
    return _mm256_max_ps(a, b);
}

INLINE vf vmin(vf a, vf b)
{
    return _mm256_min_ps(a, b);
}

/* a b - c */
INLINE vf vfms(vf a, vf b, vf c)
{
    return _mm256_fmsub_ps(a, b, c);
}

/* Between -limit and limit; of NaN: either of NaN and limit. */
INLINE vf vbound(vf x, vf limit)
{
    return vmin(limit, vmax(vset(0.0f) - limit, x));
}

INLINE vf vround(vf x)
{
    return _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

/* x 2^k, k whole and -126 .. 127. */
INLINE vf vscale2(vf x, vf k)
{
    __m256i exponent = _mm256_add_epi32(_mm256_cvtps_epi32(k), _mm256_set1_epi32(127));

    return x * _mm256_castsi256_ps(_mm256_slli_epi32(exponent, 23));
}

/* a > b ? x : y, lane by lane. */
INLINE vf vselect_greater(vf a, vf b, vf x, vf y)
{
    return _mm256_blendv_ps(y, x, _mm256_cmp_ps(a, b, _CMP_GT_OQ));
}

/* Whole numbers, as int32. */
INLINE void vstore_int(int32_t *p, vf v, int n)
{
    if (n == VL)
        _mm256_storeu_si256((__m256i *)(void *)p, _mm256_cvtps_epi32(v));
    else
        _mm256_maskstore_epi32(p, lanes(n), _mm256_cvtps_epi32(v));
}

/* v where p[lane] == wanted, else 0. */
INLINE vf vkeep_equal(const int32_t *p, int32_t wanted, vf v, int n)
{
    __m256i is = n == VL ? _mm256_loadu_si256((const __m256i *)(const void *)p)
                         : _mm256_maskload_epi32(p, lanes(n));

    return _mm256_and_ps(v, _mm256_castsi256_ps(_mm256_cmpeq_epi32(is, _mm256_set1_epi32(wanted))));
}

#endif
