/* Schemes, hosts and secrets of URLs. */
#include "url.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#include "sha256.h"
#include "str.h"

bool url_is_http(const char *url)
{
    return strncasecmp(url, "http://", 7) == 0 || strncasecmp(url, "https://", 8) == 0;
}

/* Letters of a host: what else might stand there, parsers of URLs disagree about. */
static bool take_host(const char *url, char *host, size_t size)
{
    const char *from = strstr(url, "://"), *at;
    size_t length = from ? strcspn(from + 3, "/?#") : 0;

    if (!from)
        return false;
    from += 3;
    at = memrchr(from, '@', length);
    if (at) {
        length -= (size_t)(at + 1 - from);
        from = at + 1;
    }
    if (*from == '[') {
        from++;
        length = strcspn(from, "]");
    } else {
        length = strcspn(from, ":") < length ? strcspn(from, ":") : length;
    }
    if (length == 0 || length >= size)
        return false;
    memcpy(host, from, length);
    host[length] = '\0';
    return host[strspn(
               host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:-")] == '\0';
}

bool url_is_private(const char *url)
{
    struct in6_addr six;
    struct in_addr four;
    char host[256];

    if (strncasecmp(url, "https://", 8) == 0)
        return true;
    if (strncasecmp(url, "http://", 7) != 0 || !take_host(url, host, sizeof(host)))
        return false;
    if (inet_pton(AF_INET, host, &four) == 1)
        return ntohl(four.s_addr) >> 24 == 127;
    if (inet_pton(AF_INET6, host, &six) == 1)
        return IN6_IS_ADDR_LOOPBACK(&six);
    return strcasecmp(host, "localhost") == 0;
}

/* A text that ends silently where its room does. */
struct room {
    char *to;
    size_t size, length;
};

static void add(struct room *room, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count && room->length + 1 < room->size; i++)
        room->to[room->length++] = bytes[i];
    room->to[room->length] = '\0';
}

static void mask_password(const char *url, struct room *room)
{
    const char *host = strstr(url, "://"), *at = NULL, *colon;

    host = host ? host + 3 : url;
    for (const char *c = host; *c && !strchr("/?#", *c); c++)
        at = *c == '@' ? c : at;
    if (at) {
        colon = memchr(host, ':', (size_t)(at - host));
        add(room, url, (size_t)((colon ? colon + 1 : host) - url));
        add(room, "***", 3);
        url = at;
    }
    add(room, url, strlen(url));
}

/* What follows "?" or "#": names stay, so that one sees what kind of URL it was. */
static void mask_values(const char *text, struct room *room)
{
    while (*text) {
        size_t name = strcspn(text + 1, "=&;#"), value;

        add(room, text, 1);
        if (*text != '#' && text[1 + name] == '=') {
            add(room, text + 1, name + 1);
            value = strcspn(text + 1 + name, "&;#");
            text += 1 + name + value;
        } else {
            text += 1 + (*text == '#' ? strlen(text + 1) : name);
        }
        add(room, "***", 3);
    }
}

void url_mask(const char *url, char *to, size_t size)
{
    struct room room = {.to = to, .size = size};
    size_t length;

    if (size == 0)
        return;
    mask_password(url, &room);
    length = strcspn(url, "?#");
    if (!url[length])
        return;
    room.length = strcspn(to, "?#");
    to[room.length] = '\0';
    mask_values(url + length, &room);
}

int url_identity(const char *url, char *to, size_t size, struct err *err)
{
    char hash[SHA256_HEX_BYTES];
    struct str whole = STR_INIT;
    struct room room = {.to = to, .size = size};
    const char *query = strpbrk(url, "?#");
    int result = 0;

    url_mask(url, to, size);
    if (!query)
        return 0;
    str_add(&whole, to);
    str_add(&whole, query);
    result = str_check(&whole, err);
    if (result == 0)
        result = sha256_hex(whole.text, whole.length, hash, err);
    room.length = strlen(to);
    if (result == 0 && room.length + 18 > size)
        room.length = size > 18 ? size - 18 : 0;
    if (result == 0) {
        add(&room, " ", 1);
        add(&room, hash, 16);
    }
    str_release(&whole);
    return result;
}
