/* Fetching a dataset: download, check, unpack, and rename into place. */
#include "fetch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "workloads/data/dataset/dataset.h"
#include "download.h"
#include "download_state.h"
#include "workloads/data/formats/fetch_events.h"
#include "fetch_private.h"
#include "fetched.h"
#include "workloads/data/formats/folder_list.h"
#include "harness/system/file_kind.h"
#include "harness/base/url.h"
#include "workloads/data/formats/unpack.h"

#define DEFAULT_MAX_BYTES ((int64_t)200 * 1000 * 1000 * 1000)

/* to = ROOT.part/name, with the item's number in it. */
static int part_path(
    const struct fetch_job *job, char to[PATH_BYTES], const char *what, int item, struct err *err)
{
    char name[64];

    if (item < 0)
        snprintf(name, sizeof(name), "%s", what);
    else
        snprintf(name, sizeof(name), "%s-%d", what, item);
    return file_join(to, job->part, name, err);
}

/* ---- the place ---- */

static bool is_empty_or_missing(const char *path)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    bool empty = true;

    if (!folder)
        return errno == ENOENT;
    while (empty && (entry = readdir(folder)))
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    closedir(folder);
    return empty;
}

/* Is the set there already? Then *done. Anything else in its place is not ours to touch. */
static int look_at_root(struct fetch_job *job, bool *done)
{
    const char *root = job->result->root;

    *done = fetched_is_complete(root, job->kind->name);
    if (*done || is_empty_or_missing(root))
        return 0;
    if (fetched_is_complete(root, NULL))
        return err_set(job->err, ERR_INPUT,
            "%s holds another dataset than %s; choose another --root", root, job->kind->name);
    return err_set(job->err, ERR_INPUT,
        "%s exists, and `data fetch` did not write it: use it as it is (--data %s --root %s), or "
        "choose another --root",
        root, job->kind->name, root);
}

/* A lock on ROOT.part/lock, held until the process ends or close; the file may be gone by then. */
static int try_lock(struct fetch_job *job, bool *locked)
{
    char path[PATH_BYTES];
    struct stat held, there;
    struct err why = {0};

    *locked = false;
    if (file_make_folders(job->part, job->err) < 0 ||
        part_path(job, path, "lock", -1, job->err) < 0)
        return -1;
    job->lock = file_open_ours(path, &why);
    if (job->lock < 0)
        return file_is_folder(job->part) ? err_set(job->err, why.code, "%s", why.message) : 0;
    *locked = flock(job->lock, LOCK_EX | LOCK_NB) == 0 && fstat(job->lock, &held) == 0 &&
              stat(path, &there) == 0 && held.st_ino == there.st_ino;
    if (!*locked) {
        close(job->lock);
        job->lock = -1;
    }
    return 0;
}

/* Until this process may work, or another has done the work. */
static int take_place(struct fetch_job *job, bool *done)
{
    struct timespec moment = {.tv_nsec = 100000000};
    bool locked = false, told = false;

    while (!locked) {
        if (look_at_root(job, done) < 0 || (!*done && try_lock(job, &locked) < 0))
            return -1;
        if (*done)
            return 0;
        if (locked)
            break;
        if (!told)
            fetch_note(
                job->events, "another process is fetching %s; waiting for it", job->kind->name);
        told = true;
        fetch_show(job->events, FETCH_WAITING, job->kind->name, 0, 0);
        if (fetch_should_stop(job->events))
            return err_set(job->err, ERR_INTERRUPTED, "stopped while another process fetches %s",
                job->kind->name);
        nanosleep(&moment, NULL);
    }
    /* It may have finished between the look and the lock. */
    return look_at_root(job, done);
}

/* What an earlier run left unpacked is of use only if it was to fetch the same. */
static int compare_with_before(struct fetch_job *job)
{
    struct str now = STR_INIT, before = STR_INIT;
    char path[PATH_BYTES], entry[PATH_BYTES];
    char from[URL_BYTES];
    struct err none = {0};
    int result = -1;

    if (url_identity(job->request->from ? job->request->from : "", from, sizeof(from), job->err) <
        0)
        return -1;
    str_addf(&now, "%s\n%s\n%s\n", job->kind->name, from,
        job->request->checksum ? job->request->checksum : "");
    if (str_check(&now, job->err) < 0 || part_path(job, path, "what", -1, job->err) < 0)
        goto done;
    if (file_exists(path) && file_read(path, 1 << 16, &before, &none) == 0 &&
        strcmp(before.text, now.text) == 0) {
        result = 0;
        goto done;
    }
    for (int i = 0; i < FETCH_MOST_ITEMS; i++) {
        static const char *const kinds[] = {"list-0", "list-1", "tree", "unpacked"};

        for (int k = 0; k < 4; k++)
            if (part_path(job, entry, kinds[k], i, job->err) < 0 ||
                folder_remove(entry, job->err) < 0)
                goto done;
    }
    if (part_path(job, entry, "set", -1, job->err) < 0 || folder_remove(entry, job->err) < 0)
        goto done;
    result = file_write(path, now.text, now.length, job->err);
done:
    str_release(&now);
    str_release(&before);
    return result;
}

/* ---- one file ---- */

/* The file lies at `path` then: downloaded, or the user's own. */
static int obtain(struct fetch_job *job, struct fetch_item *item, char path[PATH_BYTES])
{
    const struct fetch_request *request = job->request;
    struct download want = {.file = &item->file,
        .urls = item->urls[0] ? item->urls : item->file.urls,
        .path = path,
        .max_bytes = request->max_bytes > 0 ? request->max_bytes : DEFAULT_MAX_BYTES,
        .keeps_copy = item->file.is_archive,
        .retries = request->retries,
        .stall_sec = request->stall_sec,
        .first_wait_sec = request->first_wait_sec};
    char is[DIGEST_HEX_BYTES];
    struct file_kind kind;
    bool matches;

    if (!item->file.sums[0].hex)
        fetch_note(job->events, "no published checksum of %s is known, so it is taken as it comes",
            item->name);
    if (!item->local[0])
        return file_join(path, job->part, item->name, job->err) < 0 || file_exists(path)
                   ? job->err->code ? -1 : 0
                   : download(&want, job->events, job->err);
    str_copy(path, PATH_BYTES, item->local);
    if (!file_exists(path))
        return err_set(job->err, ERR_INPUT, "there is no file %s", path);
    if (download_check(path, &item->file, job->events, &matches, is, job->err) < 0)
        return -1;
    if (!matches && file_kind_of(path, &kind) && kind.is_text)
        return err_set(job->err, ERR_INPUT, "%s is %s in place of %s: %s", path, kind.what,
            item->file.name, kind.advice);
    if (!matches)
        return err_set(job->err, ERR_INPUT,
            "%s has the %s %s, but %s says %s: it is another file, or damaged%s%s", path,
            digest_name(item->file.sums[0].kind), is, item->file.sums[0].publisher,
            item->file.sums[0].hex, job->n > 1 ? "" : "; it is taken all the same with --checksum ",
            job->n > 1 ? "" : is);
    return 0;
}

/* *top: the one folder in which all else lies; empty if there is none. */
static int find_top(const char *folder, char top[PATH_BYTES], struct err *err)
{
    static const struct name_filter folders = {.folders = true}, files = {.folders = false};
    struct name_list inner = {0}, beside = {0};
    int result = -1;

    top[0] = '\0';
    if (name_list_read(&inner, folder, &folders, err) == 0 &&
        name_list_read(&beside, folder, &files, err) == 0) {
        if (inner.n == 1 && beside.n == 0)
            str_copy(top, PATH_BYTES, inner.names[0]);
        result = 0;
    }
    name_list_release(&inner);
    name_list_release(&beside);
    return result;
}

/* A file that is no archive: a tree of one file. */
static int copy_plain(struct fetch_job *job, const struct fetch_item *item, const char *path,
    const char *folder, FILE *list)
{
    struct str content = STR_INIT;
    char to[PATH_BYTES], hex[DIGEST_HEX_BYTES];
    int result = -1;

    if (file_read(path, (size_t)1 << 30, &content, job->err) < 0 ||
        file_join(to, folder, item->name, job->err) < 0 ||
        file_write(to, content.text, content.length, job->err) < 0 ||
        digest_file(to, DIGEST_SHA256, hex, job->err) < 0)
        goto done;
    fprintf(list, "%s\t%zu\t%s\n", hex, content.length, item->name);
    result = 0;
done:
    str_release(&content);
    return result;
}

/* From a file to ROOT.part/tree-i, and its list to list-0-i or list-1-i when that is done. */
static int unpack_item(struct fetch_job *job, int i, const char *path)
{
    const struct fetch_item *item = &job->items[i];
    const struct unpack_limits limits = UNPACK_LIMITS;
    char unpacked[PATH_BYTES], tree[PATH_BYTES], top[PATH_BYTES] = "", inside[PATH_BYTES];
    struct file_writer list = {0};
    char target[PATH_BYTES];
    int result = -1;

    if (part_path(job, unpacked, "unpacked", i, job->err) < 0 ||
        part_path(job, tree, "tree", i, job->err) < 0 ||
        part_path(job, target, "list", i, job->err) < 0 || folder_remove(unpacked, job->err) < 0 ||
        folder_remove(tree, job->err) < 0 || file_make_folders(unpacked, job->err) < 0 ||
        file_writer_open(&list, target, job->err) < 0)
        return -1;
    if (!item->file.is_archive)
        result = copy_plain(job, item, path, unpacked, list.stream);
    else
        result = (item->file.has_archives ? unpack_archive_of_archives : unpack_archive)(
            path, unpacked, list.stream, &limits, job->events, job->err);
    if (result == 0 && item->file.is_archive)
        result = find_top(unpacked, top, job->err);
    if (result < 0) {
        file_writer_abort(&list);
        return -1;
    }
    if (file_writer_commit(&list, job->err) < 0 || file_join(inside, unpacked, top, job->err) < 0 ||
        part_path(job, unpacked, top[0] ? "list-1" : "list-0", i, job->err) < 0)
        return -1;
    if (rename(inside, tree) != 0 || rename(target, unpacked) != 0)
        return err_set_errno(job->err, errno, "cannot rename %s to %s", inside, tree);
    return 0;
}

static bool is_unpacked(struct fetch_job *job, int i, int *skip, char list[PATH_BYTES])
{
    struct err none = {0};

    for (*skip = 0; *skip < 2; ++*skip)
        if (part_path(job, list, *skip ? "list-1" : "list-0", i, &none) == 0 && file_exists(list))
            return true;
    return false;
}

/* After an archive was refused; the error that says so stays. */
static void discard(struct fetch_job *job, int i, bool all, const char *archive)
{
    char unpacked[PATH_BYTES];
    struct err none = {0};
    int result = 0;

    if (archive)
        unlink(archive);
    if (all)
        result = folder_remove(job->part, &none);
    else if (part_path(job, unpacked, "unpacked", i, &none) == 0)
        result = folder_remove(unpacked, &none);
    (void)result;
}

static int fetch_item(struct fetch_job *job, int i)
{
    struct fetch_item *item = &job->items[i];
    char path[PATH_BYTES], list[PATH_BYTES];
    int skip;

    if (is_unpacked(job, i, &skip, list))
        return 0;
    if (obtain(job, item, path) < 0)
        return -1;
    if (unpack_item(job, i, path) < 0) {
        /* What cannot be unpacked now cannot be unpacked later: nothing of it is kept. */
        if (job->err->code == ERR_INPUT)
            discard(job, i, job->n == 1, item->local[0] ? NULL : path);
        return -1;
    }
    if (!item->local[0])
        unlink(path);
    return 0;
}

/* ---- the whole ---- */

static int place_tree(struct fetch_job *job, int i, const char *set)
{
    const struct fetch_item *item = &job->items[i];
    char tree[PATH_BYTES], from[PATH_BYTES], to[PATH_BYTES], parent[PATH_BYTES];

    if (part_path(job, tree, "tree", i, job->err) < 0 ||
        file_join(to, set, item->file.into ? item->file.into : "", job->err) < 0)
        return -1;
    if (!item->file.is_archive) {
        str_copy(parent, PATH_BYTES, to);
        if (file_join(from, tree, item->name, job->err) < 0 ||
            file_join(to, parent, item->name, job->err) < 0)
            return -1;
    } else {
        str_copy(from, PATH_BYTES, tree);
        file_folder_of(to, parent);
    }
    if (!file_exists(from))
        return 0; /* it was placed before */
    if (file_make_folders(parent, job->err) < 0)
        return -1;
    if (rename(from, to) != 0)
        return err_set_errno(job->err, errno, "cannot rename %s to %s", from, to);
    return 0;
}

/* Everything at its place in ROOT.part/set: first what is the set's own folder. */
static int assemble(struct fetch_job *job, char set[PATH_BYTES])
{
    if (part_path(job, set, "set", -1, job->err) < 0)
        return -1;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < job->n; i++) {
            const struct source_file *file = &job->items[i].file;

            if ((file->is_archive && !file->into) == (pass == 0) && place_tree(job, i, set) < 0)
                return -1;
        }
    return 0;
}

/* Is it what it is called? Readers of datasets are the judges. */
static int check_set(struct fetch_job *job, const char *set)
{
    struct data_config config;
    struct dataset *opened;

    data_config_init(&config);
    str_copy(config.name, sizeof(config.name), job->kind->name);
    str_copy(config.root, sizeof(config.root), set);
    if (dataset_open(&opened, &config, 0, job->err) < 0)
        return err_context(job->err, "what has been fetched cannot be used");
    dataset_free(opened);
    return 0;
}

static int finish(struct fetch_job *job)
{
    const char *root = job->result->root;
    struct file_writer writer = {0};
    char set[PATH_BYTES], list[PATH_BYTES];
    int fd, skip;

    if (assemble(job, set) < 0)
        return -1;
    if (check_set(job, set) < 0) {
        if (job->err->code == ERR_INPUT)
            discard(job, 0, true, NULL);
        return -1;
    }
    if (fetched_begin(&writer, set, job->kind->name, job->err) < 0)
        return -1;
    for (int i = 0; i < job->n; i++)
        if (!is_unpacked(job, i, &skip, list) ||
            fetched_add(&writer, list, skip, job->items[i].file.into, job->result, job->err) < 0) {
            file_writer_abort(&writer);
            return err_set(job->err, ERR_IO, "cannot read the list of files in %s", job->part);
        }
    if (file_writer_commit(&writer, job->err) < 0)
        return -1;
    fd = open(set, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        syncfs(fd);
        close(fd);
    }
    if (rename(set, root) != 0)
        return err_set_errno(job->err, errno, "cannot rename %s to %s", set, root);
    return folder_remove(job->part, job->err);
}

static int work(struct fetch_job *job)
{
    /* Find out before the download whether it can be unpacked. */
    if (!unpack_library(job->err) || compare_with_before(job) < 0)
        return -1;
    for (int i = 0; i < job->n; i++)
        if (fetch_item(job, i) < 0)
            return -1;
    return finish(job);
}

static int set_root(struct fetch_job *job)
{
    const struct fetch_request *request = job->request;
    char *root = job->result->root;
    size_t length;

    if (request->root && request->root[0]) {
        if (file_expand_home(request->root, root, job->err) < 0)
            return -1;
    } else if (!job->kind->source) {
        return err_set(job->err, ERR_INPUT, "say by --root where %s is to be", job->kind->name);
    } else if (data_default_root(job->kind->name, root, job->err) < 0) {
        return -1;
    }
    for (length = strlen(root); length > 1 && root[length - 1] == '/'; length--)
        root[length - 1] = '\0';
    if (snprintf(job->part, PATH_BYTES, "%s.part", root) >= PATH_BYTES - 64)
        return err_set(job->err, ERR_INPUT, "the path %.60s... is too long", root);
    return 0;
}

int data_fetch(const struct fetch_request *request, const struct fetch_events *events,
    struct fetch_result *result, struct err *err)
{
    struct fetch_job *job = calloc(1, sizeof(*job));
    bool done = false;
    int failed = -1;

    *result = (struct fetch_result){0};
    if (!job)
        return err_set(err, ERR_MEMORY, "no memory to fetch %s", request->name);
    *job = (struct fetch_job){
        .request = request, .events = events, .result = result, .err = err, .lock = -1};
    job->kind = dataset_kind_find(request->name, err);
    if (job->kind && fetch_choose(job) == 0 && set_root(job) == 0 && take_place(job, &done) == 0) {
        result->was_there = done;
        failed = done ? 0 : work(job);
        if (done && job->lock >= 0)
            failed = folder_remove(job->part, err);
    }
    if (job->lock >= 0)
        close(job->lock);
    free(job);
    return failed;
}
