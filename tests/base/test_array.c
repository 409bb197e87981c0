/* Arrays that grow: nothing is lost, and growth is rare. */
#include "tests/lib/test.h"

#include <stdlib.h>

#include "harness/base/array.h"

static void test_array__keeps_its_items_as_it_grows(void **state)
{
    struct item {
        long number;
        char letter;
    } *items = NULL, *before = NULL;
    int n = 0, moves = 0;

    (void)state;
    while (n < 10000) {
        assert_true(array_grow(&items, (size_t)n, sizeof(*items)));
        moves += items != before;
        before = items;
        items[n] = (struct item){n, (char)n};
        n++;
    }
    for (int i = 0; i < n; i++) {
        assert_int_equal(items[i].number, i);
        assert_int_equal(items[i].letter, (char)i);
    }
    assert_true(moves <= 12);
    free(items);
}

static void test_array__goes_on_after_items_were_taken_away(void **state)
{
    int *items = NULL, n = 0;

    (void)state;
    for (int round = 0; round < 100; round++) {
        while (n < 100 + round) {
            assert_true(array_grow(&items, (size_t)n, sizeof(*items)));
            items[n] = n;
            n++;
        }
        n = round % 20;
    }
    for (int i = 0; i < n; i++)
        assert_int_equal(items[i], i);
    free(items);
}
