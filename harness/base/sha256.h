/* SHA-256 (OpenSSL's), mostly as 64 hexadecimal digits. */
#ifndef SCALESTUDY_HARNESS_BASE_SHA256_H
#define SCALESTUDY_HARNESS_BASE_SHA256_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

#define SHA256_BYTES     32
#define SHA256_HEX_BYTES 65

int sha256_hex(
    const void *bytes, size_t count, char hex[SHA256_HEX_BYTES], struct err *err) MUST_CHECK;

/* Whether a text has that form: 64 digits from 0 to 9 and a to f, and nothing else. */
bool sha256_is_hex(const char *text);

/* The same as bytes. */
int sha256_bytes(const void *bytes, size_t count, unsigned char digest[SHA256_BYTES],
    struct err *err) MUST_CHECK;

#endif
