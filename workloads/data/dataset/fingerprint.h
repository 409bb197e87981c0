/*
 * What tells one set of images from another: the part of a job's identity that its images are.
 *
 *     struct fingerprint print;
 *     if (dataset_open_known(&set, &config, classes, &print, err) < 0) ...     print.images
 *
 * SHA-256 over the set as its kind lists it, whatever the config chooses of it: names and numbers of
 * the classes (after the class map) and, for each split and in order, path and class of each image.
 * Where the set lies, times and owners of files decide nothing. To that comes
 *
 *     sizes       of the files, if they are at most FINGERPRINT_MOST_SIZED
 *     contents    if besides they are at most FINGERPRINT_MOST_READ files, or those of records
 *                 (records.h), and FINGERPRINT_MOST_BYTES together
 *     pixels      of a packed set, by the checksums that it keeps of them, whatever its size: a set
 *                 that is packed again is the same, but never the same as its files
 *
 * So an image that is replaced by one of the same size goes unnoticed in larger sets, and in sets of
 * very many files any image that keeps its name. A set that the program draws has no fingerprint:
 * print.images is empty.
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_DATASET_FINGERPRINT_H
#define SCALESTUDY_WORKLOADS_DATA_DATASET_FINGERPRINT_H

#include <stdint.h>

#include "dataset.h"

/* Measured warm, as processor time, of which two threads halve the wait: listing 201,000 files takes
 * 0.17 s and their names 0.02 s more; sizes of 100,000 files take 0.15 s, contents of 9,000 files of
 * 248 MB 0.33 s. A job reads them all anyway. Of 1.33 million files sizes would take longer than
 * listing them does. */
#define FINGERPRINT_MOST_SIZED 100000
#define FINGERPRINT_MOST_READ  10000
#define FINGERPRINT_MOST_BYTES ((int64_t)256 << 20)

/* `set` before anything of it was chosen. A file that is not there or cannot be read is an error that
 * names it. */
int fingerprint_make(
    const struct dataset *set, struct fingerprint *print, struct err *err) MUST_CHECK;

#endif
