/*
 * Paths of images that a command line names: files as they are, folders replaced by the JPEG and
 * PNG files in them and in their subfolders, sorted by byte, names that begin with a dot left out.
 *
 *     struct name_list files = {0};
 *     for (...) if (image_files_add(&files, paths[i], err) < 0) ...
 *     name_list_release(&files);
 */
#ifndef SCALESTUDY_DATA_IMAGE_FILES_H
#define SCALESTUDY_DATA_IMAGE_FILES_H

#include "folder_list.h"
#include "harness/base/err.h"

/* A file need not exist: who reads it will say so. A folder without images is an ERR_INPUT. */
int image_files_add(struct name_list *files, const char *path, struct err *err) MUST_CHECK;

#endif
