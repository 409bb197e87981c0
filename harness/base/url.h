/* URLs: their scheme, whom they reach, and how they are shown or kept without their secrets. */
#ifndef SCALESTUDY_HARNESS_BASE_URL_H
#define SCALESTUDY_HARNESS_BASE_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

/* http or https, in letters of any size. */
bool url_is_http(const char *url);

/* Whether nobody on the network can read what is sent there: https, or http to this machine by a
 * literal name (localhost, ::1, 127.0.0.0/8). No name is resolved. */
bool url_is_private(const char *url);

/* A URL without its secrets: user:***@host; a name alone, which may be a token, is masked whole, and
 * so is each value of the query and what follows #. */
void url_mask(const char *url, char *to, size_t size);

/* As url_mask, and a hash after a masked query, so that two URLs are told apart. The hash does not
 * depend on the password. */
int url_identity(const char *url, char *to, size_t size, struct err *err) MUST_CHECK;

#endif
