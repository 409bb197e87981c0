/*
 * Checksums of what comes in pieces (OpenSSL's), as lower-case hexadecimal digits.
 *
 *     struct digest digest = DIGEST_INIT;
 *     if (digest_open(&digest, DIGEST_SHA256, err) < 0) return -1;
 *     digest_add(&digest, bytes, count);           as often as one likes
 *     if (digest_close(&digest, hex, err) < 0) ... frees it; digest_release where that is not reached
 *
 * MD5 keeps off accidents, not attackers: it is here for publishers who give nothing else.
 */
#ifndef SCALESTUDY_HARNESS_SYSTEM_DIGEST_H
#define SCALESTUDY_HARNESS_SYSTEM_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/err.h"

#define DIGEST_HEX_BYTES 65 /* room for the longest, with its NUL */

enum digest_kind {
    DIGEST_SHA256,
    DIGEST_MD5,
};

struct digest {
    void *context;
    bool failed;
};
#define DIGEST_INIT                                                                                \
    {                                                                                              \
        NULL, false                                                                                \
    }

int digest_open(struct digest *digest, enum digest_kind kind, struct err *err) MUST_CHECK;
void digest_add(struct digest *digest, const void *bytes, size_t count);
int digest_close(struct digest *digest, char hex[DIGEST_HEX_BYTES], struct err *err) MUST_CHECK;
void digest_release(struct digest *digest);

/* Of a whole file. */
int digest_file(const char *path, enum digest_kind kind, char hex[DIGEST_HEX_BYTES],
    struct err *err) MUST_CHECK;

/* "SHA-256" or "MD5". */
const char *digest_name(enum digest_kind kind);

/* Which kind has so many hexadecimal digits: false if `hex` is not such a text. */
bool digest_kind_of(const char *hex, enum digest_kind *kind);

#endif
