/* Views with a gate, the factor of squeeze-excitation for each channel of an image: rows are pixels
 * of one image. */
#include "activation.h"

/* act(z) and act'(z) */
INLINE void vact_both(enum activation act, vf z, vf *value, vf *slope)
{
    if (act == ACT_SILU) {
        vf s = vsigmoid(vset(1.0f), z);

        *value = z * s;
        *slope = vfma(*value, vset(1.0f) - s, s);
    } else {
        *value = vact(act, z);
        *slope = vact_gradient(act, z, vset(1.0f));
    }
}

INLINE void gate_rows(int64_t rows, int c, const float *x, const struct kernel_gate *gate,
    enum activation act, float *y)
{
    for (int64_t row = 0; row < rows; row++, x += c, y += c)
        FOR_VECTORS(c, {
            vf z = vfma(vload(gate->scale + i, l), vload(x + i, l), vload(gate->shift + i, l));

            vstore(y + i, vload(gate->gate + i, l) * vact(act, z), l);
        });
}

void NAMED(gate_apply)(
    int64_t rows, int c, const float *x, const struct kernel_gate *gate, float *y)
{
    if (is_fast_act(gate->act))
        FOR_ACT(gate->act, gate_rows(rows, c, x, gate, a, y))
    else
        kernels_reference.gate_apply(rows, c, x, gate, y);
}

INLINE void gate_dx_rows(int64_t rows, int c, const float *x, const struct kernel_gate *gate,
    enum activation act, const float *g, const float *of_dy, const float *of_x,
    const float *constant, float *dx)
{
    for (int64_t row = 0; row < rows; row++, x += c, g += c, dx += c)
        FOR_VECTORS(c, {
            vf in = vload(x + i, l);
            vf z = vfma(vload(gate->scale + i, l), in, vload(gate->shift + i, l));
            vf da = vfma(vload(gate->gate + i, l), vload(g + i, l), vload(gate->constant + i, l));
            vf rest = vfma(vload(of_x + i, l), in, vload(constant + i, l));

            vstore(dx + i, vfma(vload(of_dy + i, l), vact_gradient(act, z, da), rest), l);
        });
}

void NAMED(gate_dx)(int64_t rows, int c, const float *x, const struct kernel_gate *gate,
    const float *g, const float *of_dy, const float *of_x, const float *constant, float *dx)
{
    if (is_fast_act(gate->act))
        FOR_ACT(gate->act, gate_dx_rows(rows, c, x, gate, a, g, of_dy, of_x, constant, dx))
    else
        kernels_reference.gate_dx(rows, c, x, gate, g, of_dy, of_x, constant, dx);
}

/* Vectors of a panel whose five sums each stay in registers. */
#define GATE_VECTORS (VL == 16 ? 2 : 1)

INLINE void gate_sums_panel(int64_t rows, int c, const float *x, const struct kernel_gate *gate,
    enum activation act, const float *g, int at, double *sums, int vectors, int l)
{
    vf f[GATE_VECTORS], h[GATE_VECTORS], m[GATE_VECTORS], sum[GATE_VECTORS][KERNEL_GATE_SUMS];
    float out[VL];

    UNROLL
    for (int v = 0; v < vectors; v++) {
        f[v] = vload(gate->scale + at + v * VL, l);
        h[v] = vload(gate->shift + at + v * VL, l);
        m[v] = vload(gate->mean + at + v * VL, l);
        UNROLL
        for (int i = 0; i < KERNEL_GATE_SUMS; i++)
            sum[v][i] = vset(0.0f);
    }
    for (int64_t row = 0; row < rows; row++)
        UNROLL
    for (int v = 0; v < vectors; v++) {
        vf in = vload(x + row * c + at + v * VL, l), dv = vload(g + row * c + at + v * VL, l);
        vf value, slope, off = in - m[v];

        vact_both(act, vfma(f[v], in, h[v]), &value, &slope);
        sum[v][0] = vfma(value, dv, sum[v][0]);
        dv *= slope;
        sum[v][1] += dv;
        sum[v][2] += slope;
        sum[v][3] = vfma(dv, off, sum[v][3]);
        sum[v][4] = vfma(slope, off, sum[v][4]);
    }
    UNROLL
    for (int v = 0; v < vectors; v++)
        UNROLL
    for (int i = 0; i < KERNEL_GATE_SUMS; i++) {
        vstore(out, sum[v][i], VL);
        for (int k = 0; k < l; k++)
            sums[(size_t)i * (size_t)c + (size_t)(at + v * VL + k)] += out[k];
    }
}

INLINE void gate_sums_act(int64_t rows, int c, const float *x, const struct kernel_gate *gate,
    enum activation act, const float *g, double *sums)
{
    int at = 0;

    for (; at + GATE_VECTORS * VL <= c; at += GATE_VECTORS * VL)
        gate_sums_panel(rows, c, x, gate, act, g, at, sums, GATE_VECTORS, VL);
    for (int l; at < c; at += l) {
        l = c - at < VL ? c - at : VL;
        gate_sums_panel(rows, c, x, gate, act, g, at, sums, 1, l);
    }
}

void NAMED(gate_sums)(int64_t rows, int c, const float *x, const struct kernel_gate *gate,
    const float *g, double *sums)
{
    if (is_fast_act(gate->act))
        FOR_ACT(gate->act, gate_sums_act(rows, c, x, gate, a, g, sums))
    else
        kernels_reference.gate_sums(rows, c, x, gate, g, sums);
}
