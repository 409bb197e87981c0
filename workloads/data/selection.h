/* Images of one split while a folder is read, and taking some of them evenly over the classes. */
#ifndef SCALESTUDY_DATA_SELECTION_H
#define SCALESTUDY_DATA_SELECTION_H

#include <stdint.h>

#include "harness/base/err.h"

struct selection {
    char **paths; /* [n], owned */
    int *labels;  /* [n] */
    int n, capacity;
};

int selection_add(
    struct selection *selection, const char *path, int label, struct err *err) MUST_CHECK;

/*
 * Keep at most `limit` images (0: all), as many of each class as of any other while they last.
 * Which ones is a function of `key` and of the images that are there; the ones for a smaller limit
 * are among those for a larger.
 */
int selection_limit(
    struct selection *selection, int limit, int classes, uint64_t key, struct err *err) MUST_CHECK;

void selection_release(struct selection *selection);

#endif
