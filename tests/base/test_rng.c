#include "tests/lib/test.h"

#include <math.h>
#include <stdlib.h>

#include "harness/base/rng.h"

/* First outputs for the state 1, 2, 3, 4, as the generator's authors' C code gives them
 * (prng.di.unimi.it, xoshiro256starstar.c); the same vector is in the tests of rand_xoshiro. */
static void test_rng__is_xoshiro256_starstar(void **state)
{
    static const uint64_t published[] = {11520u, 0u, 1509978240u, 1215971899390074240u,
        1216172134540287360u, 607988272756665600u, 16172922978634559625u, 8476171486693032832u,
        10595114339597558777u, 2904607092377533576u};
    struct rng rng = {.state = {1, 2, 3, 4}};

    (void)state;
    for (size_t i = 0; i < sizeof(published) / sizeof(published[0]); i++)
        assert_true(rng_u64(&rng) == published[i]);
}

/* Steele, Lea and Flood 2014, written again from the paper. */
static uint64_t splitmix64(uint64_t *x)
{
    uint64_t z = *x += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static void test_rng_open__keys_the_state_through_splitmix64(void **state)
{
    static const uint64_t published[] = {6457827717110365317u, 3203168211198807973u,
        9817491932198370423u, 4593380528125082431u, 16408922859458223821u};
    const uint64_t key[] = {77, RNG_AUGMENT, 5, 123456};
    struct rng rng = rng_open(key[0], RNG_AUGMENT, key[2], key[3]);
    uint64_t x = 1234567;

    (void)state;
    for (int i = 0; i < 5; i++) /* of the reference here, for the seed 1234567 */
        assert_true(splitmix64(&x) == published[i]);
    x = 0;
    for (int i = 0; i < 4; i++) {
        x ^= key[i];
        x = splitmix64(&x);
    }
    for (int i = 0; i < 4; i++)
        assert_true(rng.state[i] == splitmix64(&x));
}

/* Results depend on these numbers: a change of them is a change of NUMERICS_VERSION. */
static void test_rng_open__gives_the_same_numbers_for_ever(void **state)
{
    struct rng rng = rng_open(0, RNG_INIT, 0, 0);
    struct rng other = rng_open(2026, RNG_ORDER, 3, 14);

    (void)state;
    assert_true(rng_u64(&rng) == 12374135900822504255u);
    assert_true(rng_u64(&other) == 7398133397306198803u);
}

static void test_rng_open__every_part_of_the_key_counts(void **state)
{
    const struct rng rngs[] = {rng_open(1, RNG_INIT, 2, 3), rng_open(2, RNG_INIT, 2, 3),
        rng_open(1, RNG_ORDER, 2, 3), rng_open(1, RNG_INIT, 3, 3), rng_open(1, RNG_INIT, 2, 4),
        rng_open(1, RNG_INIT, 3, 2), rng_open(2, RNG_INIT, 1, 3), rng_open(1, RNG_INIT, 0, 0)};
    const size_t n = sizeof(rngs) / sizeof(rngs[0]);

    (void)state;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            for (int k = 0; k < 4; k++)
                assert_true(rngs[i].state[k] != rngs[j].state[k]);
}

/* Streams of neighbouring images must not move together: 4 standard errors of a correlation. */
static void test_rng_open__neighbouring_keys_are_independent(void **state)
{
    enum { PAIRS = 20000 };
    double sum = 0;

    (void)state;
    for (uint64_t image = 0; image < PAIRS; image++) {
        struct rng one = rng_open(0, RNG_AUGMENT, 1, image);
        struct rng next = rng_open(0, RNG_AUGMENT, 1, image + 1);

        sum += (rng_uniform(&one) - 0.5) * (rng_uniform(&next) - 0.5);
    }
    assert_true(fabs(sum / PAIRS * 12) < 4 / sqrt(PAIRS));
}

/* Two thirds of 2^64: a plain remainder would give the lower third half of all draws. */
static void test_rng_below__is_unbiased(void **state)
{
    enum { DRAWS = 30000 };
    const uint64_t third = (uint64_t)1 << 62, bound = 3 * third;
    struct rng rng = rng_open(1, RNG_TEST, 0, 0);
    int low = 0;

    (void)state;
    for (int i = 0; i < DRAWS; i++) {
        uint64_t x = rng_below(&rng, bound);

        assert_true(x < bound);
        low += x < third;
    }
    assert_true(fabs(low / (double)DRAWS - 1 / 3.0) < 4 * sqrt(2 / 9.0 / DRAWS));
}

static void test_rng_below__reaches_every_number_and_no_other(void **state)
{
    struct rng rng = rng_open(2, RNG_TEST, 0, 0);
    int seen[7] = {0};

    (void)state;
    for (int i = 0; i < 7000; i++)
        seen[rng_below(&rng, 7)]++;
    for (int i = 0; i < 7; i++)
        assert_in_range(seen[i], 880, 1120); /* 1000, four deviations */
    for (int i = 0; i < 100; i++)
        assert_true(rng_below(&rng, 1) == 0);
}

static void test_rng_uniform__stays_in_its_half_open_range(void **state)
{
    struct rng rng = rng_open(3, RNG_TEST, 0, 0);
    double sum = 0;

    (void)state;
    for (int i = 0; i < 40000; i++) {
        double x = rng_uniform(&rng), y = rng_between(&rng, -2, 6);

        assert_true(x >= 0 && x < 1);
        assert_true(y >= -2 && y < 6);
        sum += x + (y + 2) / 8;
    }
    assert_true(fabs(sum / 80000 - 0.5) < 4 * sqrt(1 / 12.0 / 80000));
}

static void test_rng_normal__has_mean_0_and_variance_1(void **state)
{
    enum { DRAWS = 40000 };
    struct rng rng = rng_open(4, RNG_TEST, 0, 0);
    double sum = 0, squares = 0, fourths = 0;

    (void)state;
    for (int i = 0; i < DRAWS; i++) {
        double x = rng_normal(&rng);

        assert_true(isfinite(x));
        sum += x;
        squares += x * x;
        fourths += x * x * x * x;
    }
    assert_true(fabs(sum / DRAWS) < 4 / sqrt(DRAWS));
    assert_true(fabs(squares / DRAWS - 1) < 4 * sqrt(2.0 / DRAWS));
    assert_true(fabs(fourths / DRAWS - 3) < 4 * sqrt(96.0 / DRAWS)); /* as a normal's, not any */
}

static void test_rng_shuffle__keeps_every_item(void **state)
{
    struct rng rng = rng_open(5, RNG_TEST, 0, 0);
    uint32_t items[1000];
    int seen[1000] = {0}, moved = 0;

    (void)state;
    for (uint32_t i = 0; i < 1000; i++)
        items[i] = i;
    rng_shuffle(&rng, items, 1000);
    for (uint32_t i = 0; i < 1000; i++) {
        seen[items[i]]++;
        moved += items[i] != i;
    }
    for (int i = 0; i < 1000; i++)
        assert_int_equal(seen[i], 1);
    assert_true(moved > 950);
    rng_shuffle(&rng, items, 0);
}

static void test_rng_shuffle__gives_every_order_as_often(void **state)
{
    struct rng rng = rng_open(6, RNG_TEST, 0, 0);
    int seen[27] = {0}, orders = 0;

    (void)state;
    for (int i = 0; i < 6000; i++) {
        uint32_t items[3] = {0, 1, 2};

        rng_shuffle(&rng, items, 3);
        seen[9 * items[0] + 3 * items[1] + items[2]]++;
    }
    for (int i = 0; i < 27; i++)
        if (seen[i]) {
            orders++;
            assert_in_range(seen[i], 880, 1120);
        }
    assert_int_equal(orders, 6);
}
