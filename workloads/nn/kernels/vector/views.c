/* Gradients through a view: act(factor x + shift). Panels of up to two vectors of channels down all
 * rows, with their sums in registers. */
#include "activation.h"
#include "fold.h"

/* What belongs to the channels of a panel. */
struct view_constants {
    const float *factor, *shift, *mean;
};

INLINE void view_grad_panel(int64_t rows, int pitch, const float *x, const struct view_constants *k,
    bool affine, enum activation act, const float *da, float *dz, bool adds, float *first,
    float *second, int vectors, int l)
{
    vf f[2], h[2], m[2], a[2], b[2];

    UNROLL
    for (int v = 0; v < vectors; v++) {
        f[v] = affine ? vload(k->factor + v * VL, l) : vset(1.0f);
        h[v] = affine ? vload(k->shift + v * VL, l) : vset(0.0f);
        m[v] = first ? vload(k->mean + v * VL, l) : vset(0.0f);
        a[v] = b[v] = vset(0.0f);
    }
    for (int64_t row = 0; row < rows; row++)
        UNROLL
    for (int v = 0; v < vectors; v++) {
        int64_t at = row * pitch + v * VL;
        vf in = vload(x + at, l), z = affine ? vfma(f[v], in, h[v]) : in;
        vf g = vact_gradient(act, z, vload(da + at, l));

        if (first) {
            a[v] += g;
            b[v] = vfma(g, in - m[v], b[v]);
        }
        if (adds)
            g += vload(dz + at, l);
        vstore(dz + at, g, l);
    }
    UNROLL
    for (int v = 0; v < vectors && first; v++) {
        vstore(first + v * VL, a[v], l);
        vstore(second + v * VL, b[v], l);
    }
}

INLINE void view_grad_width(int64_t rows, int pitch, int width, const float *x,
    const struct view_constants *k, bool affine, enum activation act, const float *da, float *dz,
    bool adds, float *first, float *second)
{
    int j = 0;

    for (; j + 2 * VL <= width; j += 2 * VL)
        view_grad_panel(rows, pitch, x + j,
            &(struct view_constants){k->factor + j, k->shift + j, k->mean + j}, affine, act, da + j,
            dz + j, adds, first ? first + j : NULL, second + j, 2, VL);
    for (int n; j < width; j += n) {
        n = width - j < VL ? width - j : VL;
        view_grad_panel(rows, pitch, x + j,
            &(struct view_constants){k->factor + j, k->shift + j, k->mean + j}, affine, act, da + j,
            dz + j, adds, first ? first + j : NULL, second + j, 1, n);
    }
}

INLINE void view_grad_act(int64_t rows, int pitch, int width, const float *x,
    const struct view_constants *k, enum activation act, const float *da, float *dz, bool adds,
    float *first, float *second)
{
    if (first && adds)
        FOR_ACT(
            act, view_grad_width(rows, pitch, width, x, k, true, a, da, dz, true, first, second))
    else if (first)
        FOR_ACT(
            act, view_grad_width(rows, pitch, width, x, k, true, a, da, dz, false, first, second))
    else
        FOR_ACT(act, view_grad_width(rows, pitch, width, x, k, true, a, da, dz, adds, NULL, first))
}

static void add_to_sums(int c, int c0, int n, const float *first, const float *second, double *sums)
{
    for (int i = 0; i < n; i++) {
        sums[c0 + i] += first[i];
        sums[c + c0 + i] += second[i];
    }
}

/* Rows folded into rows of `fold` times as many channels, as fold.h explains. */
static void view_grad_folded(int64_t rows, int c, int fold, const float *x,
    const struct view_constants *k, enum activation act, const float *da, float *dz, bool adds,
    double *sums)
{
    float factors[MAX_FOLDED], shifts[MAX_FOLDED], means[MAX_FOLDED];
    float first[MAX_FOLDED], second[MAX_FOLDED];
    struct view_constants repeated = {repeat(k->factor, c, fold, factors),
        repeat(k->shift, c, fold, shifts), repeat(k->mean, c, fold, means)};

    view_grad_act(
        rows, fold * c, fold * c, x, &repeated, act, da, dz, adds, sums ? first : NULL, second);
    for (int f = 0; sums && f < fold; f++)
        add_to_sums(c, 0, c, first + f * c, second + f * c, sums);
}

void NAMED(view_grad)(int64_t rows, int c, const float *x, const float *factor, const float *shift,
    const float *mean, enum activation act, const float *da, float *dz, bool adds, double *sums)
{
    struct view_constants k = {factor, shift, mean ? mean : factor};
    float first[MAX_FOLDED], second[MAX_FOLDED];
    int fold = fold_of(rows, c);
    int64_t folded = rows / fold, done = folded * fold * c;

    if (!is_fast_act(act))
        kernels_reference.view_grad(rows, c, x, factor, shift, mean, act, da, dz, adds, sums);
    else if (!factor && adds)
        FOR_ACT(act,
            FOR_VECTORS(rows * c,
                vstore(dz + i,
                    vload(dz + i, l) + vact_gradient(a, vload(x + i, l), vload(da + i, l)), l)))
    else if (!factor)
        FOR_ACT(act, FOR_VECTORS(rows * c,
                         vstore(dz + i, vact_gradient(a, vload(x + i, l), vload(da + i, l)), l)))
    else if (fold > 1) {
        view_grad_folded(folded, c, fold, x, &k, act, da, dz, adds, sums);
        view_grad_folded(
            rows - folded * fold, c, 1, x + done, &k, act, da + done, dz + done, adds, sums);
    } else {
        for (int c0 = 0, n; c0 < c; c0 += n) {
            n = c - c0 < MAX_FOLDED ? c - c0 : MAX_FOLDED;
            view_grad_act(rows, c, n, x + c0,
                &(struct view_constants){factor + c0, k.shift + c0, k.mean + c0}, act, da + c0,
                dz + c0, adds, sums ? first : NULL, second);
            if (sums)
                add_to_sums(c, c0, n, first, second, sums);
        }
    }
}
