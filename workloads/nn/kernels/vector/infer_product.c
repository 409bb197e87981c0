/*
 * Inference: products and depthwise convolutions that finish their outputs in registers.
 *
 * Columns of B lie in panels of two vectors, [k][2 VL]; an odd number of vectors ends in a panel of
 * three (of one, if it is the only one), so that no tile is half empty. A tile of C is as high as
 * registers allow: 14 rows of two vectors in AVX-512 divide the maps of 224-pixel networks.
 */
#include "activation.h"
#include "tile_rows.h"

#define INFER_ROWS_1 (VL == 16 ? 14 : 8)
#define INFER_ROWS_2 (VL == 16 ? 14 : 6)
#define INFER_ROWS_3 (VL == 16 ? 8 : 4)

/* Vectors of the next panel, when so many are left. */
INLINE int infer_panel(int vectors)
{
    return vectors == 1 ? 1 : vectors == 3 ? 3 : 2;
}

void NAMED(infer_pack)(int n, int k, const float *b, float *packed)
{
    int vectors = (n + VL - 1) / VL;

    for (int j0 = 0, panel; vectors > 0; j0 += panel * VL, vectors -= panel) {
        panel = infer_panel(vectors);
        for (int l = 0; l < k; l++)
            for (int j = j0; j < j0 + panel * VL; j++)
                *packed++ = j < n ? b[(int64_t)l * n + j] : 0;
    }
}

void NAMED(infer_gate)(int n, int k, const float *packed, const float *gate, float *gated)
{
    int vectors = (n + VL - 1) / VL;

    for (int panel; vectors > 0; vectors -= panel) {
        panel = infer_panel(vectors);
        for (int l = 0; l < k; l++)
            for (int v = 0; v < panel; v++, packed += VL, gated += VL)
                vstore(gated, vload(packed, VL) * vset(gate[l]), VL);
    }
}

/* The rows of C one after the other, with gaps. */
struct infer_rows {
    float *c;
    const float *residual;
    int64_t at; /* in its line */
};

/* The next panel is fetched while this one is multiplied, a part with each tile: weights that come
 * from memory, as all do when there is a single image, then cost no time of their own. */
struct infer_ahead {
    const float *at;
    int64_t step; /* floats for each row of the panel */
};

INLINE void infer_next_row(const struct infer_product *p, struct infer_rows *rows)
{
    rows->c += p->ldc;
    if (rows->residual)
        rows->residual += p->ldr;
    if (++rows->at == p->line) {
        rows->at = 0;
        rows->c += p->gap;
    }
}

/* Activations that need many registers go over the stored tile once more. */
INLINE void infer_curve(
    const struct infer_product *p, struct infer_rows rows, int n, int vectors, int l)
{
    for (int i = 0; i < n; i++, infer_next_row(p, &rows))
        FOR_ACT(p->act, {
            for (int v = 0; v < vectors; v++) {
                int lanes = v == vectors - 1 ? l : VL;

                vstore(rows.c + v * VL, infer_act(a, vload(rows.c + v * VL, lanes)), lanes);
            }
        })
}

/* n rows and `vectors` vectors of C, the last of l lanes. */
INLINE void infer_tile(const struct infer_product *p, int n, int vectors, const float *a,
    const float *panel, const float *bias, struct infer_rows *rows, vf low, vf high,
    struct infer_ahead *ahead, int l)
{
    const float *next = ahead->at;
    int64_t step = ahead->step;
    vf sums[14][3], b[3];
    struct infer_rows first = *rows;
    int64_t run = p->run ? p->run : p->k;
    struct tile_rows tile = tile_rows(n, a, p->lda);

    UNROLL
    for (int i = 0; i < n; i++)
        UNROLL
    for (int v = 0; v < vectors; v++)
        sums[i][v] = vload(bias + v * VL, VL);
    for (int64_t left = p->k; left > 0; left -= run, tile_rows_step(&tile, n, p->run_stride - run))
        for (int64_t at = run; at > 0; at--, panel += vectors * VL, tile_rows_step(&tile, n, 1)) {
            __builtin_prefetch(next);
            next += step;
            UNROLL
            for (int v = 0; v < vectors; v++)
                b[v] = vload(panel + v * VL, VL);
            UNROLL
            for (int i = 0; i < n; i++) {
                vf x = tile_row(&tile, i);

                UNROLL
                for (int v = 0; v < vectors; v++)
                    sums[i][v] = vfma(x, b[v], sums[i][v]);
            }
        }
    ahead->at = next;
    UNROLL
    for (int i = 0; i < n; i++) {
        UNROLL
        for (int v = 0; v < vectors; v++) {
            int lanes = v == vectors - 1 ? l : VL;

            if (rows->residual)
                sums[i][v] += vload(rows->residual + v * VL, lanes);
            vstore(rows->c + v * VL, vmin(high, vmax(low, sums[i][v])), lanes);
        }
        infer_next_row(p, rows);
    }
    if (p->act == ACT_SILU || p->act == ACT_SIGMOID)
        infer_curve(p, first, n, vectors, l);
}

INLINE void infer_columns(const struct infer_product *p, int most, int vectors, const float *panel,
    int j, vf low, vf high, int l)
{
    const float *a = p->a, *bias = p->bias + j;
    struct infer_rows rows = {p->c + j, p->residual ? p->residual + j : NULL, 0};
    int64_t left = p->rows, tiles = (left + most - 1) / most;
    struct infer_ahead ahead = {
        panel + (int64_t)vectors * VL * p->k, (vectors * VL + tiles - 1) / tiles};

    for (; left >= most; left -= most, a += most * p->lda)
        infer_tile(p, most, vectors, a, panel, bias, &rows, low, high, &ahead, l);
    if (left >= 7 && most > 7) {
        infer_tile(p, 7, vectors, a, panel, bias, &rows, low, high, &ahead, l);
        left -= 7;
        a += 7 * p->lda;
    }
    for (; left >= 3; left -= 3, a += 3 * p->lda)
        infer_tile(p, 3, vectors, a, panel, bias, &rows, low, high, &ahead, l);
    for (; left >= 1; left--, a += p->lda)
        infer_tile(p, 1, vectors, a, panel, bias, &rows, low, high, &ahead, l);
}

/* Without the activation, which then goes over the rows: the reference has another packed matrix. */
static void product_of_plain_act(const struct infer_product *p)
{
    struct infer_product linear = *p;
    struct infer_rows rows = {.c = p->c};

    linear.act = ACT_NONE;
    NAMED(infer_product)(&linear);
    for (int64_t i = 0; i < p->rows; i++, infer_next_row(p, &rows))
        kernels_reference.act_forward(p->act, p->n, rows.c, rows.c);
}

void NAMED(infer_product)(const struct infer_product *p)
{
    vf low = infer_low(p->act), high = infer_high(p->act);
    int vectors = (p->n + VL - 1) / VL, last = p->n - (vectors - 1) * VL;
    const float *packed = p->packed;

    if (!is_fast_act(p->act)) {
        product_of_plain_act(p);
        return;
    }
    for (int j = 0, panel; vectors > 0; j += panel * VL, vectors -= panel) {
        bool whole = vectors > infer_panel(vectors) || last == VL;

        panel = infer_panel(vectors);
        if (panel == 2 && whole)
            infer_columns(p, INFER_ROWS_2, 2, packed, j, low, high, VL);
        else if (panel == 2)
            infer_columns(p, INFER_ROWS_2, 2, packed, j, low, high, last);
        else if (panel == 3 && whole)
            infer_columns(p, INFER_ROWS_3, 3, packed, j, low, high, VL);
        else if (panel == 3)
            infer_columns(p, INFER_ROWS_3, 3, packed, j, low, high, last);
        else
            infer_columns(p, INFER_ROWS_1, 1, packed, j, low, high, last);
        packed += (int64_t)panel * VL * p->k;
    }
}
