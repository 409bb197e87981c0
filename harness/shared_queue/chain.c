/* Entries of the chain of a job: read, added, linked to their place. */
#include "chain.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "results/store/shard.h"

#define ENTRY_BYTES 65536 /* of an entry that is no result */

static const char shard_magic[] = "SQLite format 3";

static const char *const kind_names[] = {[ENTRY_CLAIMED] = "claimed",
    [ENTRY_RELEASED] = "released",
    [ENTRY_CRASHED] = "crashed",
    [ENTRY_RETRY] = "retry",
    [ENTRY_STOPPED] = "stopped"};

void chain_entry_name(const char *job_id, int number, char to[RUN_NAME_BYTES])
{
    snprintf(to, RUN_NAME_BYTES, "chain/%.2s/%.64s.%d", job_id, job_id, number);
}

void attempt_folder(const char *job_id, int number, char to[RUN_NAME_BYTES])
{
    snprintf(to, RUN_NAME_BYTES, "attempts/%.64s.%d", job_id, number);
}

void chain_result_name(const char *job_id, int number, bool done, char to[RUN_NAME_BYTES])
{
    snprintf(to, RUN_NAME_BYTES, "results/%.64s.%d.%s", job_id, number, done ? "done" : "failed");
}

void attempt_folders_remove(const struct run_folder *run, const char *job_id, int number)
{
    char name[RUN_NAME_BYTES];

    for (int i = 1; i <= number; i++) {
        attempt_folder(job_id, i, name);
        dir_remove(&run->folder, name);
    }
}

/* ---- who we are ---- */

int chain_self(struct chain_owner *owner, const char *task, struct err *err)
{
    *owner = (struct chain_owner){0};
    if (process_owner(&owner->process, err) < 0)
        return -1;
    if (task && !str_copy(owner->task, sizeof(owner->task), task))
        return err_set(
            err, ERR_INPUT, "the name of the task is longer than %d bytes", TASK_BYTES - 1);
    return 0;
}

static bool same_machine(const struct owner *a, const struct owner *b)
{
    return strcmp(a->host, b->host) == 0 && strcmp(a->boot_id, b->boot_id) == 0 &&
           strcmp(a->pid_space, b->pid_space) == 0;
}

bool chain_is_dead(const struct run_folder *run, const struct chain_entry *claim,
    const struct chain_owner *self, double now)
{
    if (self && self->task[0] && strcmp(self->task, claim->owner.task) == 0)
        return true;
    if (self && same_machine(&self->process, &claim->owner.process) &&
        !process_is_alive(&claim->owner.process))
        return true;
    return now - claim->changed > run->settings.takeover_seconds;
}

/* ---- one entry ---- */

static void copy_member(json_t *json, const char *key, char *to, size_t size)
{
    const char *text = json_string_value(json_object_get(json, key));

    str_copy(to, size, text ? text : "");
}

static int understand(json_t *json, struct chain_entry *entry, const char *path, struct err *err)
{
    const char *kind = json_string_value(json_object_get(json, "kind"));
    struct owner *owner = &entry->owner.process;

    for (int i = ENTRY_CLAIMED; kind && i <= ENTRY_STOPPED; i++)
        if (strcmp(kind, kind_names[i]) == 0)
            entry->kind = (enum entry_kind)i;
    if (entry->kind == ENTRY_NONE)
        return err_set(err, ERR_INPUT,
            "%s is damaged: it says neither what was done nor by whom; remove it if you know that "
            "nobody runs the job",
            path);
    copy_member(json, "host", owner->host, sizeof(owner->host));
    copy_member(json, "boot_id", owner->boot_id, sizeof(owner->boot_id));
    copy_member(json, "pid_space", owner->pid_space, sizeof(owner->pid_space));
    copy_member(json, "task", entry->owner.task, sizeof(entry->owner.task));
    copy_member(json, "since", entry->since_utc, sizeof(entry->since_utc));
    copy_member(json, "reason", entry->reason, sizeof(entry->reason));
    owner->pid = json_integer_value(json_object_get(json, "pid"));
    owner->process_start = json_integer_value(json_object_get(json, "process_start"));
    return 0;
}

/* An entry by its name in the folder `chain` of its job. */
static int read_entry(
    const struct dir *chain, const char *name, struct chain_entry *entry, struct err *err)
{
    struct str text = STR_INIT;
    char path[RUN_FILE_PATH];
    struct stat info;
    json_t *json;
    bool done = false;
    int result = dir_read(chain, name, SHARD_MAX_BYTES, &text, err);

    entry->kind = ENTRY_NONE;
    if (result == 0 && dir_look(chain, name, &info, &(struct err){0}) == 1)
        entry->changed = (double)info.st_mtim.tv_sec + 1e-9 * (double)info.st_mtim.tv_nsec;
    snprintf(path, sizeof(path), "%s/%s", chain->path, name);
    if (result == 0 && str_starts_with(text.text, shard_magic)) {
        /* One that is damaged is found when it is collected. */
        struct err ignored = {0};

        if (shard_is_done(&text, path, &done, &ignored) < 0)
            done = true;
        entry->kind = done ? ENTRY_DONE : ENTRY_FAILED;
    } else if (result == 0 && text.length > ENTRY_BYTES) {
        result = err_set(
            err, ERR_INPUT, "%s is no entry of a job's chain: it has %zu bytes", path, text.length);
    } else if (result == 0) {
        json = json_loads(text.text, 0, NULL);
        result = understand(json, entry, path, err);
        json_decref(json);
    }
    str_release(&text);
    return result;
}

/* Opened once for all entries of a job, since there are many jobs. */
static int open_chain(
    struct dir *chain, const struct run_folder *run, const char *job_id, struct err *err)
{
    char name[RUN_NAME_BYTES];

    snprintf(name, sizeof(name), "chain/%.2s", job_id);
    return dir_open_inside(chain, &run->folder, name, err);
}

static void entry_name(const char *job_id, int number, char to[RUN_NAME_BYTES])
{
    snprintf(to, RUN_NAME_BYTES, "%.64s.%d", job_id, number);
}

static int find_last(
    const struct dir *chain, const char *job_id, struct chain_entry *last, struct err *err)
{
    char name[RUN_NAME_BYTES];
    struct stat info;
    int there;

    do
        entry_name(job_id, ++last->number, name);
    while ((there = dir_look(chain, name, &info, err)) == 1);
    last->number--;
    if (there < 0 || last->number == 0)
        return there;
    entry_name(job_id, last->number, name);
    return read_entry(chain, name, last, err);
}

int chain_last(
    const struct run_folder *run, const char *job_id, struct chain_entry *last, struct err *err)
{
    struct dir chain;
    int result = open_chain(&chain, run, job_id, err);

    *last = (struct chain_entry){0};
    if (result == 0)
        result = find_last(&chain, job_id, last, err);
    dir_close(&chain);
    return result;
}

static int count_crashes(
    const struct dir *chain, const char *job_id, int number, int *crashes, struct err *err)
{
    char name[RUN_NAME_BYTES];

    for (int i = number; i > 0; i--) {
        struct chain_entry entry = {0};

        entry_name(job_id, i, name);
        if (read_entry(chain, name, &entry, err) < 0)
            return -1;
        if (entry.kind == ENTRY_RETRY)
            return 0;
        *crashes += entry.kind == ENTRY_CRASHED;
    }
    return 0;
}

int chain_crashes(
    const struct run_folder *run, const char *job_id, int number, int *crashes, struct err *err)
{
    struct dir chain;
    int result = open_chain(&chain, run, job_id, err);

    *crashes = 0;
    if (result == 0)
        result = count_crashes(&chain, job_id, number, crashes, err);
    dir_close(&chain);
    return result;
}

/* 1 linked, 0 somebody was faster. A link that NFS reports as failed may have been made: the count of
 * links tells. */
static int link_once(
    const struct run_folder *run, const char *from, const char *to, struct err *err)
{
    struct err ignored = {0};
    struct stat info;
    int number;

    if (dir_link(&run->folder, from, to) == 0)
        return 1;
    number = errno;
    if (dir_look(&run->folder, from, &info, &ignored) == 1 && info.st_nlink > 1)
        return 1;
    if (number == EEXIST)
        return 0;
    errno = number;
    return dir_error(&run->folder, to, "write", err);
}

static char *entry_text(enum entry_kind kind, const struct chain_owner *owner, const char *reason)
{
    const struct owner *process = &owner->process;
    char now[CLOCK_UTC_BYTES];
    json_t *json;
    char *text;

    clock_utc(now);
    json = json_pack("{s:s, s:s, s:s, s:I, s:I, s:s, s:s, s:s, s:s}", "kind", kind_names[kind],
        "since", now, "host", process->host, "pid", (json_int_t)process->pid, "process_start",
        (json_int_t)process->process_start, "boot_id", process->boot_id, "pid_space",
        process->pid_space, "task", owner->task, "reason", reason ? reason : "");
    text = json ? json_dumps(json, JSON_INDENT(1)) : NULL;
    json_decref(json);
    return text;
}

static int add_entry(const struct run_folder *run, const char *job_id, int number,
    enum entry_kind kind, const struct chain_owner *owner, const char *reason, struct err *err)
{
    char temporary[RUN_NAME_BYTES], name[RUN_NAME_BYTES];
    char *text = entry_text(kind, owner, reason);
    int result = -1;

    if (!text)
        return err_set(err, ERR_MEMORY, "no memory to say what becomes of a job");
    chain_entry_name(job_id, number, name);
    if (run_folder_temporary(temporary, err) == 0) {
        if (dir_write(&run->folder, temporary, text, strlen(text), 0, err) == 0)
            result = link_once(run, temporary, name, err);
        dir_unlink(&run->folder, temporary);
    }
    free(text);
    return result;
}

int chain_add(const struct run_folder *run, const char *job_id, int number, enum entry_kind kind,
    const char *reason, struct err *err)
{
    struct chain_owner owner;

    if (chain_self(&owner, NULL, err) < 0)
        return -1;
    return add_entry(run, job_id, number + 1, kind, &owner, reason, err);
}

int chain_claim(const struct run_folder *run, const char *job_id, const struct chain_owner *self,
    struct chain_claim *claim, struct chain_entry *last, struct err *err)
{
    int got;

    if (chain_last(run, job_id, last, err) < 0)
        return -1;
    if (last->kind == ENTRY_DONE || last->kind == ENTRY_FAILED || last->kind == ENTRY_STOPPED)
        return 0;
    if (last->kind == ENTRY_CLAIMED && !chain_is_dead(run, last, self, run_folder_now(run)))
        return 0;
    got = add_entry(run, job_id, last->number + 1, ENTRY_CLAIMED, self, NULL, err);
    if (got == 1) {
        str_copy(claim->job_id, sizeof(claim->job_id), job_id);
        claim->number = last->number + 1;
    } else if (got == 0) {
        return chain_last(run, job_id, last, err) < 0 ? -1 : 0;
    }
    return got;
}

bool chain_heartbeat(const struct run_folder *run, const struct chain_claim *claim)
{
    struct err ignored = {0};
    char name[RUN_NAME_BYTES];
    struct stat info;

    chain_entry_name(claim->job_id, claim->number, name);
    (void)!dir_touch(&run->folder, name); /* missing a few is allowed for */
    chain_entry_name(claim->job_id, claim->number + 1, name);
    return dir_look(&run->folder, name, &info, &ignored) != 1;
}

int chain_publish(const struct run_folder *run, const struct chain_claim *claim, const char *name,
    bool done, struct err *err)
{
    char entry[RUN_NAME_BYTES], shown[RUN_NAME_BYTES];
    int got;

    chain_entry_name(claim->job_id, claim->number + 1, entry);
    got = link_once(run, name, entry, err);
    if (got < 0)
        return -1;
    if (got == 1) {
        chain_result_name(claim->job_id, claim->number + 1, done, shown);
        /* Should it fail, the next one who looks does it: chain_index. */
        (void)!dir_link(&run->folder, name, shown);
    }
    dir_unlink(&run->folder, name);
    return got;
}
