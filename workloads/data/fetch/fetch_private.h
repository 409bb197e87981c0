/* What fetch.c and fetch_items.c share. */
#ifndef SCALESTUDY_WORKLOADS_DATA_FETCH_FETCH_PRIVATE_H
#define SCALESTUDY_WORKLOADS_DATA_FETCH_FETCH_PRIVATE_H

#include "workloads/data/dataset/dataset.h"
#include "fetch.h"

#define FETCH_MOST_ITEMS 8

/* One file of the set: fetched, or lying somewhere. */
struct fetch_item {
    struct source_file file;
    char name[128], url[2048], local[PATH_BYTES];
    const char *urls[2];
};

struct fetch_job {
    const struct fetch_request *request;
    const struct fetch_events *events;
    struct fetch_result *result;
    struct err *err;
    const struct dataset_kind *kind;
    struct fetch_item items[FETCH_MOST_ITEMS];
    int n;
    char part[PATH_BYTES]; /* ROOT.part */
    int lock;
};

/* Fill job->items: the published files of the kind, or what `from` names. */
int fetch_choose(struct fetch_job *job) MUST_CHECK;

#endif
