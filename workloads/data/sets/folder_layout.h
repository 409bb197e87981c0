/*
 * How a folder of images is laid out: ROOT/CLASS or ROOT/SPLIT/CLASS, and what lies beside.
 *
 *     struct folder_layout layout = {0};
 *     if (folder_layout_find(&layout, set, err) < 0) ...
 *     layout.classes       names of the class folders, sorted
 *     folder_layout_release(&layout);
 *
 * The names of splits are those of splits.h; a folder of such a name without subfolders is none.
 * A tree of another form is an ERR_INPUT that says which root or form would be right.
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_SETS_FOLDER_LAYOUT_H
#define SCALESTUDY_WORKLOADS_DATA_SETS_FOLDER_LAYOUT_H

#include "workloads/data/dataset/dataset.h"
#include "workloads/data/formats/folder_list.h"

struct folder_layout {
    struct name_list classes;
    bool has_splits; /* set->split_names has those that are there */
};

/* Of set->config.root. Fills set->split_names; images beside the class folders, and those of splits
 * that are not used, are counted in set->left_out. */
int folder_layout_find(
    struct folder_layout *layout, struct dataset *set, struct err *err) MUST_CHECK;
void folder_layout_release(struct folder_layout *layout);

/* Of a folder without images: "; it holds ...", what that is and what reads it, if it is a
 * publisher's files of a set that the program knows; "" if not. */
const char *folder_layout_hint(const char *folder);

#endif
