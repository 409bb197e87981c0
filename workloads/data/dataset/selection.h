/* Images of one split while a folder is read. */
#ifndef SCALESTUDY_WORKLOADS_DATA_DATASET_SELECTION_H
#define SCALESTUDY_WORKLOADS_DATA_DATASET_SELECTION_H

#include "harness/base/err.h"

struct selection {
    char **paths; /* [n], owned */
    int *labels;  /* [n] */
    int n;
};

int selection_add(
    struct selection *selection, const char *path, int label, struct err *err) MUST_CHECK;

/* The same with a path that malloc made, which is the selection's from then on, unless it fails. */
int selection_move(struct selection *selection, char *path, int label, struct err *err) MUST_CHECK;

void selection_release(struct selection *selection);

#endif
