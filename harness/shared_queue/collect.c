#include "collect.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/query/query.h"
#include "results/store/shard.h"

struct collection {
    struct store *store;
    const struct run_folder *run;
    const struct collect_options *options;
    struct collect_summary *summary;
    struct chain_index index;
    struct job_state *states; /* of the database, sorted by id */
    int n_states;
    bool only_look; /* change nothing in the folder */
    bool brief;     /* and leave the epochs out */
    double now;
};

static void PRINTF_LIKE(2, 3) tell(const struct collection *c, const char *format, ...)
{
    char line[1200];
    va_list args;

    if (!c->options || !c->options->tell)
        return;
    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    c->options->tell(c->options->context, line);
}

static int leave_out(const struct collection *c, const char *why)
{
    tell(c, "%s: left out; to set it aside is for whoever may write in the folder", why);
    return 0;
}

/* A result that is none goes out of the way; if it stands for a job, the job waits again. `file` is
 * its name among the results. */
static int set_aside(struct collection *c, const char *file, const struct chain_index_entry *entry,
    const char *why, struct err *err)
{
    char from[RUN_FILE_PATH], to[RUN_FILE_PATH], shown[RUN_FILE_PATH];

    c->summary->set_aside++;
    if (c->only_look)
        return 0;
    /* Anyone may collect; who owns the folder sets it aside. */
    if (!c->run->may_write)
        return leave_out(c, why);
    snprintf(from, sizeof(from), "results/%s", file);
    snprintf(to, sizeof(to), "set-aside/%s", file);
    if (dir_rename(&c->run->folder, from, to) != 0 && errno != ENOENT) {
        if (errno != EACCES && errno != EPERM && errno != EROFS)
            return dir_error(&c->run->folder, to, "move a result out of the way, to", err);
        return leave_out(c, why);
    }
    if (entry && chain_add(c->run, entry->job_id, entry->number, ENTRY_RETRY,
                     "its result was damaged", err) < 0)
        return -1;
    run_folder_path(c->run, shown, "%s", to);
    tell(c, "%s: set aside as %s%s", why, shown, entry ? "; the job waits again" : "");
    return 0;
}

static int compare_state(const void *key, const void *state)
{
    return strcmp(key, ((const struct job_state *)state)->id);
}

static const struct job_state *state_of(const struct collection *c, const char *job_id)
{
    if (c->n_states == 0)
        return NULL;
    return bsearch(job_id, c->states, (size_t)c->n_states, sizeof(*c->states), compare_state);
}

/* Who died as soon as it had published left the result in the chain alone. */
static int read_result(const struct collection *c, const struct chain_index_entry *entry,
    struct str *content, char path[RUN_FILE_PATH], struct err *err)
{
    char name[RUN_NAME_BYTES];
    struct stat info;
    int there;

    chain_result_name(entry->job_id, entry->number, entry->kind == ENTRY_DONE, name);
    there = dir_look(&c->run->folder, name, &info, err);
    if (there == 0)
        chain_entry_name(entry->job_id, entry->number, name);
    run_folder_path(c->run, path, "%s", name);
    return there < 0 ? -1 : dir_read(&c->run->folder, name, SHARD_MAX_BYTES, content, err);
}

static int merge(struct collection *c, const struct chain_index_entry *entry, struct err *err)
{
    char path[RUN_FILE_PATH];
    struct str content = STR_INIT;
    struct err problem = {0};
    enum shard_merged merged;
    int result = read_result(c, entry, &content, path, &problem);

    if (result == 0)
        result = shard_merge(
            c->store, &content, path, c->run->id, entry->job_id, c->brief, &merged, &problem);
    str_release(&content);
    if (result < 0) {
        if (problem.code != ERR_INPUT)
            return err_set(err, problem.code, "%s", problem.message);
        return set_aside(c, strrchr(path, '/') + 1, entry, problem.message, err);
    }
    c->summary->merged += merged == SHARD_MERGED;
    c->summary->known += merged == SHARD_KNOWN;
    c->summary->differing += merged == SHARD_DIFFERS;
    if (merged == SHARD_DIFFERS)
        tell(c, "%s differs from the result that the database has already, which stays", path);
    return 0;
}

/* A job without a result, as far as the database is to know of it. */
static int mirror(struct collection *c, const struct chain_index_entry *entry,
    const struct job_state *known, struct err *err)
{
    struct chain_entry last;

    if (entry->kind == ENTRY_STOPPED)
        return store_mirror(c->store, entry->job_id, "stopped", NULL, err);
    if (c->only_look && entry->kind == ENTRY_CLAIMED) {
        if (chain_last(c->run, entry->job_id, &last, err) < 0)
            return -1;
        if (last.kind == ENTRY_CLAIMED && !chain_is_dead(c->run, &last, NULL, c->now)) {
            const struct mirrored_claim claim = {.owner = &last.owner.process,
                .started_utc = last.since_utc,
                .attempt = last.number};

            return store_mirror(c->store, entry->job_id, "running", &claim, err);
        }
    }
    /* Wanted again: what the database knows of a failure or a stop is old. */
    if (known && (strcmp(known->state, "failed") == 0 || strcmp(known->state, "stopped") == 0))
        return store_mirror(c->store, entry->job_id, "waiting", NULL, err);
    return 0;
}

static int take_entry(struct collection *c, const struct chain_index_entry *entry, struct err *err)
{
    const struct job_state *known = state_of(c, entry->job_id);

    if (!known)
        return 0; /* of a study that has changed since */
    if (strcmp(known->state, "done") == 0) {
        c->summary->known++;
        return 0;
    }
    if (entry->kind == ENTRY_DONE || entry->kind == ENTRY_FAILED)
        return merge(c, entry, err);
    return mirror(c, entry, known, err);
}

/* A file among the results that no attempt of this folder made. */
static bool is_foreign(const struct collection *c, const char *name)
{
    const struct chain_index_entry *known;
    struct chain_index_entry named;
    char entry[RUN_NAME_BYTES];
    struct err ignored = {0};
    struct stat info;

    if (!chain_parse(name, &named) || named.kind == ENTRY_CLAIMED)
        return true;
    known = chain_index_find(&c->index, named.job_id);
    if (known && named.number <= known->number)
        return false;
    /* It may have come since. */
    chain_entry_name(named.job_id, named.number, entry);
    return dir_look(&c->run->folder, entry, &info, &ignored) != 1;
}

static int look_for_foreign(struct collection *c, struct err *err)
{
    DIR *folder = dir_list(&c->run->folder, "results", err);
    const struct dirent *entry;
    int result = 0;

    if (!folder)
        return -1;
    while (result == 0 && (entry = readdir(folder))) {
        char why[RUN_FILE_PATH + 320];

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            !is_foreign(c, entry->d_name))
            continue;
        snprintf(why, sizeof(why), "%s/results/%s is no result of a job of this folder",
            c->run->folder.path, entry->d_name);
        result = set_aside(c, entry->d_name, NULL, why, err);
    }
    closedir(folder);
    return result;
}

static int drop_others(struct collection *c, struct store *plan, struct err *err)
{
    struct planned_job *jobs = NULL;
    const char **ids = NULL;
    int n = 0, dropped, result = store_list_jobs(plan, c->run->study, &jobs, &n, err);

    if (result == 0)
        ids = calloc((size_t)n + 1, sizeof(*ids));
    if (result == 0 && !ids)
        result = err_set(err, ERR_MEMORY, "no memory for %d jobs", n);
    for (int i = 0; result == 0 && i < n; i++)
        ids[i] = jobs[i].id;
    if (result == 0)
        result = store_drop_other_jobs(c->store, c->run->study, ids, n, &dropped, err);
    if (result == 0 && dropped > 0)
        tell(c,
            "%d job%s removed from the study %s, since %s does not have %s (other settings or "
            "other images); results stay in the database",
            dropped, dropped == 1 ? "" : "s", c->run->study, c->run->folder.path,
            dropped == 1 ? "it" : "them");
    free(ids);
    free(jobs);
    return result;
}

static int collect(struct collection *c, struct err *err)
{
    struct store *plan = NULL;
    int result = run_folder_plan(c->run, &plan, err);

    if (result == 0)
        result = store_copy_study(plan, c->store, c->run->study, err);
    if (result == 0)
        result = drop_others(c, plan, err);
    store_close(plan);
    if (result < 0 || query_states(c->store, c->run->study, &c->states, &c->n_states, err) < 0 ||
        chain_index(c->run, &c->index, err) < 0)
        return -1;
    /* What is only looked at need not be one transaction each. */
    if (c->only_look && store_batch_begin(c->store, err) < 0)
        return -1;
    for (int i = 0; result == 0 && i < c->index.n; i++)
        result = take_entry(c, &c->index.entries[i], err);
    if (c->only_look)
        result = store_batch_end(c->store, result, err);
    if (result == 0)
        result = look_for_foreign(c, err);
    if (result == 0 && !c->only_look)
        chain_sweep(c->run, &c->index);
    return result;
}

int collect_into(struct store *store, const struct run_folder *run,
    const struct collect_options *options, struct collect_summary *summary, struct err *err)
{
    struct collection c = {.store = store, .run = run, .options = options, .summary = summary};
    int result;

    *summary = (struct collect_summary){0};
    result = collect(&c, err);
    chain_index_release(&c.index);
    free(c.states);
    return result;
}

int collect_view(const struct run_folder *run, const char *path, bool brief, struct err *err)
{
    struct collect_summary summary = {0};
    struct collection c = {.run = run,
        .summary = &summary,
        .only_look = true,
        .brief = brief,
        .now = run_folder_now(run)};
    int result = store_open(&c.store, path, STORE_CREATE, err);

    if (result == 0)
        result = collect(&c, err);
    chain_index_release(&c.index);
    free(c.states);
    store_close(c.store);
    return result;
}
