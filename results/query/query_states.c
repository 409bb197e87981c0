/* How the jobs of a study stand, all at once: for query.h. */
#include <stdlib.h>

#include "harness/base/str.h"
#include "harness/base/array.h"
#include "query.h"
#include "results/store/store_sql.h"

int query_states(struct store *store, const char *study, struct job_state **states, int *n_states,
    struct err *err)
{
    sqlite3_stmt *rows = store_select(store,
        "SELECT job.id, job.state FROM study_job JOIN job ON job.number = study_job.job "
        "WHERE study = (SELECT number FROM study WHERE name = ?1) ORDER BY job.id",
        BIND(TEXT(study)), err);
    int got;

    *states = NULL;
    *n_states = 0;
    while ((got = store_step(store, rows, err)) > 0) {
        struct job_state *state;

        if (!array_grow(states, *n_states, sizeof(*state))) {
            sqlite3_reset(rows);
            got = err_set(err, ERR_MEMORY, "no memory for the states of %d jobs", *n_states + 1);
            break;
        }
        state = &(*states)[(*n_states)++];
        if (store_take_id(store, rows, 0, state->id, err) < 0) {
            sqlite3_reset(rows);
            got = -1;
            break;
        }
        str_copy(state->state, sizeof(state->state), store_column_text(rows, 1));
    }
    if (got < 0) {
        free(*states);
        *states = NULL;
        *n_states = 0;
    }
    return got;
}
