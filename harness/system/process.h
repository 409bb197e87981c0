/*
 * Which process owns a job, so that a dead owner can be told from a living one: a pid is used again,
 * but not with the same start time after the same boot.
 */
#ifndef SCALESTUDY_HARNESS_SYSTEM_PROCESS_H
#define SCALESTUDY_HARNESS_SYSTEM_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/base/err.h"

struct owner {
    char host[256];
    int64_t pid;
    int64_t process_start; /* in clock ticks since boot */
    /* Pids mean something only where both are the same. Databases do not record the space, and have
     * it empty. */
    char boot_id[64], pid_space[64];
};

/* This process as an owner. */
int process_owner(struct owner *owner, struct err *err) MUST_CHECK;

/* Whether that process lives on this machine; for store_recover. A zombie is dead. */
bool process_is_alive(const struct owner *owner);

/* Send a signal to the worker of a job (worker_process.h) that works on this database, if that process
 * is surely one: it lives on this machine, started when the owner did, and its own command line says
 * that it is a worker of that very file. Others are left alone, whatever a database says of them.
 * Whether one was sent. */
bool process_signal_worker(const struct owner *owner, const char *database, int signal_number);

/* "signal 11 (Segmentation fault)" or "exit status 1", from waitpid's status. */
#define PROCESS_ENDING_BYTES 96
const char *process_ending(int status, char to[PROCESS_ENDING_BYTES]);

#endif
