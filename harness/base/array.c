/* Growing an array: it has room for 8 items, or for the next power of two. */
#include "array.h"

#include <stdlib.h>
#include <string.h>

#define FEWEST 8

bool array_grow(void *array, size_t n, size_t size)
{
    bool is_full = n == 0 || (n >= FEWEST && (n & (n - 1)) == 0);
    size_t capacity = n == 0 ? FEWEST : 2 * n;
    void *items;

    if (!is_full)
        return true;
    memcpy(&items, array, sizeof(items)); /* a pointer of any type */
    items = realloc(items, capacity * size);
    if (!items)
        return false;
    memcpy(array, &items, sizeof(items));
    return true;
}
