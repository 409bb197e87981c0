/*
 * Random numbers that are a pure function of what they are for.
 *
 * There is no global state: a stream is opened from a key, such as (seed, purpose, epoch, image),
 * and the same key gives the same numbers on every machine, however many threads or restarts there
 * were.
 *
 *     struct rng rng = rng_open(seed, RNG_AUGMENT, epoch, image);
 *     bool flip = rng_below(&rng, 2);
 *
 * The generator is xoshiro256** (Blackman & Vigna 2021) keyed through splitmix64. Not for secrets.
 */
#ifndef SCALESTUDY_HARNESS_BASE_RNG_H
#define SCALESTUDY_HARNESS_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

/* What a stream is for. Never renumber: results depend on it. */
enum rng_purpose {
    RNG_INIT = 1,    /* initial weights: (layer index, 0) */
    RNG_ORDER = 2,   /* order of an epoch: (epoch, 0) */
    RNG_AUGMENT = 3, /* augmentation of an image: (epoch, image) */
    RNG_DROP = 4,    /* dropout, stochastic depth: (step, layer index) */
    RNG_SHAPES = 5,  /* drawing of the built-in set: (split, image) */
    RNG_SPLIT = 6,   /* which images a limited split takes */
    RNG_TEST = 7,
    RNG_MIX = 8,       /* mixup and CutMix of a batch: (epoch, batch) */
    RNG_BOOTSTRAP = 8, /* of fits: (curve, 0) */
};

struct rng {
    uint64_t state[4];
};

struct rng rng_open(uint64_t seed, enum rng_purpose purpose, uint64_t a, uint64_t b);
uint64_t rng_u64(struct rng *rng);
uint64_t rng_below(struct rng *rng, uint64_t bound); /* 0 .. bound - 1, unbiased; bound > 0 */
double rng_uniform(struct rng *rng);                 /* [0, 1) */
double rng_between(struct rng *rng, double low, double high);     /* [low, high) */
double rng_normal(struct rng *rng);                               /* mean 0, variance 1 */
void rng_shuffle(struct rng *rng, uint32_t *items, size_t count); /* Fisher-Yates */

#endif
