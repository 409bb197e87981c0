/*
 * Paths of images that a command line names: files as they are, folders replaced by the images in
 * them and in their subfolders, as image_walk.h finds them.
 *
 *     struct name_list files = {0};
 *     struct left_out left_out = {0};
 *     for (...) if (image_files_add(&files, paths[i], &left_out, err) < 0) ...
 *     name_list_release(&files);
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_SETS_IMAGE_FILES_H
#define SCALESTUDY_WORKLOADS_DATA_SETS_IMAGE_FILES_H

#include "workloads/data/formats/folder_list.h"
#include "harness/base/err.h"
#include "workloads/data/dataset/left_out.h"

/* A file need not exist: who reads it will say so. A folder without images is an ERR_INPUT. */
int image_files_add(struct name_list *files, const char *path, struct left_out *left_out,
    struct err *err) MUST_CHECK;

#endif
