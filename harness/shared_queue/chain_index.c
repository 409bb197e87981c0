/* How all jobs of a run folder stand, from the names of files alone where that is enough. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "chain.h"

#define MOST_ATTEMPTS 100000 /* of one job */

struct names {
    struct chain_index_entry *entries;
    int n, capacity;
};

bool chain_parse(const char *name, struct chain_index_entry *entry)
{
    char number[16];
    const char *dot = strchr(name, '.'), *end;
    long long value;

    if (!dot || dot - name != 64)
        return false;
    memcpy(entry->job_id, name, 64);
    entry->job_id[64] = '\0';
    if (!sha256_is_hex(entry->job_id))
        return false;
    end = strchr(dot + 1, '.');
    if (!end)
        end = dot + strlen(dot);
    if (end - dot - 1 >= (long)sizeof(number))
        return false;
    memcpy(number, dot + 1, (size_t)(end - dot - 1));
    number[end - dot - 1] = '\0';
    if (!str_to_int64(number, &value) || value < 1 || value > MOST_ATTEMPTS)
        return false;
    entry->number = (int)value;
    entry->kind = ENTRY_CLAIMED;
    if (strcmp(end, ".done") == 0)
        entry->kind = ENTRY_DONE;
    else if (strcmp(end, ".failed") == 0)
        entry->kind = ENTRY_FAILED;
    else if (*end)
        return false;
    return true;
}

static int add(struct names *names, const struct chain_index_entry *entry, struct err *err)
{
    if (names->n == names->capacity) {
        int capacity = names->capacity ? 2 * names->capacity : 1024;
        struct chain_index_entry *more = realloc(names->entries, (size_t)capacity * sizeof(*more));

        if (!more)
            return err_set(err, ERR_MEMORY, "no memory for the states of %d jobs", capacity);
        names->entries = more;
        names->capacity = capacity;
    }
    names->entries[names->n++] = *entry;
    return 0;
}

static int read_folder(
    const struct run_folder *run, const char *part, struct names *names, struct err *err)
{
    DIR *folder = dir_list(&run->folder, part, err);
    const struct dirent *name;
    struct chain_index_entry entry;
    int result = 0;

    if (!folder)
        return -1;
    while (result == 0 && (name = readdir(folder)))
        if (chain_parse(name->d_name, &entry))
            result = add(names, &entry, err);
    closedir(folder);
    return result;
}

/* By job, then number; of one number a result last. */
static int compare(const void *a, const void *b)
{
    const struct chain_index_entry *x = a, *y = b;
    int order = strcmp(x->job_id, y->job_id);

    if (order != 0)
        return order;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return (int)x->kind - (int)y->kind;
}

/* It was there already, or we may not: then who collects takes it from the chain. */
static bool is_allowed_for(int number)
{
    return number == EEXIST || number == EACCES || number == EPERM || number == EROFS;
}

/* What the chain says of a job without a result. A result that is in the chain, but not among the
 * results, was published by somebody who died in between. */
static int look(const struct run_folder *run, struct chain_index_entry *entry, struct err *err)
{
    char from[RUN_NAME_BYTES], to[RUN_NAME_BYTES];
    struct chain_entry last;

    if (entry->kind != ENTRY_CLAIMED)
        return 0;
    if (chain_last(run, entry->job_id, &last, err) < 0)
        return -1;
    entry->number = last.number;
    entry->kind = last.kind;
    if (!run->may_write || (last.kind != ENTRY_DONE && last.kind != ENTRY_FAILED))
        return 0;
    chain_entry_name(entry->job_id, last.number, from);
    chain_result_name(entry->job_id, last.number, last.kind == ENTRY_DONE, to);
    if (dir_link(&run->folder, from, to) != 0 && !is_allowed_for(errno))
        return dir_error(&run->folder, to, "write", err);
    return 0;
}

static bool same_entry(const struct chain_index_entry *a, const struct chain_index_entry *b)
{
    return a->number == b->number && strcmp(a->job_id, b->job_id) == 0;
}

/* Of sorted names the last of each job; results that the chain does not know of count for nothing. */
static int keep_last(struct chain_index_entry *entries, int n)
{
    int kept = 0;

    for (int i = 0; i < n; i++) {
        bool is_result = entries[i].kind != ENTRY_CLAIMED;

        if (is_result && (i == 0 || !same_entry(&entries[i], &entries[i - 1])))
            continue;
        if (kept > 0 && strcmp(entries[kept - 1].job_id, entries[i].job_id) == 0)
            kept--;
        entries[kept++] = entries[i];
    }
    return kept;
}

int chain_index(const struct run_folder *run, struct chain_index *index, struct err *err)
{
    struct names names = {0};
    char part[RUN_NAME_BYTES];
    int result = 0;

    *index = (struct chain_index){0};
    for (int i = 0; result == 0 && i < 256; i++) {
        snprintf(part, sizeof(part), "chain/%02x", i);
        result = read_folder(run, part, &names, err);
    }
    if (result == 0)
        result = read_folder(run, "results", &names, err);
    if (result == 0 && names.n > 0)
        qsort(names.entries, (size_t)names.n, sizeof(*names.entries), compare);
    index->entries = names.entries;
    index->n = result == 0 ? keep_last(names.entries, names.n) : 0;
    for (int i = 0; result == 0 && i < index->n; i++)
        result = look(run, &index->entries[i], err);
    if (result < 0)
        chain_index_release(index);
    return result;
}

void chain_index_release(struct chain_index *index)
{
    free(index->entries);
    *index = (struct chain_index){0};
}

static int compare_id(const void *key, const void *entry)
{
    return strcmp(key, ((const struct chain_index_entry *)entry)->job_id);
}

const struct chain_index_entry *chain_index_find(
    const struct chain_index *index, const char *job_id)
{
    if (index->n == 0)
        return NULL;
    return bsearch(job_id, index->entries, (size_t)index->n, sizeof(*index->entries), compare_id);
}

/* Who publishes a result removes the job's attempts; killed in between, it cannot. */
static void sweep_attempts(const struct run_folder *run, const struct chain_index *index)
{
    struct err ignored = {0};
    DIR *folder = dir_list(&run->folder, "attempts", &ignored);
    const struct dirent *listed;

    while (folder && (listed = readdir(folder))) {
        const struct chain_index_entry *known = NULL;
        struct chain_index_entry entry;
        char name[RUN_NAME_BYTES];

        if (chain_parse(listed->d_name, &entry))
            known = chain_index_find(index, entry.job_id);
        if (!known || known->kind != ENTRY_DONE)
            continue;
        attempt_folder(entry.job_id, entry.number, name);
        dir_remove(&run->folder, name);
    }
    if (folder)
        closedir(folder);
}

/* They live for moments: written, linked to their place, removed. */
static void sweep_temporary(const struct run_folder *run)
{
    double now = run_folder_now(run);
    struct err ignored = {0};
    DIR *folder = dir_list(&run->folder, "tmp", &ignored);
    const struct dirent *listed;

    while (folder && (listed = readdir(folder))) {
        char name[RUN_NAME_BYTES + sizeof(listed->d_name)];
        struct stat info;

        snprintf(name, sizeof(name), "tmp/%s", listed->d_name);
        if (dir_look(&run->folder, name, &info, &ignored) == 1 && S_ISREG(info.st_mode) &&
            now - (double)info.st_mtim.tv_sec > run->settings.takeover_seconds + 1)
            dir_unlink(&run->folder, name);
    }
    if (folder)
        closedir(folder);
}

void chain_sweep(const struct run_folder *run, const struct chain_index *index)
{
    if (!run->may_write)
        return;
    sweep_attempts(run, index);
    sweep_temporary(run);
}
