/*
 * What a reader of images finds and does not take: counted by reason, with an example of each, so
 * that a command can say it once.
 *
 *     struct left_out left_out = {0};
 *     left_out_add(&left_out, LEFT_OUT_ENDING, "owl/3.webp", 1);
 *     if (left_out_say(&left_out, &text)) ...   "3 files are no JPEG or PNG by their ending (2 .webp,
 *                                                1 .txt; such as owl/3.webp)"
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_DATASET_LEFT_OUT_H
#define SCALESTUDY_WORKLOADS_DATA_DATASET_LEFT_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/base/str.h"

#define LEFT_OUT_ENDINGS 5 /* that are counted one by one */

enum left_out_reason {
    LEFT_OUT_ENDING,
    LEFT_OUT_HIDDEN,     /* images and folders whose names begin with a dot */
    LEFT_OUT_DANGLING,   /* links that lead nowhere */
    LEFT_OUT_SPECIAL,    /* pipes, sockets, devices */
    LEFT_OUT_UNREADABLE, /* folders */
    LEFT_OUT_AGAIN,      /* links to a folder above, or to one that is listed already */
    LEFT_OUT_STRAY,      /* images outside the class folders that are used */
    LEFT_OUT_SPLIT,      /* images of a split that is not used, since another is there */
    LEFT_OUT_REASONS,
};

struct left_out {
    int64_t n[LEFT_OUT_REASONS];
    char example[LEFT_OUT_REASONS][128];
    struct {
        char ending[12];
        int64_t n;
    } endings[LEFT_OUT_ENDINGS]; /* those that came first */
};

/* `path`: as a sentence is to name it. */
void left_out_add(
    struct left_out *left_out, enum left_out_reason reason, const char *path, int64_t n);

/* Adds what there is to say, without a full stop; false, and nothing, if nothing was left out. */
bool left_out_say(const struct left_out *left_out, struct str *to);

#endif
