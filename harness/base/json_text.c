/* JSON with texts that may hold anything. */
#include "json_text.h"

#include <stdlib.h>
#include <string.h>

#include "utf8.h"

json_t *json_text(const char *text)
{
    json_t *string = text ? json_string(text) : json_null();
    char *copy = string ? NULL : strdup(text), *to = copy;

    for (const char *from = copy; from && *from;) {
        int bytes = utf8_bytes((const unsigned char *)from);

        if (bytes == 0)
            *to++ = '?';
        for (int i = 0; i < bytes; i++)
            *to++ = from[i];
        from += bytes ? bytes : 1;
    }
    if (copy) {
        *to = '\0';
        string = json_string(copy);
    }
    free(copy);
    return string;
}

/* The code of a character that jansson leaves as it is, and that is not for a terminal: DEL, C1, what
 * overrides the direction of text; *bytes of it. 0: another. They stand in strings only. */
static unsigned hidden_code(const unsigned char *at, int *bytes)
{
    if (utf8_reorders(at)) {
        *bytes = 3;
        return 0x2000u | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu);
    }
    *bytes = at[0] == 0x7f ? 1 : 2;
    return at[0] == 0x7f ? 0x7f : at[0] == 0xc2 && at[1] < 0xa0 ? at[1] : 0;
}

int json_text_dump(const json_t *value, FILE *stream, size_t flags)
{
    char *text = value ? json_dumps(value, flags) : NULL;

    if (!text)
        return -1;
    for (const unsigned char *at = (unsigned char *)text; *at;) {
        int bytes;
        unsigned code = hidden_code(at, &bytes);

        if (code)
            fprintf(stream, "\\u%04X", code);
        else
            fputc(*at, stream);
        at += code ? bytes : 1;
    }
    free(text);
    return ferror(stream) ? -1 : 0;
}
