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
#ifndef SCALESTUDY_WORKLOADS_DATA_FETCH_FETCH_H
#define SCALESTUDY_WORKLOADS_DATA_FETCH_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/base/err.h"
#include "harness/system/file.h"
#include "harness/base/rowset.h"
#include "workloads/data/formats/fetch_events.h"

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

#endif
