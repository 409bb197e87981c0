/* Finding one's way below a descriptor, and looking, for dir.h. */
#include "dir.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "file_private.h"
#include "dir_private.h"

/* ---- the way ---- */

/* Part by part, where the kernel has no openat2 (before 5.6), or a sandbox does not know it. */
static int walk(int from, const char *name, int flags, mode_t mode)
{
    char part[NAME_MAX + 1];
    const char *slash = strchr(name, '/');
    int next, fd, code;

    if (!slash)
        return openat(from, name, flags | O_NOFOLLOW | O_CLOEXEC, mode);
    if (slash - name > NAME_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(part, name, (size_t)(slash - name));
    part[slash - name] = '\0';
    next = openat(from, part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (next < 0)
        return -1;
    fd = walk(next, slash + 1, flags, mode);
    code = errno;
    close(next);
    errno = code;
    return fd;
}

int dir_enter(int from, const char *name, int flags, mode_t mode)
{
    struct open_how how = {.flags = (unsigned)(flags | O_NOFOLLOW | O_CLOEXEC),
        .mode = mode,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
    long fd;

    if (!strchr(name, '/'))
        return walk(from, name, flags, mode);
    fd = syscall(SYS_openat2, from, name, &how, sizeof(how));
    if (fd < 0 && (errno == ENOSYS || errno == EPERM))
        return walk(from, name, flags, mode);
    return (int)fd;
}

int dir_find(const struct dir *folder, const char *name, struct dir_place *place)
{
    const char *slash = strrchr(name, '/');
    char outer[PATH_BYTES];

    *place = (struct dir_place){.fd = folder->fd, .name = slash ? slash + 1 : name};
    if (!slash)
        return 0;
    snprintf(outer, sizeof(outer), "%.*s", (int)(slash - name), name);
    place->fd = dir_enter(folder->fd, outer, O_PATH | O_DIRECTORY, 0);
    place->is_open = place->fd >= 0;
    return place->fd < 0 ? -1 : 0;
}

void dir_leave(const struct dir_place *place)
{
    int code = errno;

    if (place->is_open)
        close(place->fd);
    errno = code;
}

/* ---- what is wrong ---- */

/* The first part of the name that is a link. */
static bool find_link(const struct dir *folder, const char *name, char to[PATH_BYTES])
{
    struct stat info;

    for (const char *end = name; *end; end += *end == '/') {
        end += strcspn(end, "/");
        snprintf(to, PATH_BYTES, "%.*s", (int)(end - name), name);
        if (fstatat(folder->fd, to, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(info.st_mode))
            return true;
    }
    return false;
}

int dir_error(const struct dir *folder, const char *name, const char *doing, struct err *err)
{
    char link[PATH_BYTES];
    int code = errno;

    if ((code == ELOOP || code == ENOTDIR) && find_link(folder, name, link))
        return err_set(err, ERR_INPUT,
            "%s/%s is a symbolic link, which scalestudy never makes there and does not follow; "
            "remove it",
            folder->path, link);
    if (code == ENOENT)
        return err_set(
            err, ERR_INPUT, "cannot %s %s/%s: %s", doing, folder->path, name, strerror(code));
    return err_set_errno(err, code, "cannot %s %s/%s", doing, folder->path, name);
}

/* ---- folders ---- */

int dir_open(struct dir *folder, const char *path, struct err *err)
{
    *folder = (struct dir)DIR_CLOSED;
    if (!realpath(path, folder->path))
        return err_set_errno(err, errno, "cannot open the folder %.500s", path);
    folder->fd = open(folder->path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder->fd < 0)
        return err_set_errno(err, errno, "cannot open the folder %s", folder->path);
    return 0;
}

int dir_open_inside(struct dir *folder, const struct dir *outer, const char *name, struct err *err)
{
    *folder = (struct dir)DIR_CLOSED;
    if (file_join(folder->path, outer->path, name, err) < 0)
        return -1;
    folder->fd = dir_enter(outer->fd, name, O_PATH | O_DIRECTORY, 0);
    return folder->fd < 0 ? dir_error(outer, name, "open the folder", err) : 0;
}

int dir_take(struct dir *folder, int fd, struct err *err)
{
    char self[64];
    ssize_t length;

    *folder = (struct dir)DIR_CLOSED;
    snprintf(self, sizeof(self), FILE_HELD_PREFIX "%d", fd);
    length = readlink(self, folder->path, sizeof(folder->path) - 1);
    if (length > 0)
        folder->path[length] = '\0';
    folder->fd = openat(fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (length <= 0 || folder->fd < 0)
        return err_set_errno(err, errno, "the descriptor %d is no folder", fd);
    return 0;
}

void dir_close(struct dir *folder)
{
    if (folder->fd >= 0)
        close(folder->fd);
    folder->fd = -1;
}

int dir_check_ours(const struct dir *folder, struct err *err)
{
    struct stat info;

    if (fstat(folder->fd, &info) != 0)
        return err_set_errno(err, errno, "cannot look at %s", folder->path);
    if (info.st_uid != geteuid() && info.st_uid != 0)
        return err_set(err, ERR_INPUT,
            "the folder %s belongs to another user (number %u), who could have this command change "
            "other files of yours; if you trust that user, say so with --trust",
            folder->path, (unsigned)info.st_uid);
    if (info.st_mode & S_IWOTH)
        return err_set(err, ERR_INPUT,
            "everybody may write in the folder %s, and could have this command change other files "
            "of yours; take that right away (chmod o-w), or say with --trust that you trust them",
            folder->path);
    return 0;
}

int dir_look(const struct dir *folder, const char *name, struct stat *info, struct err *err)
{
    struct dir_place place;
    int failed;

    if (dir_find(folder, name, &place) < 0)
        return errno == ENOENT ? 0 : dir_error(folder, name, "look at", err);
    failed = fstatat(place.fd, place.name, info, AT_SYMLINK_NOFOLLOW);
    dir_leave(&place);
    if (failed)
        return errno == ENOENT ? 0 : dir_error(folder, name, "look at", err);
    return 1;
}

int dir_make(const struct dir *folder, const char *name, struct err *err)
{
    struct dir_place place;
    struct stat info;
    int failed;

    if (dir_find(folder, name, &place) < 0)
        return dir_error(folder, name, "create the folder", err);
    failed = mkdirat(place.fd, place.name, 0775);
    if (failed && errno == EEXIST && fstatat(place.fd, place.name, &info, AT_SYMLINK_NOFOLLOW) == 0)
        errno = S_ISDIR(info.st_mode) ? 0 : ENOTDIR;
    dir_leave(&place);
    if (!failed || errno == 0)
        return !failed;
    return dir_error(folder, name, "create the folder", err);
}

DIR *dir_list(const struct dir *folder, const char *name, struct err *err)
{
    int fd = dir_enter(folder->fd, name, O_RDONLY | O_DIRECTORY, 0);
    DIR *listing = fd < 0 ? NULL : fdopendir(fd);
    int code = errno;

    if (listing)
        return listing;
    if (fd >= 0)
        close(fd);
    errno = code;
    (void)!dir_error(folder, name, "read the folder", err);
    return NULL;
}

/* ---- for what takes paths ---- */

void dir_path(const struct dir *folder, const char *name, char to[PATH_BYTES])
{
    snprintf(to, PATH_BYTES, FILE_HELD_PREFIX "%d/%s", folder->fd, name);
}

void dir_show(const struct dir *folder, struct err *err)
{
    char prefix[64];
    struct str shown = STR_INIT;
    struct err said = *err;
    const char *rest = said.message, *at;
    size_t length = (size_t)snprintf(prefix, sizeof(prefix), FILE_HELD_PREFIX "%d/", folder->fd);

    if (err->code == ERR_NONE || !strstr(rest, prefix))
        return;
    for (; (at = strstr(rest, prefix)); rest = at + length) {
        str_add_bytes(&shown, rest, (size_t)(at - rest));
        str_addf(&shown, "%s/", folder->path);
    }
    str_add(&shown, rest);
    err_clear(err);
    err_set(err, said.code, "%s", shown.length > 0 ? shown.text : said.message);
    str_release(&shown);
}
