/*
 * Archives (tar, zip; gzip, bzip2, xz, zstd), by libarchive: unpacked into a folder that was made
 * for it, and nowhere else.
 *
 *     struct unpack_limits limits = UNPACK_LIMITS;
 *     if (unpack_archive("x.tgz", "x.unpacked", list, &limits, &events, err) < 0) ...
 *
 * Archives are untrusted. Only plain files and folders are written, each opened as new below a
 * folder that holds nothing else, so that no name, and no link, leads out of it: absolute names,
 * "..", names with control characters, links, devices and pipes are an ERR_INPUT that names the
 * entry, and so are archives beyond the limits. What has been written stays, for the caller to
 * remove. Modes and owners are not taken over.
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_FORMATS_UNPACK_H
#define SCALESTUDY_WORKLOADS_DATA_FORMATS_UNPACK_H

#include <stdint.h>
#include <stdio.h>

#include "fetch_events.h"
#include "harness/base/str.h"
#include "harness/base/err.h"

struct unpack_limits {
    int64_t entries;
    int64_t bytes;       /* of all that is unpacked */
    int64_t ratio;       /* of that to the archive's own size ... */
    int64_t ratio_after; /* ... once so many bytes have been unpacked */
};
#define UNPACK_LIMITS                                                                              \
    {                                                                                              \
        .entries = 5000000, .bytes = (int64_t)2 << 40, .ratio = 20, .ratio_after = 1 << 30         \
    }

/*
 * `folder` must exist and be empty. To `list`, a line for each file: its SHA-256, tab, size, tab,
 * name as in the archive, with no "./" before it.
 */
int unpack_archive(const char *path, const char *folder, FILE *list,
    const struct unpack_limits *limits, const struct fetch_events *events,
    struct err *err) MUST_CHECK;

/* The same of an archive whose tar files, NAME.tar without compression, become folders NAME: they are read
 * where they are, and never written. */
int unpack_archive_of_archives(const char *path, const char *folder, FILE *list,
    const struct unpack_limits *limits, const struct fetch_events *events,
    struct err *err) MUST_CHECK;

/* A file that is compressed by itself, as idx.gz is, whole, at most max_bytes of it. */
int unpack_gzip(
    const char *path, size_t max_bytes, struct str *content, struct err *err) MUST_CHECK;

/* "libarchive 3.6.2 zlib/1.2.13 ..."; NULL with the error set where it cannot be loaded. */
const char *unpack_library(struct err *err);

#endif
