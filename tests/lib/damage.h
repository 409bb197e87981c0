/*
 * Bytes damaged at random, for readers that must take them or refuse them by a sentence. All is a function of the
 * round, and a failure says which one it was in:
 *
 *     struct damage_rounds rounds = damage_begin("weights", 300, 2);     at least 300, of stream 2
 *     while (damage_next(&rounds, &rng)) {
 *         damage(&bytes, &rng);
 *         damage_put(path, &bytes);
 *         if (weights_load(net, NULL, path, &err) < 0)
 *             assert_true(damage_is_told(&err));
 *     }
 *
 * FUZZ_SECONDS=600 in the environment goes on for so long, FUZZ_ROUND=N does that round alone. A round that takes
 * longer than DAMAGE_ROUND_SECONDS ends the program.
 */
#ifndef SCALESTUDY_TESTS_LIB_DAMAGE_H
#define SCALESTUDY_TESTS_LIB_DAMAGE_H

#include "test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#endif

#include "harness/base/clock.h"
#include "harness/base/err.h"
#include "harness/base/rng.h"
#include "harness/base/str.h"

#define DAMAGE_ROUND_SECONDS 60

/* ---- rounds ---- */

struct damage_rounds {
    const char *what;
    uint64_t stream, least, next;
    double since, seconds; /* FUZZ_SECONDS; 0: only the least */
    const char *only;      /* FUZZ_ROUND */
};

/* The round that it is in; empty between tests. */
static char damage_place[160];

static inline void damage_say_place(void)
{
    if (damage_place[0])
        (void)!write(STDERR_FILENO, damage_place, strlen(damage_place));
}

#ifdef __SANITIZE_ADDRESS__
/* The sanitizer of undefined behaviour calls it, which ends the program in its own way. */
void __ubsan_on_report(void);
void __ubsan_on_report(void)
{
    damage_say_place();
}
#endif

static inline void damage_takes_too_long(int number)
{
    static const char text[] = "a round takes too long\n";

    (void)number;
    (void)!write(STDERR_FILENO, text, sizeof(text) - 1);
    damage_say_place();
    abort();
}

static inline struct damage_rounds damage_begin(const char *what, uint64_t least, uint64_t stream)
{
    static bool listens;
    const char *given = getenv("FUZZ_SECONDS");
    double seconds = 0;

    damage_say_place(); /* of a test before that failed */
    damage_place[0] = '\0';
    if (given)
        assert_true(str_to_double(given, &seconds));

    if (!listens) {
        atexit(damage_say_place);
#ifdef __SANITIZE_ADDRESS__
        __sanitizer_set_death_callback(damage_say_place);
#endif
        signal(SIGALRM, damage_takes_too_long);
        listens = true;
    }
    return (struct damage_rounds){.what = what,
        .stream = stream,
        .least = least,
        .since = clock_seconds(),
        .seconds = seconds,
        .only = getenv("FUZZ_ROUND")};
}

/* false: they are over. */
static inline bool damage_next(struct damage_rounds *rounds, struct rng *rng)
{
    uint64_t round = rounds->next++;
    bool over = round >= rounds->least && clock_seconds() - rounds->since >= rounds->seconds;

    if (rounds->only) {
        long long only;

        assert_true(str_to_int64(rounds->only, &only));
        over = round > 0;
        round = (uint64_t)only;
    }
    damage_place[0] = '\0';
    alarm(over ? 0 : DAMAGE_ROUND_SECONDS);
    if (over && rounds->seconds > 0)
        fprintf(stderr, "%s: %llu rounds in %.0f s\n", rounds->what, (unsigned long long)round,
            clock_seconds() - rounds->since);
    if (over)
        return false;
    snprintf(damage_place, sizeof(damage_place),
        "%s: it was in round %llu; FUZZ_ROUND=%llu does that one alone\n", rounds->what,
        (unsigned long long)round, (unsigned long long)round);
    *rng = rng_open(0, RNG_TEST, rounds->stream, round);
    return true;
}

/* How many there were, when they are over. */
static inline uint64_t damage_rounds_done(const struct damage_rounds *rounds)
{
    return rounds->next - 1;
}

/* Whether what was refused was refused by a sentence that is about it. */
static inline bool damage_is_told(const struct err *err)
{
    return err->code != ERR_NONE && err->code != ERR_BUG && err->message[0];
}

/* ---- bytes ---- */

/* A new file each time, without the care of file_write: neither waits for the disk. */
static inline void damage_put(const char *path, const struct str *bytes)
{
    FILE *stream;

    unlink(path);
    stream = fopen(path, "w");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes->text, 1, bytes->length, stream), bytes->length);
    assert_int_equal(fclose(stream), 0);
}

static inline void damage_copy(struct str *to, const struct str *from)
{
    str_clear(to);
    str_add_bytes(to, from->text, from->length);
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
