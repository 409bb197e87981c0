/* URLs that are shown or kept: their scheme and their password. */
#ifndef SCALESTUDY_BASE_URL_H
#define SCALESTUDY_BASE_URL_H

#include <stdbool.h>
#include <stddef.h>

/* http or https, in letters of any size. */
bool url_is_http(const char *url);

/* A URL without its password: user:***@host; a name alone, which may be a token, is masked whole. */
void url_mask(const char *url, char *to, size_t size);

#endif
