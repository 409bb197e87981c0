/*
 * Reading the database: what tables, figures and status are made of. Plain records, owned by the
 * caller.
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
    double eta_seconds; /* until all that wait or run are done; NaN if nothing tells */
    /* Of jobs that are done and that `plan` had estimated: seconds of training, thought and taken. */
    int estimated;
    double estimated_seconds, taken_seconds;
    double share; /* of the multiply-adds of jobs that did not fail, done; 0 to 1 */
};
int query_status(struct store *store, const char *study, struct study_status **rows, int *n_rows,
    struct err *err) MUST_CHECK; /* free() */

/* The view study_progress: how far each model and method is. */
struct progress_group {
    char study[128], model[64], method[32];
    int total, done, running, failed, waiting, stopped;
    double images_per_second; /* NaN: of none is it known */
    double macs_left;
};
int query_progress(struct store *store, const char *study, struct progress_group **groups,
    int *n_groups, struct err *err) MUST_CHECK; /* free() */

/* The view running_job. */
struct running_job {
    char study[128], job_id[65], model[64], method[32], host[256];
    int input, attempt;
    int64_t seed;
    double progress, images_per_second; /* NaN: not said yet */
    double silent_seconds;              /* since its last sign of life */
};
int query_running(struct store *store, const char *study, struct running_job **jobs, int *n_jobs,
    struct err *err) MUST_CHECK; /* free() */

/* The job whose id begins with these digits; none, or more than one, is an ERR_INPUT that says so. */
int query_find_job(
    struct store *store, const char *prefix, char id[65], struct err *err) MUST_CHECK;

/* What a job's epochs measured on all splits, as the view epoch_metric has them. */
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

/* Names of the studies in the file, as an ERR_INPUT if `study` is not one of them. */
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

/* One job, in the first study that asks for it, or else that did before its file was edited; study and
 * method are empty if no study lists it. */
struct job_detail {
    char job_id[65], study[128], model[64], method[32], state[16], host[256];
    char started_utc[24], finished_utc[24], error[1024]; /* empty: there is none */
    int input, attempt, crashes;
    int64_t seed, pid;
};
int query_job(
    struct store *store, const char *job_id, struct job_detail *job, struct err *err) MUST_CHECK;

/* State of one job (waiting, running, done, failed or stopped); empty if the file does not have it.
 */
#define QUERY_STATE_BYTES 16
int query_job_state(struct store *store, const char *job_id, char state[QUERY_STATE_BYTES],
    struct err *err) MUST_CHECK;

/* The states of all jobs of a study, sorted by id; free(). */
struct job_state {
    char id[65], state[QUERY_STATE_BYTES];
};
int query_states(struct store *store, const char *study, struct job_state **states, int *n_states,
    struct err *err) MUST_CHECK;
/* What of a job can be held against a plan; state empty if the file does not have it. */
struct job_glance {
    char state[QUERY_STATE_BYTES];
    char host[256];       /* that had it last */
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
/* data.images of it; empty: not recorded, or drawn by the program. */
int query_data_images(struct store *store, const char *study, char fingerprint[SHA256_HEX_BYTES],
    struct err *err) MUST_CHECK;
/* The packed set that it reads, as the study writes its path; empty if it reads none. */
int query_data_packed(
    struct store *store, const char *study, char *path, size_t size, struct err *err) MUST_CHECK;

/* As the paper writes it: the factors that are not 1, "d=1.4 w=1.2", or "baseline". */
void query_add_scaling(struct str *to, double depth, double width, double resolution);

/* Finished jobs of one network, seeds together: a group of groups.h. */
struct accuracy_group {
    char study[128], model[64], method[32];
    double depth, width, resolution;
    int input;
    int64_t params, macs;
    int first; /* position of its first job that is done */
    int seeds;
    double top1,
        top1_ci95; /* mean over seeds; half width of Student's t 95 % interval, NaN with one seed */
    double top5;   /* NaN if not all seeds have one */
    int baseline;  /* group that it was scaled from; its own if it is one; -1: none that is done */
    char label[GROUP_LABEL_BYTES]; /* what tells it from others that look alike; "" */
};
/* Groups in the study's order; NULL if there are none. */
int query_accuracy(struct store *store, const char *study, struct accuracy_group **groups,
    int *n_groups, struct err *err) MUST_CHECK; /* free() */

#endif
