/* Files of one machine and process alone, for run_folder.h. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run_folder.h"
#include "slurm_environment.h"

#define PREFIX       "scalestudy-work."
#define SCRATCH_MODE 0700
#define DIGITS       16

/* Held by whoever uses the folder, as long as its process lives: processes of other machines, and of other
 * containers with the same /tmp, have numbers that say nothing here. */
#define LOCK       "lock"
#define MOST_TRIES 100

static int held = -1; /* this process has one folder at a time */

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
    if (held >= 0)
        close(held);
    held = -1;
}

/* Whether others cannot put a folder of ours under another's name. */
static bool keeps_names(const struct dir *folder)
{
    struct stat info;

    return fstat(folder->fd, &info) == 0 &&
           ((info.st_mode & S_ISVTX) || !(info.st_mode & (S_IWGRP | S_IWOTH)));
}

static void remove_if_abandoned(const struct dir *folder, const char *name)
{
    struct err ignored = {0};
    struct dir inner;
    struct stat info;
    char path[PATH_BYTES];
    int lock = -1;

    if (dir_open_inside(&inner, folder, name, &ignored) < 0)
        return;
    /* As make_one made it. */
    if (fstat(inner.fd, &info) == 0 && (info.st_mode & 0777) == SCRATCH_MODE &&
        info.st_uid == geteuid()) {
        dir_path(&inner, LOCK, path);
        if (dir_look(&inner, LOCK, &info, &ignored) == 1)
            lock = file_open_ours(path, &ignored);
        else
            dir_remove_empty(folder, name);
        if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0)
            dir_remove(folder, name);
    }
    if (lock >= 0)
        close(lock);
    dir_close(&inner);
}

static void remove_abandoned(const char *parent)
{
    struct err ignored = {0};
    struct dir folder;
    const struct dirent *entry;
    DIR *listing = NULL;

    if (dir_open(&folder, parent, &ignored) == 0 && keeps_names(&folder))
        listing = dir_list(&folder, ".", &ignored);
    while (listing && (entry = readdir(listing)))
        if (str_starts_with(entry->d_name, PREFIX))
            remove_if_abandoned(&folder, entry->d_name);
    if (listing)
        closedir(listing);
    dir_close(&folder);
}

/* 1: made, and held. 0: somebody took it for abandoned before it was held. */
static int make_one(const char *path, struct err *err)
{
    char lock[PATH_BYTES + sizeof("/" LOCK)];
    struct stat by_name, by_lock;

    snprintf(lock, sizeof(lock), "%s/" LOCK, path);
    if (mkdir(path, SCRATCH_MODE) != 0)
        return err_set_errno(err, errno, "cannot make the folder %s for scratch files", path);
    held = file_create(lock, 0600, err);
    if (held < 0 && errno != ENOENT) {
        rmdir(path);
        return -1;
    }
    /* Where a file system knows no locks, folders of the killed stay. */
    if (held >= 0 && (flock(held, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) &&
        stat(lock, &by_name) == 0 && fstat(held, &by_lock) == 0 &&
        by_name.st_ino == by_lock.st_ino && by_name.st_dev == by_lock.st_dev)
        return 1;
    if (held >= 0)
        close(held);
    held = -1;
    err_clear(err);
    return 0;
}

int run_folder_scratch(const char *scratch, char to[PATH_BYTES], struct err *err)
{
    const char *of_task = slurm_environment("SLURM_TMPDIR");
    const char *parent = scratch                        ? scratch
                         : of_task && of_task[0] == '/' ? of_task
                                                        : file_temporary_folder();
    char digits[DIGITS + 1];
    int made = 0;

    remove_abandoned(parent);
    for (int i = 0; i < MOST_TRIES && made == 0; i++) {
        if (file_random_name(digits, DIGITS, err) < 0)
            return -1;
        if (snprintf(to, PATH_BYTES, "%s/" PREFIX "%ld.%s", parent, (long)getpid(), digits) >=
            PATH_BYTES)
            return err_set(
                err, ERR_INPUT, "the path of the scratch folder %.60s... is too long", parent);
        made = make_one(to, err);
    }
    if (made == 0)
        return err_set(err, ERR_IO, "cannot keep a folder for scratch files in %s", parent);
    return made < 0 ? -1 : 0;
}
