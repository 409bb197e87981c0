/* What tells one state of the files of a set from another: for pack.h. */
#include "pack.h"

#include <errno.h>
#include <sys/stat.h>

#include "harness/base/sha256.h"
#include "harness/base/str.h"
#include "harness/system/file.h"
#include "records.h"
#include "workloads/data/formats/folder_list.h"

static int add_file(struct str *text, const char *root, const char *name, struct err *err)
{
    char path[PATH_BYTES];
    struct stat info;

    if (file_join(path, root, name, err) < 0)
        return -1;
    if (stat(path, &info) != 0)
        return err_set_errno(err, errno, "cannot look at %s", path);
    str_addf(text, "%s %lld %lld.%09ld\n", name, (long long)info.st_size,
        (long long)info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
    return 0;
}

/* Sets that are not a file an image: the files in their folder, and in its folders. */
static int add_folder(
    struct str *text, const char *root, const char *below, int depth, struct err *err)
{
    static const struct name_filter files = {0}, folders = {.folders = true};
    struct name_list names = {0};
    char folder[PATH_BYTES], name[PATH_BYTES];
    int result = file_join(folder, root, below, err);

    for (int pass = 0; pass < 1 + (depth == 0) && result == 0; pass++) {
        name_list_release(&names);
        result = name_list_read(&names, folder, pass ? &folders : &files, err);
        for (int i = 0; i < names.n && result == 0; i++) {
            result = file_join(name, below, names.names[i], err);
            if (result == 0)
                result = pass ? add_folder(text, root, name, depth + 1, err)
                              : add_file(text, root, name, err);
        }
    }
    name_list_release(&names);
    return result;
}

int pack_fingerprint(const struct dataset *set, struct pack_print *print, struct err *err)
{
    const char *root = set->config.root;
    bool has_files = (set->paths[SPLIT_TRAIN] || set->paths[SPLIT_TEST]) && !records_are(set);
    struct str text = STR_INIT;
    int result = 0;

    str_addf(&text, "%s %d\n", set->kind->name, set->classes);
    for (int s = 0; s < SPLIT_COUNT; s++) {
        str_addf(&text, "%d\n", set->count[s]);
        str_add_bytes(&text, set->labels[s], (size_t)set->count[s] * sizeof(*set->labels[s]));
        for (int i = 0; has_files && i < set->count[s] && result == 0; i++)
            result = add_file(&text, root, set->paths[s][i], err);
    }
    if (result == 0 && root[0] && !has_files)
        result = add_folder(&text, root, ".", 0, err);
    if (result == 0)
        result = str_check(&text, err);
    if (result == 0)
        result = sha256_hex(text.text, text.length, print->hex, err);
    str_release(&text);
    return result;
}
