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

#define PREFIX       "scalestudy-work."
#define SCRATCH_MODE 0700

void run_folder_remove(const char *path)
{
    const char *slash = strrchr(path, '/');
    char parent[PATH_BYTES];
    struct err ignored = {0};
    struct dir folder;

    file_folder_of(path, parent);
    if (dir_open(&folder, parent, &ignored) == 0)
        dir_remove(&folder, slash ? slash + 1 : path);
    dir_close(&folder);
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
    struct err ignored = {0};
    struct dir folder;
    const struct dirent *entry;
    DIR *listing = NULL;

    if (dir_open(&folder, parent, &ignored) == 0)
        listing = dir_list(&folder, ".", &ignored);
    while (listing && (entry = readdir(listing))) {
        struct stat info;

        /* As mkdir below made it. */
        if (is_abandoned(entry->d_name, self) &&
            dir_look(&folder, entry->d_name, &info, &ignored) == 1 && S_ISDIR(info.st_mode) &&
            (info.st_mode & 0777) == SCRATCH_MODE && info.st_uid == geteuid())
            dir_remove(&folder, entry->d_name);
    }
    if (listing)
        closedir(listing);
    dir_close(&folder);
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
    if (mkdir(to, SCRATCH_MODE) != 0)
        return err_set_errno(err, errno, "cannot make a folder for scratch files in %s", parent);
    return 0;
}
