/* Reading a small text file line by line. */
#include "text_lines.h"

#include <string.h>

#include "harness/system/file.h"
#include "harness/base/str.h"

int text_lines_read(
    const char *path, size_t max_bytes, text_line *take, void *context, struct err *err)
{
    struct str content = STR_INIT;
    char file[PATH_BYTES], *line, *next;
    int result, place = 1;

    /* In a set from somebody else, a link could lead to any file of the reader's. */
    if (file_follow(path, file, err) < 0)
        return -1;
    result = file_read_text(file, max_bytes, &content, err);
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
