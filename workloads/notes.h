/* Filling struct data_notes (workload.h) from an open set. Private to workloads/. */
#ifndef SCALESTUDY_WORKLOADS_NOTES_H
#define SCALESTUDY_WORKLOADS_NOTES_H

#include "workloads/data/dataset/dataset.h"
#include "workload.h"

void notes_of_set(const struct dataset *set, struct data_notes *notes);
/* Only what was left out. */
void notes_of_left_out(const struct left_out *left_out, struct data_notes *notes);

#endif
