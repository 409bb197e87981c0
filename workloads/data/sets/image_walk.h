/*
 * The images in a folder and below it, by their endings, in an order that depends on names alone:
 * those of the folder sorted by byte, then those of its subfolders, which are sorted too.
 *
 *     struct image_walk walk = {.root = root, .image = add, .context = me, .left_out = &left_out};
 *     if (image_walk(&walk, "train/owl", err) < 0) ...
 *
 * Links are followed. A folder is looked into once, whichever links lead to it, so that a loop of
 * links ends; `root` and the folders between it and where the walk begins are not looked into again
 * either. What is found and not taken is counted in left_out. Files that `pattern` does not match
 * are neither taken nor counted.
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_SETS_IMAGE_WALK_H
#define SCALESTUDY_WORKLOADS_DATA_SETS_IMAGE_WALK_H

#include <stdbool.h>

#include "harness/base/err.h"
#include "workloads/data/dataset/left_out.h"

#define IMAGE_ENDINGS ".jpg, .jpeg, .jpe, .jfif or .png"

struct image_walk {
    const char *root;
    const char *pattern; /* fnmatch of names; NULL or "": any */
    bool shallow;        /* subfolders are not looked into, nor counted */
    void *context;
    /* An image, its path below the root; -1 ends the walk. */
    int (*image)(void *context, const char *path, struct err *err);
    /* OPTIONAL: the name of a subfolder of the folder where the walk begins. */
    void (*folder)(void *context, const char *name);
    struct left_out *left_out;
};

/* `below`: a folder below the root; "" is the root itself. That it cannot be read is an error. */
int image_walk(const struct image_walk *walk, const char *below, struct err *err) MUST_CHECK;

/* Is a file of that name an image, by its ending? */
bool image_by_ending(const char *name);

#endif
