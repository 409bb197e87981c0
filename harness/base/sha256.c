#include "sha256.h"

#include <openssl/evp.h>
#include <stdio.h>

int sha256_hex(const void *bytes, size_t count, char hex[SHA256_HEX_BYTES], struct err *err)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;

    if (!EVP_Digest(bytes, count, digest, &length, EVP_sha256(), NULL) || length != 32)
        return err_set(err, ERR_BUG, "OpenSSL could not compute a SHA-256");
    for (unsigned int i = 0; i < length; i++)
        snprintf(hex + 2 * (size_t)i, 3, "%02x", digest[i]);
    return 0;
}
