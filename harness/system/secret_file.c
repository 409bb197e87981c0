/* Reading and writing files of the user's own that hold secrets. */
#include "secret_file.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define RANDOM_DIGITS 16

static int check_owner(int fd, const char *path, struct err *err)
{
    struct stat info;

    if (fstat(fd, &info) != 0)
        return err_set_errno(err, errno, "cannot look at %s", path);
    if (info.st_uid != geteuid() && info.st_uid != 0)
        return err_set(err, ERR_INPUT,
            "%s belongs to somebody else: a token is read from a file of your own", path);
    /* A token that others can read is one that others can use. */
    if ((info.st_mode & 077) != 0)
        return err_set(err, ERR_INPUT,
            "others may read the token in %s: `chmod 600` it, and get a new one", path);
    return 0;
}

static int read_whole(int fd, const char *path, size_t max_bytes, struct str *text, struct err *err)
{
    char buffer[4096];
    ssize_t count;

    while ((count = read(fd, buffer, sizeof(buffer))) != 0) {
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return err_set_errno(err, errno, "cannot read %s", path);
        if (text->length + (size_t)count > max_bytes)
            return err_set(
                err, ERR_INPUT, "%s is larger than %zu bytes, which no token is", path, max_bytes);
        str_add_bytes(text, buffer, (size_t)count);
    }
    return str_check(text, err);
}

int secret_file_read(const char *path, size_t max_bytes, struct str *text, struct err *err)
{
    char expanded[PATH_BYTES];
    int fd, result;

    str_clear(text);
    if (file_expand_home(path, expanded, err) < 0)
        return -1;
    fd = file_open(expanded, err);
    if (fd < 0)
        return -1;
    result = check_owner(fd, expanded, err);
    if (result == 0)
        result = read_whole(fd, expanded, max_bytes, text, err);
    close(fd);
    return result;
}

static int write_whole(int fd, const struct str *text)
{
    for (size_t at = 0; at < text->length;) {
        ssize_t count = write(fd, text->text + at, text->length - at);

        if (count < 0 && errno != EINTR)
            return -1;
        at += count > 0 ? (size_t)count : 0;
    }
    return fsync(fd);
}

int secret_file_write(const char *path, const struct str *text, struct err *err)
{
    char temporary[PATH_BYTES], digits[RANDOM_DIGITS + 1];
    int fd, result;

    if (str_check(text, err) < 0 || file_random_name(digits, RANDOM_DIGITS, err) < 0)
        return -1;
    if (snprintf(temporary, sizeof(temporary), "%s.tmp.%s", path, digits) >= (int)sizeof(temporary))
        return err_set(err, ERR_INPUT, "the path %.100s... is too long", path);
    fd = file_create(temporary, 0600, err);
    if (fd < 0)
        return -1;
    result = write_whole(fd, text);
    if (close(fd) != 0)
        result = -1;
    if (result == 0)
        result = rename(temporary, path);
    if (result != 0) {
        err_set_errno(err, errno, "cannot write %s", path);
        unlink(temporary);
        return -1;
    }
    return 0;
}
