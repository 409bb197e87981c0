/* SHA-256 by OpenSSL. */
#include "sha256.h"

#include <string.h>

#include <openssl/evp.h>

int sha256_bytes(
    const void *bytes, size_t count, unsigned char digest[SHA256_BYTES], struct err *err)
{
    unsigned int length = 0;

    if (!EVP_Digest(bytes, count, digest, &length, EVP_sha256(), NULL) || length != SHA256_BYTES)
        return err_set(err, ERR_BUG, "OpenSSL could not compute a SHA-256");
    return 0;
}

int sha256_hex(const void *bytes, size_t count, char hex[SHA256_HEX_BYTES], struct err *err)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[SHA256_BYTES];

    if (sha256_bytes(bytes, count, digest, err) < 0)
        return -1;
    for (size_t i = 0; i < SHA256_BYTES; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[2 * SHA256_BYTES] = '\0';
    return 0;
}

bool sha256_is_hex(const char *text)
{
    return strlen(text) == SHA256_HEX_BYTES - 1 &&
           strspn(text, "0123456789abcdef") == SHA256_HEX_BYTES - 1;
}
