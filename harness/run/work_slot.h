/*
 * One job that `work` runs: claimed, run by a process, handed over. For work.c.
 *
 *     got = slot_claim(&slot, ..., err)         1: claimed and started
 *     slot_listen(&slot, ...)                   when its process has something to say
 *     slot_tend(&slot, ...)                     several times a second: signs of life, handing over
 *     slot.state == SLOT_FREE                   it ended, as slot.ending says
 */
#ifndef SCALESTUDY_HARNESS_RUN_WORK_SLOT_H
#define SCALESTUDY_HARNESS_RUN_WORK_SLOT_H

#include "harness/shared_queue/attempts.h"
#include "results/store/store.h"
#include "worker.h"

enum slot_state {
    SLOT_FREE,
    SLOT_RUNNING,
    SLOT_HANDING_OVER, /* the result is here, and is not in the run folder yet */
};

enum slot_ending {
    SLOT_NOTHING,    /* it has not ended */
    SLOT_DONE,       /* published */
    SLOT_FAILED,     /* published */
    SLOT_RELEASED,   /* saved and given back */
    SLOT_CRASHED,    /* its process crashed: given back, to be tried again; slot.said */
    SLOT_SUPERSEDED, /* another attempt goes on, or somebody stopped the job */
    SLOT_TROUBLE,    /* the machine or the folder failed, not the job: slot.problem */
};

/* What all slots share. */
struct slot_setting {
    const struct run_folder *run;
    struct store *plan;
    const struct attempt_owner *self;
    const char *scratch, *packed; /* packed: the copy of the packed set, or NULL */
    int loader_threads;
    double checkpoint_seconds;
};

struct slot {
    enum slot_state state;
    enum slot_ending ending;
    struct worker worker;
    struct attempt_claim claim;
    const struct planned_job *job;
    char database[PATH_BYTES + 128];
    struct dir attempt; /* attempts/JOB.N, where its process writes; closed if there is none */
    bool stopping;      /* its process was asked to save and end */
    bool superseded;
    bool done;                                /* the result says so */
    double next_heartbeat, next_try, give_up; /* clock_seconds */
    double top1, seconds;
    char said[900]; /* of a failure or a crash */
    struct err problem;
};

/* 1: claimed and started. 0: the job is unavailable, *last says why. -1: trouble of the machine
 * or the folder. */
int slot_claim(struct slot *slot, const struct slot_setting *setting, const struct planned_job *job,
    struct attempt *last, struct err *err) MUST_CHECK;
void slot_listen(struct slot *slot, const struct slot_setting *setting);
void slot_tend(struct slot *slot, const struct slot_setting *setting, double now);
/* Ask its process to save and end. */
void slot_stop(struct slot *slot);

#endif
