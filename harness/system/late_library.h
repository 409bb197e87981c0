/*
 * Shared libraries that are loaded when they are first needed, not when the program starts. So a
 * command that does without one is not slowed down by it (libcurl brings thirty others), starts none
 * of its threads and takes none of its memory; and a machine on which it is missing can do the rest.
 *
 *     #define CALLS(X) X(archive_read_new) X(archive_read_free)
 *     static struct { CALLS(LATE_POINTER) } lib;
 *     static const struct late_call calls[] = {CALLS(LATE_CALL) {0}};
 *     static struct late_library library = {
 *         .file = "libarchive.so.13", .package = "libarchive13", .needed_for = "archives",
 *         .calls = calls};
 *
 *     if (late_library_open(&library, err) < 0) return -1;
 *     struct archive *archive = lib.archive_read_new();
 *
 * The library's header is included for its types alone. It stays loaded until the program ends.
 */
#ifndef SCALESTUDY_HARNESS_SYSTEM_LATE_LIBRARY_H
#define SCALESTUDY_HARNESS_SYSTEM_LATE_LIBRARY_H

#include <stdatomic.h>

#include "harness/base/err.h"

struct late_call {
    const char *name;
    void *pointer; /* the pointer to the function, which opening sets */
};

/* For a list of functions: members of a struct `lib`, and rows of its table of calls. */
#define LATE_POINTER(function) __typeof__(function) *function;
#define LATE_CALL(function)    {#function, &lib.function},

struct late_library {
    const char *file;       /* as dlopen takes it: a name that it looks for, or a path */
    const char *package;    /* Debian's */
    const char *needed_for; /* "downloads" */
    const struct late_call *calls;
    atomic_bool is_open;
};

/* Load it unless it is loaded already; any thread may call this. ERR_IO: it is missing, or lacks a
 * function. */
int late_library_open(struct late_library *library, struct err *err) MUST_CHECK;

#endif
