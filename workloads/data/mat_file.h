/*
 * Numbers out of a Matlab file (MAT, version 5: "MAT-File Format", MathWorks 2019), without Matlab.
 *
 *     int *labels, n;
 *     if (mat_read_integers("imagelabels.mat", "labels", &labels, &n, err) < 0) return -1;
 *     free(labels);
 *
 * Of an array of real numbers, whatever its shape, in the order of the file. Compressed or not,
 * little-endian, at most 64 MB. Structures, cells and text are not read. Files are untrusted.
 */
#ifndef SCALESTUDY_DATA_MAT_FILE_H
#define SCALESTUDY_DATA_MAT_FILE_H

#include "harness/base/err.h"

/* A number that is no integer, or an array that is not there, is an ERR_INPUT. */
int mat_read_integers(
    const char *path, const char *array, int **values, int *n, struct err *err) MUST_CHECK;

#endif
