/* Files below a descriptor, and removing what is there, for dir.h. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "file_private.h"
#include "dir_private.h"

#define MOST_NAMES  20 /* tried for a temporary */
#define DIGITS      16
#define MOST_DEPTH  64 /* of folders that are removed: each is open meanwhile */
#define USUAL_MODE  0664
#define KEPT_RIGHTS 0777

/* ---- reading ---- */

int dir_file(const struct dir *folder, const char *name, struct err *err)
{
    struct stat info;
    int fd = dir_enter(folder->fd, name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);

    if (fd < 0)
        return dir_error(folder, name, "open", err);
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode))
        return fd;
    close(fd);
    return err_set(err, ERR_INPUT, "%s/%s is %s; an ordinary file is needed", folder->path, name,
        file_kind_name(info.st_mode));
}

FILE *dir_stream(const struct dir *folder, const char *name, struct err *err)
{
    int fd = dir_file(folder, name, err);
    FILE *stream = fd < 0 ? NULL : fdopen(fd, "rb");

    if (fd >= 0 && !stream) {
        err_set_errno(err, errno, "cannot open %s/%s", folder->path, name);
        close(fd);
    }
    return stream;
}

int dir_read(const struct dir *folder, const char *name, size_t max_bytes, struct str *content,
    struct err *err)
{
    char buffer[1 << 14];
    int fd = dir_file(folder, name, err), result = 0;
    ssize_t count;

    str_clear(content);
    if (fd < 0)
        return -1;
    while (result == 0 && (count = read(fd, buffer, sizeof(buffer))) != 0) {
        if (count < 0 && errno != EINTR)
            result = err_set_errno(err, errno, "cannot read %s/%s", folder->path, name);
        else if (count > 0 && content->length + (size_t)count > max_bytes)
            result = err_set(err, ERR_INPUT,
                "%s/%s is larger than %zu bytes, the most that is read here", folder->path, name,
                max_bytes);
        else if (count > 0)
            str_add_bytes(content, buffer, (size_t)count);
    }
    close(fd);
    return result < 0 ? -1 : str_check(content, err);
}

/* ---- writing ---- */

int dir_create(const struct dir *folder, const char *name, unsigned mode, struct err *err)
{
    int fd = dir_enter(folder->fd, name, O_RDWR | O_CREAT | O_EXCL, mode);

    return fd < 0 ? dir_error(folder, name, "create", err) : fd;
}

static int write_all(int fd, const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t written = write(fd, bytes, count);

        if (written < 0 && errno != EINTR)
            return -1;
        bytes += written > 0 ? written : 0;
        count -= written > 0 ? (size_t)written : 0;
    }
    return 0;
}

/* A new file beside the one that is wanted, under a name that nobody can foresee. -1 with errno. */
static int open_beside(
    const struct dir_place *place, unsigned mode, char to[NAME_MAX + 1], struct err *err)
{
    char digits[DIGITS + 1];
    int fd = -1;

    errno = EEXIST;
    for (int i = 0; fd < 0 && errno == EEXIST && i < MOST_NAMES; i++) {
        if (file_random_name(digits, DIGITS, err) < 0)
            return -1;
        if (snprintf(to, NAME_MAX + 1, "%s.tmp.%s", place->name, digits) > NAME_MAX) {
            errno = ENAMETOOLONG;
            return -1;
        }
        fd = openat(place->fd, to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    }
    return fd;
}

/* Rights first: the file is seen with them. */
static int finish(const struct dir_place *place, int fd, unsigned mode)
{
    struct stat before;

    if (mode == 0 && fstatat(place->fd, place->name, &before, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(before.st_mode))
        mode = before.st_mode & KEPT_RIGHTS;
    if (mode != 0 && fchmod(fd, mode) != 0)
        return -1;
    return fsync(fd);
}

/* Some file systems refuse it for folders; the new name stands either way. */
static void sync_place(const struct dir_place *place)
{
    int fd = openat(place->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
}

static int write_at(
    const struct dir_place *place, const void *bytes, size_t count, unsigned mode, struct err *err)
{
    char temporary[NAME_MAX + 1];
    /* Of a file with rights of its own, others must not have a descriptor from before. */
    int fd = open_beside(place, mode ? 0600 : USUAL_MODE, temporary, err), code = 0;

    if (fd < 0)
        return -1;
    if (write_all(fd, bytes, count) < 0 || finish(place, fd, mode) < 0)
        code = errno;
    if (close(fd) != 0 && code == 0)
        code = errno;
    if (code == 0 && renameat(place->fd, temporary, place->fd, place->name) != 0)
        code = errno;
    if (code == 0) {
        sync_place(place);
        return 0;
    }
    unlinkat(place->fd, temporary, 0);
    errno = code;
    return -1;
}

int dir_write(const struct dir *folder, const char *name, const void *bytes, size_t count,
    unsigned mode, struct err *err)
{
    struct dir_place place;
    int result;

    if (dir_find(folder, name, &place) < 0)
        return dir_error(folder, name, "write", err);
    result = write_at(&place, bytes, count, mode, err);
    dir_leave(&place);
    return result < 0 ? dir_error(folder, name, "write", err) : 0;
}

/* ---- names ---- */

/* Of two names one is found after the other, so that errno is of what failed. */
static int with_two(const struct dir *folder, const char *from, const char *to,
    int (*act)(int from_fd, const char *from, int to_fd, const char *to))
{
    struct dir_place first, second;
    int result;

    if (dir_find(folder, from, &first) < 0)
        return -1;
    if (dir_find(folder, to, &second) < 0) {
        dir_leave(&first);
        return -1;
    }
    result = act(first.fd, first.name, second.fd, second.name);
    dir_leave(&first);
    dir_leave(&second);
    return result;
}

static int link_file(int from_fd, const char *from, int to_fd, const char *to)
{
    return linkat(from_fd, from, to_fd, to, 0);
}

int dir_link(const struct dir *folder, const char *from, const char *to)
{
    return with_two(folder, from, to, link_file);
}

int dir_rename(const struct dir *folder, const char *from, const char *to)
{
    return with_two(folder, from, to, renameat);
}

int dir_touch(const struct dir *folder, const char *name)
{
    struct dir_place place;
    int result;

    if (dir_find(folder, name, &place) < 0)
        return -1;
    result = utimensat(place.fd, place.name, NULL, AT_SYMLINK_NOFOLLOW);
    dir_leave(&place);
    return result;
}

void dir_unlink(const struct dir *folder, const char *name)
{
    struct dir_place place;

    if (dir_find(folder, name, &place) < 0)
        return;
    unlinkat(place.fd, place.name, 0);
    dir_leave(&place);
}

/* ---- removing ---- */

/* What is in the folder of that name, and it. Opened before it is looked at, so that what is looked at
 * is what is emptied; a link in its place cannot be opened so. */
static void remove_tree(int outer, const char *name, dev_t device, int depth)
{
    int fd = openat(outer, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat info;
    DIR *folder = NULL;
    const struct dirent *entry;

    if (fd >= 0 && fstat(fd, &info) == 0 && info.st_dev == device && depth < MOST_DEPTH)
        folder = fdopendir(fd);
    if (!folder) {
        if (fd >= 0)
            close(fd);
        return;
    }
    while ((entry = readdir(folder))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        /* Linux removes no folder so, whoever asks. */
        if (unlinkat(fd, entry->d_name, 0) != 0 && (errno == EISDIR || errno == EPERM))
            remove_tree(fd, entry->d_name, device, depth + 1);
    }
    closedir(folder);
    unlinkat(outer, name, AT_REMOVEDIR);
}

void dir_remove(const struct dir *folder, const char *name)
{
    struct dir_place place;
    struct stat info;

    if (dir_find(folder, name, &place) < 0)
        return;
    if (unlinkat(place.fd, place.name, 0) != 0 && (errno == EISDIR || errno == EPERM) &&
        fstat(place.fd, &info) == 0)
        remove_tree(place.fd, place.name, info.st_dev, 0);
    dir_leave(&place);
}

void dir_remove_empty(const struct dir *folder, const char *name)
{
    struct dir_place place;

    if (dir_find(folder, name, &place) < 0)
        return;
    unlinkat(place.fd, place.name, AT_REMOVEDIR);
    dir_leave(&place);
}
