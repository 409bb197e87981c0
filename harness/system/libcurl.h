/*
 * libcurl, loaded at its first use (late_library.h): it brings thirty libraries, which would take
 * longer to load than most commands run. Downloads and slurmrestd alone need it.
 *
 *     if (libcurl_open(err) < 0) return -1;             in every thread that uses it
 *     CURL *curl = libcurl.easy_init();
 *
 * Types and constants are those of curl.h; its functions are called through `libcurl`, without their
 * "curl_".
 */
#ifndef SCALESTUDY_HARNESS_SYSTEM_LIBCURL_H
#define SCALESTUDY_HARNESS_SYSTEM_LIBCURL_H

#define CURL_DISABLE_TYPECHECK /* it is made of calls of the functions themselves */
#include <curl/curl.h>

#include "harness/base/err.h"

/* LIBCURL(what follows "curl_") */
#define LIBCURL_CALLS(LIBCURL)                                                                     \
    LIBCURL(easy_init)                                                                             \
    LIBCURL(easy_reset)                                                                            \
    LIBCURL(easy_setopt)                                                                           \
    LIBCURL(easy_perform)                                                                          \
    LIBCURL(easy_getinfo)                                                                          \
    LIBCURL(easy_strerror)                                                                         \
    LIBCURL(easy_cleanup)                                                                          \
    LIBCURL(slist_append)                                                                          \
    LIBCURL(slist_free_all)                                                                        \
    LIBCURL(version)

struct libcurl {
#define LIBCURL_POINTER(name) __typeof__(curl_##name) *name;
    LIBCURL_CALLS(LIBCURL_POINTER)
#undef LIBCURL_POINTER
};

/* Set by libcurl_open, which also starts the library, once. */
extern struct libcurl libcurl;

int libcurl_open(struct err *err) MUST_CHECK;

/* "libcurl/7.88.1 OpenSSL/3.0.11 ..."; NULL with the error set where it cannot be loaded. */
const char *libcurl_version(struct err *err);

#endif
