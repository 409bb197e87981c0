/*
 * Pixels to normalised floats with AVX2; nothing where the compiler is not told to use it. A division
 * is a product with the reciprocal and one correction (Markstein 1990), which is as exact as the
 * processor's division in all but rare cases; transform.c looks whether it is for its numbers.
 */
#include "transform.h"

#if defined(__AVX2__) && defined(__FMA__)

#include <immintrin.h>
#include <string.h>

#define PIXELS                                                                                     \
    8 /* at once: 24 values, so that each of three vectors has its channels in one order */

static __m256 divide(__m256 a, __m256 by, __m256 reciprocal)
{
    __m256 quotient = _mm256_mul_ps(a, reciprocal);

    return _mm256_fmadd_ps(_mm256_fnmadd_ps(quotient, by, a), reciprocal, quotient);
}

/* The other way round, 5 pixels (15 bytes) at once; each load and store is of 16 bytes. */
static void mirror(const uint8_t *from, int n, uint8_t *to)
{
    const __m128i order = _mm_setr_epi8(12, 13, 14, 9, 10, 11, 6, 7, 8, 3, 4, 5, 0, 1, 2, -1);
    int x = 0;

    for (; x + 6 <= n; x += 5) {
        __m128i bytes =
            _mm_loadu_si128((const __m128i *)(const void *)(from + 3 * (n - 5 - x) - 1));

        bytes = _mm_srli_si128(bytes, 1);
        _mm_storeu_si128((__m128i *)(void *)(to + 3 * x), _mm_shuffle_epi8(bytes, order));
    }
    for (; x < n; x++)
        memcpy(to + 3 * x, from + 3 * (n - 1 - x), 3);
}

static void convert(const struct normalisation *norm, const uint8_t *row, int n, float *to)
{
    const __m256 full = _mm256_set1_ps(255), part = _mm256_set1_ps(1.0f / 255);
    __m256 mean[3], std[3], reciprocal[3];
    int x = 0;

    for (int j = 0; j < 3; j++) {
        float lanes[3][8];

        for (int i = 0; i < 8; i++) {
            lanes[0][i] = norm->mean[(8 * j + i) % 3];
            lanes[1][i] = norm->std[(8 * j + i) % 3];
            lanes[2][i] = 1 / norm->std[(8 * j + i) % 3];
        }
        mean[j] = _mm256_loadu_ps(lanes[0]);
        std[j] = _mm256_loadu_ps(lanes[1]);
        reciprocal[j] = _mm256_loadu_ps(lanes[2]);
    }
    for (; x + PIXELS <= n; x += PIXELS, row += 3 * PIXELS, to += 3 * PIXELS)
        for (int j = 0; j < 3; j++) {
            __m128i bytes = _mm_loadl_epi64((const __m128i *)(const void *)(row + 8 * j));
            __m256 value = _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(bytes));

            value = _mm256_sub_ps(divide(value, full, part), mean[j]);
            _mm256_storeu_ps(to + 8 * j, divide(value, std[j], reciprocal[j]));
        }
    for (; x < n; x++)
        for (int c = 0; c < 3; c++)
            *to++ = norm->value[c][*row++];
}

static void to_floats(const struct normalisation *norm, const struct image *image, bool mirrored,
    uint8_t *row, float *to)
{
    size_t bytes = (size_t)image->width * 3;

    if (!mirrored) {
        convert(norm, image->pixels, image->width * image->height, to);
        return;
    }
    for (int y = 0; y < image->height; y++, to += bytes) {
        mirror(image->pixels + (size_t)y * bytes, image->width, row);
        convert(norm, row, image->width, to);
    }
}

floats_function *const to_floats_avx2 = to_floats;

#else

floats_function *const to_floats_avx2;

#endif
