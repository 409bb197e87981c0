/* Reading and writing the note beside a half fetched file. */
#include "download_state.h"

#include <string.h>
#include <strings.h>

#include "harness/system/file.h"
#include "harness/base/str.h"

#define STATE_MAX_BYTES ((size_t)1 << 14)

/* The next line of *at without its end; NULL at the end of the text. */
static char *next_line(char **at)
{
    char *line = *at, *end = strchr(line, '\n');

    if (!end)
        return NULL;
    *end = '\0';
    *at = end + 1;
    return line;
}

bool download_state_load(struct download_state *state, const char *path)
{
    struct str content = STR_INIT;
    struct err none = {0};
    long long total = -1;
    char *at, *lines[5];
    bool whole = true;

    *state = (struct download_state){.total = -1};
    if (!file_exists(path) || file_read(path, STATE_MAX_BYTES, &content, &none) < 0)
        whole = false;
    at = content.text;
    for (int i = 0; i < 5 && whole; i++)
        whole = (lines[i] = next_line(&at)) != NULL;
    whole = whole && strcmp(lines[4], "end") == 0 && str_to_int64(lines[3], &total) &&
            str_copy(state->url, sizeof(state->url), lines[0]) &&
            str_copy(state->etag, sizeof(state->etag), lines[1]) &&
            str_copy(state->modified, sizeof(state->modified), lines[2]);
    state->total = total;
    str_release(&content);
    return whole;
}

int download_state_save(const struct download_state *state, const char *path, struct err *err)
{
    struct str text = STR_INIT;
    int result;

    str_addf(&text, "%s\n%s\n%s\n%lld\nend\n", state->url, state->etag, state->modified,
        (long long)state->total);
    result = str_check(&text, err);
    if (result == 0)
        result = file_write(path, text.text, text.length, err);
    str_release(&text);
    return result;
}

const char *download_state_validator(const struct download_state *state)
{
    if (state->etag[0])
        return state->etag;
    return state->modified[0] ? state->modified : NULL;
}

bool download_state_differs(const struct download_state *then, const struct download_state *now)
{
    return (then->etag[0] && now->etag[0] && strcmp(then->etag, now->etag) != 0) ||
           (then->modified[0] && now->modified[0] && strcmp(then->modified, now->modified) != 0) ||
           (then->total >= 0 && now->total >= 0 && then->total != now->total);
}

bool download_header_value(
    const char *line, size_t length, const char *name, char *value, size_t size)
{
    size_t named = strlen(name);

    value[0] = '\0';
    if (length <= named || strncasecmp(line, name, named) != 0 || line[named] != ':')
        return false;
    line += named + 1;
    length -= named + 1;
    while (length > 0 && (*line == ' ' || *line == '\t')) {
        line++;
        length--;
    }
    while (length > 0 && strchr(" \t\r\n", line[length - 1]))
        length--;
    if (length >= size)
        return false;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)line[i] < ' ')
            return false;
    memcpy(value, line, length);
    value[length] = '\0';
    return true;
}

void download_state_header(struct download_state *state, const char *line, size_t length)
{
    char value[VALIDATOR_BYTES];

    if (download_header_value(line, length, "etag", value, sizeof(value)))
        str_copy(state->etag, sizeof(state->etag), str_starts_with(value, "W/") ? "" : value);
    if (download_header_value(line, length, "last-modified", value, sizeof(value)))
        str_copy(state->modified, sizeof(state->modified), value);
}

void download_content_range(const char *value, int64_t *start, int64_t *total)
{
    char copy[128], *dash, *slash;
    long long number;

    *start = *total = -1;
    if (strncasecmp(value, "bytes ", 6) != 0 || !str_copy(copy, sizeof(copy), value + 6) ||
        !(slash = strchr(copy, '/')))
        return;
    *slash = '\0';
    if (str_to_int64(slash + 1, &number) && number >= 0)
        *total = number;
    dash = strchr(copy, '-');
    if (!dash || dash == copy)
        return;
    *dash = '\0';
    if (str_to_int64(copy, &number) && number >= 0)
        *start = number;
}
