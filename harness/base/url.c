/* Schemes and passwords of URLs. */
#include "url.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

bool url_is_http(const char *url)
{
    return strncasecmp(url, "http://", 7) == 0 || strncasecmp(url, "https://", 8) == 0;
}

void url_mask(const char *url, char *to, size_t size)
{
    const char *host = strstr(url, "://"), *at = NULL, *colon;

    host = host ? host + 3 : url;
    for (const char *c = host; *c && !strchr("/?#", *c); c++)
        at = *c == '@' ? c : at;
    if (!at) {
        snprintf(to, size, "%s", url);
        return;
    }
    colon = memchr(host, ':', (size_t)(at - host));
    snprintf(to, size, "%.*s***%s", (int)(colon ? colon + 1 - url : host - url), url, at);
}
