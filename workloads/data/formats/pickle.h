/*
 * Plain data in a Python pickle: numbers, texts, lists, tuples, dictionaries, and numpy arrays as the
 * calls that would make them. Nothing is called or imported: a pickle is a program for a stack machine,
 * of which only the opcodes that build such data are known here, and any other is refused.
 *
 *     struct pickle *pickle;
 *     if (pickle_read(&pickle, &source, err) < 0) ...
 *     int labels = pickle_item(pickle, pickle_root(pickle), "labels");
 *     for (int i = 0; i < pickle_count(pickle, labels); i++)
 *         pickle_integer(pickle, pickle_at(pickle, labels, i), &n) ...
 *     pickle_free(pickle);
 *
 * Values are numbers from 0; -1 is none, which every function takes and which has nothing in it. Long
 * arrays are not read, only found: pickle_bytes_array says where in the file they lie. Files are untrusted:
 * every length, and how much there may be of anything, is bounded.
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_FORMATS_PICKLE_H
#define SCALESTUDY_WORKLOADS_DATA_FORMATS_PICKLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"

struct pickle_source {
    const char *path; /* for messages */
    int64_t bytes;
    void *context;
    int (*read)(void *context, int64_t offset, void *to, size_t count, struct err *err);
};

struct pickle;

/* The source must live as long. pickle_free after a failure, too. */
int pickle_read(
    struct pickle **pickle, const struct pickle_source *source, struct err *err) MUST_CHECK;
void pickle_free(struct pickle *pickle); /* NULL is fine */

int pickle_root(const struct pickle *pickle);

/* Items of a list or tuple, or pairs of a dictionary. */
int pickle_count(const struct pickle *pickle, int value);
int pickle_at(const struct pickle *pickle, int value, int index);

/* The value of a dictionary's key. */
int pickle_item(const struct pickle *pickle, int value, const char *key);

bool pickle_integer(const struct pickle *pickle, int value, int64_t *integer);
/* A text of less than `size` bytes. */
bool pickle_text(const struct pickle *pickle, int value, char *to, size_t size);

/* A numpy array of bytes (uint8) in C's order, of two dimensions; false for anything else. */
struct pickle_array {
    int64_t rows, columns, offset; /* offset: of its first byte in the file */
};
bool pickle_bytes_array(const struct pickle *pickle, int value, struct pickle_array *array);

#endif
