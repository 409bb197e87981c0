/* Outputs for file.h: where a path leads, and writing a file whole or not at all. */
#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "file_private.h"

#define MOST_LINKS 40 /* as the system */
#define MOST_NAMES 20 /* tried for a temporary */
#define MARK       ".tmp."
#define DIGITS     16 /* random ones, behind the mark */

/* ---- where a path leads ---- */

static int too_long(const char *path, struct err *err)
{
    return err_set(
        err, ERR_INPUT, "the path %.60s... is longer than %d bytes", path, PATH_BYTES - 1);
}

/* Who made a link says which file is written, or read: it must be the user, or the superuser. */
static bool may_follow(const struct stat *link)
{
    return link->st_uid == geteuid() || link->st_uid == 0;
}

static int follow_one(const char *path, char to[PATH_BYTES], struct err *err)
{
    char text[PATH_BYTES], folder[PATH_BYTES];
    ssize_t length = readlink(to, text, sizeof(text) - 1);

    if (length < 0)
        return err_set_errno(err, errno, "cannot read the link %s", to);
    text[length] = '\0';
    if (length == 0 || length == (ssize_t)sizeof(text) - 1)
        return err_set(err, ERR_INPUT, "the link %s leads nowhere", to);
    file_folder_of(to, folder);
    if (text[0] == '/' || strcmp(folder, ".") == 0)
        return str_copy(to, PATH_BYTES, text) ? 0 : too_long(path, err);
    return file_join(to, folder, text, err);
}

int file_follow(const char *path, char to[PATH_BYTES], struct err *err)
{
    struct stat info;

    if (!str_copy(to, PATH_BYTES, path))
        return too_long(path, err);
    for (int i = 0; i < MOST_LINKS; i++) {
        if (lstat(to, &info) != 0 || !S_ISLNK(info.st_mode))
            return 0; /* whoever opens it finds out why, if it cannot be */
        if (!may_follow(&info))
            return err_set(err, ERR_INPUT,
                "the link %s is of another user, and is not followed; name the file itself", to);
        if (follow_one(path, to, err) < 0)
            return -1;
    }
    return err_set(err, ERR_INPUT, "the link %s leads in a circle", path);
}

/* What an output is. */
enum output {
    OUTPUT_NONE,       /* refused */
    OUTPUT_FILE,       /* an ordinary file, or nothing yet */
    OUTPUT_STREAM,     /* a device or FIFO, written to directly */
    OUTPUT_DESCRIPTOR, /* of this process */
};

/* The number in a name like /dev/stdout or /proc/self/fd/1, whose last link is one that the system
 * makes up; -1 if the path is none of those. */
static int find_descriptor(const char *path)
{
    char at[PATH_BYTES], folder[PATH_BYTES];
    struct err ignored = {0};
    struct statfs place;
    struct stat info;
    long long number;

    if (strcmp(path, "-") == 0)
        return STDOUT_FILENO;
    if (!str_copy(at, sizeof(at), path))
        return -1;
    for (int i = 0; i < MOST_LINKS && lstat(at, &info) == 0 && S_ISLNK(info.st_mode); i++) {
        file_folder_of(at, folder);
        if (statfs(folder, &place) == 0 && place.f_type == PROC_SUPER_MAGIC &&
            file_is_same(folder, "/proc/self/fd") && strrchr(at, '/') &&
            str_to_int64(strrchr(at, '/') + 1, &number))
            return (int)number;
        if (follow_one(path, at, &ignored) < 0)
            return -1;
    }
    return -1;
}

static enum output refuse(const char *path, unsigned mode, struct err *err)
{
    if (S_ISDIR(mode))
        err_set(err, ERR_INPUT, "%s is a folder; the output needs a name of its own", path);
    else if (S_ISLNK(mode))
        err_set(err, ERR_INPUT,
            "%s is a symbolic link, which scalestudy never makes there; remove it", path);
    else
        err_set(err, ERR_INPUT,
            "%s is %s; an output goes to an ordinary file, a pipe, a character device, or - for "
            "standard output",
            path, file_kind_name(mode));
    return OUTPUT_NONE;
}

/* The one place that decides what becomes of an output: `writer` knows its path then, its target,
 * and the file that is there already. */
static enum output decide(struct file_writer *writer, const char *path, struct err *err)
{
    struct stat info;

    *writer = (struct file_writer){0};
    if (!str_copy(writer->path, sizeof(writer->path), path)) {
        too_long(path, err);
        return OUTPUT_NONE;
    }
    if (!file_is_held(path) && find_descriptor(path) >= 0)
        return OUTPUT_DESCRIPTOR;
    if (!file_is_held(path) && stat(path, &info) == 0 &&
        (S_ISFIFO(info.st_mode) || S_ISCHR(info.st_mode)))
        return OUTPUT_STREAM;
    if (file_is_held(path))
        str_copy(writer->target, sizeof(writer->target), path);
    else if (file_follow(path, writer->target, err) < 0)
        return OUTPUT_NONE;
    if (lstat(writer->target, &info) != 0) {
        if (errno == ENOENT)
            return OUTPUT_FILE;
        err_set_errno(err, errno, "cannot write %s", path);
        return OUTPUT_NONE;
    }
    if (!S_ISREG(info.st_mode))
        return refuse(path, info.st_mode, err);
    writer->replaces = true;
    writer->mode = info.st_mode & 07777;
    writer->owner = info.st_uid;
    writer->group = info.st_gid;
    return OUTPUT_FILE;
}

static int not_ordinary(const char *path, struct err *err)
{
    return err_set(
        err, ERR_INPUT, "%s is not an ordinary file, which this output needs to be", path);
}

static int check_folder(const struct file_writer *writer, struct err *err)
{
    char folder[PATH_BYTES];

    file_folder_of(writer->target, folder);
    if (!file_is_folder(folder))
        return err_set(
            err, ERR_INPUT, "%s: there is no folder %s; create it first", writer->path, folder);
    return 0;
}

static int check_output(const char *path, bool plain, struct err *err)
{
    struct file_writer writer;
    enum output output = decide(&writer, path, err);

    if (output == OUTPUT_NONE)
        return -1;
    if (output != OUTPUT_FILE)
        return plain ? not_ordinary(path, err) : 0;
    return check_folder(&writer, err);
}

int file_check_output(const char *path, struct err *err)
{
    return check_output(path, false, err);
}

int file_check_output_plain(const char *path, struct err *err)
{
    return check_output(path, true, err);
}

bool file_is_standard_output(const char *path)
{
    return find_descriptor(path) == STDOUT_FILENO;
}

/* ---- temporaries ---- */

int file_random_name(char *to, size_t digits, struct err *err)
{
    unsigned char bytes[FILE_MAX_RANDOM_DIGITS];

    if (digits > sizeof(bytes) || getrandom(bytes, digits, 0) != (ssize_t)digits)
        return err_set_errno(err, errno, "the system gives no random numbers");
    for (size_t i = 0; i < digits; i++)
        to[i] = "0123456789abcdef"[bytes[i] % 16];
    to[digits] = '\0';
    return 0;
}

/* Locked, so that it is no leftover; false if a sweep was faster. Where there are no locks, nobody
 * sweeps. Not for all: on file servers locks are slow, or hang where they are badly set up. */
static bool hold(int fd)
{
    struct stat info;

    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return false;
    return fstat(fd, &info) == 0 && info.st_nlink > 0;
}

/* A new file beside the target, under a name that nobody can foresee; a descriptor. */
static int open_temporary(struct file_writer *writer, bool locked, struct err *err)
{
    char digits[DIGITS + 1];

    for (int i = 0; i < MOST_NAMES; i++) {
        int fd;

        if (file_random_name(digits, DIGITS, err) < 0)
            return -1;
        snprintf(
            writer->temporary, sizeof(writer->temporary), "%s" MARK "%s", writer->target, digits);
        fd = open(writer->temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
            writer->replaces ? 0600 : 0666);
        if (fd >= 0 && (!locked || hold(fd)))
            return fd;
        writer->temporary[0] = '\0'; /* not ours */
        if (fd < 0 && errno != EEXIST) {
            int number = errno;

            return check_folder(writer, err) < 0
                       ? -1
                       : err_set_errno(err, number, "cannot write %s", writer->path);
        }
        if (fd >= 0)
            close(fd);
    }
    return err_set(err, ERR_IO, "cannot write %s: no name beside it is free", writer->path);
}

static bool is_temporary(const char *name, const char *of)
{
    size_t length = strlen(of);

    if (strncmp(name, of, length) != 0 || !str_starts_with(name + length, MARK))
        return false;
    name += length + strlen(MARK);
    return strlen(name) == DIGITS && strspn(name, "0123456789abcdef") == DIGITS;
}

void file_sweep(const char *path)
{
    char target[PATH_BYTES], folder[PATH_BYTES];
    struct err ignored = {0};
    const struct dirent *entry;
    const char *name;
    DIR *listing;

    if (file_follow(path, target, &ignored) < 0)
        return;
    name = strrchr(target, '/');
    name = name ? name + 1 : target;
    file_folder_of(target, folder);
    listing = opendir(folder);
    while (listing && (entry = readdir(listing))) {
        int fd = is_temporary(entry->d_name, name)
                     ? openat(dirfd(listing), entry->d_name,
                           O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
                     : -1;

        if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
            unlinkat(dirfd(listing), entry->d_name, 0);
        if (fd >= 0)
            close(fd);
    }
    if (listing)
        closedir(listing);
}

/* ---- writing ---- */

/* What an output that is not an ordinary file is written to; -1 with the error set. */
static int open_target(const struct file_writer *writer, struct err *err)
{
    int number = find_descriptor(writer->path), fd;

    fflush(NULL); /* what the program said before comes first */
    fd = number >= 0 ? fcntl(number, F_DUPFD_CLOEXEC, 3)
                     : open(writer->path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
    return fd < 0 ? err_set_errno(err, errno, "cannot write %s", writer->path) : fd;
}

static int start(struct file_writer *writer, int fd, struct err *err)
{
    writer->stream = fd < 0 ? NULL : fdopen(fd, "wb");
    if (!writer->stream) {
        if (fd >= 0) {
            err_set_errno(err, errno, "cannot write %s", writer->path);
            close(fd);
        }
        if (writer->temporary[0])
            unlink(writer->temporary);
        return -1;
    }
    writer->is_open = true;
    return 0;
}

int file_writer_open(struct file_writer *writer, const char *path, struct err *err)
{
    enum output output = decide(writer, path, err);

    if (output == OUTPUT_NONE)
        return -1;
    return start(writer,
        output == OUTPUT_FILE ? open_temporary(writer, false, err) : open_target(writer, err), err);
}

int file_writer_open_plain(struct file_writer *writer, const char *path, struct err *err)
{
    enum output output = decide(writer, path, err);

    if (output == OUTPUT_FILE)
        return start(writer, open_temporary(writer, true, err), err);
    return output == OUTPUT_NONE ? -1 : not_ordinary(path, err);
}

/* A folder of our own with a file for what is copied to the target later. */
static int open_aside(struct file_writer *writer, struct err *err)
{
    char folder[PATH_BYTES];
    int fd;

    if (file_make_temporary_folder(folder, err) < 0)
        return -1;
    snprintf(writer->temporary, sizeof(writer->temporary), "%s/output", folder);
    fd = file_create(writer->temporary, 0600, err);
    if (fd < 0)
        rmdir(folder);
    return fd;
}

static void close_aside(const struct file_writer *writer)
{
    char folder[PATH_BYTES];

    unlink(writer->temporary);
    file_folder_of(writer->temporary, folder);
    rmdir(folder);
}

int file_writer_open_name(struct file_writer *writer, const char *path, struct err *err)
{
    enum output output = decide(writer, path, err);
    int fd;

    if (output == OUTPUT_NONE)
        return -1;
    fd = output == OUTPUT_FILE ? open_temporary(writer, false, err) : open_aside(writer, err);
    if (fd < 0)
        return -1;
    close(fd);
    writer->is_open = true;
    return 0;
}

static void sync_folder_of(const char *path)
{
    char folder[PATH_BYTES];
    int fd;

    file_folder_of(path, folder);
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd); /* some file systems refuse it for folders; the rename stands either way */
        close(fd);
    }
}

/* As those of the file that was there, so far as the system allows it. */
static void keep_rights(const struct file_writer *writer, int fd)
{
    unsigned mode = writer->mode;

    if (fchown(fd, writer->owner, writer->group) != 0) {
        /* A file of ours never becomes setuid or setgid: it would lend our rights. */
        mode &= 0777;
        (void)!fchown(fd, (uid_t)-1, writer->group);
    }
    (void)fchmod(fd, mode);
}

/* On the disk, before it is seen under its name. */
static int make_durable(const struct file_writer *writer, int fd, struct err *err)
{
    if (writer->replaces)
        keep_rights(writer, fd);
    return fsync(fd) == 0 ? 0 : err_set_errno(err, errno, "cannot write %s", writer->path);
}

static int put_in_place(const struct file_writer *writer, struct err *err)
{
    if (rename(writer->temporary, writer->target) != 0)
        return err_set_errno(err, errno, "cannot write %s", writer->path);
    sync_folder_of(writer->target);
    return 0;
}

/* Another program wrote the file in the temporary folder. */
static int copy_aside(const struct file_writer *writer, struct err *err)
{
    FILE *from = file_open_stream(writer->temporary, err);
    struct file_writer to = *writer;
    char buffer[1 << 15];
    size_t count;
    int result = -1;

    to.temporary[0] = '\0';
    if (from && start(&to, open_target(writer, err), err) == 0) {
        while ((count = fread(buffer, 1, sizeof(buffer), from)) > 0)
            fwrite(buffer, 1, count, to.stream);
        result = ferror(from) ? err_set_errno(err, errno, "cannot write %s", writer->path) : 0;
        if (file_writer_commit(&to, err) < 0)
            result = -1;
    }
    if (from)
        fclose(from);
    return result;
}

static int commit_name(struct file_writer *writer, struct err *err)
{
    int fd, result;

    if (!writer->target[0]) {
        result = copy_aside(writer, err);
        close_aside(writer);
        return result;
    }
    fd = open(writer->temporary, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return err_set_errno(err, errno, "cannot write %s", writer->path);
    result = make_durable(writer, fd, err);
    close(fd);
    return result < 0 ? -1 : put_in_place(writer, err);
}

/* Of a stream that failed before: it keeps that, and not why, so the same is tried again in the file
 * that is given up anyway. */
static int reason_of(const struct file_writer *writer)
{
    static const char zeros[4096];

    if (writer->temporary[0] && write(fileno(writer->stream), zeros, sizeof(zeros)) < 0)
        return errno;
    return EIO;
}

static int commit_stream(struct file_writer *writer, struct err *err)
{
    FILE *stream = writer->stream;
    int result = 0;

    errno = 0;
    if (fflush(stream) != 0 || ferror(stream))
        result =
            err_set_errno(err, errno ? errno : reason_of(writer), "cannot write %s", writer->path);
    if (result == 0 && writer->temporary[0])
        result = make_durable(writer, fileno(stream), err);
    writer->stream = NULL;
    if (fclose(stream) != 0 && result == 0)
        result = err_set_errno(err, errno, "cannot write %s", writer->path);
    if (result == 0 && writer->temporary[0])
        result = put_in_place(writer, err);
    return result;
}

int file_writer_commit(struct file_writer *writer, struct err *err)
{
    int result = writer->stream ? commit_stream(writer, err) : commit_name(writer, err);

    writer->is_open = false;
    if (result < 0 && writer->temporary[0])
        unlink(writer->temporary);
    return result;
}

void file_writer_abort(struct file_writer *writer)
{
    if (!writer->is_open)
        return;
    writer->is_open = false;
    if (writer->stream)
        fclose(writer->stream);
    writer->stream = NULL;
    if (writer->temporary[0] && !writer->target[0])
        close_aside(writer);
    else if (writer->temporary[0])
        unlink(writer->temporary);
}

int file_write(const char *path, const void *bytes, size_t count, struct err *err)
{
    struct file_writer writer;

    if (file_writer_open(&writer, path, err) < 0)
        return -1;
    fwrite(bytes, 1, count, writer.stream);
    return file_writer_commit(&writer, err);
}

int file_create(const char *path, unsigned mode, struct err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode), code = errno;

    if (fd >= 0)
        return fd;
    err_set_errno(err, code, "cannot create %s", path);
    errno = code;
    return -1;
}

/* Never anything but an ordinary file, and never waiting for another. */
static int open_ordinary(const char *path, int flags, mode_t mode, struct err *err)
{
    struct stat info;
    int fd = open(path, flags | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, mode);

    if (fd < 0)
        return err_set_errno(err, errno, "cannot write %s", path);
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode))
        return fd;
    close(fd);
    return err_set(
        err, ERR_INPUT, "%s is %s; an ordinary file is needed", path, file_kind_name(info.st_mode));
}

int file_open_ours(const char *path, struct err *err)
{
    return open_ordinary(path, O_RDWR | O_NOFOLLOW, 0644, err);
}

int file_append(const char *path, struct err *err)
{
    return open_ordinary(path, O_WRONLY | O_APPEND | O_NOFOLLOW, 0666, err);
}
