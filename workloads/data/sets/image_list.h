/*
 * Sets whose images are files, and whose labels stand in lists beside them.
 *
 *     struct image_list list;
 *     if (image_list_begin(&list, set, &classes, IMAGE_LIST_SORTED, outputs, err) == 0 && ...
 *         image_list_add(&list, SPLIT_TRAIN, "images/a.jpg", class, err) == 0 && ...)
 *         result = image_list_finish(&list, err);
 *     image_list_release(&list);
 *
 * Paths are below the set's root, and read by folder_read. `match` of the set's configuration is
 * held; a file that is in the list twice, in whichever split and however it is spelt, is an ERR_INPUT,
 * for what is tested must not be trained on. Where nothing says which images are for testing, all are
 * added to SPLIT_TRAIN and set->splits_drawn is set: image_list_finish then draws them (splits.h).
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_SETS_IMAGE_LIST_H
#define SCALESTUDY_WORKLOADS_DATA_SETS_IMAGE_LIST_H

#include "workloads/data/dataset/dataset.h"
#include "workloads/data/formats/folder_list.h"
#include "workloads/data/dataset/selection.h"

struct image_list {
    struct dataset *set;
    int *numbers; /* of each class, in the order of the names */
    int n_classes;
    struct selection splits[SPLIT_COUNT];
};

enum image_list_order {
    IMAGE_LIST_SORTED, /* names sorted by byte: numbered as folders are, by a class map, too */
    IMAGE_LIST_GIVEN,  /* the publisher's own numbers; a class map is refused */
};

int image_list_begin(struct image_list *list, struct dataset *set, const struct name_list *classes,
    enum image_list_order order, int outputs, struct err *err) MUST_CHECK;
/* `class`: place among the names. */
int image_list_add(struct image_list *list, enum split split, const char *path, int class,
    struct err *err) MUST_CHECK;
int image_list_finish(struct image_list *list, struct err *err) MUST_CHECK;
void image_list_release(struct image_list *list);

#endif
