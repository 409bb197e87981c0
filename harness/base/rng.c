/* xoshiro256** (Blackman & Vigna 2018), its state made from a key by splitmix64. */
#include "rng.h"

#include <math.h>

static uint64_t splitmix64(uint64_t *x)
{
    uint64_t z = (*x += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

struct rng rng_open(uint64_t seed, enum rng_purpose purpose, uint64_t a, uint64_t b)
{
    const uint64_t key[4] = {seed, (uint64_t)purpose, a, b};
    struct rng rng;
    uint64_t x = 0;

    for (int i = 0; i < 4; i++) {
        x ^= key[i];
        x = splitmix64(&x);
    }
    for (int i = 0; i < 4; i++)
        rng.state[i] = splitmix64(&x);
    return rng;
}

static uint64_t rotate(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

uint64_t rng_u64(struct rng *rng)
{
    uint64_t *s = rng->state;
    uint64_t result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

uint64_t rng_below(struct rng *rng, uint64_t bound)
{
    uint64_t reject = -bound % bound, x;

    do
        x = rng_u64(rng);
    while (x < reject);
    return x % bound;
}

double rng_uniform(struct rng *rng)
{
    return (double)(rng_u64(rng) >> 11) * 0x1.0p-53;
}

double rng_between(struct rng *rng, double low, double high)
{
    return low + (high - low) * rng_uniform(rng);
}

double rng_normal(struct rng *rng)
{
    /* Box and Muller; 1 - u keeps the logarithm away from 0. */
    double radius = sqrt(-2.0 * log(1.0 - rng_uniform(rng)));

    return radius * cos(6.283185307179586 * rng_uniform(rng));
}

void rng_shuffle(struct rng *rng, uint32_t *items, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = rng_below(rng, i);
        uint32_t item = items[i - 1];

        items[i - 1] = items[j];
        items[j] = item;
    }
}
