#include "tests/lib/test.h"

#include <stdint.h>

#include "harness/base/arena.h"

static void test_arena_round__goes_up_to_whole_pieces(void **state)
{
    (void)state;
    assert_int_equal(arena_round(0), 0);
    assert_int_equal(arena_round(1), ARENA_ALIGN);
    assert_int_equal(arena_round(ARENA_ALIGN), ARENA_ALIGN);
    assert_int_equal(arena_round(ARENA_ALIGN + 1), 2 * ARENA_ALIGN);
}

static void test_arena__pieces_are_aligned_and_do_not_overlap(void **state)
{
    static const size_t sizes[] = {1, 64, 63, 65, 1000, 4};
    const size_t n = sizeof(sizes) / sizeof(sizes[0]);
    struct arena arena;
    struct err err = {0};
    size_t total = 0;
    char *end = NULL;

    (void)state;
    for (size_t i = 0; i < n; i++)
        total += arena_round(sizes[i]);
    assert_int_equal(arena_init(&arena, total, &err), 0);
    for (size_t i = 0; i < n; i++) {
        char *piece = arena_take(&arena, sizes[i]);

        assert_non_null(piece);
        assert_int_equal((uintptr_t)piece % ARENA_ALIGN, 0);
        assert_true(piece >= end);
        for (size_t b = 0; b < sizes[i]; b++)
            piece[b] = (char)(i + 1);
        end = piece + sizes[i];
    }
    assert_int_equal(arena.used, total);
    arena_release(&arena);
}

static void test_arena__is_zeroed(void **state)
{
    struct arena arena;
    struct err err = {0};
    unsigned char *piece;

    (void)state;
    assert_int_equal(arena_init(&arena, 100000, &err), 0);
    piece = arena_take(&arena, 100000);
    assert_non_null(piece);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(piece[i], 0);
    arena_release(&arena);
}

static void test_arena__gives_nothing_beyond_the_plan(void **state)
{
    struct arena arena;
    struct err err = {0};

    (void)state;
    assert_int_equal(arena_init(&arena, 2 * ARENA_ALIGN, &err), 0);
    assert_non_null(arena_take(&arena, ARENA_ALIGN));
    assert_null(arena_take(&arena, ARENA_ALIGN + 1));
    assert_null(arena_take(&arena, SIZE_MAX)); /* would wrap when rounded */
    assert_non_null(arena_take(&arena, ARENA_ALIGN));
    assert_null(arena_take(&arena, 1));
    arena_release(&arena);
}

static void test_arena__too_much_is_an_error_at_creation(void **state)
{
    struct arena arena = {0};
    struct err err = {0};

    (void)state;
    assert_int_equal(arena_init(&arena, SIZE_MAX / 2, &err), -1);
    assert_int_equal(err.code, ERR_MEMORY);
    arena_release(&arena);
}

static void test_arena__of_nothing_and_released_twice_is_fine(void **state)
{
    struct arena arena;
    struct err err = {0};

    (void)state;
    assert_int_equal(arena_init(&arena, 0, &err), 0);
    arena_release(&arena);
    arena_release(&arena);
    assert_null(arena.base);
}
