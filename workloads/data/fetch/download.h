/*
 * One file from a server, by libcurl, whatever the server does.
 *
 *     struct download want = {.file = &file, .urls = file.urls, .path = path, .max_bytes = ...};
 *     if (download(&want, &events, err) < 0) return -1;      path is there, whole and checked
 *
 * Bytes gather in PATH.part, and PATH.state says which version of the file they are part of. It is
 * gone on with only where the server says that it has the same version still (If-Range, the range
 * and the length that it names are all checked); otherwise it begins anew. Broken connections,
 * stalls and the answers 408, 429 and 5xx are tried again, with longer and longer waits as long as
 * nothing comes; then the next URL. Only http and https, no step from https down to http; the
 * server's certificate is verified; proxies are taken from the usual variables (http_proxy,
 * https_proxy, no_proxy). A file that is not what its checksum or length says never gets its name.
 * What cannot be is ERR_IO, should_stop is ERR_INTERRUPTED.
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_FETCH_DOWNLOAD_H
#define SCALESTUDY_WORKLOADS_DATA_FETCH_DOWNLOAD_H

#include "fetch.h"
#include "workloads/data/dataset/source.h"

struct download {
    const struct source_file *file; /* name, bytes and sums; none of these need be known */
    const char *const *urls;        /* [>= 1], ended by NULL */
    const char *path;
    int64_t max_bytes;     /* where the size is not known */
    bool keeps_copy;       /* room on the disk is needed for the unpacked file, too */
    int retries;           /* in a row without a new byte, for each URL; 0: 4 */
    int stall_sec;         /* less than 1 KB/s for so long is a broken connection; 0: 30 */
    double first_wait_sec; /* before the second try, doubled for each after it; 0: 1 */
};

int download(
    const struct download *want, const struct fetch_events *events, struct err *err) MUST_CHECK;

/* Does that text name something on a server? */
bool download_is_url(const char *text);

/*
 * Does the file have one of the sums? *matches: it has, or there are none; `is` gets the digest of
 * the first kind, for a message. ERR_INTERRUPTED as above.
 */
int download_check(const char *path, const struct source_file *file,
    const struct fetch_events *events, bool *matches, char is[DIGEST_HEX_BYTES],
    struct err *err) MUST_CHECK;

#endif
