/* Vectors of 16 floats, AVX-512. What the names mean is said in vector_avx2.h. */
#ifndef SCALESTUDY_WORKLOADS_NN_KERNELS_VECTOR_VECTOR_AVX512_H
#define SCALESTUDY_WORKLOADS_NN_KERNELS_VECTOR_VECTOR_AVX512_H

#include <immintrin.h>

#define VL 16

#define INLINE      static inline __attribute__((always_inline))
#define NAMED(name) name##_avx512
#define VECTOR_ISA  "avx512"

typedef __m512 vf;

INLINE vf vset(float x)
{
    return _mm512_set1_ps(x);
}

INLINE __mmask16 lanes(int n)
{
    return (__mmask16)((1u << n) - 1);
}

INLINE vf vload(const float *p, int n)
{
    return n == VL ? _mm512_loadu_ps(p) : _mm512_maskz_loadu_ps(lanes(n), p);
}

INLINE void vstore(float *p, vf v, int n)
{
    if (n == VL)
        _mm512_storeu_ps(p, v);
    else
        _mm512_mask_storeu_ps(p, lanes(n), v);
}

INLINE vf vfma(vf a, vf b, vf c)
{
    return _mm512_fmadd_ps(a, b, c);
}

INLINE vf vmax(vf a, vf b)
{
    return _mm512_max_ps(a, b);
}

INLINE vf vmin(vf a, vf b)
{
    return _mm512_min_ps(a, b);
}

INLINE vf vfms(vf a, vf b, vf c)
{
    return _mm512_fmsub_ps(a, b, c);
}

/* min(|x|, |limit|) with the sign of x; of NaN: limit. */
INLINE vf vbound(vf x, vf limit)
{
    return _mm512_range_ps(x, limit, 2);
}

INLINE vf vround(vf x)
{
    return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

INLINE vf vscale2(vf x, vf k)
{
    return _mm512_scalef_ps(x, k);
}

INLINE vf vselect_greater(vf a, vf b, vf x, vf y)
{
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_GT_OQ), y, x);
}

INLINE void vstore_int(int32_t *p, vf v, int n)
{
    if (n == VL)
        _mm512_storeu_si512(p, _mm512_cvtps_epi32(v));
    else
        _mm512_mask_storeu_epi32(p, lanes(n), _mm512_cvtps_epi32(v));
}

INLINE vf vkeep_equal(const int32_t *p, int32_t wanted, vf v, int n)
{
    __m512i is = n == VL ? _mm512_loadu_si512(p) : _mm512_maskz_loadu_epi32(lanes(n), p);

    return _mm512_maskz_mov_ps(_mm512_cmpeq_epi32_mask(is, _mm512_set1_epi32(wanted)), v);
}

#endif
