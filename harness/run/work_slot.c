#include "work_slot.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "epoch_file.h"
#include "harness/system/process.h"
#include "results/query/query.h"
#include "results/store/shard.h"
#include "run_files.h"

/* A sign of life so many times before silence counts as death, and at least so often. */
#define HEARTBEATS        6
#define HEARTBEAT_SECONDS 15.0
/* A result that cannot be handed over is tried again, and kept for so long. */
#define RETRY_SECONDS 5.0
#define KEEP_SECONDS  900.0

#define ATTEMPT_FILE_BYTES (RUN_NAME_BYTES + RUN_FILES_NAME_BYTES)

/* ---- before ---- */

/* A file that the attempt of that number has in its folder. */
static int file_of_attempt(const struct attempt_claim *claim, int number, enum run_file file,
    char to[ATTEMPT_FILE_BYTES], struct err *err)
{
    char folder[RUN_NAME_BYTES], name[RUN_FILES_NAME_BYTES];

    if (run_files_name(file, claim->job_id, name, err) < 0)
        return -1;
    attempts_folder(claim->job_id, number, folder);
    snprintf(to, ATTEMPT_FILE_BYTES, "%s/%s", folder, name);
    return 0;
}

/* 1: a former attempt left it. A link is an error now, and not when hours of work are to be handed
 * over. */
static int look_for(const struct run_folder *run, const struct attempt_claim *claim, int number,
    enum run_file file, struct err *err)
{
    char name[ATTEMPT_FILE_BYTES];
    struct stat info;
    int there = -1;

    if (file_of_attempt(claim, number, file, name, err) == 0)
        there = dir_look(&run->folder, name, &info, err);
    if (there == 1 && !S_ISREG(info.st_mode))
        return err_set(err, ERR_INPUT,
            "%s/%s is no ordinary file, as scalestudy makes there; remove it", run->folder.path,
            name);
    return there;
}

/* The newest checkpoint of earlier attempts becomes ours: a link, since checkpoints are replaced and
 * never changed. */
static int take_checkpoint(
    const struct run_folder *run, const struct attempt_claim *claim, struct err *err)
{
    char from[ATTEMPT_FILE_BYTES], to[ATTEMPT_FILE_BYTES];
    bool taken = false;

    if (file_of_attempt(claim, claim->number, RUN_FILE_CHECKPOINT, to, err) < 0)
        return -1;
    for (int i = claim->number - 1; i > 0; i--) {
        int there = look_for(run, claim, i, RUN_FILE_CHECKPOINT, err);

        if (there < 0 || look_for(run, claim, i, RUN_FILE_EPOCHS, err) < 0 ||
            file_of_attempt(claim, i, RUN_FILE_CHECKPOINT, from, err) < 0)
            return -1;
        taken = taken || (there && dir_link(&run->folder, from, to) == 0);
    }
    return 0;
}

/* The attempt's folder: a new one, so that all that is in it is ours. */
static int make_attempt(struct slot *slot, const struct run_folder *run, struct err *err)
{
    char name[RUN_NAME_BYTES];
    int made;

    attempts_folder(slot->claim.job_id, slot->claim.number, name);
    dir_remove(&run->folder, name);
    made = dir_make(&run->folder, name, err);
    if (made == 0)
        return err_set(err, ERR_IO,
            "%s/%s, which is for an attempt that begins, is there already and cannot be removed",
            run->folder.path, name);
    return made < 0 ? -1 : dir_open_inside(&slot->attempt, &run->folder, name, err);
}

static int put_job(const struct slot *slot, const struct slot_setting *setting, struct err *err)
{
    struct store *store = NULL;
    int result = store_open(&store, slot->database, STORE_CREATE, err);

    if (result == 0)
        result = store_copy_job(setting->plan, store, setting->run->study, slot->claim.job_id, err);
    store_close(store);
    return result;
}

static int prepare(struct slot *slot, const struct slot_setting *setting, struct err *err)
{
    snprintf(slot->database, sizeof(slot->database), "%s/%.16s.%d.db", setting->scratch,
        slot->claim.job_id, slot->claim.number);
    if (make_attempt(slot, setting->run, err) < 0)
        return -1;
    if (take_checkpoint(setting->run, &slot->claim, err) < 0)
        return -1;
    return put_job(slot, setting, err);
}

static int start(struct slot *slot, const struct slot_setting *setting, struct err *err)
{
    struct worker_options options = {.database = slot->database,
        .study = setting->run->study,
        .threads = setting->run->settings.threads,
        .loader_threads = setting->loader_threads,
        .checkpoint_seconds = setting->checkpoint_seconds,
        .packed = setting->packed};

    if (prepare(slot, setting, err) < 0)
        return -1;
    options.attempt_fd = slot->attempt.fd;
    return worker_start(&slot->worker, &options, err);
}

/* The scratch files, and the attempt's folder if nothing is in it. */
static void tidy(struct slot *slot, const struct slot_setting *setting)
{
    char path[RUN_FILE_PATH], name[RUN_NAME_BYTES];
    static const char *const endings[] = {"", "-wal", "-shm"};

    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof(path), "%s%s", slot->database, endings[i]);
        unlink(path);
    }
    snprintf(path, sizeof(path), "%s.shard", slot->database);
    unlink(path);
    dir_close(&slot->attempt);
    attempts_folder(slot->claim.job_id, slot->claim.number, name);
    dir_remove_empty(&setting->run->folder, name);
}

static void end(struct slot *slot, const struct slot_setting *setting, enum slot_ending ending)
{
    slot->ending = ending;
    slot->state = SLOT_FREE;
    if (ending == SLOT_DONE)
        attempts_clean(setting->run, slot->claim.job_id, slot->claim.number);
    tidy(slot, setting);
}

static void give_back(struct slot *slot, const struct slot_setting *setting, const char *reason,
    enum slot_ending ending)
{
    struct err ignored = {0};

    /* Should it fail, the claim grows old, and another machine takes the job then. */
    (void)!attempts_say(setting->run, slot->claim.job_id, slot->claim.number,
        ending == SLOT_CRASHED ? ATTEMPT_CRASHED : ATTEMPT_RELEASED, reason, &ignored);
    end(slot, setting, ending);
}

int slot_claim(struct slot *slot, const struct slot_setting *setting, const struct planned_job *job,
    struct attempt *last, struct err *err)
{
    double now = clock_seconds();
    int got;

    *slot = (struct slot){.job = job, .next_heartbeat = now, .attempt = DIR_CLOSED};
    got = attempts_claim(setting->run, job->id, setting->self, &slot->claim, last, err);
    if (got != 1)
        return got;
    if (start(slot, setting, err) < 0) {
        give_back(slot, setting, err->message, SLOT_TROUBLE);
        return -1;
    }
    slot->state = SLOT_RUNNING;
    return 1;
}

/* ---- after ---- */

static int read_epochs(
    const struct slot *slot, const struct run_folder *run, struct epoch_list *list, struct err *err)
{
    char name[ATTEMPT_FILE_BYTES];

    for (int i = 1; i <= slot->claim.number; i++)
        if (file_of_attempt(&slot->claim, i, RUN_FILE_EPOCHS, name, err) < 0 ||
            epoch_file_read(&run->folder, name, list, err) < 0)
            return -1;
    return 0;
}

static int write_shard(
    const struct slot *slot, const struct run_folder *run, const char *path, struct err *err)
{
    const struct shard_origin origin = {
        .run = run->id, .job_id = slot->claim.job_id, .attempt = slot->claim.number};
    struct epoch_list epochs = {0};
    int result = read_epochs(slot, run, &epochs, err);

    if (result == 0)
        result = shard_write(slot->database, &origin, epochs.rows, epochs.n, path, err);
    epoch_list_release(&epochs);
    return result;
}

/* 1 published, 0 too late, -1 to be tried again. */
static int hand_over(struct slot *slot, const struct run_folder *run, struct err *err)
{
    struct str bytes = STR_INIT;
    char shard[PATH_BYTES + 160], temporary[RUN_NAME_BYTES];
    int result;

    /* Made here, where SQLite may lock, and copied as plain bytes. */
    snprintf(shard, sizeof(shard), "%s.shard", slot->database);
    if (run_folder_temporary(temporary, err) < 0)
        return -1;
    result = write_shard(slot, run, shard, err);
    if (result == 0)
        result = file_read(shard, SHARD_MAX_BYTES, &bytes, err);
    if (result == 0)
        result = dir_write(&run->folder, temporary, bytes.text, bytes.length, 0, err);
    if (result == 0)
        result = attempts_publish(run, &slot->claim, temporary, slot->done, err);
    dir_unlink(&run->folder, temporary);
    str_release(&bytes);
    return result;
}

static void try_to_hand_over(struct slot *slot, const struct slot_setting *setting, double now)
{
    struct err problem = {0};
    int got = hand_over(slot, setting->run, &problem);

    slot->next_try = now + RETRY_SECONDS;
    if (got == 1)
        end(slot, setting, slot->done ? SLOT_DONE : SLOT_FAILED);
    else if (got == 0)
        end(slot, setting, SLOT_SUPERSEDED);
    else if (now > slot->give_up || slot->stopping) {
        slot->problem = problem;
        end(slot, setting, SLOT_TROUBLE);
    } else {
        slot->problem = problem;
    }
}

/* How a process ended that did not say what became of its job. */
static void describe_crash(struct slot *slot, int status, int crashes)
{
    char ending[PROCESS_ENDING_BYTES], tail[RUN_FILES_TAIL_BYTES], times[40] = "";
    char name[RUN_FILES_NAME_BYTES];
    struct err ignored = {0};
    FILE *log = NULL;

    if (run_files_name(RUN_FILE_LOG, slot->claim.job_id, name, &ignored) == 0)
        log = dir_stream(&slot->attempt, name, &ignored);
    run_files_tail(log, tail);
    if (crashes > 0)
        snprintf(times, sizeof(times), ", crash %d of this job", crashes + 1);
    snprintf(slot->said, sizeof(slot->said), "the process ended with %s%s%s%s%s",
        process_ending(status, ending), times,
        WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL
            ? "; was it killed for its memory? `submit --memory` asks for more"
            : "",
        tail[0] ? "; its log ends with: " : "", tail);
}

static int mark_failed(struct slot *slot, struct err *err)
{
    struct store *store = NULL;
    int result = store_open(&store, slot->database, STORE_WRITE, err);

    if (result == 0)
        result = store_fail(store, slot->claim.job_id, 1, slot->said, err);
    store_close(store);
    return result;
}

/* It may have been killed before it took the job. */
static bool has_crashed(const struct slot *slot, const char *state, int status)
{
    return !slot->stopping && (strcmp(state, "running") == 0 ||
                                  (strcmp(state, "waiting") == 0 && WIFSIGNALED(status)));
}

/* Whether the job that crashed is to be tried again. */
static bool is_tried_again(struct slot *slot, const struct slot_setting *setting, int status)
{
    struct err ignored = {0};
    int crashes = 0;

    if (attempts_crashes(setting->run, slot->claim.job_id, slot->claim.number, &crashes, &ignored) <
        0)
        crashes = 0;
    describe_crash(slot, status, crashes);
    return crashes < setting->run->settings.retries;
}

/* What the disk or the network did is not the job's fault: it is given back. */
static bool is_of_the_system(const char *message)
{
    static const int numbers[] = {ENOSPC, EDQUOT, EIO, ESTALE, EROFS, ENODEV, ENETDOWN, EHOSTDOWN};

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        if (strstr(message, strerror(numbers[i])))
            return true;
    return strstr(message, "no space is left") != NULL;
}

static int state_of_job(const struct slot *slot, char state[QUERY_STATE_BYTES], struct err *err)
{
    struct store *store = NULL;
    int result = store_open(&store, slot->database, STORE_READ, err);

    if (result == 0)
        result = query_job_state(store, slot->claim.job_id, state, err);
    store_close(store);
    return result;
}

static void remove_attempt(const struct slot *slot, const struct run_folder *run)
{
    char name[RUN_NAME_BYTES];

    attempts_folder(slot->claim.job_id, slot->claim.number, name);
    dir_remove(&run->folder, name);
}

/* The next one's checkpoint is a link of its own; of a job that was stopped it is kept here. */
static void end_superseded(struct slot *slot, const struct slot_setting *setting)
{
    struct attempt last;
    struct err ignored = {0};

    if (attempts_last(setting->run, slot->claim.job_id, &last, &ignored) == 0 &&
        last.kind != ATTEMPT_STOPPED && last.kind != ATTEMPT_RETRY)
        remove_attempt(slot, setting->run);
    end(slot, setting, SLOT_SUPERSEDED);
}

/* Its process has ended: what became of the job? */
static void conclude(struct slot *slot, const struct slot_setting *setting)
{
    int status = worker_reap(&slot->worker);
    char state[QUERY_STATE_BYTES] = "";
    struct err err = {0};

    if (slot->superseded) {
        end_superseded(slot, setting);
        return;
    }
    if (state_of_job(slot, state, &err) == 0 && has_crashed(slot, state, status)) {
        if (is_tried_again(slot, setting, status)) {
            give_back(slot, setting, slot->said, SLOT_CRASHED);
            return;
        }
        if (strcmp(state, "running") == 0 && mark_failed(slot, &err) == 0)
            str_copy(state, sizeof(state), "failed");
    }
    slot->done = strcmp(state, "done") == 0;
    if (slot->done || (strcmp(state, "failed") == 0 && !is_of_the_system(slot->said))) {
        slot->state = SLOT_HANDING_OVER;
        slot->give_up = clock_seconds() + KEEP_SECONDS;
        slot->next_try = 0;
        return;
    }
    if (slot->stopping) {
        give_back(slot, setting, "stopped", SLOT_RELEASED);
        return;
    }
    slot->problem = err;
    if (slot->said[0] != '\0')
        err_set(&slot->problem, ERR_IO, "%s", slot->said);
    else
        err_set(&slot->problem, ERR_CHILD, "a job's process ended before it took the job");
    give_back(slot, setting, slot->problem.message, SLOT_TROUBLE);
}

void slot_listen(struct slot *slot, const struct slot_setting *setting)
{
    enum worker_message message;

    while ((message = worker_read(&slot->worker)) != WORKER_NOTHING) {
        if (message == WORKER_DONE) {
            slot->top1 = slot->worker.top1;
            slot->seconds = slot->worker.seconds;
        }
        if (message == WORKER_FAILED || message == WORKER_TROUBLE)
            str_copy(slot->said, sizeof(slot->said), slot->worker.text);
        if (message == WORKER_GONE) {
            conclude(slot, setting);
            return;
        }
    }
}

static double heartbeat_seconds(const struct run_folder *run)
{
    double seconds = run->settings.takeover_seconds / HEARTBEATS;

    return seconds < HEARTBEAT_SECONDS ? seconds : HEARTBEAT_SECONDS;
}

/* Somebody else has said what becomes of the job. */
static void give_way(struct slot *slot, const struct slot_setting *setting)
{
    struct attempt last = {0};
    struct err ignored = {0};

    slot->superseded = true;
    if (slot->state != SLOT_RUNNING) {
        end_superseded(slot, setting);
        return;
    }
    (void)!attempts_last(setting->run, slot->claim.job_id, &last, &ignored);
    /* A job that is stopped saves what it has, for the case that it is wanted again. */
    worker_signal(&slot->worker, last.kind == ATTEMPT_STOPPED ? SIGTERM : SIGKILL);
}

void slot_tend(struct slot *slot, const struct slot_setting *setting, double now)
{
    if (slot->state == SLOT_FREE)
        return;
    if (now >= slot->next_heartbeat && !slot->superseded) {
        slot->next_heartbeat = now + heartbeat_seconds(setting->run);
        if (!attempts_heartbeat(setting->run, &slot->claim))
            give_way(slot, setting);
    }
    if (slot->state == SLOT_HANDING_OVER && now >= slot->next_try)
        try_to_hand_over(slot, setting, now);
}

void slot_stop(struct slot *slot)
{
    if (slot->state == SLOT_FREE || slot->stopping)
        return;
    slot->stopping = true;
    if (slot->state == SLOT_RUNNING)
        worker_signal(&slot->worker, SIGTERM);
    slot->next_try = 0;
}
