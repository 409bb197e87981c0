/* Escaping of texts for HTML and XML. */
#include "markup.h"

#include "utf8.h"

static const char *escape_of(unsigned char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void markup_text(struct str *to, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;

    while (*at) {
        int bytes = utf8_bytes(at);
        const char *escape = escape_of(*at);

        if (bytes == 0)
            str_add(to, "?");
        else if (escape)
            str_add(to, escape);
        else if (!utf8_is_control(at) || *at == '\n' || *at == '\t')
            str_add_bytes(to, at, (size_t)bytes);
        at += bytes ? bytes : 1;
    }
}
