/*
 * Arrays that grow by doubling, whose capacity follows from the number of their items.
 *
 *     struct list { struct item *items; int n; } list = {0};
 *
 *     if (!array_grow(&list.items, list.n, sizeof(*list.items)))
 *         return err_set(err, ERR_MEMORY, "no memory for %d items", list.n + 1);
 *     list.items[list.n++] = item;
 *     ...
 *     free(list.items);
 */
#ifndef SCALESTUDY_HARNESS_BASE_ARRAY_H
#define SCALESTUDY_HARNESS_BASE_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

/* Makes room for one more item of `size` bytes in an array of n that began as NULL and that only this
 * function reallocates. `array` is the address of the pointer to its first item. Returns false
 * without memory; the array is then unchanged. */
bool array_grow(void *array, size_t n, size_t size) MUST_CHECK;

#endif
