/*
 * Folders of images, for the kind `folder` and for named sets that come as folders.
 *
 *     root/CLASS/IMAGE                    every fifth image or so, by a hash of its path, is the
 * test split root/SPLIT/CLASS/IMAGE              SPLIT: train; test, val, valid or validation
 *
 * Images are JPEG and PNG by their endings; names that begin with a dot are left out. Class
 * numbers: from the class map if there is one; ImageNet's if the network has 1000 outputs and every
 * folder is named by an ImageNet id; otherwise the folders' sorted order (by byte).
 */
#ifndef SCALESTUDY_DATA_FOLDER_H
#define SCALESTUDY_DATA_FOLDER_H

#include "dataset.h"
#include "selection.h"

/* Is a file of that name an image, by its ending, and does it match the fnmatch pattern (empty:
 * any)? */
bool folder_is_image(const char *name, const char *pattern);

/* Where nothing says which split an image belongs to. */
enum split folder_split_by_hash(const char *path);

/* For kinds: their open and read. */
int folder_open(
    struct dataset *set, const struct data_config *config, int classes, struct err *err) MUST_CHECK;
int folder_read(const struct dataset *set, enum split split, int index, struct image *image,
    struct err *err) MUST_CHECK;

/* For kinds that list their images themselves: what train_images and test_images leave of the
 * splits goes over to the set, whose classes are known already. */
int folder_finish(
    struct dataset *set, struct selection splits[SPLIT_COUNT], struct err *err) MUST_CHECK;

#endif
