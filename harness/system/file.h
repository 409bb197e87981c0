/*
 * Files and paths, with the two promises that the program makes about them: what is read is an
 * ordinary file and bounded, and what is written appears under its final name whole or not at all.
 *
 * Paths are NUL-terminated and at most PATH_BYTES - 1 long. Errors name the path.
 */
#ifndef SCALESTUDY_HARNESS_SYSTEM_FILE_H
#define SCALESTUDY_HARNESS_SYSTEM_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "harness/base/err.h"
#include "harness/base/str.h"

#define PATH_BYTES 4096

/*
 * Open an ordinary file for reading; links are followed. Anything else is an ERR_INPUT that names
 * what it is, and is not opened: opening a FIFO waits for whoever writes, opening a device may do
 * anything. A missing file is an ERR_INPUT too. file_open gives a descriptor, file_open_stream a
 * stream; -1 or NULL on error.
 */
int file_open(const char *path, struct err *err) MUST_CHECK;
/* The same look without opening it, for files that a library opens. */
int file_check_ordinary(const char *path, struct err *err) MUST_CHECK;
FILE *file_open_stream(const char *path, struct err *err) MUST_CHECK;

/* Read a whole ordinary file of at most max_bytes into `content` (emptied first). */
int file_read(const char *path, size_t max_bytes, struct str *content, struct err *err) MUST_CHECK;

/* The same of a text that a user may have written: a UTF-8 byte order mark at its start, which
 * some editors and spreadsheets put there, is left out. */
int file_read_text(
    const char *path, size_t max_bytes, struct str *content, struct err *err) MUST_CHECK;

/* Write a whole file, as file_writer does. */
int file_write(const char *path, const void *bytes, size_t count, struct err *err) MUST_CHECK;

/*
 * The same in pieces:
 *     struct file_writer w;
 *     if (file_writer_open(&w, path, err) < 0) return -1;
 *     fwrite(..., w.stream);                   errors are kept by stdio and found at the end
 *     return file_writer_commit(&w, err);      or file_writer_abort(&w)
 *
 * What the path leads to decides, for every output of the program:
 * - an ordinary file, or none yet: written beside it as NAME.tmp.RANDOM, then fsync, rename, fsync
 *   of the folder. Symbolic links are followed, so that their target is what is replaced. Mode and,
 *   where the system allows it, owner of a file that was there are kept;
 * - a character device or a FIFO: written to as it is. A FIFO waits for its reader;
 * - "-" and names of descriptors of this process, such as /dev/stdout: written to the descriptor;
 * - anything else (a folder, a socket, a disk, links in a circle): ERR_INPUT, nothing is written.
 */
struct file_writer {
    FILE *stream;          /* NULL: somebody else writes `temporary` */
    char path[PATH_BYTES]; /* as it was given */
    char target[PATH_BYTES];
    char temporary[PATH_BYTES + 32]; /* empty if the target is written to as it is */
    bool is_open, replaces;
    unsigned mode, owner, group; /* of the file that it replaces */
};
int file_writer_open(struct file_writer *writer, const char *path, struct err *err) MUST_CHECK;
/* For large files that several processes may write at a time, and for writers that seek: only an
 * ordinary file is accepted, and the temporary is locked while it is written. */
int file_writer_open_plain(
    struct file_writer *writer, const char *path, struct err *err) MUST_CHECK;
/* For another program or library, which writes the empty file `temporary`; there is no `stream`. If
 * the target is a device or FIFO, the file lies in a temporary folder and commit copies it. */
int file_writer_open_name(struct file_writer *writer, const char *path, struct err *err) MUST_CHECK;
int file_writer_commit(struct file_writer *writer, struct err *err) MUST_CHECK;
void file_writer_abort(struct file_writer *writer);

/* The error that file_writer_open, or file_writer_open_plain, would give for the path: for commands
 * that work a long time before they write. */
int file_check_output(const char *path, struct err *err) MUST_CHECK;
int file_check_output_plain(const char *path, struct err *err) MUST_CHECK;
/* Whether an output of that name goes to standard output: for commands that print there too. */
bool file_is_standard_output(const char *path);

/* Remove temporaries of `path` that killed writers left behind. A locked one stays: a process, on
 * this or another machine, still writes it. Call it only if no other process writes that file, or if
 * all of them use file_writer_open_plain. */
void file_sweep(const char *path);

/* to = where symbolic links at the end of the path lead; the path itself if it is no link. The
 * target need not exist. ERR_INPUT for a link of another user: in a folder that many share it could
 * lead to any file of this one. */
int file_follow(const char *path, char to[PATH_BYTES], struct err *err) MUST_CHECK;

/* to = `digits` random hexadecimal digits, for names that cannot be guessed. */
#define FILE_MAX_RANDOM_DIGITS 64
int file_random_name(char *to, size_t digits, struct err *err) MUST_CHECK;

/* Create a file for writing: a descriptor. ERR_IO, with errno set, if it exists already. */
int file_create(const char *path, unsigned mode, struct err *err) MUST_CHECK;
/* Open a file under a fixed name, such as a lock, and create it if it is missing: a descriptor for
 * reading and writing. */
int file_open_ours(const char *path, struct err *err) MUST_CHECK;
/* Open a file that grows, such as a log, and create it if it is missing: a descriptor for writing at
 * its end. A symbolic link is refused. */
int file_append(const char *path, struct err *err) MUST_CHECK;

/* Create a folder and those above it; one that exists already is fine. */
int file_make_folders(const char *path, struct err *err) MUST_CHECK;

bool file_exists(const char *path);
bool file_is_same(const char *path, const char *other); /* one file by two names, links included */
bool file_is_folder(const char *path);
bool file_is_link(const char *path);

/* A new folder of our own in $TMPDIR or /tmp; what is put into it, and it, are the caller's to
 * remove. */
int file_make_temporary_folder(char to[PATH_BYTES], struct err *err) MUST_CHECK;

/* to = from with a leading "~/" replaced by $HOME. */
int file_expand_home(const char *from, char to[PATH_BYTES], struct err *err) MUST_CHECK;

/* to = $XDG_CACHE_HOME/scalestudy, or ~/.cache/scalestudy; it need not exist. */
int file_cache_folder(char to[PATH_BYTES], struct err *err) MUST_CHECK;
/* The same of $XDG_CONFIG_HOME or ~/.config, and of $XDG_STATE_HOME or ~/.local/state. */
int file_config_folder(char to[PATH_BYTES], struct err *err) MUST_CHECK;
int file_state_folder(char to[PATH_BYTES], struct err *err) MUST_CHECK;
/* $TMPDIR if it is an absolute path, else /tmp. */
const char *file_temporary_folder(void);

/* to = folder/name. */
int file_join(
    char to[PATH_BYTES], const char *folder, const char *name, struct err *err) MUST_CHECK;

/* to = the folder part of path ("." if it has none). */
void file_folder_of(const char *path, char to[PATH_BYTES]);

#endif
