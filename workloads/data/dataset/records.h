/*
 * Sets whose images are records of one size in a few large files, as MNIST's and CIFAR's are.
 *
 *     struct records *records = records_new(set, width, height, channels, err);
 *     records_open(records, "train-images-idx3-ubyte", err)     its place, from 0
 *     records_read(records, place, offset, bytes, count, err)
 *     records_add(records, SPLIT_TRAIN, place, first, stride, labels, n, err)
 *     records_finish(records, err)
 *
 * A file may be compressed, as NAME.gz: then it is unpacked in memory; others are read where they
 * lie. The path of an image is FILE#NUMBER. Files are untrusted: every length is checked.
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_DATASET_RECORDS_H
#define SCALESTUDY_WORKLOADS_DATA_DATASET_RECORDS_H

#include "dataset.h"
#include "harness/base/str.h"

#define RECORDS_MAX_FILES 8

struct records;

/* In a kind's open. `channels`: 1 (grey) or 3 planes, one after another; a size of 0 is told by
 * records_size. Owned by the set. */
struct records *records_new(
    struct dataset *set, int width, int height, int channels, struct err *err);

/* All images have one size: another than before is an ERR_INPUT. */
int records_size(struct records *records, int width, int height, struct err *err) MUST_CHECK;

/* A file below the set's root, or the same with ".gz". Its place; -1 on error. */
int records_open(struct records *records, const char *name, struct err *err) MUST_CHECK;
int64_t records_bytes(const struct records *records, int place);
int records_read(const struct records *records, int place, int64_t offset, void *bytes,
    size_t count, struct err *err) MUST_CHECK;

/* The images of a file: pixels of image i begin at first + i * stride. Labels are copied; one that
 * is not below the set's classes is an ERR_INPUT. */
int records_add(struct records *records, enum split split, int place, int64_t first, int64_t stride,
    const uint8_t *labels, int n, struct err *err) MUST_CHECK;
int records_finish(struct records *records, struct err *err) MUST_CHECK;

/* Names of the classes: `names` ended by NULL, or the lines of a file below the root. */
int records_name(
    struct dataset *set, const char *const *names, int classes, struct err *err) MUST_CHECK;
int records_name_by_file(
    struct dataset *set, const char *file, int classes, struct err *err) MUST_CHECK;

/* Is it such a set, whose images have no files of their own? */
bool records_are(const struct dataset *set);

/* For fingerprint.h: a line with name and size of each file, and a hash of its contents if all are at
 * most most_bytes. A compressed file is what is in it. *bytes: of all. */
int records_describe(const struct dataset *set, int64_t most_bytes, struct str *to, int64_t *bytes,
    struct err *err) MUST_CHECK;

/* For kinds: their read and close. */
int records_image(const struct dataset *set, enum split split, int index, struct image *image,
    struct err *err) MUST_CHECK;
void records_close(struct dataset *set);

#endif
