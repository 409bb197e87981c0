#include "text_lines.h"

#include <string.h>

#include "harness/base/file.h"
#include "harness/base/str.h"

int text_lines_read(
    const char *path, size_t max_bytes, text_line *take, void *context, struct err *err)
{
    struct str content = STR_INIT;
    int result = file_read_text(path, max_bytes, &content, err), place = 1;
    char *line, *next;

    for (line = content.text; result == 0 && *line; line = next, place++) {
        size_t length = strcspn(line, "\n");

        next = line + length + (line[length] == '\n');
        line[length] = '\0';
        if (length > 0 && line[length - 1] == '\r')
            line[length - 1] = '\0';
        if (line[0] && take(context, line, err) < 0)
            result = err_context(err, "%s:%d", path, place);
    }
    str_release(&content);
    return result;
}
