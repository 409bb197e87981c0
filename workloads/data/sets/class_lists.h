/*
 * Sets with a list of classes and a list of images for each split, as lines of text.
 *
 *     static const struct class_lists lists = {.classes = "meta/classes.txt",
 *         .images = {{"meta/train.txt"}, {"meta/test.txt"}}, .parse = parse};
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_SETS_CLASS_LISTS_H
#define SCALESTUDY_WORKLOADS_DATA_SETS_CLASS_LISTS_H

#include "workloads/data/dataset/dataset.h"
#include "harness/system/file.h"

struct class_lists {
    const char *classes;                /* a name a line, in the order of their numbers */
    const char *images[SPLIT_COUNT][3]; /* ended by NULL */
    /* A line of these: the image's path, and its class's name, which may point into the line. */
    int (*parse)(char *line, char path[PATH_BYTES], const char **class_name, struct err *err);
};

/* A kind's open; its read is folder_read. */
int class_lists_open(
    struct dataset *set, const struct class_lists *lists, int outputs, struct err *err) MUST_CHECK;

#endif
