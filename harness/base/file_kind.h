/*
 * What a file is that was taken for another: told from its beginning, for a sentence.
 *
 *     struct file_kind kind;
 *     if (file_kind_of(path, &kind))
 *         return err_set(err, ERR_INPUT, "%s is %s%s%s", path, kind.what, kind.advice[0] ? ": " : "", kind.advice);
 */
#ifndef SCALESTUDY_BASE_FILE_KIND_H
#define SCALESTUDY_BASE_FILE_KIND_H

#include <stdbool.h>
#include <stddef.h>

struct file_kind {
    const char *what;   /* "a web page (HTML)" */
    const char *advice; /* what to do instead, or "" */
    bool is_text;       /* a page, a message, a pointer: no data at all */
};

/* False: it is none of those that are known, or cannot be read. */
bool file_kind_of(const char *path, struct file_kind *kind);

#endif
