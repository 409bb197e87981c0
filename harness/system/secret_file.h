/*
 * Files that hold something which nobody else may know: tokens, and what the program remembers for its
 * user. Owner and mode are those of the very descriptor that is read.
 *
 *     if (secret_file_read("~/.slurm-token", 4096, &text, err) < 0) ...
 *
 * Not thread-safe with respect to $HOME being changed; otherwise functions keep no state.
 */
#ifndef SCALESTUDY_HARNESS_SYSTEM_SECRET_FILE_H
#define SCALESTUDY_HARNESS_SYSTEM_SECRET_FILE_H

#include "file.h"

/* The text of an ordinary file that belongs to the user or to root, and that nobody else may read or
 * write; ERR_INPUT, with what to do, for any other. A leading ~/ is the home folder. */
int secret_file_read(
    const char *path, size_t max_bytes, struct str *text, struct err *err) MUST_CHECK;

/* Put a text there, readable by the user alone from its first byte on, whole or not at all. */
int secret_file_write(const char *path, const struct str *text, struct err *err) MUST_CHECK;

#endif
