/*
 * Getting a dataset: downloaded, checked, unpacked, and only then under its name.
 *
 *     struct fetch_request request = {.name = "cifar10"};
 *     struct fetch_result result;
 *     if (data_fetch(&request, &events, &result, err) < 0) return -1;
 *     puts(result.root);
 *
 * All work is done in ROOT.part beside ROOT, which becomes ROOT by one rename when everything in
 * it has been checked. So ROOT is whole or not there, a run that was stopped or killed goes on
 * where it was, and of several processes one works while the others wait for it. ROOT then holds
 * a list of its files with their SHA-256 (fetched.h), for data_verify.
 *
 * A server's answers and archives are untrusted: see download.h and unpack.h.
 */
#ifndef SCALESTUDY_DATA_FETCH_H
#define SCALESTUDY_DATA_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/base/err.h"
#include "harness/base/file.h"
#include "harness/base/rowset.h"

enum fetch_step {
    FETCH_WAITING, /* for another process */
    FETCH_DOWNLOADING,
    FETCH_CHECKING,
    FETCH_UNPACKING,
};

struct fetch_progress {
    enum fetch_step step;
    const char *what;    /* name of the file */
    int64_t done, total; /* bytes; total 0: unknown */
};

/* All OPTIONAL. */
struct fetch_events {
    void *context;
    void (*progress)(void *context, const struct fetch_progress *progress);
    void (*note)(void *context, const char *sentence); /* what a user should know; goes on */
    bool (*should_stop)(void *context);                /* ERR_INTERRUPTED, with all saved */
};

struct fetch_request {
    const char *name;       /* REQUIRED: of the dataset */
    const char *root;       /* NULL or empty: data_default_root */
    const char *from;       /* NULL: the publisher; an archive, a folder of the files, or a URL */
    const char *checksum;   /* NULL: the published one; hexadecimal, of what `from` names */
    int64_t max_bytes;      /* of a file whose size nobody published; 0: 200 GB */
    int retries, stall_sec; /* see download.h; 0: its defaults */
    double first_wait_sec;
};

struct fetch_result {
    char root[PATH_BYTES];
    bool was_there;
    int64_t files, bytes;
};

int data_fetch(const struct fetch_request *request, const struct fetch_events *events,
    struct fetch_result *result, struct err *err) MUST_CHECK;

/* Where a set lies if nobody says so: $XDG_CACHE_HOME/scalestudy/data/NAME, or below ~/.cache. */
int data_default_root(const char *name, char root[PATH_BYTES], struct err *err) MUST_CHECK;

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

/* The library that unpacks archives, with its version; NULL with the error set where it cannot be loaded. */
const char *data_archive_library(struct err *err);

#endif
