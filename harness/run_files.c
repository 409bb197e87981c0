#include "run_files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int check_length(int written, struct err *err)
{
    if (written < 0 || written >= PATH_BYTES)
        return err_set(
            err, ERR_INPUT, "the path of the database is longer than %d bytes", PATH_BYTES - 1);
    return 0;
}

int run_files_database(const char *study_path, char to[PATH_BYTES], struct err *err)
{
    const char *slash = strrchr(study_path, '/');
    const char *name = slash ? slash + 1 : study_path;
    size_t length = strlen(name);

    if (str_ends_with(name, ".yaml"))
        length -= strlen(".yaml");
    else if (str_ends_with(name, ".yml"))
        length -= strlen(".yml");
    if (length == 0)
        return err_set(err, ERR_INPUT, "%s is no name of a study file; give the database with --db",
            study_path);
    return check_length(snprintf(to, PATH_BYTES, "%.*s.db", (int)length, name), err);
}

/* A path in the folder beside the file that the database's links lead to, where SQLite's log lies too. */
static int beside(const char *database, char to[PATH_BYTES], struct err *err, const char *format,
    ...) PRINTF_LIKE(4, 5);
static int beside(
    const char *database, char to[PATH_BYTES], struct err *err, const char *format, ...)
{
    char real[PATH_BYTES], name[256];
    va_list args;

    if (file_follow(database, real, err) < 0)
        return -1;
    va_start(args, format);
    vsnprintf(name, sizeof(name), format, args);
    va_end(args);
    return check_length(snprintf(to, PATH_BYTES, "%s.d/%s", real, name), err);
}

static int check_id(const char *job_id, struct err *err)
{
    if (sha256_is_hex(job_id))
        return 0;
    return err_set(err, ERR_INPUT,
        "'%.70s' is no id of a job, which has 64 hexadecimal digits, and names no files", job_id);
}

int run_files_prepare(const char *database, struct err *err)
{
    static const char *const folders[] = {"logs", "checkpoints", "weights"};
    char path[PATH_BYTES];

    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
        if (beside(database, path, err, "%s", folders[i]) < 0 || file_make_folders(path, err) < 0)
            return -1;
    return 0;
}

int run_files_log(const char *database, const char *job_id, char to[PATH_BYTES], struct err *err)
{
    if (check_id(job_id, err) < 0)
        return -1;
    return beside(database, to, err, "logs/%s.log", job_id);
}

void run_files_log_tail(const char *database, const char *job_id, char tail[RUN_FILES_TAIL_BYTES])
{
    char path[PATH_BYTES];
    struct err ignored = {0};
    size_t length = 0;
    FILE *stream;

    tail[0] = '\0';
    if (run_files_log(database, job_id, path, &ignored) < 0 ||
        !(stream = file_open_stream(path, &ignored)))
        return;
    if (fseek(stream, -(RUN_FILES_TAIL_BYTES - 1), SEEK_END) != 0)
        rewind(stream);
    length = fread(tail, 1, RUN_FILES_TAIL_BYTES - 1, stream);
    fclose(stream);
    while (length > 0 && isspace((unsigned char)tail[length - 1]))
        length--;
    tail[length] = '\0';
    for (char *at = tail; *at; at++)
        if (iscntrl((unsigned char)*at))
            *at = ' ';
}

int run_files_checkpoint(
    const char *database, const char *job_id, char to[PATH_BYTES], struct err *err)
{
    if (check_id(job_id, err) < 0)
        return -1;
    return beside(database, to, err, "checkpoints/%s.safetensors", job_id);
}

int run_files_weights(const char *database, const char *job_id, const char *which,
    char to[PATH_BYTES], struct err *err)
{
    if (check_id(job_id, err) < 0)
        return -1;
    return beside(database, to, err, "weights/%s.%s.safetensors", job_id, which);
}

/* Files of a folder beside the database whose names begin so. */
static int remove_beginning(
    const char *database, const char *subfolder, const char *begin, struct err *err)
{
    char folder[PATH_BYTES], path[PATH_BYTES];
    const struct dirent *entry;
    DIR *stream;
    int result = 0;

    if (beside(database, folder, err, "%s", subfolder) < 0)
        return -1;
    stream = opendir(folder);
    if (!stream)
        return errno == ENOENT ? 0 : err_set_errno(err, errno, "cannot read the folder %s", folder);
    while (result == 0 && (entry = readdir(stream)))
        if (str_starts_with(entry->d_name, begin)) {
            result = file_join(path, folder, entry->d_name, err);
            if (result == 0)
                unlink(path);
        }
    closedir(stream);
    return result;
}

int run_files_sweep(const char *database, const char *job_id, struct err *err)
{
    static const char *const files[][2] = {
        {"checkpoints", ""}, {"weights", ".best"}, {"weights", ".last"}};
    char begin[SHA256_HEX_BYTES + 32];

    if (check_id(job_id, err) < 0)
        return -1;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        snprintf(begin, sizeof(begin), "%.64s%s.safetensors.tmp.", job_id, files[i][1]);
        if (remove_beginning(database, files[i][0], begin, err) < 0)
            return -1;
    }
    return 0;
}

void run_files_remove(const char *database, const char *job_id)
{
    static const char *const folders[] = {"logs", "checkpoints", "weights"};
    char begin[SHA256_HEX_BYTES + 1];
    struct err ignored = {0};

    if (!sha256_is_hex(job_id))
        return;
    snprintf(begin, sizeof(begin), "%.64s.", job_id);
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
        (void)!remove_beginning(database, folders[i], begin, &ignored);
}

int run_files_epochs(const char *database, const char *job_id, char to[PATH_BYTES], struct err *err)
{
    if (check_id(job_id, err) < 0)
        return -1;
    return beside(database, to, err, "checkpoints/%s.epochs", job_id);
}

int run_files_choose(
    const char *given, const char *study_path, char to[PATH_BYTES], struct err *err)
{
    if (given)
        return check_length(snprintf(to, PATH_BYTES, "%s", given), err);
    if (!study_path)
        return err_set(err, ERR_INPUT,
            "which database? Give it with --db FILE, or name the study file that was run");
    return run_files_database(study_path, to, err);
}
