/*
 * One block of memory, planned beforehand and taken apart in order.
 *
 *     arena_init(&arena, bytes, &err);            the only call that can fail
 *     float *x = arena_take(&arena, n * sizeof(*x));
 *     arena_release(&arena);
 *
 * Every piece starts on ARENA_ALIGN bytes; single pieces are never freed. The block is zeroed,
 * backed by huge pages where the system has them, and touched at creation, so that running out of
 * memory is an error here and not a kill later. arena_take beyond the planned size is a bug and
 * returns NULL. Used by one thread at a time.
 */
#ifndef SCALESTUDY_HARNESS_BASE_ARENA_H
#define SCALESTUDY_HARNESS_BASE_ARENA_H

#include <stddef.h>

#include "err.h"

#define ARENA_ALIGN 64

struct arena {
    char *base;
    size_t size; /* bytes */
    size_t used; /* bytes */
};

/* Bytes that a piece of `bytes` occupies: rounded up to ARENA_ALIGN. */
size_t arena_round(size_t bytes);

int arena_init(struct arena *arena, size_t bytes, struct err *err) MUST_CHECK;
void *arena_take(struct arena *arena, size_t bytes);
void arena_release(struct arena *arena);

#endif
