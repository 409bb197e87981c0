/*
 * The datasets that the program knows, as rows: what is here, and what of it is damaged.
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_DATA_SETS_H
#define SCALESTUDY_WORKLOADS_DATA_DATA_SETS_H

#include <stdint.h>
#include "harness/base/err.h"
#include "harness/base/rowset.h"
#include "workloads/data/formats/fetch_events.h"

/* The sets there are, a row each: name, images, classes, bytes, licence, source, present. */
extern const struct column data_list_columns[];
int data_list(struct rowset *rows, struct err *err) MUST_CHECK;

/*
 * What is wrong with the files of a set, a row each: path, problem. A set that data_fetch wrote is
 * compared with its list of files; of others every image is decoded. *checked: files or images.
 */
extern const struct column data_verify_columns[];
int data_verify(const char *name, const char *root, const struct fetch_events *events,
    struct rowset *rows, int64_t *checked, struct err *err) MUST_CHECK;

#endif
