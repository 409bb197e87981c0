/*
 * Calls that fail when a test says so: those of the program to the C library, which the linker puts
 * aside for the functions below (Makefile), and those of SQLite to the system and for memory, whose
 * own tables are replaced. The program itself has nothing for it.
 *
 *     arm(FAULT_MEMORY, 7, ENOMEM, false);       the seventh allocation from here on fails
 *     result = what_is_tested(&err);
 *     if (!disarm()) break;                      it needs fewer than seven
 *
 * One thread; include it in one file of a program.
 */
#ifndef SCALESTUDY_TESTS_FAULTS_FAULTS_H
#define SCALESTUDY_TESTS_FAULTS_FAULTS_H

#include "tests/lib/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

enum fault {
    FAULT_NONE,
    FAULT_MEMORY,        /* malloc, calloc, realloc, strdup */
    FAULT_FILE,          /* fopen, fdopen, fflush, fclose, fsync, rename */
    FAULT_SQLITE_WRITE,  /* after fault_sqlite_writes(true) */
    FAULT_SQLITE_SYNC,   /* after fault_sqlite_syncs(true) */
    FAULT_SQLITE_MEMORY, /* after fault_sqlite_memory(true) */
};

static enum fault fault_kind;
static int calls_until_fault; /* 0: none */
static int fault_errno;
static bool fault_stays; /* all calls after the first that failed fail too, as on a full disk */
static bool has_failed;

static inline void arm(enum fault kind, int call, int errno_value, bool stays)
{
    fault_kind = kind;
    calls_until_fault = call;
    fault_errno = errno_value;
    fault_stays = stays;
    has_failed = false;
}

/* Whether a call failed. */
static inline bool disarm(void)
{
    bool failed = has_failed;

    arm(FAULT_NONE, 0, 0, false);
    return failed;
}

static inline bool fails_now(enum fault kind)
{
    if (kind != fault_kind)
        return false;
    if (!(has_failed && fault_stays)) {
        if (calls_until_fault == 0 || --calls_until_fault > 0)
            return false;
        has_failed = true;
    }
    errno = fault_errno;
    return true;
}

/* ---- the C library ---- */

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *old, size_t bytes);
char *__real_strdup(const char *text);
FILE *__real_fopen(const char *path, const char *mode);
FILE *__real_fdopen(int fd, const char *mode);
int __real_fflush(FILE *stream);
int __real_fclose(FILE *stream);
int __real_fsync(int fd);
int __real_rename(const char *from, const char *to);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *old, size_t bytes);
char *__wrap_strdup(const char *text);
FILE *__wrap_fopen(const char *path, const char *mode);
FILE *__wrap_fdopen(int fd, const char *mode);
int __wrap_fflush(FILE *stream);
int __wrap_fclose(FILE *stream);
int __wrap_fsync(int fd);
int __wrap_rename(const char *from, const char *to);

void *__wrap_malloc(size_t bytes)
{
    return fails_now(FAULT_MEMORY) ? NULL : __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
    return fails_now(FAULT_MEMORY) ? NULL : __real_calloc(count, bytes);
}

void *__wrap_realloc(void *old, size_t bytes)
{
    return fails_now(FAULT_MEMORY) ? NULL : __real_realloc(old, bytes);
}

char *__wrap_strdup(const char *text)
{
    return fails_now(FAULT_MEMORY) ? NULL : __real_strdup(text);
}

FILE *__wrap_fopen(const char *path, const char *mode)
{
    return fails_now(FAULT_FILE) ? NULL : __real_fopen(path, mode);
}

FILE *__wrap_fdopen(int fd, const char *mode)
{
    return fails_now(FAULT_FILE) ? NULL : __real_fdopen(fd, mode);
}

int __wrap_fflush(FILE *stream)
{
    return fails_now(FAULT_FILE) ? EOF : __real_fflush(stream);
}

/* As the real one, which closes even where it fails. */
int __wrap_fclose(FILE *stream)
{
    int result = __real_fclose(stream);

    return fails_now(FAULT_FILE) ? EOF : result;
}

int __wrap_fsync(int fd)
{
    return fails_now(FAULT_FILE) ? -1 : __real_fsync(fd);
}

int __wrap_rename(const char *from, const char *to)
{
    return fails_now(FAULT_FILE) ? -1 : __real_rename(from, to);
}

/* ---- SQLite ---- */

static inline ssize_t failing_pwrite(int fd, const void *bytes, size_t count, off_t offset)
{
    return fails_now(FAULT_SQLITE_WRITE) ? -1 : pwrite(fd, bytes, count, offset);
}

static inline ssize_t failing_write(int fd, const void *bytes, size_t count)
{
    return fails_now(FAULT_SQLITE_WRITE) ? -1 : write(fd, bytes, count);
}

static inline int failing_ftruncate(int fd, off_t size)
{
    return fails_now(FAULT_SQLITE_WRITE) ? -1 : ftruncate(fd, size);
}

static inline void fault_sqlite_writes(bool replace)
{
    static const struct {
        const char *name;
        sqlite3_syscall_ptr call;
    } calls[] = {
        {"pwrite", (sqlite3_syscall_ptr)failing_pwrite},
        {"pwrite64", (sqlite3_syscall_ptr)failing_pwrite},
        {"write", (sqlite3_syscall_ptr)failing_write},
        {"ftruncate", (sqlite3_syscall_ptr)failing_ftruncate},
    };
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        vfs->xSetSystemCall(vfs, calls[i].name, replace ? calls[i].call : NULL);
}

/* Syncs are in no table of SQLite's calls: files get methods in which that one is ours. All kinds of
 * files have the same one of their own, whatever their locks. */
static sqlite3_vfs syncing_vfs;
static int (*real_sync)(sqlite3_file *file, int flags);
static struct {
    const sqlite3_io_methods *real;
    sqlite3_io_methods ours;
} kinds_of_files[4];

static inline int failing_sync(sqlite3_file *file, int flags)
{
    return fails_now(FAULT_SQLITE_SYNC) ? SQLITE_IOERR_FSYNC : real_sync(file, flags);
}

static inline int open_syncing(
    sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    int code = sqlite3_vfs_find("unix")->xOpen(vfs, name, file, flags, out_flags);
    int i = 0;

    if (code != SQLITE_OK)
        return code;
    while (kinds_of_files[i].real && kinds_of_files[i].real != file->pMethods)
        assert_true(++i < 4);
    assert_true(!real_sync || real_sync == file->pMethods->xSync);
    real_sync = file->pMethods->xSync;
    kinds_of_files[i].real = file->pMethods;
    kinds_of_files[i].ours = *file->pMethods;
    kinds_of_files[i].ours.xSync = failing_sync;
    file->pMethods = &kinds_of_files[i].ours;
    return SQLITE_OK;
}

/* No database may be open. */
static inline void fault_sqlite_syncs(bool replace)
{
    if (!replace) {
        sqlite3_vfs_unregister(&syncing_vfs);
        return;
    }
    assert_int_equal(sqlite3_initialize(), SQLITE_OK);
    syncing_vfs = *sqlite3_vfs_find("unix");
    syncing_vfs.zName = "syncing";
    syncing_vfs.xOpen = open_syncing;
    assert_int_equal(sqlite3_vfs_register(&syncing_vfs, 1), SQLITE_OK);
}

static sqlite3_mem_methods real_memory;

static inline void *failing_malloc(int bytes)
{
    return fails_now(FAULT_SQLITE_MEMORY) ? NULL : real_memory.xMalloc(bytes);
}

static inline void *failing_realloc(void *old, int bytes)
{
    return fails_now(FAULT_SQLITE_MEMORY) ? NULL : real_memory.xRealloc(old, bytes);
}

/* No database may be open. */
static inline void fault_sqlite_memory(bool replace)
{
    sqlite3_mem_methods memory;

    sqlite3_shutdown();
    if (!replace) {
        sqlite3_config(SQLITE_CONFIG_MALLOC, &real_memory);
        sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 1200, 40);
        return;
    }
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_memory), SQLITE_OK);
    memory = real_memory;
    memory.xMalloc = failing_malloc;
    memory.xRealloc = failing_realloc;
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_MALLOC, &memory), SQLITE_OK);
    /* Small allocations come from a pool otherwise, and cannot fail. */
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0), SQLITE_OK);
}

#endif
