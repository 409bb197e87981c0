/*
 * What the queue says about the tasks of a run folder. However many jobs there are and however often
 * somebody looks, the controller is asked once in half a minute at most: the answer is kept in the
 * folder, for all who look.
 *
 *     if (run_queue_look(&run, NULL, RUN_QUEUE_SECONDS, &view, err) < 0) ...
 *     if (view.asked && !view.answered) ...       unknown: view.problem says why
 *     run_queue_release(&view)
 */
#ifndef SCALESTUDY_HARNESS_CLUSTER_RUN_QUEUE_H
#define SCALESTUDY_HARNESS_CLUSTER_RUN_QUEUE_H

#include "launch.h"
#include "run_access.h"

#define RUN_QUEUE_SECONDS 30.0

struct run_queue {
    bool asked;       /* something was sent from this folder */
    bool answered;    /* by the controller, `age` seconds ago */
    bool withheld;    /* it was not asked, since only the folder names its address */
    bool names_token; /* the folder does, which is ignored */
    double age;
    struct queue queue;
    struct err problem; /* why it did not answer */
};

/* An answer may be so old; 0 asks again. An error is one of the folder, never of the controller.
 * `given` (or NULL): options of the command, as run_access.h has them. */
int run_queue_look(const struct run_folder *run, const struct run_access *given,
    double most_seconds, struct run_queue *view, struct err *err) MUST_CHECK;
void run_queue_release(struct run_queue *view);
/* Cancel tasks ("77_3") or whole arrays ("77") of the folder in the queue, and ask until they are
 * gone, since scancel's own answer is not reliable. ERR_BUSY: some are still there. */
int run_queue_cancel(const struct run_folder *run, const struct cluster *cluster,
    const char *const *names, int n, struct err *err) MUST_CHECK;

/* What is known is out of date: something was sent or cancelled. */
void run_queue_forget(const struct run_folder *run);

/* Which queue tasks of this folder were sent to last, without anything secret. */
int run_queue_save(
    const struct run_folder *run, const struct cluster *cluster, struct err *err) MUST_CHECK;
/* The same, with the user's own access (run_access.h) and no other; ERR_INPUT if nothing was sent. */
int run_queue_load(const struct run_folder *run, const struct run_access *given,
    struct cluster *cluster, struct err *err) MUST_CHECK;

#endif
