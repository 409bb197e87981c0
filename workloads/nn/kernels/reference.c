/*
 * The plain versions of all kernels: what the fast ones are compared with, and what runs where
 * there are none.
 */
#include <math.h>
#include <string.h>

#include "activation_functions.h"
#include "kernels_isa.h"

static void act_forward(enum activation a, int64_t n, const float *x, float *y)
{
    for (int64_t i = 0; i < n; i++)
        y[i] = activation_value(a, x[i]);
}

static void act_backward(
    enum activation a, int64_t n, const float *x, const float *dy, float *dx, bool add)
{
    for (int64_t i = 0; i < n; i++)
        dx[i] = dy[i] * activation_slope(a, x[i]) + (add ? dx[i] : 0);
}

static void add(int64_t n, const float *a, const float *b, float *y)
{
    for (int64_t i = 0; i < n; i++)
        y[i] = a[i] + b[i];
}

static void scale(int64_t n, float factor, const float *x, float *y, bool add)
{
    for (int64_t i = 0; i < n; i++)
        y[i] = factor * x[i] + (add ? y[i] : 0);
}

static void multiply(int64_t n, const float *a, const float *b, float *y, bool add)
{
    for (int64_t i = 0; i < n; i++)
        y[i] = a[i] * b[i] + (add ? y[i] : 0);
}

static void affine(int64_t rows, int c, const float *x, const float *factor, const float *shift,
    enum activation a, float *y, bool add)
{
    for (int64_t i = 0; i < rows; i++, x += c, y += c)
        for (int j = 0; j < c; j++)
            y[j] =
                activation_value(a, factor[j] * x[j] + (shift ? shift[j] : 0)) + (add ? y[j] : 0);
}

static void spread(int64_t rows, int c, const float *value, float *y, bool add)
{
    for (int64_t i = 0; i < rows; i++, y += c)
        for (int j = 0; j < c; j++)
            y[j] = value[j] + (add ? y[j] : 0);
}

static void row_sums(int64_t rows, int c, const float *x, float *sums)
{
    for (int64_t i = 0; i < rows; i++, x += c)
        for (int j = 0; j < c; j++)
            sums[j] += x[j];
}

static void product_sums(int64_t rows, int c, const float *a, const float *b, float *sums)
{
    for (int64_t i = 0; i < rows; i++, a += c, b += c)
        for (int j = 0; j < c; j++)
            sums[j] += a[j] * b[j];
}

static void norm_sums(int64_t rows, int c, const float *x, double *sums)
{
    for (int64_t i = 0; i < rows; i++, x += c)
        for (int j = 0; j < c; j++) {
            sums[j] += x[j];
            sums[c + j] += (double)x[j] * x[j];
        }
}

static void norm_grad_sums(
    int64_t rows, int c, const float *x, const float *dy, const float *mean, double *sums)
{
    for (int64_t i = 0; i < rows; i++, x += c, dy += c)
        for (int j = 0; j < c; j++) {
            sums[j] += dy[j];
            sums[c + j] += (double)dy[j] * (x[j] - mean[j]);
        }
}

static void norm_dx(int64_t rows, int c, const float *x, const float *dy, const float *of_dy,
    const float *of_x, const float *constant, float *dx, bool add)
{
    for (int64_t i = 0; i < rows; i++, x += c, dy += c, dx += c)
        for (int j = 0; j < c; j++)
            dx[j] = of_dy[j] * dy[j] + of_x[j] * x[j] + constant[j] + (add ? dx[j] : 0);
}

static void view_grad(int64_t rows, int c, const float *x, const float *factor, const float *shift,
    const float *mean, enum activation a, const float *da, float *dz, bool add, double *sums)
{
    for (int64_t i = 0; i < rows; i++, x += c, da += c, dz += c)
        for (int j = 0; j < c; j++) {
            float g = da[j] * activation_slope(a, factor ? factor[j] * x[j] + shift[j] : x[j]);

            dz[j] = g + (add ? dz[j] : 0);
            if (sums) {
                sums[j] += g;
                sums[c + j] += (double)g * (x[j] - mean[j]);
            }
        }
}

static void gate_apply(
    int64_t rows, int c, const float *x, const struct kernel_gate *gate, float *y)
{
    for (int64_t i = 0; i < rows; i++, x += c, y += c)
        for (int j = 0; j < c; j++)
            y[j] =
                gate->gate[j] * activation_value(gate->act, gate->scale[j] * x[j] + gate->shift[j]);
}

static void gate_sums(int64_t rows, int c, const float *x, const struct kernel_gate *gate,
    const float *g, double *sums)
{
    for (int64_t i = 0; i < rows; i++, x += c, g += c)
        for (int j = 0; j < c; j++) {
            float z = gate->scale[j] * x[j] + gate->shift[j], off = x[j] - gate->mean[j];
            double slope = activation_slope(gate->act, z);

            sums[j] += (double)activation_value(gate->act, z) * g[j];
            sums[c + j] += slope * g[j];
            sums[2 * c + j] += slope;
            sums[3 * c + j] += slope * g[j] * off;
            sums[4 * c + j] += slope * off;
        }
}

static void gate_dx(int64_t rows, int c, const float *x, const struct kernel_gate *gate,
    const float *g, const float *of_dy, const float *of_x, const float *constant, float *dx)
{
    for (int64_t i = 0; i < rows; i++, x += c, g += c, dx += c)
        for (int j = 0; j < c; j++) {
            float slope = activation_slope(gate->act, gate->scale[j] * x[j] + gate->shift[j]);

            dx[j] = of_dy[j] * slope * (gate->gate[j] * g[j] + gate->constant[j]) + of_x[j] * x[j] +
                    constant[j];
        }
}

/* Index of input pixel (y, x), or -1 if it is padding. */
static int64_t input_index(const struct kernel_window *p, int y, int x)
{
    return y < 0 || y >= p->h || x < 0 || x >= p->w ? -1 : ((int64_t)y * p->w + x) * p->c;
}

static void depthwise_row(
    const struct kernel_window *p, const float *const *rows, const float *weight, float *y)
{
    for (int j = 0; j < p->out_w; j++, y += p->c)
        for (int c = 0; c < p->c; c++) {
            y[c] = 0;
            for (int tap = 0; tap < p->kernel * p->kernel; tap++)
                if (rows[tap / p->kernel])
                    y[c] += rows[tap / p->kernel]
                                [(int64_t)(j * p->stride + tap % p->kernel) * p->c + c] *
                            weight[(int64_t)tap * p->c + c];
        }
}

static void depthwise_dx_row(
    const struct kernel_window *p, const float *const *rows, const float *weight, float *dx)
{
    for (int j = 0; j < p->w; j++, dx += p->c) {
        memset(dx, 0, (size_t)p->c * sizeof(*dx));
        for (int tap = 0; tap < p->kernel * p->kernel; tap++) {
            int scaled = j + p->before_w - tap % p->kernel;
            const float *dy = rows[tap / p->kernel];

            if (!dy || scaled < 0 || scaled % p->stride || scaled / p->stride >= p->out_w)
                continue;
            dy += (int64_t)(depthwise_dy_lead(p) + scaled / p->stride) * p->c;
            for (int c = 0; c < p->c; c++)
                dx[c] += dy[c] * weight[(int64_t)tap * p->c + c];
        }
    }
}

static void depthwise_dw_row(
    const struct kernel_window *p, const float *const *rows, const float *dy, float *dw)
{
    for (int tap = 0; tap < p->kernel * p->kernel; tap++, dw += p->c)
        for (int j = 0; rows[tap / p->kernel] && j < p->out_w; j++)
            for (int c = 0; c < p->c; c++)
                dw[c] +=
                    rows[tap / p->kernel][(int64_t)(j * p->stride + tap % p->kernel) * p->c + c] *
                    dy[(int64_t)j * p->c + c];
}

static void gather(const struct kernel_window *p, const float *x, int64_t row0, int rows, float *to)
{
    int64_t pixels = (int64_t)p->out_h * p->out_w;

    for (int64_t row = row0; row < row0 + rows; row++)
        for (int tap = 0; tap < p->kernel * p->kernel; tap++, to += p->c) {
            int pixel = (int)(row % pixels);
            int64_t from =
                input_index(p, pixel / p->out_w * p->stride - p->before_h + tap / p->kernel,
                    pixel % p->out_w * p->stride - p->before_w + tap % p->kernel);

            for (int c = 0; c < p->c; c++)
                to[c] = from < 0 ? 0 : x[row / pixels * p->h * p->w * p->c + from + c];
        }
}

static void max_pool_forward(
    const struct kernel_window *p, int images, const float *x, float *y, int32_t *tap)
{
    for (int n = 0; n < images; n++, x += (int64_t)p->h * p->w * p->c)
        for (int i = 0; i < p->out_h; i++)
            for (int j = 0; j < p->out_w; j++, y += p->c, tap += p->c)
                for (int c = 0; c < p->c; c++) {
                    y[c] = -INFINITY;
                    tap[c] = -1;
                    for (int t = 0; t < p->kernel * p->kernel; t++) {
                        int64_t from = input_index(p, i * p->stride - p->before_h + t / p->kernel,
                            j * p->stride - p->before_w + t % p->kernel);

                        if (from >= 0 && (tap[c] < 0 || x[from + c] > y[c])) {
                            y[c] = x[from + c];
                            tap[c] = t;
                        }
                    }
                }
}

static void max_pool_backward(const struct kernel_window *p, int images, const float *dy,
    const int32_t *tap, float *dx, bool add)
{
    size_t image = (size_t)p->h * (size_t)p->w * (size_t)p->c;

    if (!add)
        memset(dx, 0, (size_t)images * image * sizeof(*dx));
    for (int n = 0; n < images; n++, dx += image)
        for (int i = 0; i < p->out_h; i++)
            for (int j = 0; j < p->out_w; j++, dy += p->c, tap += p->c)
                for (int c = 0; c < p->c; c++)
                    dx[input_index(p, i * p->stride - p->before_h + tap[c] / p->kernel,
                           j * p->stride - p->before_w + tap[c] % p->kernel) +
                        c] += dy[c];
}

/* B itself, as [k][n]. */
static void product_pack(int n, int k, const float *b, int ldb, bool transposed, float *packed)
{
    for (int64_t l = 0; l < k; l++)
        for (int64_t j = 0; j < n; j++)
            packed[l * n + j] = transposed ? b[j * ldb + l] : b[l * ldb + j];
}

static void product_rows(int64_t rows, int n, int k, const float *a, int lda, const float *packed,
    float *c, int ldc, bool add)
{
    for (int64_t i = 0; i < rows; i++, a += lda, c += ldc) {
        if (!add)
            memset(c, 0, (size_t)n * sizeof(*c));
        for (int64_t l = 0; l < k; l++)
            for (int j = 0; j < n; j++)
                c[j] += a[l] * packed[l * n + j];
    }
}

static void product_outer(
    int64_t m, int n, int k, const float *a, int lda, const float *b, int ldb, float *w, int ldw)
{
    for (int64_t i = 0; i < m; i++, a += lda, b += ldb)
        for (int64_t l = 0; l < k; l++)
            for (int j = 0; j < n; j++)
                w[l * ldw + j] += a[l] * b[j];
}

static void product_lines(int64_t rows, int n, const struct kernel_lines *lines, const float *a,
    int lda, const float *packed, float *c, int ldc, bool add)
{
    for (int line = 0; line < lines->n; line++)
        product_rows(rows, n, lines->k, a + line * lines->pitch, lda,
            packed + (int64_t)line * lines->k * n, c, ldc, add || line > 0);
}

static void product_outer_map(const struct kernel_map *map, int n, int k, const float *a, int lda,
    const float *b, int ldb, float *w, int ldw)
{
    for (int row = 0; row < map->rows; row++)
        product_outer(
            map->columns, n, k, a + row * map->a_pitch, lda, b + row * map->b_pitch, ldb, w, ldw);
}

#define ROOT2 1.41421356237

static const double winograd_b[6][6] = {{1, 0, -2.5, 0, 1, 0}, {0, -ROOT2, -2, ROOT2 / 2, 1, 0},
    {0, ROOT2, -2, -ROOT2 / 2, 1, 0}, {0, -ROOT2 / 2, -0.5, ROOT2, 1, 0},
    {0, ROOT2 / 2, -0.5, -ROOT2, 1, 0}, {0, 1, 0, -2.5, 0, 1}};
static const double winograd_g[6][3] = {{1, 0, 0}, {-2.0 / 3, -ROOT2 / 3, -1.0 / 3},
    {-2.0 / 3, ROOT2 / 3, -1.0 / 3}, {1.0 / 6, ROOT2 / 6, 1.0 / 3}, {1.0 / 6, -ROOT2 / 6, 1.0 / 3},
    {0, 0, 1}};
static const double winograd_g_transposed[3][6] = {{1, -2.0 / 3, -2.0 / 3, 1.0 / 6, 1.0 / 6, 0},
    {0, -ROOT2 / 3, ROOT2 / 3, ROOT2 / 6, -ROOT2 / 6, 0},
    {0, -1.0 / 3, -1.0 / 3, 1.0 / 3, 1.0 / 3, 1}};
static const double winograd_a[6][4] = {{1, 0, 0, 0}, {1, ROOT2 / 2, 0.5, ROOT2 / 4},
    {1, -ROOT2 / 2, 0.5, -ROOT2 / 4}, {1, ROOT2, 2, 2 * ROOT2}, {1, -ROOT2, 2, -2 * ROOT2},
    {0, 0, 0, 1}};
static const double winograd_a_transposed[4][6] = {{1, 1, 1, 1, 1, 0},
    {0, ROOT2 / 2, -ROOT2 / 2, ROOT2, -ROOT2, 0}, {0, 0.5, 0.5, 2, 2, 0},
    {0, ROOT2 / 4, -ROOT2 / 4, 2 * ROOT2, -2 * ROOT2, 1}};

/* Element (i, j) of T x T^T, T [.][n], x [n][n]. */
static float transformed(const double *t, int n, const double *x, int i, int j)
{
    double sum = 0;

    for (int r = 0; r < n; r++)
        for (int s = 0; s < n; s++)
            sum += t[i * n + r] * x[r * n + s] * t[j * n + s];
    return (float)sum;
}

static void winograd_patches(int tiles, int channels, const float *band, int pixel, int64_t pitch,
    float *v, int ldv, int64_t plane)
{
    double d[36];

    for (int tile = 0; tile < tiles; tile++, band += 4 * pixel, v += ldv)
        for (int c = 0; c < channels; c++) {
            for (int i = 0; i < 36; i++)
                d[i] = band[i / 6 * pitch + i % 6 * pixel + c];
            for (int i = 0; i < 36; i++)
                v[i * plane + c] = transformed(winograd_b[0], 6, d, i / 6, i % 6);
        }
}

static void winograd_tiles(int tiles, int channels, const float *m, int ldm, int64_t plane,
    float *out, int pixel, int64_t pitch, int rows, int columns, bool add_to)
{
    double products[36];

    for (int tile = 0; tile < tiles; tile++, m += ldm, out += 4 * pixel, columns -= 4)
        for (int c = 0; c < channels; c++) {
            for (int i = 0; i < 36; i++)
                products[i] = m[i * plane + c];
            for (int i = 0; i < 4 && i < rows; i++)
                for (int j = 0; j < 4 && j < columns; j++) {
                    float *to = out + i * pitch + j * pixel + c;

                    *to = transformed(winograd_a_transposed[0], 6, products, i, j) +
                          (add_to ? *to : 0);
                }
        }
}

static void winograd_weights(int rows, int columns, const float *weight, int64_t tap, int ldw,
    bool turned, float *u, int64_t plane)
{
    double w[9];

    for (int row = 0; row < rows; row++, weight += ldw, u += columns)
        for (int c = 0; c < columns; c++) {
            for (int i = 0; i < 9; i++)
                w[turned ? 8 - i : i] = weight[i * tap + c];
            for (int i = 0; i < 36; i++)
                u[i * plane + c] = transformed(winograd_g[0], 3, w, i / 6, i % 6);
        }
}

static void winograd_tile_grads(int tiles, int channels, const float *band, int pixel,
    int64_t pitch, float *d, int ldd, int64_t plane)
{
    double dy[16];

    for (int tile = 0; tile < tiles; tile++, band += 4 * pixel, d += ldd)
        for (int c = 0; c < channels; c++) {
            for (int i = 0; i < 16; i++)
                dy[i] = band[i / 4 * pitch + i % 4 * pixel + c];
            for (int i = 0; i < 36; i++)
                d[i * plane + c] = transformed(winograd_a[0], 4, dy, i / 6, i % 6);
        }
}

static void winograd_weight_grads(
    int rows, int columns, const float *m, int64_t plane, float *dw, int64_t tap, int ldw)
{
    double products[36];

    for (int row = 0; row < rows; row++, m += columns, dw += ldw)
        for (int c = 0; c < columns; c++) {
            for (int i = 0; i < 36; i++)
                products[i] = m[i * plane + c];
            for (int i = 0; i < 9; i++)
                dw[i * tap + c] += transformed(winograd_g_transposed[0], 6, products, i / 3, i % 3);
        }
}

#include "reference_inference.inc"

const struct kernels kernels_reference = {
    .isa = "reference",
#define KERNEL(name, tolerance) .name = name,
#include "kernels.def"
#undef KERNEL
};
