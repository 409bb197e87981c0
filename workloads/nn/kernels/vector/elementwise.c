/* Kernels on elements and on rows of channels. */
#include "activation.h"
#include "fold.h"

void NAMED(act_forward)(enum activation act, int64_t n, const float *x, float *y)
{
    if (!is_fast_act(act)) {
        kernels_reference.act_forward(act, n, x, y);
        return;
    }
    FOR_ACT(act, FOR_VECTORS(n, vstore(y + i, vact(a, vload(x + i, l)), l)));
}

void NAMED(act_backward)(
    enum activation act, int64_t n, const float *x, const float *dy, float *dx, bool adds)
{
    if (!is_fast_act(act))
        kernels_reference.act_backward(act, n, x, dy, dx, adds);
    else if (adds)
        FOR_ACT(act,
            FOR_VECTORS(
                n, vstore(dx + i,
                       vload(dx + i, l) + vact_gradient(a, vload(x + i, l), vload(dy + i, l)), l)))
    else
        FOR_ACT(act,
            FOR_VECTORS(n, vstore(dx + i, vact_gradient(a, vload(x + i, l), vload(dy + i, l)), l)))
}

void NAMED(add)(int64_t n, const float *a, const float *b, float *y)
{
    FOR_VECTORS(n, vstore(y + i, vload(a + i, l) + vload(b + i, l), l));
}

void NAMED(scale)(int64_t n, float factor, const float *x, float *y, bool adds)
{
    vf f = vset(factor);

    if (adds)
        FOR_VECTORS(n, vstore(y + i, vfma(f, vload(x + i, l), vload(y + i, l)), l));
    else
        FOR_VECTORS(n, vstore(y + i, f * vload(x + i, l), l));
}

void NAMED(multiply)(int64_t n, const float *a, const float *b, float *y, bool adds)
{
    if (adds)
        FOR_VECTORS(n, vstore(y + i, vfma(vload(a + i, l), vload(b + i, l), vload(y + i, l)), l));
    else
        FOR_VECTORS(n, vstore(y + i, vload(a + i, l) * vload(b + i, l), l));
}

INLINE void affine_rows(int64_t rows, int c, const float *x, const float *factor,
    const float *shift, enum activation act, float *y, bool adds)
{
    vf zero = vset(0.0f);

    for (int64_t row = 0; row < rows; row++, x += c, y += c)
        FOR_VECTORS(c, {
            vf v = vact(act,
                vfma(vload(factor + i, l), vload(x + i, l), shift ? vload(shift + i, l) : zero));

            if (adds)
                v += vload(y + i, l);
            vstore(y + i, v, l);
        });
}

static void affine_any(int64_t rows, int c, const float *x, const float *factor, const float *shift,
    enum activation act, float *y, bool adds)
{
    if (adds)
        FOR_ACT(act, affine_rows(rows, c, x, factor, shift, a, y, true))
    else
        FOR_ACT(act, affine_rows(rows, c, x, factor, shift, a, y, false))
}

void NAMED(affine)(int64_t rows, int c, const float *x, const float *factor, const float *shift,
    enum activation act, float *y, bool adds)
{
    float factors[MAX_FOLDED], shifts[MAX_FOLDED];
    int fold = fold_of(rows, c);
    int64_t folded = rows / fold, done = folded * fold * c;

    if (!is_fast_act(act)) {
        kernels_reference.affine(rows, c, x, factor, shift, act, y, adds);
        return;
    }
    affine_any(folded, fold * c, x, repeat(factor, c, fold, factors),
        repeat(shift, c, fold, shifts), act, y, adds);
    affine_any(rows - folded * fold, c, x + done, factor, shift, act, y + done, adds);
}

INLINE void spread_rows(int64_t rows, int c, const float *value, float *y, bool adds)
{
    for (int64_t row = 0; row < rows; row++, y += c)
        FOR_VECTORS(c, {
            vf v = vload(value + i, l);

            if (adds)
                v += vload(y + i, l);
            vstore(y + i, v, l);
        });
}

void NAMED(spread)(int64_t rows, int c, const float *value, float *y, bool adds)
{
    float values[MAX_FOLDED];
    int fold = fold_of(rows, c);
    int64_t folded = rows / fold, done = folded * fold * c;

    spread_rows(folded, fold * c, repeat(value, c, fold, values), y, adds);
    spread_rows(rows - folded * fold, c, value, y + done, adds);
}

INLINE void norm_dx_rows(int64_t rows, int c, const float *x, const float *dy, const float *of_dy,
    const float *of_x, const float *constant, float *dx, bool adds)
{
    for (int64_t row = 0; row < rows; row++, x += c, dy += c, dx += c)
        FOR_VECTORS(c, {
            vf v = vfma(vload(of_x + i, l), vload(x + i, l), vload(constant + i, l));

            v = vfma(vload(of_dy + i, l), vload(dy + i, l), v);
            if (adds)
                v += vload(dx + i, l);
            vstore(dx + i, v, l);
        });
}

void NAMED(norm_dx)(int64_t rows, int c, const float *x, const float *dy, const float *of_dy,
    const float *of_x, const float *constant, float *dx, bool adds)
{
    float of_dys[MAX_FOLDED], of_xs[MAX_FOLDED], constants[MAX_FOLDED];
    int fold = fold_of(rows, c);
    int64_t folded = rows / fold, done = folded * fold * c;

    norm_dx_rows(folded, fold * c, x, dy, repeat(of_dy, c, fold, of_dys),
        repeat(of_x, c, fold, of_xs), repeat(constant, c, fold, constants), dx, adds);
    norm_dx_rows(
        rows - folded * fold, c, x + done, dy + done, of_dy, of_x, constant, dx + done, adds);
}
