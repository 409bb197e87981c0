/*
 * Metrics of a job's epochs as lines of a text file, for those that go on from a checkpoint on
 * another machine.
 *
 *     epoch_file_add(path, &row, err)              on the disk when it returns
 *     epoch_file_read(&folder, name, &list, err)   adds to the list; a later row of an epoch and
 *                                                  split replaces the one before
 *     epoch_list_release(&list)
 *
 * A line that a crash left unfinished is passed over.
 */
#ifndef SCALESTUDY_HARNESS_RUN_EPOCH_FILE_H
#define SCALESTUDY_HARNESS_RUN_EPOCH_FILE_H

#include "harness/system/dir.h"
#include "results/store/store.h"

#define EPOCH_SPLIT_BYTES 16

struct epoch_list {
    struct epoch_row *rows;            /* in order of epochs */
    char (*splits)[EPOCH_SPLIT_BYTES]; /* what the rows' splits point to, by place */
    int n, capacity;
    long long looks; /* that adding rows has taken */
};

int epoch_file_add(const char *path, const struct epoch_row *row, struct err *err) MUST_CHECK;
/* A file that is not there has no epochs. ERR_INPUT if it has more than training can write. */
int epoch_file_read(const struct dir *folder, const char *name, struct epoch_list *list,
    struct err *err) MUST_CHECK;
void epoch_list_release(struct epoch_list *list);

#endif
