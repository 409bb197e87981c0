/* Extracting archives by libarchive, with checks of every path and limits on size. */
#include "unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fetch_events.h"
#include "harness/system/digest.h"
#include "harness/system/file.h"
#include "harness/system/file_kind.h"
#include "harness/system/late_library.h"

#define READ_BYTES ((size_t)1 << 18)
#define COPY_BYTES ((size_t)1 << 15) /* on the stack */
#define MOST_DEPTH 32

#define CALLS(X)                                                                                   \
    X(archive_read_new)                                                                            \
    X(archive_read_support_filter_gzip)                                                            \
    X(archive_read_support_filter_bzip2)                                                           \
    X(archive_read_support_filter_xz)                                                              \
    X(archive_read_support_filter_zstd)                                                            \
    X(archive_read_support_format_raw)                                                             \
    X(archive_read_support_format_tar)                                                             \
    X(archive_read_support_format_zip_seekable)                                                    \
    X(archive_read_open)                                                                           \
    X(archive_read_open_fd)                                                                        \
    X(archive_read_next_header)                                                                    \
    X(archive_read_data)                                                                           \
    X(archive_read_free)                                                                           \
    X(archive_entry_filetype)                                                                      \
    X(archive_entry_hardlink)                                                                      \
    X(archive_entry_pathname)                                                                      \
    X(archive_entry_pathname_utf8)                                                                 \
    X(archive_entry_symlink)                                                                       \
    X(archive_error_string)                                                                        \
    X(archive_filter_bytes)                                                                        \
    X(archive_set_error)                                                                           \
    X(archive_version_details)

static struct {
    CALLS(LATE_POINTER)
} lib;

static const struct late_call calls[] = {CALLS(LATE_CALL){0}};

static struct late_library library = {
    .file = "libarchive.so.13",
    .package = "libarchive13",
    .needed_for = "archives",
    .calls = calls,
};

struct unpacking {
    const char *path, *folder, *name; /* name: of the archive, for people */
    FILE *list;
    const struct unpack_limits *limits;
    const struct fetch_events *events;
    bool archives_inside;
    struct archive *archive, *outer; /* the one that is read; that which it lies in, or NULL */
    const char *inside;              /* the folder of the one that is read, below `folder` */
    int fd;                          /* of the file, or -1 */
    int64_t size;                    /* of the archive */
    int64_t entries, bytes;
    struct err *err;
    char block[COPY_BYTES]; /* that an inner archive reads */
};

/* ---- names ---- */

/* The name without "./" before it; NULL with the error set if it is not one for below a folder. */
static const char *safe_name(const struct unpacking *u, const char *name)
{
    const char *why = NULL;
    int depth = 0;

    while (name && name[0] == '.' && name[1] == '/')
        for (name++; *name == '/';)
            name++;
    if (!name)
        why = "has no name that can be read";
    else if (name[0] == '/')
        why = "has an absolute name";
    for (const char *at = name; at && *at && !why; at += strcspn(at, "/"), at += *at == '/') {
        if (at[0] == '.' && at[1] == '.' && (at[2] == '/' || !at[2]))
            why = "leads out of its folder by \"..\"";
        else if (++depth > MOST_DEPTH)
            why = "lies too many folders deep";
    }
    for (const char *at = name; at && *at && !why; at++)
        if ((unsigned char)*at < ' ' || *at == 127 || *at == '\\')
            why = "has a control character or backslash in its name";
    if (!why)
        return name;
    err_set(u->err, ERR_INPUT, "%s is refused: its entry \"%.100s\" %s", u->path, name ? name : "",
        why);
    return NULL;
}

/* ---- one entry ---- */

static int check_limits(struct unpacking *u, int64_t more)
{
    u->bytes += more;
    if (u->bytes > u->limits->bytes)
        return err_set(u->err, ERR_INPUT,
            "%s is refused: it unpacks to more than %lld bytes, which is the most that is taken",
            u->path, (long long)u->limits->bytes);
    if (u->bytes > u->limits->ratio_after && u->bytes / u->limits->ratio > u->size)
        return err_set(u->err, ERR_INPUT,
            "%s is refused: it unpacks to more than %lld times its size, as no set of images does",
            u->path, (long long)u->limits->ratio);
    return 0;
}

static int write_block(const char *path, int fd, const char *bytes, size_t count, struct err *err)
{
    while (count > 0) {
        ssize_t written = write(fd, bytes, count);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return err_set_errno(err, written < 0 ? errno : ENOSPC, "cannot write %s", path);
        bytes += written;
        count -= (size_t)written;
    }
    return 0;
}

static int step(struct unpacking *u)
{
    fetch_show(u->events, FETCH_UNPACKING, u->name,
        lib.archive_filter_bytes(u->outer ? u->outer : u->archive, -1), u->size);
    if (fetch_should_stop(u->events))
        return err_set(u->err, ERR_INTERRUPTED, "stopped; the same command goes on");
    return 0;
}

static int copy_data(struct unpacking *u, const char *to, int fd, struct digest *digest)
{
    char buffer[COPY_BYTES];
    la_ssize_t count;

    while ((count = lib.archive_read_data(u->archive, buffer, sizeof(buffer))) > 0) {
        if (check_limits(u, count) < 0 || step(u) < 0 ||
            write_block(to, fd, buffer, (size_t)count, u->err) < 0)
            return -1;
        digest_add(digest, buffer, (size_t)count);
    }
    if (count < 0)
        return err_set(u->err, ERR_INPUT, "%s is damaged: %s", u->path,
            lib.archive_error_string(u->archive) ? lib.archive_error_string(u->archive)
                                                 : "unknown error");
    return 0;
}

static int write_file(struct unpacking *u, const char *name, const char *to)
{
    struct digest digest = DIGEST_INIT;
    char parent[PATH_BYTES], hex[DIGEST_HEX_BYTES];
    int64_t before = u->bytes;
    int fd, result = -1;

    file_folder_of(to, parent);
    if (file_make_folders(parent, u->err) < 0)
        return -1;
    if (file_exists(to))
        return err_set(
            u->err, ERR_INPUT, "%s is refused: it has the entry \"%.100s\" twice", u->path, name);
    fd = file_create(to, 0644, u->err);
    if (fd < 0)
        return -1;
    if (digest_open(&digest, DIGEST_SHA256, u->err) == 0 && copy_data(u, to, fd, &digest) == 0)
        result = digest_close(&digest, hex, u->err);
    digest_release(&digest);
    if (close(fd) != 0 && result == 0)
        result = err_set_errno(u->err, errno, "cannot write %s", to);
    if (result == 0 &&
        fprintf(u->list, "%s\t%lld\t%s\n", hex, (long long)(u->bytes - before), name) < 0)
        result = err_set_errno(u->err, errno, "cannot write the list of files of %s", u->path);
    return result;
}

static int check_entry(
    struct unpacking *u, struct archive_entry *entry, const char *name, mode_t type)
{
    const char *kind = NULL;

    if (lib.archive_entry_hardlink(entry))
        kind = "a hard link";
    else if (lib.archive_entry_symlink(entry) || type == AE_IFLNK)
        kind = "a link";
    else if (type != AE_IFREG && type != AE_IFDIR)
        kind = "a device, a pipe or a socket";
    if (kind)
        return err_set(u->err, ERR_INPUT,
            "%s is refused: its entry \"%.100s\" is %s, which no set of images has a use for",
            u->path, name, kind);
    if (++u->entries > u->limits->entries)
        return err_set(u->err, ERR_INPUT,
            "%s is refused: it has more than %lld entries, which is the most that is taken",
            u->path, (long long)u->limits->entries);
    return 0;
}

static int unpack_inner(struct unpacking *u, const char *name);

static int unpack_entry(struct unpacking *u, struct archive_entry *entry)
{
    const char *own =
        safe_name(u, lib.archive_entry_pathname(entry) ? lib.archive_entry_pathname(entry)
                                                       : lib.archive_entry_pathname_utf8(entry));
    char name[PATH_BYTES], to[PATH_BYTES];
    mode_t type = lib.archive_entry_filetype(entry);

    if (!own || check_entry(u, entry, own, type) < 0)
        return -1;
    if (u->archives_inside && !u->outer && type == AE_IFREG && str_ends_with(own, ".tar"))
        return unpack_inner(u, own);
    if (snprintf(name, sizeof(name), "%s%s%s", u->inside, u->inside[0] ? "/" : "", own) >=
        (int)sizeof(name))
        return err_set(u->err, ERR_INPUT,
            "%s is refused: its entry \"%.100s\" has a name of more "
            "than %d bytes",
            u->path, own, PATH_BYTES - 1);
    if (file_join(to, u->folder, name, u->err) < 0)
        return -1;
    if (type == AE_IFREG)
        return write_file(u, name, to);
    return own[0] ? file_make_folders(to, u->err) : 0;
}

static int unpack_entries(struct unpacking *u)
{
    struct archive_entry *entry;
    int code;

    while ((code = lib.archive_read_next_header(u->archive, &entry)) != ARCHIVE_EOF) {
        if (code != ARCHIVE_OK && code != ARCHIVE_WARN)
            return err_set(u->err, ERR_INPUT, "%s is damaged, or not an archive: %s", u->path,
                lib.archive_error_string(u->archive) ? lib.archive_error_string(u->archive)
                                                     : "unknown error");
        if (unpack_entry(u, entry) < 0 || step(u) < 0)
            return -1;
    }
    return 0;
}

static la_ssize_t read_outer(struct archive *inner, void *context, const void **bytes)
{
    struct unpacking *u = context;
    la_ssize_t count = lib.archive_read_data(u->outer, u->block, sizeof(u->block));

    if (count < 0)
        lib.archive_set_error(inner, EIO, "%s",
            lib.archive_error_string(u->outer) ? lib.archive_error_string(u->outer)
                                               : "it is cut off");
    *bytes = u->block;
    return count < 0 ? ARCHIVE_FATAL : count;
}

/* The entry that is to be read next is a tar: NAME.tar, of what is to be in NAME. */
static int unpack_inner(struct unpacking *u, const char *name)
{
    char inside[PATH_BYTES], to[PATH_BYTES];
    int result = -1;

    str_copy(inside, sizeof(inside), name);
    inside[strlen(inside) - strlen(".tar")] = '\0';
    u->outer = u->archive;
    u->inside = inside;
    u->archive = lib.archive_read_new();
    if (!u->archive) {
        err_set(u->err, ERR_MEMORY, "no memory to read %s", u->path);
    } else if (lib.archive_read_support_format_tar(u->archive) != ARCHIVE_OK ||
               lib.archive_read_open(u->archive, u, NULL, read_outer, NULL) != ARCHIVE_OK) {
        err_set(u->err, ERR_INPUT, "%s: its entry \"%.100s\" is not a tar that can be read: %s",
            u->path, name, lib.archive_error_string(u->archive));
    } else if (file_join(to, u->folder, inside, u->err) == 0 &&
               file_make_folders(to, u->err) == 0 && unpack_entries(u) == 0) {
        result = 0;
    }
    lib.archive_read_free(u->archive);
    u->archive = u->outer;
    u->outer = NULL;
    u->inside = "";
    return result;
}

/* ---- whole archives ---- */

static int not_an_archive(const struct unpacking *u)
{
    struct file_kind kind;

    if (file_kind_of(u->path, &kind) && kind.is_text)
        return err_set(u->err, ERR_INPUT, "%s is %s in place of an archive: %s", u->path, kind.what,
            kind.advice);
    return err_set(u->err, ERR_INPUT, "%s is not a tar or zip archive that can be read: %s",
        u->path, lib.archive_error_string(u->archive));
}

static int open_archive(struct unpacking *u)
{
    struct stat info;

    if (late_library_open(&library, u->err) < 0)
        return -1;
    u->fd = file_open(u->path, u->err);
    if (u->fd < 0)
        return -1;
    if (fstat(u->fd, &info) != 0)
        return err_set_errno(u->err, errno, "cannot read %s", u->path);
    u->size = info.st_size;
    u->archive = lib.archive_read_new();
    if (!u->archive)
        return err_set(u->err, ERR_MEMORY, "no memory to read %s", u->path);
    lib.archive_read_support_filter_gzip(u->archive);
    lib.archive_read_support_filter_bzip2(u->archive);
    lib.archive_read_support_filter_xz(u->archive);
    lib.archive_read_support_filter_zstd(u->archive);
    lib.archive_read_support_format_tar(u->archive);
    lib.archive_read_support_format_zip_seekable(u->archive);
    if (lib.archive_read_open_fd(u->archive, u->fd, READ_BYTES) != ARCHIVE_OK)
        return not_an_archive(u);
    return 0;
}

static int unpack_all(struct unpacking *u, const char *path)
{
    const char *slash = strrchr(path, '/');
    int result;

    u->path = path;
    u->fd = -1;
    u->name = slash ? slash + 1 : path;
    u->inside = "";
    result = open_archive(u);
    if (result == 0)
        result = unpack_entries(u);
    if (result == 0 && u->entries == 0)
        result = err_set(u->err, ERR_INPUT, "%s is an empty archive", path);
    if (u->archive)
        lib.archive_read_free(u->archive);
    if (u->fd >= 0)
        close(u->fd);
    return result;
}

int unpack_archive(const char *path, const char *folder, FILE *list,
    const struct unpack_limits *limits, const struct fetch_events *events, struct err *err)
{
    struct unpacking u = {
        .folder = folder, .list = list, .limits = limits, .events = events, .err = err};

    return unpack_all(&u, path);
}

int unpack_archive_of_archives(const char *path, const char *folder, FILE *list,
    const struct unpack_limits *limits, const struct fetch_events *events, struct err *err)
{
    struct unpacking u = {.folder = folder,
        .list = list,
        .limits = limits,
        .events = events,
        .archives_inside = true,
        .err = err};

    return unpack_all(&u, path);
}

int unpack_gzip(const char *path, size_t max_bytes, struct str *content, struct err *err)
{
    char buffer[COPY_BYTES];
    struct archive *archive;
    struct archive_entry *entry;
    la_ssize_t count = 0;
    int fd, result = -1;

    str_clear(content);
    if (late_library_open(&library, err) < 0)
        return -1;
    fd = file_open(path, err);
    if (fd < 0)
        return -1;
    archive = lib.archive_read_new();
    if (!archive) {
        close(fd);
        return err_set(err, ERR_MEMORY, "no memory to read %s", path);
    }
    lib.archive_read_support_filter_gzip(archive);
    lib.archive_read_support_format_raw(archive);
    if (lib.archive_read_open_fd(archive, fd, READ_BYTES) != ARCHIVE_OK ||
        lib.archive_read_next_header(archive, &entry) != ARCHIVE_OK) {
        err_set(err, ERR_INPUT, "%s cannot be read as a gzip file: %s", path,
            lib.archive_error_string(archive) ? lib.archive_error_string(archive) : "it is empty");
        goto done;
    }
    while ((count = lib.archive_read_data(archive, buffer, sizeof(buffer))) > 0) {
        if (content->length + (size_t)count > max_bytes) {
            err_set(err, ERR_INPUT, "%s unpacks to more than %zu bytes, which it should have", path,
                max_bytes);
            goto done;
        }
        str_add_bytes(content, buffer, (size_t)count);
    }
    if (count < 0)
        err_set(err, ERR_INPUT, "%s is damaged: %s", path,
            lib.archive_error_string(archive) ? lib.archive_error_string(archive)
                                              : "unknown error");
    else
        result = str_check(content, err);
done:
    lib.archive_read_free(archive);
    close(fd);
    return result;
}

const char *unpack_library(struct err *err)
{
    return late_library_open(&library, err) < 0 ? NULL : lib.archive_version_details();
}
