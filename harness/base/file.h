/*
 * Files and paths, with the two promises that the program makes about them: what is read is
 * bounded, and what is written appears under its final name whole or not at all.
 *
 * Paths are NUL-terminated and at most PATH_BYTES - 1 long. Errors name the path.
 */
#ifndef SCALESTUDY_BASE_FILE_H
#define SCALESTUDY_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "err.h"
#include "str.h"

#define PATH_BYTES 4096

/* Read a whole regular file of at most max_bytes into `content` (emptied first). */
int file_read(const char *path, size_t max_bytes, struct str *content, struct err *err) MUST_CHECK;

/* Write a whole file: to PATH.tmp.PID, fsync, rename, fsync of the folder. */
int file_write(const char *path, const void *bytes, size_t count, struct err *err) MUST_CHECK;

/*
 * The same in pieces:
 *     struct file_writer w;
 *     if (file_writer_open(&w, path, err) < 0) return -1;
 *     fwrite(..., w.stream);                   errors are kept by stdio and found at the end
 *     return file_writer_commit(&w, err);      or file_writer_abort(&w)
 */
struct file_writer {
    FILE *stream;
    char path[PATH_BYTES];
    char temporary[PATH_BYTES + 32];
};
int file_writer_open(struct file_writer *writer, const char *path, struct err *err) MUST_CHECK;
int file_writer_commit(struct file_writer *writer, struct err *err) MUST_CHECK;
void file_writer_abort(struct file_writer *writer);

/* Create a folder and those above it; one that exists already is fine. */
int file_make_folders(const char *path, struct err *err) MUST_CHECK;

bool file_exists(const char *path);
bool file_is_same(const char *path, const char *other); /* one file by two names, links included */
bool file_is_folder(const char *path);

/* A new folder of our own in $TMPDIR or /tmp; what is put into it, and it, are the caller's to
 * remove. */
int file_make_temporary_folder(char to[PATH_BYTES], struct err *err) MUST_CHECK;

/* to = from with a leading "~/" replaced by $HOME. */
int file_expand_home(const char *from, char to[PATH_BYTES], struct err *err) MUST_CHECK;

/* to = $XDG_CACHE_HOME/scalestudy, or ~/.cache/scalestudy; it need not exist. */
int file_cache_folder(char to[PATH_BYTES], struct err *err) MUST_CHECK;
/* $TMPDIR if it is an absolute path, else /tmp. */
const char *file_temporary_folder(void);

/* to = folder/name. */
int file_join(
    char to[PATH_BYTES], const char *folder, const char *name, struct err *err) MUST_CHECK;

/* to = the folder part of path ("." if it has none). */
void file_folder_of(const char *path, char to[PATH_BYTES]);

#endif
