/*
 * What stands in a Matlab file (MAT, version 5: "MAT-File Format", MathWorks 2019), without Matlab.
 *
 *     int *labels, n;
 *     if (mat_read_integers("imagelabels.mat", "labels", &labels, &n, err) < 0) return -1;
 *     free(labels);
 *
 *     struct mat_column columns[] = {{.field = "WNID", .is_text = true}, {.field = "ILSVRC2012_ID"}};
 *     if (mat_read_table("meta.mat", "synsets", columns, 2, &n, err) == 0)
 *         puts(columns[0].texts[n - 1]);
 *     mat_columns_release(columns, 2);
 *
 * Of arrays, whatever their shape, in the order of the file. Compressed or not, little-endian, at
 * most 64 MB. Files are untrusted. Thread-safe.
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_FORMATS_MAT_FILE_H
#define SCALESTUDY_WORKLOADS_DATA_FORMATS_MAT_FILE_H

#include <stdbool.h>

#include "harness/base/err.h"

/* Of an array of real numbers. A number that is no integer, or an array that is not there, is an
 * ERR_INPUT. */
int mat_read_integers(
    const char *path, const char *array, int **values, int *n, struct err *err) MUST_CHECK;

/* A field of an array of structures, with a text or an integer in each: [n], owned. */
struct mat_column {
    const char *field;
    bool is_text;
    char **texts;
    int *integers, n;
};

/* `columns` are filled, also in part after an error; release them. */
int mat_read_table(const char *path, const char *array, struct mat_column *columns, int n_columns,
    int *n, struct err *err) MUST_CHECK;

/* An array of cells that hold a text each, as the texts of a column whose field does not matter. */
int mat_read_texts(
    const char *path, const char *array, struct mat_column *column, struct err *err) MUST_CHECK;

void mat_columns_release(struct mat_column *columns, int n_columns);

#endif
