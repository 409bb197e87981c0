/* Opening and closing databases, and looking at one that others change. */
#include "store_sql.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/clock.h"

/* Of a file that others change while it is looked at. */
#define MOST_LOOKS       10
#define LOOK_NANOSECONDS 20000000

const char *store_library(void)
{
    static char name[32];

    snprintf(name, sizeof(name), "SQLite %s", sqlite3_libversion());
    return name;
}

/* The path as SQLite is to see it: never one of its special names, such as :memory:. */
static void plain_path(const char *path, char to[PATH_BYTES + 2])
{
    snprintf(to, PATH_BYTES + 2, "%s%s", path[0] == '/' ? "" : "./", path);
}

static int check_path(const char *path, enum store_mode mode, struct err *err)
{
    char folder[PATH_BYTES];

    if (strlen(path) >= PATH_BYTES)
        return err_set(
            err, ERR_INPUT, "the path of the database is longer than %d bytes", PATH_BYTES - 1);
    if (path[0] == '\0')
        return err_set(err, ERR_INPUT, "the path of the database is empty");
    if (file_is_folder(path))
        return err_set(err, ERR_INPUT, "%s is a folder, not a database", path);
    file_folder_of(path, folder);
    if (!file_is_folder(folder))
        return err_set(err, ERR_INPUT, "there is no folder %s for the database %s", folder, path);
    if (file_exists(path))
        return file_check_ordinary(path, err);
    if (mode != STORE_CREATE)
        return err_set(err, ERR_INPUT, "there is no database %s; `scalestudy run` makes one", path);
    return 0;
}

/* The log beside the file, which holds what is not in the file yet. */
static bool has_log(const char *path)
{
    char log[PATH_BYTES + 8];
    struct stat info;

    snprintf(log, sizeof(log), "%s-wal", path);
    return stat(log, &info) == 0 && info.st_size > 0;
}

/* file:PATH?immutable=1, with what has a meaning in a URI escaped: to open a file that nobody changes,
 * without locks. */
static void immutable_uri(const char *path, char *to, size_t size)
{
    size_t length = (size_t)snprintf(to, size, "file:%s", path[0] == '/' ? "" : "./");

    for (; *path && length + 20 < size; path++)
        length += (size_t)snprintf(
            to + length, size - length, strchr("?#%", *path) ? "%%%02X" : "%c", *path);
    snprintf(to + length, size - length, "?immutable=1");
}

static int connect(struct store *store, bool immutable, struct err *err)
{
    char path[PATH_BYTES + 2], uri[3 * PATH_BYTES + 32];
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    bool keeps_log;

    plain_path(store->real, path);
    immutable_uri(path, uri, sizeof(uri));
    if (store->mode == STORE_CREATE)
        flags |= SQLITE_OPEN_CREATE;
    store->immutable = immutable;
    if (!immutable && store_check_journal(store, err) < 0)
        return -1;
    keeps_log = store_only_reads(store->mode) && has_log(store->real);
    if (immutable && stat(store->real, &store->seen) != 0)
        return err_set_errno(err, errno, "cannot look at the database %s", store->path);
    if (immutable)
        flags =
            SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    if (store->mode == STORE_FROZEN)
        flags |= SQLITE_OPEN_NOFOLLOW;
    if (sqlite3_open_v2(immutable ? uri : path, &store->db, flags, store_vfs()) != SQLITE_OK) {
        if (!store->db)
            return err_set(err, ERR_MEMORY, "no memory to open the database %s", store->path);
        return store_error(store, err);
    }
    /* A log that was there already is not written into the file by who only looks: it may be anybody's. */
    if (keeps_log)
        sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    return store_configure(store, err);
}

static int open_for_writing(struct store *store, struct err *err)
{
    if (connect(store, false, err) < 0)
        return -1;
    if (sqlite3_db_readonly(store->db, "main") == 1)
        return store_read_only(store, err);
    return store_prepare_schema(store, err);
}

/*
 * Even reading takes a file of locks beside the database. Where none can be made (a read-only
 * folder or medium), and nothing waits in a log, the file is read as one that nobody changes.
 */
static int open_for_reading(struct store *store, struct err *err)
{
    struct err first = {0};
    int code;

    if (connect(store, false, &first) == 0 && store_prepare_schema(store, &first) == 0)
        return store_execute(store, "PRAGMA query_only = ON", err);
    code = sqlite3_errcode(store->db) & 0xff;
    if ((code != SQLITE_CANTOPEN && code != SQLITE_READONLY) || access(store->path, R_OK) != 0)
        return err_set(err, first.code, "%s", first.message);
    if (has_log(store->real))
        return err_set(err, ERR_IO,
            "the database %s cannot be read in a folder that is read-only, for %s-wal beside it "
            "has changes that are "
            "not in it yet; copy both to where you may write",
            store->path, store->real);
    store_disconnect(store);
    if (connect(store, true, err) < 0)
        return -1;
    return store_prepare_schema(store, err);
}

static int open_frozen(struct store *store, struct err *err)
{
    if (connect(store, true, err) < 0)
        return -1;
    return store_prepare_schema(store, err);
}

int store_open(struct store **store, const char *path, enum store_mode mode, struct err *err)
{
    struct store *opened;
    int result;

    *store = NULL;
    if (check_path(path, mode, err) < 0)
        return -1;
    opened = calloc(1, sizeof(*opened));
    if (!opened)
        return err_set(err, ERR_MEMORY, "no memory to open the database %s", path);
    opened->mode = mode;
    opened->dice = (unsigned)getpid();
    str_copy(opened->path, sizeof(opened->path), path);
    if (mode == STORE_FROZEN) {
        str_copy(opened->real, sizeof(opened->real), path);
        result = open_frozen(opened, err);
    } else if (file_follow(path, opened->real, err) < 0) {
        result = -1;
    } else {
        result =
            store_only_reads(mode) ? open_for_reading(opened, err) : open_for_writing(opened, err);
    }
    if (result < 0) {
        store_close(opened);
        return -1;
    }
    *store = opened;
    return 0;
}

/* Whether a database that was opened as unchanging has changed since. */
static bool is_stale(const struct store *store)
{
    struct stat now;

    if (!store->immutable)
        return false;
    return has_log(store->real) || stat(store->real, &now) != 0 ||
           now.st_ino != store->seen.st_ino || now.st_dev != store->seen.st_dev ||
           now.st_size != store->seen.st_size || now.st_mtim.tv_sec != store->seen.st_mtim.tv_sec ||
           now.st_mtim.tv_nsec != store->seen.st_mtim.tv_nsec;
}

static int open_anew(struct store *store, struct err *err)
{
    store_disconnect(store);
    return open_for_reading(store, err);
}

int store_look(struct store *store, store_look_at *look, void *context, struct err *err)
{
    const struct timespec pause = {.tv_nsec = LOOK_NANOSECONDS};
    bool anew = store->immutable;

    for (int left = MOST_LOOKS;; left--) {
        struct err why = {0};
        /* Who opens it for writing at this moment may have made the log, and not yet what reading it
         * takes. */
        bool opened = !anew || open_anew(store, &why) == 0;
        int result = opened ? look(context, &why) : -1;

        if (left == 0 || (opened && !is_stale(store)))
            return result == 0 ? 0 : err_set(err, why.code, "%s", why.message);
        nanosleep(&pause, NULL);
    }
}

void store_close(struct store *store)
{
    if (!store)
        return;
    /* Who reads meanwhile, and closes last, leaves the log as it is. */
    if (store->db && !store_only_reads(store->mode))
        sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    store_disconnect(store);
    free(store);
}
