/*
 * Queries for tables, figures and status. They return plain records, owned by the caller.
 *
 * A store opened STORE_READ is enough. `study` NULL means all studies of the file.
 */
#ifndef SCALESTUDY_RESULTS_QUERY_QUERY_H
#define SCALESTUDY_RESULTS_QUERY_QUERY_H

#include <stdint.h>

#include "groups.h"
#include "harness/base/err.h"
#include "harness/base/rowset.h"
#include "harness/base/sha256.h"
#include "harness/base/str.h"
#include "results/store/store.h"

struct study_status {
    char study[128];
    int total, done, running, failed, waiting, stopped;
    double eta_seconds; /* until all waiting and running jobs are done; NaN if unknown */
    /* Of finished jobs that `plan` had estimated: seconds of training, estimated and taken. */
    int estimated;
    double estimated_seconds, taken_seconds;
    double share; /* of the multiply-adds of jobs that did not fail, done; 0 to 1 */
};
int query_status(struct store *store, const char *study, struct study_status **rows, int *n_rows,
    struct err *err) MUST_CHECK; /* free() */

/* The view study_progress: progress by model and method. */
struct progress_group {
    char study[128], model[64], method[32];
    int total, done, running, failed, waiting, stopped;
    double images_per_second; /* NaN: not known of any job */
    double macs_left;
};
int query_progress(struct store *store, const char *study, struct progress_group **groups,
    int *n_groups, struct err *err) MUST_CHECK; /* free() */

/* The view running_job. */
struct running_job {
    char study[128], job_id[65], model[64], method[32], host[256];
    int input, attempt;
    int64_t seed;
    double progress, images_per_second; /* NaN: not reported yet */
    double silent_seconds;              /* since its last sign of life */
};
int query_running(struct store *store, const char *study, struct running_job **jobs, int *n_jobs,
    struct err *err) MUST_CHECK; /* free() */

/* The job whose id begins with these digits. ERR_INPUT if there is none, or more than one. */
int query_find_job(
    struct store *store, const char *prefix, char id[65], struct err *err) MUST_CHECK;

/* A job's epochs on all splits: the view epoch_metric. */
struct epoch_metric {
    int epoch;
    char split[16];
    double loss, top1, top5, lr, seconds; /* NaN where there is none */
};
int query_epochs(struct store *store, const char *job_id, struct epoch_metric **epochs,
    int *n_epochs, struct err *err) MUST_CHECK; /* free() */
extern const struct column query_epoch_columns[];
int query_epoch_rows(struct store *store, const char *study, const char *job_id,
    struct rowset *rows, struct err *err) MUST_CHECK;

/* ERR_INPUT with the names of the studies in the file if `study` is not one of them. */
int query_has_study(struct store *store, const char *study, struct err *err) MUST_CHECK;

/* The view job_result, one row a job in the study's order, with the column `setting` (what tells the
 * job's network from others that look alike: groups.h); state NULL: all. */
extern const struct column query_job_columns[];
int query_jobs(struct store *store, const char *study, const char *state, struct rowset *rows,
    struct err *err) MUST_CHECK;
/* The same, of those for which an SQL expression over these columns is true; a wrong one is an
 * ERR_INPUT. */
int query_jobs_where(struct store *store, const char *study, const char *state, const char *where,
    struct rowset *rows, struct err *err) MUST_CHECK;

/* Ids of the same jobs, each once; free(). where NULL: all. */
int query_job_ids(struct store *store, const char *study, const char *state, const char *where,
    char (**ids)[65], int *n_ids, struct err *err) MUST_CHECK;

/* One job, in the first study that lists it, or that did before its file was edited; study and method are
 * empty if no study lists it. */
struct job_detail {
    char job_id[65], study[128], model[64], method[32], state[16], host[256];
    char started_utc[24], finished_utc[24], error[1024]; /* empty: there is none */
    int input, attempt, crashes;
    int64_t seed, pid;
};
int query_job(
    struct store *store, const char *job_id, struct job_detail *job, struct err *err) MUST_CHECK;

/* State of one job (waiting, running, done, failed or stopped); empty if it is not in the file. */
#define QUERY_STATE_BYTES 16
int query_job_state(struct store *store, const char *job_id, char state[QUERY_STATE_BYTES],
    struct err *err) MUST_CHECK;

/* The states of all jobs of a study, sorted by id; free(). */
struct job_state {
    char id[65], state[QUERY_STATE_BYTES];
};
int query_states(struct store *store, const char *study, struct job_state **states, int *n_states,
    struct err *err) MUST_CHECK;
/* Facts of a job to compare with a plan; state is empty if it is not in the file. */
struct job_glance {
    char state[QUERY_STATE_BYTES];
    char host[256];       /* the last that ran it */
    double train_seconds; /* NaN: not done */
};
int query_job_glance(
    struct store *store, const char *job_id, struct job_glance *glance, struct err *err) MUST_CHECK;

/* Name of the data that a study trains on; empty if it has no jobs. */
int query_data_name(
    struct store *store, const char *study, char *name, size_t size, struct err *err) MUST_CHECK;
/* spec.classes of its networks; 0: there is no job. */
int query_data_classes(
    struct store *store, const char *study, int *classes, struct err *err) MUST_CHECK;
/* data.images of it; empty if not recorded, or if the program draws the images. */
int query_data_images(struct store *store, const char *study, char fingerprint[SHA256_HEX_BYTES],
    struct err *err) MUST_CHECK;
/* The packed set that it reads, as the study writes its path; empty if it reads none. */
int query_data_packed(
    struct store *store, const char *study, char *path, size_t size, struct err *err) MUST_CHECK;

/* As the paper writes it: the factors that are not 1, "d=1.4 w=1.2", or "baseline". */
void query_add_scaling(struct str *to, double depth, double width, double resolution);

/* The finished jobs of a group of groups.h. */
struct accuracy_group {
    char study[128], model[64], method[32];
    double depth, width, resolution;
    int input;
    int64_t params, macs;
    int first; /* position of its first finished job */
    int seeds;
    double top1,
        top1_ci95; /* mean over seeds; half width of Student's t 95 % interval, NaN with one seed */
    double top5;   /* NaN unless all seeds have one */
    int baseline;  /* index of its baseline; its own if it is one; -1: none is finished */
    char label[GROUP_LABEL_BYTES]; /* of groups that look alike; else "" */
};
/* Groups in the study's order; NULL if there are none. */
int query_accuracy(struct store *store, const char *study, struct accuracy_group **groups,
    int *n_groups, struct err *err) MUST_CHECK; /* free() */

#endif
