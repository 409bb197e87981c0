/*
 * Where a dataset comes from: what its publisher says of it, and the files to fetch.
 *
 *     static const struct source_file files[] = {
 *         {.name = "cifar-10-binary.tar.gz",
 *             .urls = {"https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"},
 *             .bytes = 170052171,
 *             .sums = {{DIGEST_SHA256, "c4a3...", "TensorFlow Datasets"}},
 *             .is_archive = true},
 *         {0},
 *     };
 *
 * Plain data, of a dataset_kind. A checksum stands here only where somebody published it, and says
 * who: a set without one is fetched with a warning.
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_DATASET_SOURCE_H
#define SCALESTUDY_WORKLOADS_DATA_DATASET_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/system/digest.h"
#include "harness/system/file.h"
#include "harness/base/err.h"

#define SOURCE_MAX_URLS 3
#define SOURCE_MAX_SUMS 3

struct source_sum {
    enum digest_kind kind;
    const char *hex;       /* lower case */
    const char *publisher; /* who says so */
};

struct source_file {
    const char *name;                        /* NULL ends the list */
    const char *urls[SOURCE_MAX_URLS + 1];   /* in the order to try; ended by NULL */
    int64_t bytes;                           /* 0: unknown */
    bool is_about;                           /* bytes is near, not exact */
    struct source_sum sums[SOURCE_MAX_SUMS]; /* any of them will do: files are published anew */
    bool is_archive;                         /* unpacked, without its topmost folder */
    bool has_archives; /* NAME.tar in it becomes a folder NAME, as in ImageNet's */
    const char *into;  /* folder of the set to unpack it in; NULL: the set's own */
};

struct source {
    int64_t train, test; /* images; 0: unknown */
    int classes;
    const char *licence; /* as its publisher says, in a few words */
    const char *page;    /* for people */
    /* The publisher's topmost folder, where a set was unpacked by hand, and that of another form of the
     * set; NULL: none. */
    const char *folder, *other_folder;
    /* A file that the set always has, by which a folder of something else is told, and that of the other
     * form; NULL: its kind tells. */
    const char *proof, *other_proof;
    /* NULL, or without a URL: cannot be downloaded automatically, and `instead` says why. */
    const struct source_file *files;
    const char *instead;
};

/* Of all files; 0 where one is unknown. */
int64_t source_bytes(const struct source *source);

/* Where a set lies if nobody says so: $XDG_CACHE_HOME/scalestudy/data/NAME, or below ~/.cache. */
int data_default_root(const char *name, char root[PATH_BYTES], struct err *err) MUST_CHECK;

#endif
