/* The passes of a resize with AVX2; nothing where the compiler is not told to use it. Whole numbers
 * are added in any order, so the bits are those of the reference. */
#include "resize_private.h"

#ifdef __AVX2__

#include <immintrin.h>
#include <string.h>

#define ROUND (1 << (PRECISION_BITS - 1))

static int32_t load_4(const uint8_t *from)
{
    int32_t bytes;

    memcpy(&bytes, from, sizeof(bytes));
    return bytes;
}

/* Sums of 4 channels of one row and of another, rounded and packed: 4 bytes of each. */
static void store_pixels(__m256i sums, uint8_t *low, uint8_t *high)
{
    __m256i words = _mm256_packs_epi32(_mm256_srai_epi32(sums, PRECISION_BITS), sums);
    __m256i bytes = _mm256_packus_epi16(words, words);
    int32_t first = _mm256_extract_epi32(bytes, 0), second = _mm256_extract_epi32(bytes, 4);

    memcpy(low, &first, 3);
    memcpy(high, &second, 3);
}

/* Two rows at once. A pixel is read with the byte after it, so neither may be an image's last. */
static void two_rows(
    const uint8_t *a, const uint8_t *b, const struct windows *windows, uint8_t *to_a, uint8_t *to_b)
{
    for (int x = 0; x < windows->n; x++, to_a += 3, to_b += 3) {
        const int32_t *weights = windows->weights + (size_t)x * (size_t)windows->taps;
        size_t at = (size_t)windows->first[x] * 3;
        __m256i sums = _mm256_set1_epi32(ROUND);

        for (int k = 0; k < windows->count[x]; k++, at += 3) {
            __m128i bytes = _mm_insert_epi32(_mm_cvtsi32_si128(load_4(a + at)), load_4(b + at), 1);

            sums = _mm256_add_epi32(sums,
                _mm256_mullo_epi32(_mm256_cvtepu8_epi32(bytes), _mm256_set1_epi32(weights[k])));
        }
        store_pixels(sums, to_a, to_b);
    }
}

static void rows_avx2(
    const struct image *from, int first_row, int rows, const struct windows *windows, uint8_t *to)
{
    size_t bytes = (size_t)from->width * 3, to_bytes = (size_t)windows->n * 3;
    int y = 0;

    for (; y + 1 < rows && first_row + y + 2 < from->height; y += 2) {
        const uint8_t *row = from->pixels + (size_t)(first_row + y) * bytes;

        two_rows(
            row, row + bytes, windows, to + (size_t)y * to_bytes, to + (size_t)(y + 1) * to_bytes);
    }
    resize_reference.rows(from, first_row + y, rows - y, windows, to + (size_t)y * to_bytes);
}

/* 16 bytes of a row that is a weighted sum of rows `stride` bytes apart. */
static void sixteen_bytes(
    const uint8_t *from, size_t stride, const int32_t *weights, int count, uint8_t *to)
{
    __m256i low = _mm256_set1_epi32(ROUND), high = low;

    for (int k = 0; k < count; k++, from += stride) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)from);
        __m256i weight = _mm256_set1_epi32(weights[k]);

        low = _mm256_add_epi32(low, _mm256_mullo_epi32(_mm256_cvtepu8_epi32(bytes), weight));
        high = _mm256_add_epi32(
            high, _mm256_mullo_epi32(_mm256_cvtepu8_epi32(_mm_srli_si128(bytes, 8)), weight));
    }
    low = _mm256_packs_epi32(
        _mm256_srai_epi32(low, PRECISION_BITS), _mm256_srai_epi32(high, PRECISION_BITS));
    low = _mm256_permute4x64_epi64(low, 0xd8);
    _mm_storeu_si128((__m128i *)(void *)to,
        _mm_packus_epi16(_mm256_castsi256_si128(low), _mm256_extracti128_si256(low, 1)));
}

static uint8_t one_byte(const uint8_t *from, size_t stride, const int32_t *weights, int count)
{
    int32_t sum = ROUND;

    for (int k = 0; k < count; k++, from += stride)
        sum += *from * weights[k];
    sum >>= PRECISION_BITS;
    return (uint8_t)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
}

static void columns_avx2(
    const uint8_t *from, int first_row, int width, const struct windows *windows, uint8_t *to)
{
    size_t stride = (size_t)width * 3;

    for (int y = 0; y < windows->n; y++, to += stride) {
        const int32_t *weights = windows->weights + (size_t)y * (size_t)windows->taps;
        const uint8_t *row = from + (size_t)(windows->first[y] - first_row) * stride;
        size_t x = 0;

        for (; x + 16 <= stride; x += 16)
            sixteen_bytes(row + x, stride, weights, windows->count[y], to + x);
        for (; x < stride; x++)
            to[x] = one_byte(row + x, stride, weights, windows->count[y]);
    }
}

static const struct resize_passes fast = {rows_avx2, columns_avx2};

const struct resize_passes *const resize_avx2 = &fast;

#else

const struct resize_passes *const resize_avx2;

#endif
