/* What a file that is half fetched is part of: download.c's note beside it. */
#ifndef SCALESTUDY_WORKLOADS_DATA_FETCH_DOWNLOAD_STATE_H
#define SCALESTUDY_WORKLOADS_DATA_FETCH_DOWNLOAD_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/base/err.h"

#define VALIDATOR_BYTES 256
#define URL_BYTES       2048

/* Of one version of the file on one server. */
struct download_state {
    char url[URL_BYTES];
    char etag[VALIDATOR_BYTES];     /* empty: none, or a weak one, which says nothing of bytes */
    char modified[VALIDATOR_BYTES]; /* Last-Modified as it was sent; empty: none */
    int64_t total;                  /* -1: unknown */
};

/* What cannot be read, or is not whole, is as if it were not there: false. */
bool download_state_load(struct download_state *state, const char *path);
int download_state_save(
    const struct download_state *state, const char *path, struct err *err) MUST_CHECK;

/* What If-Range may say; NULL: nothing tells two versions apart. */
const char *download_state_validator(const struct download_state *state);

/* Is `now` another version of the file than `then`, as far as one can tell? */
bool download_state_differs(const struct download_state *then, const struct download_state *now);

/* Take note of a line of a server's answer: name and value are not ended, and untrusted. */
void download_state_header(struct download_state *state, const char *line, size_t length);

/* The value of a line "name: value", without blanks around it; false if it is another header's. */
bool download_header_value(
    const char *line, size_t length, const char *name, char *value, size_t size);

/* "bytes 100-199/1000" or "bytes * /1000": -1 for what it does not say. */
void download_content_range(const char *value, int64_t *start, int64_t *total);

#endif
