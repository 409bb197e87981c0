/* Which variable names a proxy, in libcurl's order. */
#include "download_proxy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* http_proxy counts in small letters only: HTTP_PROXY can be set by a request to a web server. */
static const char *find_variable(bool is_https, const char **value)
{
    static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};

    if (!is_https && (*value = getenv("http_proxy")) && **value)
        return "http_proxy";
    for (int i = is_https ? 0 : 2; i < 4; i++)
        if ((*value = getenv(names[i])) && **value)
            return names[i];
    return NULL;
}

bool download_proxy(const char *url, const char *said, char to[DOWNLOAD_PROXY_BYTES])
{
    const char *value, *variable = find_variable(strncasecmp(url, "https:", 6) == 0, &value);
    const char *start, *no_proxy = getenv("no_proxy");
    char host[128];

    if (!variable)
        return false;
    start = strstr(value, "://") ? strstr(value, "://") + 3 : value;
    start = strrchr(start, '@') ? strrchr(start, '@') + 1 : start;
    snprintf(host, sizeof(host), "%.*s", (int)strcspn(start, ":/"), start);
    /* A timeout may name neither: then it was the proxy, unless hosts are excepted. */
    if (!strstr(said, host) && !strstr(said, "roxy") &&
        (strstr(said, "onnect") || (no_proxy && *no_proxy)))
        return false;
    snprintf(to, DOWNLOAD_PROXY_BYTES, "%.*s ($%s)", (int)strcspn(start, "/"), start, variable);
    return true;
}
