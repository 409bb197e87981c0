/* STUDY.db.d: folders held open, names of files in them, and what is removed. */
#include "study_paths.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static int check_length(int written, struct err *err)
{
    if (written < 0 || written >= PATH_BYTES)
        return err_set(
            err, ERR_INPUT, "the path of the database is longer than %d bytes", PATH_BYTES - 1);
    return 0;
}

int study_paths_database(const char *study_path, char to[PATH_BYTES], struct err *err)
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

/* ---- the folders ---- */

struct part {
    const char *name;
    struct dir *folder;
};

#define N_PARTS 3
#define PARTS(files)                                                                               \
    {                                                                                              \
        {"logs", &(files)->logs}, {"checkpoints", &(files)->checkpoints},                          \
        {                                                                                          \
            "weights", &(files)->weights                                                           \
        }                                                                                          \
    }

/* The folder that the database is in, which its links lead to, where SQLite's log lies too; and the
 * name there of what belongs to it. */
static int find_place(
    const char *database, struct dir *outer, char name[PATH_BYTES], struct err *err)
{
    char real[PATH_BYTES], folder[PATH_BYTES];
    const char *slash;

    *outer = (struct dir)DIR_CLOSED;
    if (file_follow(database, real, err) < 0)
        return -1;
    file_folder_of(real, folder);
    slash = strrchr(real, '/');
    if (check_length(snprintf(name, PATH_BYTES, "%s.d", slash ? slash + 1 : real), err) < 0)
        return -1;
    return dir_open(outer, folder, err);
}

static int open_part(
    struct dir *to, const struct dir *outer, const char *name, bool trust, struct err *err)
{
    if (dir_open_inside(to, outer, name, err) < 0)
        return -1;
    return trust ? 0 : dir_check_ours(to, err);
}

/* STUDY.db.d in `outer`, and what is in it. */
static int open_parts(struct study_paths *files, const struct dir *outer, const char *name,
    bool make, bool trust, struct err *err)
{
    const struct part parts[N_PARTS] = PARTS(files);
    struct dir all;
    int result = open_part(&all, outer, name, trust, err);

    for (int i = 0; result == 0 && i < N_PARTS; i++) {
        struct stat info;
        int there =
            make ? dir_make(&all, parts[i].name, err) : dir_look(&all, parts[i].name, &info, err);

        if (there < 0)
            result = -1;
        else if (there || make)
            result = open_part(parts[i].folder, &all, parts[i].name, trust, err);
    }
    dir_close(&all);
    return result;
}

static int open_files(
    struct study_paths *files, const char *database, bool make, bool trust, struct err *err)
{
    struct dir outer;
    struct stat info;
    char name[PATH_BYTES];
    int there, result = find_place(database, &outer, name, err);

    *files = (struct study_paths)STUDY_PATHS_CLOSED;
    if (result == 0) {
        there = make ? dir_make(&outer, name, err) : dir_look(&outer, name, &info, err);
        if (there < 0)
            result = -1;
        else if (there || make)
            result = open_parts(files, &outer, name, make, trust, err);
    }
    dir_close(&outer);
    return result;
}

int study_paths_prepare(
    struct study_paths *files, const char *database, bool trust, struct err *err)
{
    return open_files(files, database, true, trust, err);
}

int study_paths_open(struct study_paths *files, const char *database, bool trust, struct err *err)
{
    return open_files(files, database, false, trust, err);
}

int study_paths_take(struct study_paths *files, int fd, struct err *err)
{
    const struct part parts[N_PARTS] = PARTS(files);

    *files = (struct study_paths)STUDY_PATHS_CLOSED;
    for (int i = 0; i < N_PARTS; i++)
        if (dir_take(parts[i].folder, fd, err) < 0)
            return -1;
    return 0;
}

void study_paths_close(struct study_paths *files)
{
    dir_close(&files->logs);
    dir_close(&files->checkpoints);
    dir_close(&files->weights);
}

/* ---- files in them ---- */

int study_paths_name(
    enum study_file file, const char *job_id, char to[STUDY_PATHS_NAME_BYTES], struct err *err)
{
    static const char *const endings[] = {[STUDY_FILE_LOG] = "log",
        [STUDY_FILE_CHECKPOINT] = "safetensors",
        [STUDY_FILE_EPOCHS] = "epochs",
        [STUDY_FILE_BEST] = "best.safetensors",
        [STUDY_FILE_LAST] = "last.safetensors"};

    if (!sha256_is_hex(job_id))
        return err_set(err, ERR_INPUT,
            "'%.70s' is no id of a job, which has 64 hexadecimal digits, and names no files",
            job_id);
    snprintf(to, STUDY_PATHS_NAME_BYTES, "%s.%s", job_id, endings[file]);
    return 0;
}

int study_paths_path(const struct study_paths *files, enum study_file file, const char *job_id,
    char to[PATH_BYTES], struct err *err)
{
    const struct dir *folder = file == STUDY_FILE_LOG ? &files->logs
                               : file == STUDY_FILE_BEST || file == STUDY_FILE_LAST
                                   ? &files->weights
                                   : &files->checkpoints;
    char name[STUDY_PATHS_NAME_BYTES];

    if (study_paths_name(file, job_id, name, err) < 0)
        return -1;
    dir_path(folder, name, to);
    return 0;
}

void study_paths_show(const struct study_paths *files, struct err *err)
{
    dir_show(&files->logs, err);
    dir_show(&files->checkpoints, err);
    dir_show(&files->weights, err);
}

int study_paths_log(const char *database, const char *job_id, FILE **log, struct err *err)
{
    char place[PATH_BYTES], name[STUDY_PATHS_NAME_BYTES], path[2 * PATH_BYTES];
    struct dir outer;
    struct stat info;
    int result;

    *log = NULL;
    if (study_paths_name(STUDY_FILE_LOG, job_id, name, err) < 0)
        return -1;
    result = find_place(database, &outer, place, err);
    snprintf(path, sizeof(path), "%s/logs/%s", place, name);
    if (result == 0)
        result = dir_look(&outer, path, &info, err);
    if (result == 1) {
        *log = dir_stream(&outer, path, err);
        result = *log ? 0 : -1;
    }
    dir_close(&outer);
    return result;
}

void study_paths_tail(FILE *log, char tail[STUDY_PATHS_TAIL_BYTES])
{
    size_t length;

    tail[0] = '\0';
    if (!log)
        return;
    if (fseek(log, -(STUDY_PATHS_TAIL_BYTES - 1), SEEK_END) != 0)
        rewind(log);
    length = fread(tail, 1, STUDY_PATHS_TAIL_BYTES - 1, log);
    fclose(log);
    while (length > 0 && isspace((unsigned char)tail[length - 1]))
        length--;
    tail[length] = '\0';
    for (char *at = tail; *at; at++)
        if (iscntrl((unsigned char)*at))
            *at = ' ';
}

/* ---- removing them ---- */

/* Files whose names begin so; of a folder that is not there none. */
static int remove_beginning(const struct dir *folder, const char *begin, struct err *err)
{
    const struct dirent *entry;
    DIR *listing;

    if (folder->fd < 0)
        return 0;
    listing = dir_list(folder, ".", err);
    if (!listing)
        return -1;
    while ((entry = readdir(listing)))
        if (str_starts_with(entry->d_name, begin))
            dir_unlink(folder, entry->d_name);
    closedir(listing);
    return 0;
}

int study_paths_sweep(const struct study_paths *files, const char *job_id, struct err *err)
{
    static const enum study_file saved[] = {
        STUDY_FILE_CHECKPOINT, STUDY_FILE_BEST, STUDY_FILE_LAST};

    for (size_t i = 0; i < sizeof(saved) / sizeof(saved[0]); i++) {
        const struct dir *folder =
            saved[i] == STUDY_FILE_CHECKPOINT ? &files->checkpoints : &files->weights;
        char name[STUDY_PATHS_NAME_BYTES], begin[STUDY_PATHS_NAME_BYTES + 8];

        if (study_paths_name(saved[i], job_id, name, err) < 0)
            return -1;
        snprintf(begin, sizeof(begin), "%s.tmp.", name);
        if (remove_beginning(folder, begin, err) < 0)
            return -1;
    }
    return 0;
}

void study_paths_remove(const struct study_paths *files, const char *job_id)
{
    char begin[SHA256_HEX_BYTES + 1];
    struct err ignored = {0};

    if (!sha256_is_hex(job_id))
        return;
    snprintf(begin, sizeof(begin), "%.64s.", job_id);
    (void)!remove_beginning(&files->logs, begin, &ignored);
    (void)!remove_beginning(&files->checkpoints, begin, &ignored);
    (void)!remove_beginning(&files->weights, begin, &ignored);
}

int study_paths_choose(
    const char *given, const char *study_path, char to[PATH_BYTES], struct err *err)
{
    if (given)
        return check_length(snprintf(to, PATH_BYTES, "%s", given), err);
    if (!study_path)
        return err_set(err, ERR_INPUT,
            "which database? Give it with --db FILE, or name the study file that was run");
    return study_paths_database(study_path, to, err);
}
