/*
 * A folder that is held open, and what is in it: for folders that other people can write in, or that
 * came from them. All is reached from the one descriptor; no symbolic link is followed on the way, nor
 * at its end, whoever changes what at the same moment.
 *
 *     struct dir run = DIR_CLOSED;
 *     if (dir_open(&run, "table3.run", err) < 0) return -1;      links in this path are the user's own
 *     dir_read(&run, "chain/3f/ID.1", max, &text, err)
 *     dir_close(&run);
 *
 * `name` is relative to the folder, with or without parts ("results", "chain/3f/ID.1"), never "..". A
 * link in the place of a part is an ERR_INPUT that names it. Errors name the folder's path as it was
 * when it was opened; that path is for messages and for other programs. Functions that return an int
 * without a struct err are as the system call, with errno. A folder may be used by several threads.
 */
#ifndef SCALESTUDY_HARNESS_SYSTEM_DIR_H
#define SCALESTUDY_HARNESS_SYSTEM_DIR_H

#include <dirent.h>
#include <sys/stat.h>

#include "file.h"

struct dir {
    int fd;                /* -1: closed */
    char path[PATH_BYTES]; /* absolute, without links */
};

#define DIR_CLOSED                                                                                 \
    {                                                                                              \
        .fd = -1                                                                                   \
    }

int dir_open(struct dir *folder, const char *path, struct err *err) MUST_CHECK;
int dir_open_inside(
    struct dir *folder, const struct dir *outer, const char *name, struct err *err) MUST_CHECK;
/* One whose descriptor this process was started with; it is copied. */
int dir_take(struct dir *folder, int fd, struct err *err) MUST_CHECK;
void dir_close(struct dir *folder); /* any number of times */

/*
 * Whether only people whom the user trusts can have put something there: ERR_INPUT if the folder is of
 * another user, or everybody may write in it. The superuser's own is accepted, since he can do all of
 * it without; so is a group's right to write, which the owner gave to colleagues of his choice.
 */
int dir_check_ours(const struct dir *folder, struct err *err) MUST_CHECK;

/* 1: there is something of that name, even a link; 0: nothing. */
int dir_look(
    const struct dir *folder, const char *name, struct stat *info, struct err *err) MUST_CHECK;
/* 1: made, with a mode that lets not everybody write; 0: there is such a folder. */
int dir_make(const struct dir *folder, const char *name, struct err *err) MUST_CHECK;
/* The names in it; closedir. NULL on error. */
DIR *dir_list(const struct dir *folder, const char *name, struct err *err) MUST_CHECK;

/* An ordinary file for reading: a descriptor, a stream (NULL on error), or all of it. */
int dir_file(const struct dir *folder, const char *name, struct err *err) MUST_CHECK;
FILE *dir_stream(const struct dir *folder, const char *name, struct err *err) MUST_CHECK;
int dir_read(const struct dir *folder, const char *name, size_t max_bytes, struct str *content,
    struct err *err) MUST_CHECK;
/* A new file for writing, as file_create. */
int dir_create(
    const struct dir *folder, const char *name, unsigned mode, struct err *err) MUST_CHECK;
/* A whole file, by way of another one under a random name. Mode 0: that of the file which it replaces,
 * or of any new one. */
int dir_write(const struct dir *folder, const char *name, const void *bytes, size_t count,
    unsigned mode, struct err *err) MUST_CHECK;

int dir_link(const struct dir *folder, const char *from, const char *to) MUST_CHECK;
int dir_rename(const struct dir *folder, const char *from, const char *to) MUST_CHECK;
/* Now is the time of its last change. */
int dir_touch(const struct dir *folder, const char *name) MUST_CHECK;
void dir_unlink(const struct dir *folder, const char *name);
/* A file, or a folder with what is in it, on this file system alone. What cannot be removed stays. */
void dir_remove(const struct dir *folder, const char *name);
/* A folder, if nothing is in it. */
void dir_remove_empty(const struct dir *folder, const char *name);

/* The sentence about `name` for what errno says of it. Always -1. */
int dir_error(
    const struct dir *folder, const char *name, const char *doing, struct err *err) MUST_CHECK;

/* to = a path of a file right in the folder, for functions that take paths: it leads through the
 * descriptor, whatever becomes of the folder's own path, and file.h follows no link at its end. It is
 * for this process while the folder is open; what dir_show does to a message, people can read. */
void dir_path(const struct dir *folder, const char *name, char to[PATH_BYTES]);
void dir_show(const struct dir *folder, struct err *err);

#endif
