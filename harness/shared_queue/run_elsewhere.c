#include "run_elsewhere.h"

#include <stdlib.h>
#include <string.h>

#define LIST       "elsewhere"
#define LIST_BYTES ((size_t)64 << 20) /* a million jobs */

int run_elsewhere_put(
    const struct run_folder *run, const char (*ids)[SHA256_HEX_BYTES], int n, struct err *err)
{
    struct str text = STR_INIT;
    struct stat info;
    int result, there = dir_look(&run->folder, LIST, &info, err);

    for (int i = 0; i < n; i++)
        str_addf(&text, "%s\n", ids[i]);
    result = there < 0 ? -1 : str_check(&text, err);
    /* A folder that needs no such file gets none. */
    if (result == 0 && (n > 0 || there))
        result = dir_write(&run->folder, LIST, text.text, text.length, 0, err);
    str_release(&text);
    return result;
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(a, b);
}

int run_elsewhere_load(
    const struct run_folder *run, struct run_elsewhere *elsewhere, struct err *err)
{
    struct str text = STR_INIT;
    struct stat info;
    char *rest;
    int result;

    *elsewhere = (struct run_elsewhere){0};
    result = dir_look(&run->folder, LIST, &info, err);
    if (result <= 0)
        return result;
    result = dir_read(&run->folder, LIST, LIST_BYTES, &text, err);
    if (result == 0) {
        elsewhere->ids = calloc(text.length / SHA256_HEX_BYTES + 1, SHA256_HEX_BYTES);
        if (!elsewhere->ids)
            result = err_set(err, ERR_MEMORY, "no memory for the jobs in " LIST);
    }
    rest = result == 0 ? text.text : NULL;
    for (char *line; (line = strsep(&rest, "\n"));)
        if (strlen(line) == SHA256_HEX_BYTES - 1)
            str_copy(elsewhere->ids[elsewhere->n++], SHA256_HEX_BYTES, line);
    if (elsewhere->n > 0)
        qsort(elsewhere->ids, (size_t)elsewhere->n, SHA256_HEX_BYTES, compare_ids);
    str_release(&text);
    return result;
}

void run_elsewhere_release(struct run_elsewhere *elsewhere)
{
    free(elsewhere->ids);
    *elsewhere = (struct run_elsewhere){0};
}

bool run_elsewhere_has(const struct run_elsewhere *elsewhere, const char *id)
{
    return elsewhere->n > 0 &&
           bsearch(id, elsewhere->ids, (size_t)elsewhere->n, SHA256_HEX_BYTES, compare_ids);
}
