/* Bytes damaged at random, a function of the stream: for readers that must take them or refuse them by a sentence. */
#ifndef SCALESTUDY_TESTS_LIB_DAMAGE_H
#define SCALESTUDY_TESTS_LIB_DAMAGE_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/rng.h"
#include "harness/base/str.h"

/* `make fuzz` goes on for so long. */
#ifndef FUZZ_SECONDS
#define FUZZ_SECONDS 0
#endif

/* How far it came, where that was not fixed. */
static inline void damage_report(const char *what, uint64_t rounds)
{
    if (FUZZ_SECONDS > 0)
        fprintf(stderr, "%s: %llu rounds\n", what, (unsigned long long)rounds);
}

static inline void damage(struct str *bytes, struct rng *rng)
{
    int times = 1 + (int)rng_below(rng, 4);

    for (int i = 0; i < times && bytes->length > 0; i++) {
        size_t at = rng_below(rng, (uint32_t)bytes->length), n;

        switch (rng_below(rng, 6)) {
        case 0:
            bytes->text[at] = (char)rng_below(rng, 256);
            break;
        case 1:
            bytes->text[at] ^= (char)(1 << rng_below(rng, 8));
            break;
        case 2:
            bytes->length = at;
            break;
        case 3:
            bytes->text[at] = "\xff\x7f\0\"\n\t,#/.-"[rng_below(rng, 11)];
            break;
        case 4: /* headers are what readers believe */
            bytes->text[rng_below(rng, bytes->length < 24 ? (uint32_t)bytes->length : 24)] =
                (char)rng_below(rng, 256);
            break;
        default:
            n = 1 + rng_below(rng, 64);
            n = n > bytes->length - at ? bytes->length - at : n;
            memmove(bytes->text + at, bytes->text + bytes->length - n, n);
            break;
        }
    }
}

#endif
