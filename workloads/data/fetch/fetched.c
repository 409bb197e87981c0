/* Writing and verifying the list of files of a fetched set. */
#include "fetched.h"

#include <errno.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "workloads/data/formats/fetch_events.h"
#include "harness/system/digest.h"

#define HEADING "scalestudy files 1 "

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *place)
{
    (void)info, (void)type, (void)place;
    return remove(path);
}

int folder_remove(const char *path, struct err *err)
{
    struct stat info;

    if (lstat(path, &info) != 0 && errno == ENOENT)
        return 0;
    if (nftw(path, remove_entry, 32, FTW_DEPTH | FTW_PHYS) != 0)
        return err_set_errno(err, errno, "cannot remove %s", path);
    return 0;
}

/* A line without its end; NULL at the end of the file. */
static char *read_line(FILE *stream, char **line, size_t *capacity)
{
    ssize_t length = getline(line, capacity, stream);

    if (length <= 0)
        return NULL;
    if ((*line)[length - 1] == '\n')
        (*line)[length - 1] = '\0';
    return *line;
}

/* A list that is open after its heading; NULL if there is none for that set. */
static FILE *open_list(const char *root, const char *name)
{
    char path[PATH_BYTES + sizeof(FETCHED_LIST)];
    char *line = NULL;
    size_t capacity = 0;
    struct err ignored = {0};
    bool matches = false;
    FILE *stream;

    snprintf(path, sizeof(path), "%s%s", root, FETCHED_LIST);
    stream = file_open_stream(path, &ignored);
    if (!stream)
        return NULL;
    if (read_line(stream, &line, &capacity) && str_starts_with(line, HEADING))
        matches = !name || strcmp(line + strlen(HEADING), name) == 0;
    free(line);
    if (matches)
        return stream;
    fclose(stream);
    return NULL;
}

bool fetched_is_complete(const char *root, const char *name)
{
    FILE *stream = open_list(root, name);

    if (stream)
        fclose(stream);
    return stream != NULL;
}

int fetched_begin(struct file_writer *writer, const char *root, const char *name, struct err *err)
{
    char path[PATH_BYTES];

    if (file_join(path, root, &FETCHED_LIST[1], err) < 0 || file_writer_open(writer, path, err) < 0)
        return -1;
    fprintf(writer->stream, "%s%s\n", HEADING, name);
    return 0;
}

/* "hex<TAB>size<TAB>path": false if it is not such a line. */
static bool split_line(char *line, char **hex, long long *size, char **path)
{
    char *first = strchr(line, '\t'), *second = first ? strchr(first + 1, '\t') : NULL;

    if (!second)
        return false;
    *first = *second = '\0';
    *hex = line;
    *path = second + 1;
    return strlen(*hex) == 64 && str_to_int64(first + 1, size) && *size >= 0 && **path &&
           **path != '/';
}

int fetched_add(struct file_writer *writer, const char *list, int skip, const char *into,
    struct fetch_result *result, struct err *err)
{
    char *line = NULL, *hex, *path;
    FILE *stream = file_open_stream(list, err);
    size_t capacity = 0;
    long long size;

    if (!stream)
        return -1;
    while (read_line(stream, &line, &capacity)) {
        if (!split_line(line, &hex, &size, &path))
            continue;
        for (int i = 0; i < skip && strchr(path, '/'); i++)
            path = strchr(path, '/') + 1;
        fprintf(writer->stream, "%s\t%lld\t%s%s%s\n", hex, size, into ? into : "", into ? "/" : "",
            path);
        result->files++;
        result->bytes += size;
    }
    free(line);
    fclose(stream);
    return 0;
}

/* ---- verifying ---- */

static void report(struct rowset *rows, const char *path, const char *format, ...)
    PRINTF_LIKE(3, 4);
static void report(struct rowset *rows, const char *path, const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    rowset_text(rows, path);
    rowset_text(rows, text);
}

static int verify_file(const char *root, const char *path, const char *hex, long long size,
    struct rowset *rows, struct err *err)
{
    char full[PATH_BYTES], is[DIGEST_HEX_BYTES];
    struct err why = {0};
    struct stat info;

    if (file_join(full, root, path, err) < 0)
        return -1;
    if (stat(full, &info) != 0 && (errno == ENOENT || errno == ENOTDIR))
        report(rows, path, "missing");
    else if (stat(full, &info) != 0)
        report(rows, path, "unreadable: %s", strerror(errno));
    else if (!S_ISREG(info.st_mode))
        report(rows, path, "not a file");
    else if (info.st_size < size)
        report(rows, path, "truncated: %lld of %lld bytes", (long long)info.st_size, size);
    else if (info.st_size > size)
        report(rows, path, "altered: %lld bytes instead of %lld", (long long)info.st_size, size);
    else if (digest_file(full, DIGEST_SHA256, is, &why) < 0)
        report(rows, path, "unreadable: %s", why.message);
    else if (strcmp(is, hex) != 0)
        report(rows, path, "altered: another SHA-256");
    return 0;
}

int fetched_verify(const char *root, const struct fetch_events *events, struct rowset *rows,
    int64_t *checked, struct err *err)
{
    FILE *stream = open_list(root, NULL);
    int64_t done = 0;
    char *line = NULL, *hex, *path;
    size_t capacity = 0;
    long long size;
    int result = 0, number = 1;

    *checked = 0;
    if (!stream)
        return err_set(err, ERR_INPUT, "%s%s cannot be read", root, FETCHED_LIST);
    while (result == 0 && read_line(stream, &line, &capacity)) {
        number++;
        if (!split_line(line, &hex, &size, &path))
            result = err_set(err, ERR_INPUT,
                "%s%s:%d is not a SHA-256, a size and a path; fetch the set again", root,
                FETCHED_LIST, number);
        else
            result = verify_file(root, path, hex, size, rows, err);
        done += result == 0 ? size : 0;
        *checked += 1;
        fetch_show(events, FETCH_CHECKING, root, done, 0);
        if (result == 0 && fetch_should_stop(events))
            result = err_set(err, ERR_INTERRUPTED, "stopped after %lld files", (long long)*checked);
    }
    free(line);
    fclose(stream);
    return result;
}
