/*
 * The list of its files that a fetched set carries, and what it is good for.
 *
 * ROOT/.scalestudy-files is text: a line "scalestudy files 1 NAME", then for every file its
 * SHA-256, size and path below ROOT, with tabs between.
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_FETCH_FETCHED_H
#define SCALESTUDY_WORKLOADS_DATA_FETCH_FETCHED_H

#include "fetch.h"

#define FETCHED_LIST "/.scalestudy-files"

/* Did data_fetch make that folder, for the set of that name (NULL: any)? */
bool fetched_is_complete(const char *root, const char *name);

/* Write a set's list. `add` lines by fetched_add; the writer is at ROOT/.scalestudy-files. */
int fetched_begin(
    struct file_writer *writer, const char *root, const char *name, struct err *err) MUST_CHECK;

/* Add the lines of another list (unpack.h), `skip` folders taken off their paths, `into` put before. */
int fetched_add(struct file_writer *writer, const char *list, int skip, const char *into,
    struct fetch_result *result, struct err *err) MUST_CHECK;

/* Compare each file with the list, a row (path, problem) for each that differs. */
int fetched_verify(const char *root, const struct fetch_events *events, struct rowset *rows,
    int64_t *checked, struct err *err) MUST_CHECK;

/* Remove a folder with all in it, without following links; what is not there is fine. */
int folder_remove(const char *path, struct err *err) MUST_CHECK;

#endif
