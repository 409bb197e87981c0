#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int read_stream(
    FILE *stream, const char *path, size_t max_bytes, struct str *content, struct err *err)
{
    char buffer[1 << 16];
    size_t count;

    while ((count = fread(buffer, 1, sizeof(buffer), stream)) > 0) {
        if (content->length + count > max_bytes)
            return err_set(err, ERR_INPUT,
                "%s is larger than %zu bytes, the most that is read here", path, max_bytes);
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
    if (file_is_folder(path))
        return err_set(err, ERR_INPUT, "%s is a folder; a file is needed", path);
    stream = fopen(path, "rb");
    if (!stream) {
        err_set_errno(err, errno, "cannot open %s", path);
        if (errno == ENOENT)
            err->code = ERR_INPUT;
        return -1;
    }
    result = read_stream(stream, path, max_bytes, content, err);
    fclose(stream);
    return result;
}

int file_writer_open(struct file_writer *writer, const char *path, struct err *err)
{
    *writer = (struct file_writer){0};
    if (!str_copy(writer->path, sizeof(writer->path), path))
        return err_set(
            err, ERR_INPUT, "the path %.60s... is longer than %d bytes", path, PATH_BYTES - 1);
    snprintf(writer->temporary, sizeof(writer->temporary), "%s.tmp.%ld", path, (long)getpid());
    writer->stream = fopen(writer->temporary, "wb");
    if (!writer->stream)
        return err_set_errno(err, errno, "cannot write %s", path);
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

int file_writer_commit(struct file_writer *writer, struct err *err)
{
    FILE *stream = writer->stream;
    int failed = fflush(stream) != 0 || ferror(stream) || fsync(fileno(stream)) != 0;
    int errno_value = errno;

    writer->stream = NULL;
    if (fclose(stream) != 0 && !failed) {
        failed = 1;
        errno_value = errno;
    }
    if (!failed && rename(writer->temporary, writer->path) != 0) {
        failed = 1;
        errno_value = errno;
    }
    if (failed) {
        unlink(writer->temporary);
        return err_set_errno(err, errno_value, "cannot write %s", writer->path);
    }
    sync_folder_of(writer->path);
    return 0;
}

void file_writer_abort(struct file_writer *writer)
{
    if (!writer->stream)
        return;
    fclose(writer->stream);
    unlink(writer->temporary);
    writer->stream = NULL;
}

int file_write(const char *path, const void *bytes, size_t count, struct err *err)
{
    struct file_writer writer;

    if (file_writer_open(&writer, path, err) < 0)
        return -1;
    fwrite(bytes, 1, count, writer.stream);
    return file_writer_commit(&writer, err);
}

int file_make_folders(const char *path, struct err *err)
{
    char part[PATH_BYTES];

    if (!str_copy(part, sizeof(part), path))
        return err_set(
            err, ERR_INPUT, "the path %.60s... is longer than %d bytes", path, PATH_BYTES - 1);
    for (char *slash = part + 1; *part; slash++) {
        bool last = *slash == '\0';

        if (*slash != '/' && !last)
            continue;
        *slash = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            return err_set_errno(err, errno, "cannot create the folder %s", part);
        if (last)
            break;
        *slash = '/';
    }
    if (!file_is_folder(path))
        return err_set(err, ERR_INPUT, "%s exists and is not a folder", path);
    return 0;
}

bool file_exists(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0;
}

bool file_is_same(const char *path, const char *other)
{
    struct stat a, b;

    return stat(path, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

bool file_is_folder(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

int file_make_temporary_folder(char to[PATH_BYTES], struct err *err)
{
    const char *where = getenv("TMPDIR");

    if (!where || !where[0])
        where = "/tmp";
    if (file_join(to, where, "scalestudy-XXXXXX", err) < 0)
        return -1;
    if (!mkdtemp(to))
        return err_set_errno(err, errno, "cannot create a folder in %s for temporary files", where);
    return 0;
}

int file_expand_home(const char *from, char to[PATH_BYTES], struct err *err)
{
    const char *home = getenv("HOME");

    if (from[0] == '~' && (from[1] == '/' || from[1] == '\0')) {
        if (!home || !home[0])
            return err_set(err, ERR_INPUT, "%s starts with ~, but HOME is not set", from);
        return file_join(to, home, from[1] ? from + 2 : "", err);
    }
    if (!str_copy(to, PATH_BYTES, from))
        return err_set(
            err, ERR_INPUT, "the path %.60s... is longer than %d bytes", from, PATH_BYTES - 1);
    return 0;
}

int file_cache_folder(char to[PATH_BYTES], struct err *err)
{
    const char *cache = getenv("XDG_CACHE_HOME");
    char home[PATH_BYTES];

    /* The XDG specification: a relative path there is to be ignored. */
    if (cache && cache[0] == '/')
        return file_join(to, cache, "scalestudy", err);
    if (file_expand_home("~/.cache", home, err) < 0)
        return -1;
    return file_join(to, home, "scalestudy", err);
}

int file_join(char to[PATH_BYTES], const char *folder, const char *name, struct err *err)
{
    size_t length = strlen(folder);
    const char *slash = length > 0 && folder[length - 1] == '/' ? "" : "/";
    int written = snprintf(to, PATH_BYTES, "%s%s%s", folder, name[0] ? slash : "", name);

    if (written < 0 || written >= PATH_BYTES)
        return err_set(err, ERR_INPUT, "the path %.60s/%.60s... is longer than %d bytes", folder,
            name, PATH_BYTES - 1);
    return 0;
}

void file_folder_of(const char *path, char to[PATH_BYTES])
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        str_copy(to, PATH_BYTES, ".");
    else if (slash == path)
        str_copy(to, PATH_BYTES, "/");
    else
        snprintf(to, PATH_BYTES, "%.*s", (int)(slash - path), path);
}

const char *file_temporary_folder(void)
{
    const char *folder = getenv("TMPDIR");

    return folder && folder[0] == '/' ? folder : "/tmp";
}
