/*
 * What lies in a folder, for folder.c: names of its subfolders or files, sorted by byte.
 *
 * Names that begin with a dot are left out; links are followed. The list owns its names.
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_FORMATS_FOLDER_LIST_H
#define SCALESTUDY_WORKLOADS_DATA_FORMATS_FOLDER_LIST_H

#include <stdbool.h>

#include "harness/base/err.h"

struct name_list {
    char **names;
    int n;
};

/* Which entries are wanted: a subfolder, or a file whose name `accept` likes (NULL: any). */
struct name_filter {
    bool folders;
    bool (*accept)(const char *name);
};

int name_list_read(struct name_list *list, const char *path, const struct name_filter *filter,
    struct err *err) MUST_CHECK;
/* Append a copy. */
int name_list_add(struct name_list *list, const char *name, struct err *err) MUST_CHECK;
void name_list_sort(struct name_list *list); /* by byte */
/* Place of a name in a sorted list; -1 if it has none. */
int name_list_find(const struct name_list *list, const char *name);
void name_list_release(struct name_list *list);

#endif
