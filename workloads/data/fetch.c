#include "fetch.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "dataset.h"
#include "download.h"
#include "fetched.h"
#include "folder_list.h"
#include "unpack.h"

#define MOST_ITEMS        8
#define DEFAULT_MAX_BYTES ((int64_t)200 * 1000 * 1000 * 1000)

/* One file of the set: fetched, or lying somewhere. */
struct item {
    struct source_file file;
    char name[128], url[2048], local[PATH_BYTES];
    const char *urls[2];
};

struct job {
    const struct fetch_request *request;
    const struct fetch_events *events;
    struct fetch_result *result;
    struct err *err;
    const struct dataset_kind *kind;
    struct item items[MOST_ITEMS];
    int n;
    char part[PATH_BYTES]; /* ROOT.part */
    int lock;
};

int data_default_root(const char *name, char root[PATH_BYTES], struct err *err)
{
    char cache[PATH_BYTES], sets[PATH_BYTES];

    if (file_cache_folder(cache, err) < 0 || file_join(sets, cache, "data", err) < 0)
        return -1;
    return file_join(root, sets, name, err);
}

static void note(const struct job *job, const char *format, ...) PRINTF_LIKE(2, 3);
static void note(const struct job *job, const char *format, ...)
{
    char text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (job->events->note)
        job->events->note(job->events->context, text);
}

/* to = ROOT.part/name, with the item's number in it. */
static int part_path(
    const struct job *job, char to[PATH_BYTES], const char *what, int item, struct err *err)
{
    char name[64];

    if (item < 0)
        snprintf(name, sizeof(name), "%s", what);
    else
        snprintf(name, sizeof(name), "%s-%d", what, item);
    return file_join(to, job->part, name, err);
}

/* ---- which files ---- */

/* The last part of a path or URL, with nothing in it but plain characters. */
static void plain_name(const char *from, char *name, size_t size)
{
    size_t end = strcspn(from, "?#"), start, n = 0;

    while (end > 0 && from[end - 1] == '/')
        end--;
    for (start = end; start > 0 && from[start - 1] != '/'; start--)
        ;
    for (size_t i = start; i < end && n + 1 < size; i++) {
        char c = from[i];

        name[n] = isalnum((unsigned char)c) || (n > 0 && strchr("._-", c)) ? c : '_';
        n++;
    }
    name[n] = '\0';
    if (n == 0)
        str_copy(name, size, "archive");
}

static int expect_sum(struct job *job, struct item *item)
{
    const char *hex = job->request->checksum;
    enum digest_kind kind;

    if (!hex)
        return 0;
    if (!digest_kind_of(hex, &kind))
        return err_set(job->err, ERR_INPUT,
            "--checksum is \"%.80s\"; it must be the 64 digits of a SHA-256 or the 32 of an MD5",
            hex);
    memset(item->file.sums, 0, sizeof(item->file.sums));
    item->file.sums[0] = (struct source_sum){kind, hex, "--checksum"};
    item->file.bytes = 0;
    return 0;
}

/* --from names one file: an archive, published by that name or of the user's own. */
static int one_item(struct job *job)
{
    const char *from = job->request->from;
    const struct source *source = job->kind->source;
    struct item *item = &job->items[0];
    int published = 0;

    plain_name(from, item->name, sizeof(item->name));
    for (const struct source_file *f = source ? source->files : NULL; f && f->name; f++) {
        published++;
        if (strcmp(f->name, item->name) == 0)
            item->file = *f;
    }
    /* One of several archives, alone, would make no set, and is taken for an archive of all. */
    if (published != 1) {
        item->file.is_archive = true;
        item->file.into = NULL;
    }
    if (!item->file.name)
        item->file = (struct source_file){.is_archive = true};
    item->file.name = item->name;
    job->n = 1;
    if (download_is_url(from)) {
        if (!str_copy(item->url, sizeof(item->url), from))
            return err_set(job->err, ERR_INPUT, "the URL %.60s... is too long", from);
        item->urls[0] = item->url;
    } else if (file_expand_home(from, item->local, job->err) < 0) {
        return -1;
    }
    return expect_sum(job, item);
}

/* All published files: from their publisher, or from a folder, here or on a server. */
static int all_items(struct job *job, const char *from)
{
    const struct source *source = job->kind->source;
    char folder[PATH_BYTES];

    if (!source || !source->files)
        return err_set(job->err, ERR_INPUT, "%s is not to be had by a program: %s; %s",
            job->kind->name, source ? source->instead : "it is any folder of images",
            "give the archive by --from, or the folder where it lies to the command that uses it");
    if (from && !download_is_url(from) && file_expand_home(from, folder, job->err) < 0)
        return -1;
    for (const struct source_file *f = source->files; f->name && job->n < MOST_ITEMS; f++) {
        struct item *item = &job->items[job->n++];

        item->file = *f;
        str_copy(item->name, sizeof(item->name), f->name);
        if (!from)
            continue;
        if (!download_is_url(from)) {
            if (file_join(item->local, folder, f->name, job->err) < 0)
                return -1;
        } else if (snprintf(item->url, sizeof(item->url), "%s%s", from, f->name) >=
                   (int)sizeof(item->url)) {
            return err_set(job->err, ERR_INPUT, "the URL %.60s... is too long", from);
        }
        item->urls[0] = item->url;
    }
    if (job->request->checksum && job->n > 1)
        return err_set(job->err, ERR_INPUT,
            "--checksum is of one file, but %s has %d: it goes with --from and a file",
            job->kind->name, job->n);
    return expect_sum(job, &job->items[0]);
}

static int choose_items(struct job *job)
{
    const char *from = job->request->from;
    char path[PATH_BYTES];

    if (!job->kind->source && !job->kind->needs_root)
        return err_set(job->err, ERR_INPUT,
            "%s is drawn by the program, so there is nothing to fetch", job->kind->name);
    if (from && download_is_url(from) && !str_starts_with(from, "http://") &&
        !str_starts_with(from, "https://"))
        return err_set(job->err, ERR_INPUT, "%.80s is neither http nor https, nor a file", from);
    if (!from)
        return all_items(job, NULL);
    if (download_is_url(from))
        return str_ends_with(from, "/") ? all_items(job, from) : one_item(job);
    if (file_expand_home(from, path, job->err) < 0)
        return -1;
    if (!file_exists(path))
        return err_set(job->err, ERR_INPUT, "--from: there is no file or folder %s", path);
    return file_is_folder(path) ? all_items(job, from) : one_item(job);
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
static int look_at_root(struct job *job, bool *done)
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
static int try_lock(struct job *job, bool *locked)
{
    char path[PATH_BYTES];
    struct stat held, there;

    *locked = false;
    if (file_make_folders(job->part, job->err) < 0 ||
        part_path(job, path, "lock", -1, job->err) < 0)
        return -1;
    job->lock = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (job->lock < 0)
        return errno == ENOENT ? 0 : err_set_errno(job->err, errno, "cannot write %s", path);
    *locked = flock(job->lock, LOCK_EX | LOCK_NB) == 0 && fstat(job->lock, &held) == 0 &&
              stat(path, &there) == 0 && held.st_ino == there.st_ino;
    if (!*locked) {
        close(job->lock);
        job->lock = -1;
    }
    return 0;
}

/* Until this process may work, or another has done the work. */
static int take_place(struct job *job, bool *done)
{
    const struct fetch_progress waiting = {FETCH_WAITING, job->kind->name, 0, 0};
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
            note(job, "another process is fetching %s; waiting for it", job->kind->name);
        told = true;
        if (job->events->progress)
            job->events->progress(job->events->context, &waiting);
        if (job->events->should_stop && job->events->should_stop(job->events->context))
            return err_set(job->err, ERR_INTERRUPTED, "stopped while another process fetches %s",
                job->kind->name);
        nanosleep(&moment, NULL);
    }
    /* It may have finished between the look and the lock. */
    return look_at_root(job, done);
}

/* What an earlier run left unpacked is of use only if it was to fetch the same. */
static int compare_with_before(struct job *job)
{
    struct str now = STR_INIT, before = STR_INIT;
    char path[PATH_BYTES], entry[PATH_BYTES];
    struct err none = {0};
    int result = -1;

    str_addf(&now, "%s\n%s\n%s\n", job->kind->name, job->request->from ? job->request->from : "",
        job->request->checksum ? job->request->checksum : "");
    if (str_check(&now, job->err) < 0 || part_path(job, path, "what", -1, job->err) < 0)
        goto done;
    if (file_exists(path) && file_read(path, 1 << 16, &before, &none) == 0 &&
        strcmp(before.text, now.text) == 0) {
        result = 0;
        goto done;
    }
    for (int i = 0; i < MOST_ITEMS; i++) {
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
static int obtain(struct job *job, struct item *item, char path[PATH_BYTES])
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
    bool matches;

    if (!item->file.sums[0].hex)
        note(job, "nobody has published a checksum of %s, so it is taken as it comes", item->name);
    if (!item->local[0])
        return file_join(path, job->part, item->name, job->err) < 0 || file_exists(path)
                   ? job->err->code ? -1 : 0
                   : download(&want, job->events, job->err);
    str_copy(path, PATH_BYTES, item->local);
    if (!file_exists(path))
        return err_set(job->err, ERR_INPUT, "there is no file %s", path);
    if (download_check(path, &item->file, job->events, &matches, is, job->err) < 0)
        return -1;
    if (!matches)
        return err_set(job->err, ERR_INPUT,
            "%s has the %s %s, but %s says %s: it is another file, or damaged; `--checksum %s` "
            "takes it all the same",
            path, digest_name(item->file.sums[0].kind), is, item->file.sums[0].publisher,
            item->file.sums[0].hex, is);
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
static int copy_plain(
    struct job *job, const struct item *item, const char *path, const char *folder, FILE *list)
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
static int unpack_item(struct job *job, int i, const char *path)
{
    const struct item *item = &job->items[i];
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
    result = item->file.is_archive
                 ? unpack_archive(path, unpacked, list.stream, &limits, job->events, job->err)
                 : copy_plain(job, item, path, unpacked, list.stream);
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

static bool is_unpacked(struct job *job, int i, int *skip, char list[PATH_BYTES])
{
    struct err none = {0};

    for (*skip = 0; *skip < 2; ++*skip)
        if (part_path(job, list, *skip ? "list-1" : "list-0", i, &none) == 0 && file_exists(list))
            return true;
    return false;
}

static int fetch_item(struct job *job, int i)
{
    struct item *item = &job->items[i];
    char path[PATH_BYTES], list[PATH_BYTES];
    int skip;

    if (is_unpacked(job, i, &skip, list))
        return 0;
    if (obtain(job, item, path) < 0)
        return -1;
    if (unpack_item(job, i, path) < 0) {
        /* What cannot be unpacked now cannot be unpacked later. */
        if (job->err->code == ERR_INPUT && !item->local[0])
            unlink(path);
        return -1;
    }
    if (!item->local[0])
        unlink(path);
    return 0;
}

/* ---- the whole ---- */

static int place_tree(struct job *job, int i, const char *set)
{
    const struct item *item = &job->items[i];
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
static int assemble(struct job *job, char set[PATH_BYTES])
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
static int check_set(struct job *job, const char *set)
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

static int finish(struct job *job)
{
    const char *root = job->result->root;
    struct file_writer writer = {0};
    char set[PATH_BYTES], list[PATH_BYTES];
    int fd, skip;

    if (assemble(job, set) < 0)
        return -1;
    if (check_set(job, set) < 0) {
        struct err none = {0};

        if (job->err->code == ERR_INPUT && folder_remove(job->part, &none) < 0)
            err_clear(&none);
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

static int work(struct job *job)
{
    if (compare_with_before(job) < 0)
        return -1;
    for (int i = 0; i < job->n; i++)
        if (fetch_item(job, i) < 0)
            return -1;
    return finish(job);
}

static int set_root(struct job *job)
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
    struct job *job = calloc(1, sizeof(*job));
    bool done = false;
    int failed = -1;

    *result = (struct fetch_result){0};
    if (!job)
        return err_set(err, ERR_MEMORY, "no memory to fetch %s", request->name);
    *job = (struct job){
        .request = request, .events = events, .result = result, .err = err, .lock = -1};
    job->kind = dataset_kind_find(request->name, err);
    if (job->kind && choose_items(job) == 0 && set_root(job) == 0 && take_place(job, &done) == 0) {
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
