/* Decoding UTF-8, and finding the characters that could steer a terminal. */
#include "utf8.h"

#include <string.h>

int utf8_bytes(const unsigned char *text)
{
    int more = text[0] < 0x80                      ? 0
               : text[0] >= 0xc2 && text[0] < 0xe0 ? 1
               : (text[0] & 0xf0) == 0xe0          ? 2
               : text[0] >= 0xf0 && text[0] < 0xf5 ? 3
                                                   : -1;
    static const unsigned least[] = {0, 0x80, 0x800, 0x10000};
    unsigned code = more <= 0 ? text[0] : text[0] & (0x3fu >> more);

    for (int i = 1; i <= more; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (text[i] & 0x3fu);
    }
    if (more < 0 || code < least[more] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ||
        (code & 0xfffe) == 0xfffe)
        return 0;
    return more + 1;
}

bool utf8_is_control(const unsigned char *text)
{
    return text[0] < 0x20 || text[0] == 0x7f || (text[0] == 0xc2 && text[1] < 0xa0);
}

bool utf8_reorders(const unsigned char *text)
{
    return text[0] == 0xe2 && ((text[1] == 0x80 && text[2] >= 0xa8 && text[2] <= 0xae) ||
                                  (text[1] == 0x81 && text[2] >= 0xa6 && text[2] <= 0xa9));
}

/* Bytes of what stands at `text`; *showable: it is a character that may be shown. */
static int look_at(const unsigned char *text, bool *showable)
{
    int bytes = utf8_bytes(text);

    *showable = bytes > 0 && !utf8_is_control(text) && !utf8_reorders(text);
    if (bytes > 0)
        return bytes;
    for (bytes = 1; (text[bytes] & 0xc0) == 0x80;) /* what is left of a broken one goes with it */
        bytes++;
    return bytes;
}

bool utf8_is_showable(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    bool showable = true;

    while (*at && showable)
        at += look_at(at, &showable);
    return showable;
}

static char *show(char *text, const char *kept)
{
    char *from = text, *to = text;

    while (*from) {
        bool showable;
        int bytes = look_at((unsigned char *)from, &showable);

        if (showable || strchr(kept, *from)) {
            memmove(to, from, (size_t)bytes);
            to += bytes;
        } else {
            *to++ = '?';
        }
        from += bytes;
    }
    *to = '\0';
    return text;
}

char *utf8_show(char *text)
{
    return show(text, "");
}

char *utf8_show_lines(char *text)
{
    return show(text, "\n\t");
}
