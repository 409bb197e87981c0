/* The sentence about files that were left out. */
#include "left_out.h"

#include <string.h>
#include <strings.h>

/* After "1 " and "2 ". */
static const char *const words[LEFT_OUT_REASONS][2] = {
    [LEFT_OUT_ENDING] = {"file is no JPEG or PNG by its ending",
        "files are no JPEG or PNG by their ending"},
    [LEFT_OUT_HIDDEN] = {"name begins with a dot", "names begin with a dot"},
    [LEFT_OUT_DANGLING] = {"link leads nowhere", "links lead nowhere"},
    [LEFT_OUT_SPECIAL] = {"entry is no ordinary file", "entries are no ordinary files"},
    [LEFT_OUT_UNREADABLE] = {"folder cannot be read", "folders cannot be read"},
    [LEFT_OUT_AGAIN] = {"link leads back to a folder that is listed already",
        "links lead back to folders that are listed already"},
    [LEFT_OUT_STRAY] = {"image lies outside the class folders",
        "images lie outside the class folders"},
    [LEFT_OUT_SPLIT] = {"image is in a split that is not used",
        "images are in a split that is not used"},
};

static const char *ending_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');

    return dot && dot != name ? dot : "";
}

static void count_ending(struct left_out *left_out, const char *ending, int64_t n)
{
    for (int i = 0; i < LEFT_OUT_ENDINGS; i++) {
        if (left_out->endings[i].n == 0)
            str_copy(left_out->endings[i].ending, sizeof(left_out->endings[i].ending), ending);
        if (strncasecmp(left_out->endings[i].ending, ending,
                sizeof(left_out->endings[i].ending) - 1) == 0) {
            left_out->endings[i].n += n;
            return;
        }
    }
}

void left_out_add(
    struct left_out *left_out, enum left_out_reason reason, const char *path, int64_t n)
{
    if (n == 0)
        return;
    if (left_out->n[reason] == 0)
        str_copy(left_out->example[reason], sizeof(left_out->example[reason]), path);
    left_out->n[reason] += n;
    if (reason == LEFT_OUT_ENDING)
        count_ending(left_out, ending_of(path), n);
}

static void say_endings(const struct left_out *left_out, struct str *to)
{
    int64_t others = left_out->n[LEFT_OUT_ENDING];

    for (int i = 0; i < LEFT_OUT_ENDINGS && left_out->endings[i].n > 0; i++) {
        str_addf(to, "%s%lld %s", i ? ", " : "", (long long)left_out->endings[i].n,
            left_out->endings[i].ending[0] ? left_out->endings[i].ending : "without one");
        others -= left_out->endings[i].n;
    }
    if (others > 0)
        str_addf(to, ", %lld others", (long long)others);
    str_add(to, "; ");
}

bool left_out_say(const struct left_out *left_out, struct str *to)
{
    bool any = false;

    for (int r = 0; r < LEFT_OUT_REASONS; r++) {
        if (left_out->n[r] == 0)
            continue;
        str_addf(to, "%s%lld %s (", any ? ", " : "", (long long)left_out->n[r],
            words[r][left_out->n[r] != 1]);
        if (r == LEFT_OUT_ENDING)
            say_endings(left_out, to);
        str_addf(to, "%s%s)", left_out->n[r] > 1 ? "such as " : "", left_out->example[r]);
        any = true;
    }
    return any;
}
