/* Folders that are named by ImageNet's ids, for the sets that are parts of ImageNet. */
#ifndef SCALESTUDY_WORKLOADS_DATA_SETS_IMAGENET_FOLDER_H
#define SCALESTUDY_WORKLOADS_DATA_SETS_IMAGENET_FOLDER_H

#include "folder.h"

/* A kind's open: folder_open, and every class must be an id of ImageNet's; its read is folder_read. */
int imagenet_folder_open(
    struct dataset *set, const struct data_config *config, int classes, struct err *err) MUST_CHECK;

#endif
