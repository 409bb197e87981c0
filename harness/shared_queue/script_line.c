/* A text that would end a line of the script for the queue is refused: for script_line.h. */
#include "script_line.h"

#include <ctype.h>

#include "harness/base/str.h"

int script_line_check(const char *text, struct err *err)
{
    char shown[64];

    for (const char *at = text; *at; at++) {
        if (!iscntrl((unsigned char)*at) || *at == '\t')
            continue;
        str_copy(shown, sizeof(shown), text);
        return err_set(err, ERR_INPUT,
            "'%s' has a line break or another control character, which would end a line of the "
            "script for the queue",
            shown);
    }
    return 0;
}
