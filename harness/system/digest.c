/* MD5 and SHA-256 of a stream, by OpenSSL. */
#include "digest.h"

#include <ctype.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "file.h"

#define BUFFER_BYTES ((size_t)1 << 15)

const char *digest_name(enum digest_kind kind)
{
    return kind == DIGEST_MD5 ? "MD5" : "SHA-256";
}

bool digest_kind_of(const char *hex, enum digest_kind *kind)
{
    size_t length = strlen(hex);

    for (size_t i = 0; i < length; i++)
        if (!isxdigit((unsigned char)hex[i]))
            return false;
    *kind = length == 32 ? DIGEST_MD5 : DIGEST_SHA256;
    return length == 32 || length == 64;
}

int digest_open(struct digest *digest, enum digest_kind kind, struct err *err)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    *digest = (struct digest){.context = context};
    if (!context ||
        !EVP_DigestInit_ex(context, kind == DIGEST_MD5 ? EVP_md5() : EVP_sha256(), NULL)) {
        digest_release(digest);
        return err_set(err, ERR_BUG, "OpenSSL cannot compute a %s here", digest_name(kind));
    }
    return 0;
}

void digest_add(struct digest *digest, const void *bytes, size_t count)
{
    if (!EVP_DigestUpdate(digest->context, bytes, count))
        digest->failed = true;
}

int digest_close(struct digest *digest, char hex[DIGEST_HEX_BYTES], struct err *err)
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    bool failed = digest->failed || !EVP_DigestFinal_ex(digest->context, bytes, &length) ||
                  2 * (size_t)length >= DIGEST_HEX_BYTES;

    digest_release(digest);
    if (failed)
        return err_set(err, ERR_BUG, "OpenSSL could not compute a checksum");
    for (unsigned int i = 0; i < length; i++)
        snprintf(hex + 2 * (size_t)i, 3, "%02x", bytes[i]);
    return 0;
}

void digest_release(struct digest *digest)
{
    EVP_MD_CTX_free(digest->context);
    digest->context = NULL;
}

int digest_file(
    const char *path, enum digest_kind kind, char hex[DIGEST_HEX_BYTES], struct err *err)
{
    char buffer[BUFFER_BYTES];
    int fd = file_open(path, err), result = -1;
    struct digest digest = DIGEST_INIT;
    ssize_t count = 0;

    if (fd < 0)
        return -1;
    if (digest_open(&digest, kind, err) == 0) {
        while ((count = read(fd, buffer, sizeof(buffer))) > 0)
            digest_add(&digest, buffer, (size_t)count);
        result = count < 0 ? err_set_errno(err, errno, "cannot read %s", path)
                           : digest_close(&digest, hex, err);
    }
    digest_release(&digest);
    close(fd);
    return result;
}
