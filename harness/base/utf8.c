#include "utf8.h"

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
