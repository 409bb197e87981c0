/*
 * Bounds of what a connection may do, for a file may come from anybody.
 *
 * Pages of a B-tree may refer to one page many times over, and pages of overflow may be shared: twenty
 * pages can hold more rows than any machine can read, which SQLite notices only in an integrity check.
 * So each statement's work is held against what the file can ask for: so much to begin with, and so much
 * for each page that was read or written, a page counted once. Work is counted in steps of SQLite's
 * virtual machine, and a page that is looked at as many of them. A slow disk or network takes no steps,
 * so that nothing is refused for its time.
 *
 * Measured on a study of 100,000 jobs with 20 epochs each: `jobs`, `table` and `report` take 400 steps for
 * a page, an integrity check 700, and what takes most, `db merge` of all epochs into a database that has
 * none, 7200.
 */
#include <string.h>
#include <sys/stat.h>

#include "store_sql.h"

#define LOOK_STEPS  2000    /* between two looks: some 50 microseconds */
#define FETCH_STEPS 64      /* that a page looked at takes the time of */
#define FREE_STEPS  4000000 /* for any statement: a tenth of a second */
#define PAGE_STEPS  100000  /* for each page of the file */
#define PAGE_BYTES  4096    /* the least of a page, where pages are counted by bytes */

static bool (*is_interrupted)(void);

void store_stop_when(bool (*asked)(void))
{
    is_interrupted = asked;
}

bool store_is_interrupted(struct store_work *work)
{
    if (is_interrupted && is_interrupted())
        work->end = WORK_INTERRUPTED;
    return work->end == WORK_INTERRUPTED;
}

/* How often pages were found in memory, were read or were written, since the last call. */
static int64_t count_pages(sqlite3 *db, int what)
{
    int now = 0, most = 0;

    sqlite3_db_status(db, what, &now, &most, 1);
    return now;
}

static int64_t bytes_of(const char *path, const char *ending)
{
    char name[PATH_BYTES + 16];
    struct stat info;

    if (!path)
        return 0;
    snprintf(name, sizeof(name), "%s%s", path, ending);
    return stat(name, &info) == 0 ? (int64_t)info.st_size : 0;
}

/* A page that is read again and again, since memory does not hold the file, counts once. */
static int64_t most_steps(const struct store_work *work)
{
    int64_t bytes = work->more_bytes + bytes_of(work->path, "") + bytes_of(work->path, "-wal");
    int64_t pages = bytes / PAGE_BYTES + 1;
    int in_memory = 0, unused = 0;

    if (pages > work->pages)
        pages = work->pages;
    /* Those that are new, or of a file in memory, were not read. */
    sqlite3_db_status(work->db, SQLITE_DBSTATUS_CACHE_USED, &in_memory, &unused, 0);
    return FREE_STEPS + PAGE_STEPS * (pages + in_memory / PAGE_BYTES + 1);
}

static int look(void *context)
{
    struct store_work *work = context;
    int64_t read = count_pages(work->db, SQLITE_DBSTATUS_CACHE_MISS);
    int64_t found = count_pages(work->db, SQLITE_DBSTATUS_CACHE_HIT);

    work->pages += read + count_pages(work->db, SQLITE_DBSTATUS_CACHE_WRITE);
    *work->steps += LOOK_STEPS + FETCH_STEPS * (read + found);
    if (store_is_interrupted(work))
        return 1;
    if (*work->steps <= FREE_STEPS || *work->steps <= most_steps(work))
        return 0;
    work->end = WORK_ENDLESS;
    return 1;
}

static void set_limits(sqlite3 *db)
{
    static const struct {
        int limit, most;
    } limits[] = {
        {SQLITE_LIMIT_LENGTH, STORE_MAX_TEXT},
        {SQLITE_LIMIT_SQL_LENGTH, 1 << 20},
        {SQLITE_LIMIT_COLUMN, 200},
        {SQLITE_LIMIT_EXPR_DEPTH, 1000},
        {SQLITE_LIMIT_COMPOUND_SELECT, 50},
        {SQLITE_LIMIT_VDBE_OP, 100000},
        {SQLITE_LIMIT_FUNCTION_ARG, 32},
        {SQLITE_LIMIT_ATTACHED, 2},
        {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 64},
        {SQLITE_LIMIT_VARIABLE_NUMBER, 100},
        {SQLITE_LIMIT_TRIGGER_DEPTH, 10},
        {SQLITE_LIMIT_WORKER_THREADS, 0},
    };

    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
        sqlite3_limit(db, limits[i].limit, limits[i].most);
}

void store_bound(sqlite3 *db, struct store_work *work)
{
    work->db = db;
    work->steps = &work->loose;
    set_limits(db);
    /* What the file says must not make SQLite do more than read and write it. */
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_progress_handler(db, LOOK_STEPS, look, work);
}

bool store_has_sound_pages(sqlite3 *db)
{
    sqlite3_stmt *rows = NULL;
    bool sound;

    /* Those of a user's own tables may take any time. */
    sqlite3_exec(db, "PRAGMA ignore_check_constraints = ON", NULL, NULL, NULL);
    sound = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &rows, NULL) == SQLITE_OK &&
            sqlite3_step(rows) == SQLITE_ROW && strcmp(store_column_text(rows, 0), "ok") == 0;

    sqlite3_finalize(rows);
    sqlite3_exec(db, "PRAGMA ignore_check_constraints = OFF", NULL, NULL, NULL);
    return sound;
}

int store_work_error(struct store_work *work, const char *what, const char *path, struct err *err)
{
    enum work_end end = work->end;

    work->end = WORK_GOES_ON;
    if (end == WORK_ENDLESS)
        return err_set(err, ERR_INPUT,
            "the %s %s is damaged, or made to keep programs busy: reading it takes more work than "
            "a file of its size can ask for. `scalestudy db check` says more of a database",
            what, path);
    return err_set(err, ERR_INTERRUPTED, "interrupted; nothing in the %s %s is lost", what, path);
}
