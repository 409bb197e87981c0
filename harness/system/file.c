/* Reading bounded files, writing them whole by a rename, and handling of paths. */
#include "file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

bool file_is_link(const char *path)
{
    struct stat info;

    return lstat(path, &info) == 0 && S_ISLNK(info.st_mode);
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

/* A folder of the XDG specification, which says that a relative path there is to be ignored. */
static int user_folder(const char *set, const char *usual, char to[PATH_BYTES], struct err *err)
{
    char home[PATH_BYTES];

    if (set && set[0] == '/')
        return file_join(to, set, "scalestudy", err);
    if (file_expand_home(usual, home, err) < 0)
        return -1;
    return file_join(to, home, "scalestudy", err);
}

int file_cache_folder(char to[PATH_BYTES], struct err *err)
{
    return user_folder(getenv("XDG_CACHE_HOME"), "~/.cache", to, err);
}

int file_config_folder(char to[PATH_BYTES], struct err *err)
{
    return user_folder(getenv("XDG_CONFIG_HOME"), "~/.config", to, err);
}

int file_state_folder(char to[PATH_BYTES], struct err *err)
{
    return user_folder(getenv("XDG_STATE_HOME"), "~/.local/state", to, err);
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
