/* One attempt at a job of a shared folder, from its claim to its published result. */
#include "folder_attempt.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "epoch_file.h"
#include "harness/base/clock.h"
#include "results/query/query.h"
#include "results/store/shard.h"
#include "study_paths.h"

/* A sign of life so many times before silence counts as death, and at least so often. */
#define HEARTBEATS        6
#define HEARTBEAT_SECONDS 15.0
/* A result that cannot be published is tried again, and kept for so long. */
#define RETRY_SECONDS 5.0
#define KEEP_SECONDS  900.0

#define ATTEMPT_FILE_BYTES (RUN_NAME_BYTES + STUDY_PATHS_NAME_BYTES)

/* ---- before ---- */

/* A file that the attempt of that number has in its folder. */
static int file_of_attempt(const struct chain_claim *claim, int number, enum study_file file,
    char to[ATTEMPT_FILE_BYTES], struct err *err)
{
    char folder[RUN_NAME_BYTES], name[STUDY_PATHS_NAME_BYTES];

    if (study_paths_name(file, claim->job_id, name, err) < 0)
        return -1;
    attempt_folder(claim->job_id, number, folder);
    snprintf(to, ATTEMPT_FILE_BYTES, "%s/%s", folder, name);
    return 0;
}

/* 1: a former attempt left it. A link is an error now, and not when hours of work are to be
 * published. */
static int look_for(const struct run_folder *run, const struct chain_claim *claim, int number,
    enum study_file file, struct err *err)
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
    const struct run_folder *run, const struct chain_claim *claim, struct err *err)
{
    char from[ATTEMPT_FILE_BYTES], to[ATTEMPT_FILE_BYTES];
    bool taken = false;

    if (file_of_attempt(claim, claim->number, STUDY_FILE_CHECKPOINT, to, err) < 0)
        return -1;
    for (int i = claim->number - 1; i > 0; i--) {
        int there = look_for(run, claim, i, STUDY_FILE_CHECKPOINT, err);

        if (there < 0 || look_for(run, claim, i, STUDY_FILE_EPOCHS, err) < 0 ||
            file_of_attempt(claim, i, STUDY_FILE_CHECKPOINT, from, err) < 0)
            return -1;
        taken = taken || (there && dir_link(&run->folder, from, to) == 0);
    }
    return 0;
}

/* The attempt's folder: a new one, so that all that is in it is ours. */
static int make_folder(
    struct folder_attempt *attempt, const struct run_folder *run, struct err *err)
{
    char name[RUN_NAME_BYTES];
    int made;

    attempt_folder(attempt->claim.job_id, attempt->claim.number, name);
    dir_remove(&run->folder, name);
    made = dir_make(&run->folder, name, err);
    if (made == 0)
        return err_set(err, ERR_IO,
            "%s/%s, which is for an attempt that begins, is there already and cannot be removed",
            run->folder.path, name);
    return made < 0 ? -1 : dir_open_inside(&attempt->folder, &run->folder, name, err);
}

static int put_job(
    const struct folder_attempt *attempt, const struct attempt_setting *setting, struct err *err)
{
    struct store *store = NULL;
    int result = store_open(&store, attempt->database, STORE_CREATE, err);

    if (result == 0)
        result =
            store_copy_job(setting->plan, store, setting->run->study, attempt->claim.job_id, err);
    store_close(store);
    return result;
}

static int prepare(
    struct folder_attempt *attempt, const struct attempt_setting *setting, struct err *err)
{
    snprintf(attempt->database, sizeof(attempt->database), "%s/%.16s.%d.db", setting->scratch,
        attempt->claim.job_id, attempt->claim.number);
    if (make_folder(attempt, setting->run, err) < 0)
        return -1;
    if (take_checkpoint(setting->run, &attempt->claim, err) < 0)
        return -1;
    return put_job(attempt, setting, err);
}

static int start(struct folder_attempt *attempt, const struct attempt_setting *setting,
    struct worker_process *process, struct err *err)
{
    struct worker_options options = {.database = attempt->database,
        .study = setting->run->study,
        .threads = setting->run->settings.threads,
        .loader_threads = setting->run->loader_threads,
        .checkpoint_seconds = setting->checkpoint_seconds,
        .packed = setting->packed};

    if (prepare(attempt, setting, err) < 0)
        return -1;
    options.attempt_fd = attempt->folder.fd;
    return worker_process_start(process, &options, err);
}

/* The scratch files, and the attempt's folder if nothing is in it. */
static void tidy(struct folder_attempt *attempt, const struct run_folder *run)
{
    static const char *const endings[] = {"", "-wal", "-shm", ".shard"};
    char path[RUN_FILE_PATH], name[RUN_NAME_BYTES];

    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        snprintf(path, sizeof(path), "%s%s", attempt->database, endings[i]);
        unlink(path);
    }
    dir_close(&attempt->folder);
    attempt_folder(attempt->claim.job_id, attempt->claim.number, name);
    dir_remove_empty(&run->folder, name);
}

static enum slot_ending end(
    struct folder_attempt *attempt, const struct run_folder *run, enum slot_ending ending)
{
    if (ending == ENDING_DONE)
        attempt_folders_remove(run, attempt->claim.job_id, attempt->claim.number);
    tidy(attempt, run);
    return ending;
}

static enum slot_ending give_back(struct folder_attempt *attempt, const struct run_folder *run,
    const char *reason, enum slot_ending ending)
{
    struct err ignored = {0};

    /* Should it fail, the claim grows old, and another machine takes the job then. */
    (void)!chain_add(run, attempt->claim.job_id, attempt->claim.number,
        ending == ENDING_RETRIED ? ENTRY_CRASHED : ENTRY_RELEASED, reason, &ignored);
    return end(attempt, run, ending);
}

int folder_attempt_start(struct folder_attempt *attempt, const struct attempt_setting *setting,
    struct slot *slot, const struct planned_job *job, struct chain_entry *last, struct err *err)
{
    int got;

    *attempt = (struct folder_attempt){.next_heartbeat = clock_seconds(), .folder = DIR_CLOSED};
    got = chain_claim(setting->run, job->id, setting->self, &attempt->claim, last, err);
    if (got != 1)
        return got;
    if (start(attempt, setting, &slot->process, err) < 0) {
        give_back(attempt, setting->run, err->message, ENDING_TROUBLE);
        return -1;
    }
    slot->job = job;
    return 1;
}

/* ---- after ---- */

static int read_epochs(const struct folder_attempt *attempt, const struct run_folder *run,
    struct epoch_list *list, struct err *err)
{
    char name[ATTEMPT_FILE_BYTES];

    for (int i = 1; i <= attempt->claim.number; i++)
        if (file_of_attempt(&attempt->claim, i, STUDY_FILE_EPOCHS, name, err) < 0 ||
            epoch_file_read(&run->folder, name, list, err) < 0)
            return -1;
    return 0;
}

static int write_shard(const struct folder_attempt *attempt, const struct run_folder *run,
    const char *path, struct err *err)
{
    const struct shard_origin origin = {
        .run = run->id, .job_id = attempt->claim.job_id, .attempt = attempt->claim.number};
    struct epoch_list epochs = {0};
    int result = read_epochs(attempt, run, &epochs, err);

    if (result == 0)
        result = shard_write(attempt->database, &origin, epochs.rows, epochs.n, path, err);
    epoch_list_release(&epochs);
    return result;
}

/* 1 published, 0 too late, -1 to be tried again. */
static int publish(struct folder_attempt *attempt, const struct run_folder *run, struct err *err)
{
    struct str bytes = STR_INIT;
    char shard[PATH_BYTES + 160], temporary[RUN_NAME_BYTES];
    int result;

    /* Made here, where SQLite may lock, and copied as plain bytes. */
    snprintf(shard, sizeof(shard), "%s.shard", attempt->database);
    if (run_folder_temporary(temporary, err) < 0)
        return -1;
    result = write_shard(attempt, run, shard, err);
    if (result == 0)
        result = file_read(shard, SHARD_MAX_BYTES, &bytes, err);
    if (result == 0)
        result = dir_write(&run->folder, temporary, bytes.text, bytes.length, 0, err);
    if (result == 0)
        result = chain_publish(run, &attempt->claim, temporary, attempt->done, err);
    dir_unlink(&run->folder, temporary);
    str_release(&bytes);
    return result;
}

static enum slot_ending try_to_publish(struct folder_attempt *attempt,
    const struct attempt_setting *setting, bool stopping, struct err *err)
{
    double now = clock_seconds();
    int got;

    attempt->problem = (struct err){0};
    attempt->next_try = now + RETRY_SECONDS;
    got = publish(attempt, setting->run, &attempt->problem);
    if (got == 1)
        return end(attempt, setting->run, attempt->done ? ENDING_DONE : ENDING_FAILED);
    if (got == 0)
        return end(attempt, setting->run, ENDING_SUPERSEDED);
    if (now <= attempt->give_up && !stopping)
        return ENDING_OPEN;
    err_set(err, attempt->problem.code, "%s", attempt->problem.message);
    return end(attempt, setting->run, ENDING_TROUBLE);
}

/* The next one's checkpoint is a link of its own; of a job that was stopped it is kept here. */
static enum slot_ending end_superseded(
    struct folder_attempt *attempt, const struct attempt_setting *setting)
{
    char name[RUN_NAME_BYTES];
    struct chain_entry last;
    struct err ignored = {0};

    if (chain_last(setting->run, attempt->claim.job_id, &last, &ignored) == 0 &&
        last.kind != ENTRY_STOPPED && last.kind != ENTRY_RETRY) {
        attempt_folder(attempt->claim.job_id, attempt->claim.number, name);
        dir_remove(&setting->run->folder, name);
    }
    return end(attempt, setting->run, ENDING_SUPERSEDED);
}

/* ---- what became of the job ---- */

/* Whether the job that crashed is to be tried again; slot->text says how. */
static bool is_tried_again(struct folder_attempt *attempt, const struct attempt_setting *setting,
    struct slot *slot, int status)
{
    char name[STUDY_PATHS_NAME_BYTES], more[96];
    struct err ignored = {0};
    int crashes = 0, length = 0;
    FILE *log = NULL;

    if (chain_crashes(
            setting->run, attempt->claim.job_id, attempt->claim.number, &crashes, &ignored) < 0)
        crashes = 0;
    if (crashes > 0)
        length = snprintf(more, sizeof(more), ", crash %d of this job", crashes + 1);
    snprintf(more + length, sizeof(more) - (size_t)length, "%s",
        WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL
            ? "; `submit --memory` asks for more memory"
            : "");
    if (study_paths_name(STUDY_FILE_LOG, attempt->claim.job_id, name, &ignored) == 0)
        log = dir_stream(&attempt->folder, name, &ignored);
    worker_process_ending(&slot->process, status, more, log, slot->text, sizeof(slot->text));
    return crashes < setting->run->settings.retries;
}

static int mark_failed(const struct folder_attempt *attempt, const char *text, struct err *err)
{
    struct store *store = NULL;
    int result = store_open(&store, attempt->database, STORE_WRITE, err);

    if (result == 0)
        result = store_fail(store, attempt->claim.job_id, 1, text, err);
    store_close(store);
    return result;
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

static int state_of_job(
    const struct folder_attempt *attempt, char state[QUERY_STATE_BYTES], struct err *err)
{
    struct store *store = NULL;
    int result = store_open(&store, attempt->database, STORE_READ, err);

    if (result == 0)
        result = query_job_state(store, attempt->claim.job_id, state, err);
    store_close(store);
    return result;
}

/* It may have been killed before it took the job. */
static bool has_crashed(const char *state, int status)
{
    return strcmp(state, "running") == 0 || (strcmp(state, "waiting") == 0 && WIFSIGNALED(status));
}

enum slot_ending folder_attempt_ended(struct folder_attempt *attempt,
    const struct attempt_setting *setting, struct slot *slot, int status, bool stopping,
    struct err *err)
{
    char state[QUERY_STATE_BYTES] = "";
    struct err problem = {0};

    if (attempt->superseded)
        return end_superseded(attempt, setting);
    str_copy(slot->text, sizeof(slot->text), slot->process.text);
    if (state_of_job(attempt, state, &problem) == 0 && !stopping && has_crashed(state, status)) {
        if (is_tried_again(attempt, setting, slot, status))
            return give_back(attempt, setting->run, slot->text, ENDING_RETRIED);
        if (strcmp(state, "running") == 0 && mark_failed(attempt, slot->text, &problem) == 0)
            str_copy(state, sizeof(state), "failed");
    }
    attempt->done = strcmp(state, "done") == 0;
    if (attempt->done || (strcmp(state, "failed") == 0 && !is_of_the_system(slot->text))) {
        attempt->give_up = clock_seconds() + KEEP_SECONDS;
        return ENDING_OPEN;
    }
    if (stopping)
        return give_back(attempt, setting->run, "stopped", ENDING_RELEASED);
    /* What came first stays. */
    if (slot->text[0])
        err_set(&problem, ERR_IO, "%s", slot->text);
    else
        err_set(&problem, ERR_CHILD, "a job's process ended before it took the job");
    err_set(err, problem.code, "%s", problem.message);
    return give_back(attempt, setting->run, problem.message, ENDING_TROUBLE);
}

/* ---- signs of life ---- */

static double heartbeat_seconds(const struct run_folder *run)
{
    double seconds = run->settings.takeover_seconds / HEARTBEATS;

    return seconds < HEARTBEAT_SECONDS ? seconds : HEARTBEAT_SECONDS;
}

/* Somebody else has said what becomes of the job. */
static void end_process(const struct folder_attempt *attempt, const struct run_folder *run,
    const struct worker_process *process)
{
    struct chain_entry last = {0};
    struct err ignored = {0};

    (void)!chain_last(run, attempt->claim.job_id, &last, &ignored);
    /* A job that is stopped saves what it has, for the case that it is wanted again. */
    worker_process_signal(process, last.kind == ENTRY_STOPPED ? SIGTERM : SIGKILL);
}

enum slot_ending folder_attempt_tend(struct folder_attempt *attempt,
    const struct attempt_setting *setting, struct slot *slot, bool stopping, struct err *err)
{
    double now = clock_seconds();

    if (now >= attempt->next_heartbeat && !attempt->superseded) {
        attempt->next_heartbeat = now + heartbeat_seconds(setting->run);
        attempt->superseded = !chain_heartbeat(setting->run, &attempt->claim);
        if (attempt->superseded && slot->state == SLOT_RUNNING)
            end_process(attempt, setting->run, &slot->process);
    }
    if (slot->state != SLOT_RECORDING)
        return ENDING_OPEN;
    if (attempt->superseded)
        return end_superseded(attempt, setting);
    return now >= attempt->next_try || stopping ? try_to_publish(attempt, setting, stopping, err)
                                                : ENDING_OPEN;
}
