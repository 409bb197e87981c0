/* How images of a batch are mixed: what augmentations that do so share. */
#include "mixing.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Gamma(shape, 1) for a shape of 1 at least: Marsaglia & Tsang 2000. */
static double draw_body(double shape, struct rng *rng)
{
    double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);

    for (;;) {
        double x = rng_normal(rng), v = 1 + c * x, u = 1 - rng_uniform(rng);

        v = v * v * v;
        if (v > 0 && log(u) < 0.5 * x * x + d - d * v + d * log(v))
            return d * v;
    }
}

/* Gamma(shape, 1) = body power^(1 / shape), which may be smaller than any double: a shape below 1 by
 * Gamma(shape + 1) U^(1 / shape), of the same paper. */
struct gamma {
    double body, power;
};

static struct gamma draw_gamma(double shape, struct rng *rng)
{
    struct gamma gamma = {.power = shape < 1 ? 1 - rng_uniform(rng) : 1};

    gamma.body = draw_body(shape < 1 ? shape + 1 : shape, rng);
    return gamma;
}

/* a / (a + b) of two of them; of their logarithms where doubles have no room for one. */
double mixing_beta(double alpha, struct rng *rng)
{
    struct gamma a = draw_gamma(alpha, rng), b = draw_gamma(alpha, rng);
    double x = a.body * pow(a.power, 1 / alpha), y = b.body * pow(b.power, 1 / alpha);

    if (x >= DBL_MIN && y >= DBL_MIN)
        return x / (x + y);
    return 1 / (1 + exp(log(b.body / a.body) + log(b.power / a.power) / alpha));
}

static int clamp(int value, int most)
{
    return value < 0 ? 0 : value > most ? most : value;
}

void mixing_cut(struct mixing *mixing, double share, int x, int y, int side)
{
    int half = (int)(0.5 * sqrt(1 - share) * side);

    *mixing = (struct mixing){
        .cut = true,
        .x1 = clamp(x - half, side),
        .x2 = clamp(x + half, side),
        .y1 = clamp(y - half, side),
        .y2 = clamp(y + half, side),
    };
    mixing->share =
        1 - (double)(mixing->x2 - mixing->x1) * (mixing->y2 - mixing->y1) / ((double)side * side);
}

static void mix_one(const struct mixing *mixing, float *image, const float *other, int side)
{
    size_t row = (size_t)side * 3, floats = row * (size_t)side;
    float own = (float)mixing->share, rest = (float)(1 - mixing->share);

    if (!mixing->cut) {
        for (size_t i = 0; i < floats; i++)
            image[i] = own * image[i] + rest * other[i];
        return;
    }
    for (int y = mixing->y1; y < mixing->y2; y++)
        memcpy(image + (size_t)y * row + (size_t)mixing->x1 * 3,
            other + (size_t)y * row + (size_t)mixing->x1 * 3,
            (size_t)(mixing->x2 - mixing->x1) * 3 * sizeof(*image));
}

/* From the last to the first, so that the one before is as it was. */
void mixing_apply(const struct mixing *mixing, float *images, int n, int side, const float *before)
{
    size_t floats = (size_t)side * (size_t)side * 3;

    if (mixing->share == 1)
        return;
    for (int i = n - 1; i >= 0; i--)
        mix_one(mixing, images + (size_t)i * floats,
            i > 0 ? images + (size_t)(i - 1) * floats : before, side);
}
