/* Reading a folder's entries and sorting their names. */
#include "folder_list.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/base/array.h"
#include "harness/system/file.h"

void name_list_release(struct name_list *list)
{
    for (int i = 0; i < list->n; i++)
        free(list->names[i]);
    free(list->names);
    *list = (struct name_list){0};
}

int name_list_add(struct name_list *list, const char *name, struct err *err)
{
    if (!array_grow(&list->names, list->n, sizeof(*list->names)))
        return err_set(err, ERR_MEMORY, "no memory for a list of %d names", list->n + 1);
    list->names[list->n] = strdup(name);
    if (!list->names[list->n])
        return err_set(err, ERR_MEMORY, "no memory for a list of names");
    list->n++;
    return 0;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void name_list_sort(struct name_list *list)
{
    if (list->n > 0)
        qsort(list->names, (size_t)list->n, sizeof(*list->names), compare);
}

int name_list_find(const struct name_list *list, const char *name)
{
    char *const *found = NULL;

    if (list->n > 0)
        found = bsearch(&name, list->names, (size_t)list->n, sizeof(*list->names), compare);
    return found ? (int)(found - list->names) : -1;
}

/* Is it what the filter wants? The kind comes from readdir where the file system tells it there. */
static bool is_wanted(
    const char *folder, const struct dirent *entry, const struct name_filter *filter)
{
    char path[PATH_BYTES];
    struct err ignored = {0};
    struct stat info;

    if (entry->d_name[0] == '.')
        return false;
    if (filter->accept && !filter->accept(entry->d_name))
        return false;
    if (entry->d_type == DT_DIR || entry->d_type == DT_REG)
        return (entry->d_type == DT_DIR) == filter->folders;
    return file_join(path, folder, entry->d_name, &ignored) == 0 && stat(path, &info) == 0 &&
           (filter->folders ? S_ISDIR(info.st_mode) : S_ISREG(info.st_mode));
}

int name_list_read(
    struct name_list *list, const char *path, const struct name_filter *filter, struct err *err)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    int result = 0;

    if (!folder)
        return err_set_errno(err, errno, "cannot look into the folder %s", path);
    while (result == 0 && (errno = 0, entry = readdir(folder)))
        if (is_wanted(path, entry, filter))
            result = name_list_add(list, entry->d_name, err);
    if (result == 0 && errno != 0)
        result = err_set_errno(err, errno, "cannot look into the folder %s", path);
    closedir(folder);
    name_list_sort(list);
    return result;
}
