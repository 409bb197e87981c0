/* Opening and reading files, for file.h: ordinary ones only, since opening anything else may wait. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file_private.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

const char *file_kind_name(unsigned mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR:
        return "a folder";
    case S_IFIFO:
        return "a pipe";
    case S_IFSOCK:
        return "a socket";
    case S_IFBLK:
        return "a disk";
    case S_IFCHR:
        return "a device";
    case S_IFLNK:
        return "a symbolic link, which scalestudy never makes there";
    default:
        return "no ordinary file";
    }
}

bool file_is_held(const char *path)
{
    const char *name;

    if (!str_starts_with(path, FILE_HELD_PREFIX))
        return false;
    name = path + strlen(FILE_HELD_PREFIX);
    name += strspn(name, "0123456789");
    return name[0] == '/' && name[1] != '\0' && !strchr(name + 1, '/');
}

static int refuse(const char *path, unsigned mode, struct err *err)
{
    if (S_ISDIR(mode))
        return err_set(err, ERR_INPUT, "%s is a folder; a file is needed", path);
    return err_set(
        err, ERR_INPUT, "%s is %s; an ordinary file is needed", path, file_kind_name(mode));
}

static int cannot_open(const char *path, struct err *err)
{
    int code = errno;

    if (code == ENOENT)
        return err_set(err, ERR_INPUT, "cannot open %s: %s", path, strerror(code));
    return err_set_errno(err, code, "cannot open %s", path);
}

int file_check_ordinary(const char *path, struct err *err)
{
    struct stat info;

    if ((file_is_held(path) ? lstat(path, &info) : stat(path, &info)) != 0)
        return cannot_open(path, err);
    return S_ISREG(info.st_mode) ? 0 : refuse(path, info.st_mode, err);
}

int file_open(const char *path, struct err *err)
{
    struct stat info;
    int fd;

    if (file_check_ordinary(path, err) < 0)
        return -1;
    fd = open(
        path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | (file_is_held(path) ? O_NOFOLLOW : 0));
    if (fd < 0)
        return cannot_open(path, err);
    /* It may be another one by now. */
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode))
        return fd;
    close(fd);
    return refuse(path, info.st_mode, err);
}

FILE *file_open_stream(const char *path, struct err *err)
{
    int fd = file_open(path, err);
    FILE *stream = fd < 0 ? NULL : fdopen(fd, "rb");

    if (fd >= 0 && !stream) {
        err_set_errno(err, errno, "cannot open %s", path);
        close(fd);
    }
    return stream;
}

static int too_large(const char *path, size_t max_bytes, struct err *err)
{
    return err_set(
        err, ERR_INPUT, "%s is larger than %zu bytes, the most that is read here", path, max_bytes);
}

static int read_stream(
    FILE *stream, const char *path, size_t max_bytes, struct str *content, struct err *err)
{
    char buffer[1 << 15];
    struct stat info;
    size_t count;

    /* Before any memory is taken; a file may also grow while it is read. */
    if (fstat(fileno(stream), &info) == 0 && (uintmax_t)info.st_size > max_bytes)
        return too_large(path, max_bytes, err);
    while ((count = fread(buffer, 1, sizeof(buffer), stream)) > 0) {
        if (content->length + count > max_bytes)
            return too_large(path, max_bytes, err);
        str_add_bytes(content, buffer, count);
    }
    if (ferror(stream))
        return err_set_errno(err, errno, "cannot read %s", path);
    return str_check(content, err);
}

int file_read(const char *path, size_t max_bytes, struct str *content, struct err *err)
{
    FILE *stream;
    int result;

    str_clear(content);
    stream = file_open_stream(path, err);
    if (!stream)
        return -1;
    result = read_stream(stream, path, max_bytes, content, err);
    fclose(stream);
    return result;
}

int file_read_text(const char *path, size_t max_bytes, struct str *content, struct err *err)
{
    size_t mark = strlen(BYTE_ORDER_MARK);

    if (file_read(path, max_bytes, content, err) < 0)
        return -1;
    if (!str_starts_with(content->text, BYTE_ORDER_MARK))
        return 0;
    content->length -= mark;
    memmove(content->text, content->text + mark, content->length + 1);
    return 0;
}
