/*
 * Rollback journals beside a database. SQLite rolls such a journal back before anything is read, and
 * deletes the file that a journal names as its super-journal, whatever file that is. Databases of ours
 * write ahead instead: only creating one, and changing to the write-ahead log, make such a journal, and
 * a crash may leave it. Any other one is somebody else's.
 */
#include "store_sql.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define VFS_NAME     "scalestudy"
#define MAGIC_BYTES  8
#define HEADER_BYTES 28
#define NUMBER_BYTES 4  /* of a page, before its content */
#define WAL_AT       18 /* in a database's header: 1 rollback journal, 2 write-ahead log */
#define LEAST_BYTES  16 /* what is shorter SQLite takes for empty */

static const unsigned char magic[MAGIC_BYTES] = {0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7};

/* ---- the system as SQLite sees it ---- */

static sqlite3_vfs vfs;

/* Should a journal that names a super-journal appear after the look below. Files are opened by the VFS
 * that is the default by then, which tests of faults replace. */
static int open_none_super(
    sqlite3_vfs *self, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    sqlite3_vfs *usual = sqlite3_vfs_find(NULL);

    (void)self;
    if (flags & SQLITE_OPEN_SUPER_JOURNAL) {
        file->pMethods = NULL;
        return SQLITE_CANTOPEN;
    }
    return usual->xOpen(usual, name, file, flags, out_flags);
}

static void register_vfs(void)
{
    sqlite3_vfs *usual = sqlite3_vfs_find(NULL);

    if (!usual)
        return;
    vfs = *usual;
    vfs.zName = VFS_NAME;
    vfs.xOpen = open_none_super;
    sqlite3_vfs_register(&vfs, 0);
}

const char *store_vfs(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, register_vfs);
    return VFS_NAME;
}

/* ---- a journal ---- */

static uint32_t number_at(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool read_at(FILE *stream, long at, int whence, unsigned char *bytes, size_t count)
{
    return fseek(stream, at, whence) == 0 && fread(bytes, 1, count, stream) == count;
}

static long size_of(FILE *stream)
{
    return fseek(stream, 0, SEEK_END) == 0 ? ftell(stream) : -1;
}

/*
 * Whether the database does not write ahead yet, or does so only since a change that the journal undoes:
 * a new file got its first page, or that page alone was changed. Of a file that writes ahead, and
 * holds more, all else would undo what it holds.
 */
static bool is_from_a_change(FILE *database, FILE *journal, const unsigned char *header)
{
    unsigned char page[NUMBER_BYTES + WAL_AT + 1], mode = 0;
    long pages_before = number_at(header + 16), sector = number_at(header + 20);
    long page_bytes = number_at(header + 24);

    if (!read_at(database, WAL_AT, SEEK_SET, &mode, 1) || mode == 1)
        return true;
    if (pages_before == 0)
        return size_of(database) <= page_bytes;
    return size_of(journal) <= sector + page_bytes + 2 * NUMBER_BYTES &&
           read_at(journal, sector, SEEK_SET, page, sizeof(page)) && number_at(page) == 1 &&
           page[NUMBER_BYTES + WAL_AT] == 1;
}

/* Opened only here: to close it takes this process's locks on the file away, which may be of another
 * connection, but no connection of ours works beside a journal that is to be rolled back. */
static bool belongs_here(const char *path, FILE *journal)
{
    unsigned char header[HEADER_BYTES];
    struct err ignored = {0};
    FILE *database = file_open_stream(path, &ignored);
    bool belongs = database && read_at(journal, 0, SEEK_SET, header, sizeof(header)) &&
                   is_from_a_change(database, journal, header);

    if (database)
        fclose(database);
    return belongs;
}

static const char *find_fault(const char *database, FILE *journal)
{
    unsigned char begin[LEAST_BYTES], end[MAGIC_BYTES];

    /* SQLite does the same with one that is empty or is finished. */
    if (!read_at(journal, 0, SEEK_SET, begin, sizeof(begin)) || begin[0] == 0)
        return NULL;
    if (read_at(journal, -MAGIC_BYTES, SEEK_END, end, sizeof(end)) &&
        memcmp(end, magic, sizeof(magic)) == 0)
        return "it names another file, which SQLite would delete";
    if (!belongs_here(database, journal))
        return "SQLite would undo with it what the database holds";
    return NULL;
}

int store_check_journal(const struct store *store, struct err *err)
{
    char path[PATH_BYTES + 16];
    const char *fault = "it is no ordinary file that can be read";
    struct err ignored = {0};
    FILE *journal;

    snprintf(path, sizeof(path), "%s-journal", store->real);
    if (!file_exists(path) || !file_exists(store->real))
        return 0;
    journal = file_is_link(path) ? NULL : file_open_stream(path, &ignored);
    if (journal) {
        fault = find_fault(store->real, journal);
        fclose(journal);
    }
    /* Another process may have finished what it was for. */
    if (!fault || !file_exists(path))
        return 0;
    return err_set(err, ERR_INPUT,
        "beside the database %s lies a rollback journal, %s, that scalestudy did not make: %s. "
        "Move "
        "it away, and look with `scalestudy db check` whether the database is sound without it",
        store->path, path, fault);
}
