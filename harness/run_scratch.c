/* Files of one machine and process alone, for run_folder.h. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "process.h"
#include "run_folder.h"
#include "slurm_environment.h"

#define PREFIX "scalestudy-work."

void run_folder_remove(const char *path)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;

    while (folder && (entry = readdir(folder))) {
        char inner[PATH_BYTES + 512];
        struct stat info;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);
        if (lstat(inner, &info) == 0 && S_ISDIR(info.st_mode))
            run_folder_remove(inner);
        else
            unlink(inner);
    }
    if (folder)
        closedir(folder);
    rmdir(path);
}

/* scalestudy-work.PID.START of a process that is gone: killed, it could not tidy up. */
static bool is_abandoned(const char *name, const struct owner *self)
{
    struct owner owner = *self;
    char pid[32] = "";
    const char *dot;
    long long pid_number, start;

    if (!str_starts_with(name, PREFIX))
        return false;
    name += strlen(PREFIX);
    dot = strchr(name, '.');
    if (!dot || dot - name >= (long)sizeof(pid))
        return false;
    memcpy(pid, name, (size_t)(dot - name));
    if (!str_to_int64(pid, &pid_number) || !str_to_int64(dot + 1, &start))
        return false;
    owner.pid = pid_number;
    owner.process_start = start;
    return !process_is_alive(&owner);
}

static void remove_abandoned(const char *parent, const struct owner *self)
{
    DIR *folder = opendir(parent);
    const struct dirent *entry;

    while (folder && (entry = readdir(folder))) {
        char path[PATH_BYTES + 512];
        struct stat info;

        snprintf(path, sizeof(path), "%s/%s", parent, entry->d_name);
        if (is_abandoned(entry->d_name, self) && lstat(path, &info) == 0 &&
            info.st_uid == geteuid())
            run_folder_remove(path);
    }
    if (folder)
        closedir(folder);
}

int run_folder_scratch(const char *scratch, char to[PATH_BYTES], struct err *err)
{
    const char *of_task = slurm_environment("SLURM_TMPDIR");
    const char *parent = scratch                        ? scratch
                         : of_task && of_task[0] == '/' ? of_task
                                                        : file_temporary_folder();
    struct owner self;

    if (process_owner(&self, err) < 0)
        return -1;
    remove_abandoned(parent, &self);
    if (snprintf(to, PATH_BYTES, "%s/" PREFIX "%lld.%lld", parent, (long long)self.pid,
            (long long)self.process_start) >= PATH_BYTES)
        return err_set(
            err, ERR_INPUT, "the path of the scratch folder %.60s... is too long", parent);
    if (mkdir(to, 0700) != 0)
        return err_set_errno(err, errno, "cannot make a folder for scratch files in %s", parent);
    return 0;
}
