/*
 * What a file is that is not what it should be: recognised by its first bytes, for an error message.
 *
 *     struct file_kind kind;
 *     if (file_kind_of(path, &kind))
 *         return err_set(err, ERR_INPUT, "%s is %s%s%s", path, kind.what, kind.advice[0] ? ": " : "", kind.advice);
 */
#ifndef SCALESTUDY_HARNESS_SYSTEM_FILE_KIND_H
#define SCALESTUDY_HARNESS_SYSTEM_FILE_KIND_H

#include <stdbool.h>
#include <stddef.h>

struct file_kind {
    const char *what;   /* "a web page (HTML)" */
    const char *advice; /* what to do instead, or "" */
    bool is_text;       /* a page, a message or a pointer to the file: no data at all */
};

/* False: it is of no known kind, or cannot be read. */
bool file_kind_of(const char *path, struct file_kind *kind);

#endif
