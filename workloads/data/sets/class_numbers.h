/* Which number each class folder has: see folder.h. */
#ifndef SCALESTUDY_WORKLOADS_DATA_SETS_CLASS_NUMBERS_H
#define SCALESTUDY_WORKLOADS_DATA_SETS_CLASS_NUMBERS_H

#include "workloads/data/config/data_config.h"
#include "workloads/data/formats/folder_list.h"
#include "harness/base/err.h"

/*
 * `outputs` of the network, 0 if there is none yet. *numbers: of each folder, to be freed with
 * free(); *classes: how many numbers there are. Wrong class maps and a network with another number
 * of outputs are an ERR_INPUT.
 */
int class_numbers(const struct data_config *config, const struct name_list *folders, int outputs,
    int **numbers, int *classes, struct err *err) MUST_CHECK;

/* Every line of a class map, "folder<TAB>class number", in turn; an entry's -1 ends the reading.
 * Errors name the file and the line. */
typedef int class_map_entry(void *context, const char *folder, int number, struct err *err);
int class_map_read(
    const char *path, class_map_entry *entry, void *context, struct err *err) MUST_CHECK;

#endif
