#include "run_files.h"

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

int run_files_prepare(const char *database, struct err *err)
{
    char path[PATH_BYTES];

    if (check_length(snprintf(path, sizeof(path), "%s.d/logs", database), err) < 0 ||
        file_make_folders(path, err) < 0 ||
        check_length(snprintf(path, sizeof(path), "%s.d/checkpoints", database), err) < 0)
        return -1;
    return file_make_folders(path, err);
}

int run_files_log(const char *database, const char *job_id, char to[PATH_BYTES], struct err *err)
{
    return check_length(snprintf(to, PATH_BYTES, "%s.d/logs/%s.log", database, job_id), err);
}

int run_files_checkpoint(
    const char *database, const char *job_id, char to[PATH_BYTES], struct err *err)
{
    return check_length(
        snprintf(to, PATH_BYTES, "%s.d/checkpoints/%s.safetensors", database, job_id), err);
}

void run_files_remove(const char *database, const char *job_id)
{
    char path[PATH_BYTES], damaged[PATH_BYTES + 16];
    struct err ignored = {0};

    if (run_files_log(database, job_id, path, &ignored) == 0)
        unlink(path);
    if (run_files_checkpoint(database, job_id, path, &ignored) < 0)
        return;
    unlink(path);
    snprintf(damaged, sizeof(damaged), "%s.damaged", path);
    unlink(damaged);
}

int run_files_epochs(const char *database, const char *job_id, char to[PATH_BYTES], struct err *err)
{
    return check_length(
        snprintf(to, PATH_BYTES, "%s.d/checkpoints/%s.epochs", database, job_id), err);
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
