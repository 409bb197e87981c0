/*
 * Products of tall matrices with small ones. A is read where it is, one number at a time for all
 * columns; a tile of C stays in registers: TILE_ROWS rows (OUTER_ROWS of W) and two vectors, or
 * more rows of one vector: a sum takes four steps, in which eight others can be under way.
 */
#include "tile_rows.h"

#define MOST_ROWS           16
#define TILE_ROWS(vectors)  (VL == 16 ? ((vectors) == 1 ? 16 : 8) : (vectors) == 1 ? 12 : 6)
#define OUTER_ROWS(vectors) (VL == 16 ? ((vectors) == 1 ? 16 : 12) : (vectors) == 1 ? 12 : 6)

/* One panel of `width` columns of which `n` exist, [k][width]; columns of B are rows of `b`. */
INLINE void pack_transposed(int width, int n, int k, const float *b, int ldb, float *packed)
{
    int l = 0;

    for (int j = n; j < width; j++)
        for (int i = 0; i < k; i++)
            packed[(int64_t)i * width + j] = 0;
    for (; l + 8 <= k; l += 8) /* few lines of `packed` at a time, so that they stay in L1 */
        for (int j = 0; j < n; j++)
            UNROLL
    for (int i = 0; i < 8; i++)
        packed[(int64_t)(l + i) * width + j] = b[(int64_t)j * ldb + l + i];
    for (; l < k; l++)
        for (int j = 0; j < n; j++)
            packed[(int64_t)l * width + j] = b[(int64_t)j * ldb + l];
}

/* Panels of two vectors of columns, [k][2 VL] each and filled up with zeros; the last may be one
 * vector wide. */
void NAMED(product_pack)(int n, int k, const float *b, int ldb, bool transposed, float *packed)
{
    for (int j0 = 0, width; j0 < n; j0 += 2 * VL, packed += (int64_t)width * k) {
        int left = n - j0;

        width = left > VL ? 2 * VL : VL;
        if (transposed) {
            pack_transposed(
                width, left < width ? left : width, k, b + (int64_t)j0 * ldb, ldb, packed);
            continue;
        }
        for (int l = 0; l < k; l++) {
            const float *from = b + (int64_t)l * ldb + j0;
            float *to = packed + (int64_t)l * width;

            vstore(to, left < VL ? vload(from, left) : vload(from, VL), VL);
            if (left >= 2 * VL)
                vstore(to + VL, vload(from + VL, VL), VL);
            else if (left > VL)
                vstore(to + VL, vload(from + VL, left - VL), VL);
        }
    }
}

/* C of `rows` rows and `vectors` vectors, the last of l lanes. */
INLINE void product_tile(int rows, int vectors, const struct kernel_lines *lines, const float *a,
    int lda, const float *panel, float *c, int ldc, bool adds, int l)
{
    struct tile_rows tile = tile_rows(rows, a, lda);
    vf sums[MOST_ROWS][2];

    UNROLL
    for (int i = 0; i < rows; i++)
        UNROLL
    for (int v = 0; v < vectors; v++)
        sums[i][v] = vset(0.0f);
    for (int line = 0; line < lines->n;
         line++, tile_rows_step(&tile, rows, lines->pitch - lines->k))
        for (int at = 0; at < lines->k;
             at++, panel += vectors * VL, tile_rows_step(&tile, rows, 1)) {
            vf b0 = vload(panel, VL), b1 = vectors > 1 ? vload(panel + VL, VL) : b0;

            UNROLL
            for (int i = 0; i < rows; i++) {
                vf x = tile_row(&tile, i);

                sums[i][0] = vfma(x, b0, sums[i][0]);
                if (vectors > 1)
                    sums[i][1] = vfma(x, b1, sums[i][1]);
            }
        }
    UNROLL
    for (int i = 0; i < rows; i++, c += ldc)
        UNROLL
    for (int v = 0; v < vectors; v++) {
        int n = v == vectors - 1 ? l : VL;

        if (adds)
            sums[i][v] += vload(c + v * VL, n);
        vstore(c + v * VL, sums[i][v], n);
    }
}

/* All rows of one panel. */
INLINE void product_panel(int64_t rows, int vectors, const struct kernel_lines *lines,
    const float *a, int lda, const float *panel, float *c, int ldc, bool adds, int l)
{
    const int most = TILE_ROWS(vectors);
    int64_t row = 0;

    for (; row + most <= rows; row += most)
        product_tile(most, vectors, lines, a + row * lda, lda, panel, c + row * ldc, ldc, adds, l);
    for (; row + 4 <= rows; row += 4)
        product_tile(4, vectors, lines, a + row * lda, lda, panel, c + row * ldc, ldc, adds, l);
    for (; row < rows; row++)
        product_tile(1, vectors, lines, a + row * lda, lda, panel, c + row * ldc, ldc, adds, l);
}

void NAMED(product_lines)(int64_t rows, int n, const struct kernel_lines *lines, const float *a,
    int lda, const float *packed, float *c, int ldc, bool adds)
{
    struct kernel_lines of = *lines;
    int64_t k = (int64_t)of.n * of.k;
    int j = 0;

    for (; j + 2 * VL <= n; j += 2 * VL)
        product_panel(rows, 2, &of, a, lda, packed + j * k, c + j, ldc, adds, VL);
    if (n - j > VL)
        product_panel(rows, 2, &of, a, lda, packed + j * k, c + j, ldc, adds, n - j - VL);
    else if (n - j == VL)
        product_panel(rows, 1, &of, a, lda, packed + j * k, c + j, ldc, adds, VL);
    else if (j < n)
        product_panel(rows, 1, &of, a, lda, packed + j * k, c + j, ldc, adds, n - j);
}

void NAMED(product_rows)(int64_t rows, int n, int k, const float *a, int lda, const float *packed,
    float *c, int ldc, bool adds)
{
    NAMED(product_lines)
    (rows, n, &(struct kernel_lines){.n = 1, .k = k}, a, lda, packed, c, ldc, adds);
}

/* A tile of W: `rows` columns of A against `vectors` vectors of columns of B, the last of l lanes. */
INLINE void outer_tile(int rows, int vectors, const struct kernel_map *map, const float *a, int lda,
    const float *b, int ldb, float *w, int ldw, int l)
{
    vf sums[MOST_ROWS][2];

    UNROLL
    for (int i = 0; i < rows; i++)
        UNROLL
    for (int v = 0; v < vectors; v++)
        sums[i][v] = vset(0.0f);
    for (int row = 0; row < map->rows; row++) {
        const float *x = a + row * map->a_pitch, *y = b + row * map->b_pitch;

        for (int64_t at = 0; at < map->columns; at++, x += lda, y += ldb) {
            vf b0 = vload(y, vectors > 1 ? VL : l), b1 = vectors > 1 ? vload(y + VL, l) : b0;

            UNROLL
            for (int i = 0; i < rows; i++) {
                vf xi = vset(x[i]);

                sums[i][0] = vfma(xi, b0, sums[i][0]);
                if (vectors > 1)
                    sums[i][1] = vfma(xi, b1, sums[i][1]);
            }
        }
    }
    UNROLL
    for (int i = 0; i < rows; i++, w += ldw)
        UNROLL
    for (int v = 0; v < vectors; v++) {
        int n = v == vectors - 1 ? l : VL;

        vstore(w + v * VL, vload(w + v * VL, n) + sums[i][v], n);
    }
}

/* Columns of A in tiles of nearly the same size: of few rows a tile is waited for. */
INLINE void outer_columns(int vectors, const struct kernel_map *map, int k, const float *a, int lda,
    const float *b, int ldb, float *w, int ldw, int l)
{
    const int most = OUTER_ROWS(vectors);

    for (int tiles = (k + most - 1) / most, rows; tiles > 0; tiles--, k -= rows) {
        rows = (k + tiles - 1) / tiles;
        switch (rows) {
#define TILE(size)                                                                                 \
    case size:                                                                                     \
        if (size <= most)                                                                          \
            outer_tile(size, vectors, map, a, lda, b, ldb, w, ldw, l);                             \
        break;
            TILE(1)
            TILE(2)
            TILE(3)
            TILE(4)
            TILE(5)
            TILE(6)
            TILE(7)
            TILE(8)
            TILE(9)
            TILE(10)
            TILE(11)
            TILE(12)
            TILE(13)
            TILE(14)
            TILE(15)
            TILE(16)
#undef TILE
        }
        a += rows;
        w += (int64_t)rows * ldw;
    }
}

static void outer_one(const struct kernel_map *map, int k, const float *a, int lda, const float *b,
    int ldb, float *w, int ldw, int l)
{
    outer_columns(1, map, k, a, lda, b, ldb, w, ldw, l);
}

static void outer_two(const struct kernel_map *map, int k, const float *a, int lda, const float *b,
    int ldb, float *w, int ldw, int l)
{
    outer_columns(2, map, k, a, lda, b, ldb, w, ldw, l);
}

void NAMED(product_outer_map)(const struct kernel_map *map, int n, int k, const float *a, int lda,
    const float *b, int ldb, float *w, int ldw)
{
    struct kernel_map of = *map;

    for (int j = 0, left = n; left > 0; j += 2 * VL, left -= 2 * VL)
        if (left > VL)
            outer_two(&of, k, a, lda, b + j, ldb, w + j, ldw, left < 2 * VL ? left - VL : VL);
        else
            outer_one(&of, k, a, lda, b + j, ldb, w + j, ldw, left);
}

/* Rows of A and B that are gone through by all tiles before the next: they stay in L1 or L2. */
#define OUTER_FLOATS 16384

void NAMED(product_outer)(
    int64_t m, int n, int k, const float *a, int lda, const float *b, int ldb, float *w, int ldw)
{
    int64_t step = OUTER_FLOATS / (n + k) > 64 ? OUTER_FLOATS / (n + k) : 64;

    for (int64_t row = 0, rows; row < m; row += rows, a += rows * lda, b += rows * ldb) {
        rows = m - row < step ? m - row : step;
        NAMED(product_outer_map)
        (&(struct kernel_map){.rows = 1, .columns = rows}, n, k, a, lda, b, ldb, w, ldw);
    }
}
