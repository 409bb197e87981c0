/* How every connection to a database is set up, and ended. */
#include "store_sql.h"

#include <time.h>

#include "harness/base/clock.h"

/* Sleeps while another writes: short ones first, most transactions take less. */
#define SHORT_WAITS       40
#define SHORT_NANOSECONDS 400000
#define LONG_NANOSECONDS  4000000

/* Enough for the index of ids of a study of 100,000 jobs, whose pages come in no order; it grows as
 * it is needed. */
#define CACHE_KIB "65536"

/*
 * Another process writes: a moment's sleep, and again, for STORE_BUSY_SECONDS at most. SQLite's own
 * handler sleeps longer and longer, so that who came late and unlucky waits a second beside others
 * that write all the time; here sleeps stay short, and differ.
 */
static int wait_for_others(void *context, int n_waits)
{
    struct store *store = context;
    double now = clock_seconds();
    unsigned most = n_waits < SHORT_WAITS ? SHORT_NANOSECONDS : LONG_NANOSECONDS;
    struct timespec pause = {.tv_nsec = 0};

    if (n_waits == 0)
        store->busy_since = now;
    if (now - store->busy_since > STORE_BUSY_SECONDS || store_is_interrupted(&store->work))
        return 0;
    store->dice = store->dice * 1664525u + 1013904223u; /* Numerical Recipes' ranqd1 */
    pause.tv_nsec = (long)(most / 4 + (store->dice >> 8) % most);
    nanosleep(&pause, NULL);
    return 1;
}

int store_configure(struct store *store, struct err *err)
{
    sqlite3_busy_handler(store->db, wait_for_others, store);
    store->work.path = store->real;
    store_bound(store->db, &store->work);
    /* An integrity check would compute those of a user's own tables, which may take any time. */
    if (store_only_reads(store->mode) &&
        store_execute(store, "PRAGMA ignore_check_constraints = ON", err) < 0)
        return -1;
    return store_execute(store,
        "PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; "
        "PRAGMA mmap_size = 0; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -" CACHE_KIB,
        err);
}

void store_disconnect(struct store *store)
{
    for (int i = 0; i < store->n_statements; i++)
        sqlite3_finalize(store->statements[i].statement);
    store->n_statements = 0;
    sqlite3_close(store->db);
    store->db = NULL;
}
