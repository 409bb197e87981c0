/* Taking over what another database has. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "canonical.h"
#include "harness/base/array.h"
#include "harness/base/str.h"
#include "store_admin.h"
#include "store_sql.h"

/* The other database stands beside ours as the schema `other`; rows are matched by what they are,
 * for their numbers differ. */

/* Columns of a table that are there in `main`, but for some, as "a, b, c". */
static int list_columns(struct store *store, const char *table, const char *without,
    const char *prefix, struct str *to, struct err *err)
{
    sqlite3_stmt *rows = store_select(store,
        "SELECT name FROM pragma_table_info(?1) WHERE instr(?2, ' ' || name || ' ') = 0 ORDER BY "
        "cid",
        BIND(TEXT(table), TEXT(without)), err);
    const char *between = "";
    int got;

    while ((got = store_step(store, rows, err)) > 0) {
        str_addf(to, "%s%s%s", between, prefix, store_column_text(rows, 0));
        between = ", ";
    }
    return got;
}

static int execute_built(struct store *store, struct str *sql, struct err *err)
{
    int result = str_check(sql, err);

    if (result == 0)
        result = store_execute(store, sql->text, err);
    str_release(sql);
    return result;
}

/* ---- studies of one name ---- */

/* Networks of a study by their hashes, sorted, each once. */
struct networks {
    struct canonical_hash *hashes;
    int n;
};

static int by_hash(const void *a, const void *b)
{
    return canonical_compare(a, b);
}

/* What tells networks apart: canonical_network or canonical_asked. */
typedef struct canonical_hash network_hash(const char *canonical, size_t length);

static int list_networks(struct store *store, const char *sql, int64_t study, network_hash *hash_of,
    struct networks *to, struct err *err)
{
    sqlite3_stmt *rows = store_select(store, sql, BIND(INT(study)), err);
    int got, n = 0;

    while ((got = store_step(store, rows, err)) > 0) {
        size_t length;
        const char *canonical = store_column_bytes(rows, 0, &length);

        if (!array_grow(&to->hashes, to->n, sizeof(*to->hashes))) {
            sqlite3_reset(rows);
            return err_set(err, ERR_MEMORY, "no memory for the jobs of a study");
        }
        to->hashes[to->n++] = hash_of(canonical, length);
    }
    if (got < 0)
        return -1;
    if (to->n > 1)
        qsort(to->hashes, (size_t)to->n, sizeof(*to->hashes), by_hash);
    for (int i = 0; i < to->n; i++)
        if (n == 0 || !canonical_same(&to->hashes[n - 1], &to->hashes[i]))
            to->hashes[n++] = to->hashes[i];
    to->n = n;
    return 0;
}

static int count_common(const struct networks *a, const struct networks *b)
{
    int common = 0;

    for (int i = 0, k = 0; i < a->n && k < b->n;) {
        int order = canonical_compare(&a->hashes[i], &b->hashes[k]);

        common += order == 0;
        i += order <= 0;
        k += order >= 0;
    }
    return common;
}

/* A study that both have. */
struct namesake {
    char name[128];
    int64_t ours, theirs; /* numbers */
};

static int list_namesakes(struct store *store, struct namesake **namesakes, int *n, struct err *err)
{
    sqlite3_stmt *rows = store_select(store,
        "SELECT name, ours.number, theirs.number FROM main.study AS ours JOIN other.study AS "
        "theirs "
        "USING (name) ORDER BY theirs.number",
        BIND_NONE, err);
    int got;

    while ((got = store_step(store, rows, err)) > 0) {
        struct namesake *namesake;

        if (!array_grow(namesakes, *n, sizeof(*namesake))) {
            sqlite3_reset(rows);
            return err_set(err, ERR_MEMORY, "no memory for %d studies", *n + 1);
        }
        namesake = &(*namesakes)[(*n)++];
        namesake->ours = sqlite3_column_int64(rows, 1);
        namesake->theirs = sqlite3_column_int64(rows, 2);
        str_copy(namesake->name, sizeof(namesake->name), store_column_text(rows, 0));
    }
    return got;
}

/* How many networks a study has here and there, and in both. */
static int count_networks(struct store *store, const struct namesake *study, network_hash *hash_of,
    int *ours, int *theirs, int *common, struct err *err)
{
    struct networks here = {0}, there = {0};
    int result = list_networks(store,
        "SELECT canonical FROM main.study_job JOIN main.job ON job.number = study_job.job "
        "WHERE study_job.study = ?1",
        study->ours, hash_of, &here, err);

    if (result == 0)
        result = list_networks(store,
            "SELECT canonical FROM other.study_job JOIN other.job ON job.number = study_job.job "
            "WHERE study_job.study = ?1",
            study->theirs, hash_of, &there, err);
    *ours = here.n;
    *theirs = there.n;
    *common = count_common(&here, &there);
    free(here.hashes);
    free(there.hashes);
    return result;
}

/* Whether they are one study; why not, as an error that says what to do. */
static int is_one_study(
    struct store *store, const struct namesake *study, bool *one, struct err *why, struct err *err)
{
    int ours, theirs, common, asked_here, asked_there, asked = 0;

    if (count_networks(store, study, canonical_network, &ours, &theirs, &common, err) < 0)
        return -1;
    *one = common == ours || common == theirs;
    if (*one || why->code != ERR_NONE)
        return 0;
    if (count_networks(store, study, canonical_asked, &asked_here, &asked_there, &asked, err) < 0)
        return -1;
    err_set(why, ERR_INPUT,
        "both have a study %.128s, with different networks: %d only here, %d only there, %d in "
        "both%s; --as NAME takes theirs over under another name",
        study->name, ours - common, theirs - common, common,
        asked > common ? "; some differ only in their images" : "");
    return 0;
}

/* Rename their studies in the copy that is merged. A study of that name here must be the one that
 * was taken over before. */
static int rename_study(struct store *store, const struct namesake *study, const char *as,
    int n_others, struct err *err)
{
    struct namesake before = {.theirs = study->theirs};
    struct err why = {0};
    sqlite3_stmt *rows;
    bool one = true;
    int got;

    snprintf(
        before.name, sizeof(before.name), n_others > 1 ? "%.62s-%.62s" : "%.127s", as, study->name);
    rows = store_select(
        store, "SELECT number FROM main.study WHERE name = ?1", BIND(TEXT(before.name)), err);
    got = store_step(store, rows, err);
    if (got > 0) {
        before.ours = sqlite3_column_int64(rows, 0);
        sqlite3_reset(rows);
        if (is_one_study(store, &before, &one, &why, err) < 0)
            return -1;
    }
    if (!one)
        return err_set(
            err, ERR_INPUT, "--as: there is a study %s already; give another name", before.name);
    return got < 0 ? -1
                   : store_run(store, "UPDATE other.study SET name = ?2 WHERE number = ?1",
                         BIND(INT(study->theirs), TEXT(before.name)), err);
}

static int settle_namesakes(struct store *store, const char *as, struct err *err)
{
    struct namesake *namesakes = NULL;
    struct err why = {0};
    int n = 0, differing = 0, result = list_namesakes(store, &namesakes, &n, err);

    for (int i = 0; i < n && result == 0; i++) {
        bool one = true;

        result = is_one_study(store, &namesakes[i], &one, &why, err);
        if (!one)
            namesakes[differing++] = namesakes[i];
    }
    if (result == 0 && differing > 0 && !as)
        result = err_set(err, ERR_INPUT, "%s", why.message);
    for (int i = 0; i < differing && result == 0; i++)
        result = rename_study(store, &namesakes[i], as, differing, err);
    free(namesakes);
    return result;
}

static int take_studies(struct store *store, struct store_merged *merged, struct err *err)
{
    if (store_execute(store,
            "INSERT INTO study (name, source_path, text, created_utc, updated_utc) SELECT name, "
            "source_path, text, created_utc, updated_utc FROM other.study ORDER BY number "
            "ON CONFLICT (name) DO NOTHING",
            err) < 0)
        return -1;
    merged->studies = sqlite3_changes(store->db);
    return 0;
}

static int take_images(struct store *store, struct err *err)
{
    return store_execute(store,
        "INSERT INTO image_set SELECT * FROM other.image_set WHERE true ON CONFLICT DO NOTHING",
        err);
}

static int take_environments(struct store *store, struct err *err)
{
    struct str sql = STR_INIT;
    int result;

    str_add(&sql, "INSERT INTO environment (");
    result = list_columns(store, "environment", " number ", "", &sql, err);
    str_add(&sql, ") SELECT ");
    if (result == 0)
        result = list_columns(store, "environment", " number ", "", &sql, err);
    str_add(&sql, " FROM other.environment WHERE true ON CONFLICT DO NOTHING");
    if (result < 0)
        str_release(&sql);
    return result < 0 ? -1 : execute_built(store, &sql, err);
}

/* Of jobs that are new here: those that are known keep their own text. */
static int check_texts(struct store *store, struct err *err)
{
    sqlite3_stmt *rows = store_select(store,
        "SELECT id, canonical FROM other.job WHERE id NOT IN (SELECT id FROM main.job)", BIND_NONE,
        err);
    int got;

    while ((got = store_step(store, rows, err)) > 0)
        if (store_check_text(store_column_text(rows, 0), store_column_text(rows, 1), err) < 0) {
            sqlite3_reset(rows);
            return -1;
        }
    return got;
}

/* What a job is. What came of it follows, after its epochs: a job that is done takes none. */
static int take_jobs(struct store *store, struct store_merged *merged, struct err *err)
{
    if (store_execute(store,
            "INSERT INTO job (id, canonical, input, seed, params, macs, train_bytes, added_utc) "
            "SELECT id, canonical, input, seed, params, macs, train_bytes, added_utc "
            "FROM other.job ORDER BY number ON CONFLICT (id) DO NOTHING",
            err) < 0)
        return -1;
    merged->jobs = sqlite3_changes(store->db);
    return store_execute(store,
        "INSERT INTO study_job (study, job, position, model, method, depth, width, resolution, "
        "state) SELECT study.number, job.number, theirs.position, theirs.model, theirs.method, "
        "theirs.depth, theirs.width, theirs.resolution, job.state FROM other.study_job AS theirs "
        "JOIN other.study AS their_study ON their_study.number = theirs.study "
        "JOIN other.job AS their_job ON their_job.number = theirs.job "
        "JOIN main.study ON study.name = their_study.name JOIN main.job ON job.id = their_job.id "
        "WHERE true ON CONFLICT DO NOTHING",
        err);
}

/* Jobs of which theirs is to be ours: it came to an end there, and not here. */
static int choose_results(struct store *store, struct store_merged *merged, struct err *err)
{
    if (store_execute(store,
            "CREATE TEMP TABLE taken (ours INTEGER PRIMARY KEY, theirs INTEGER NOT NULL); "
            "INSERT INTO temp.taken SELECT ours.number, theirs.number FROM main.job AS ours JOIN "
            "other.job AS theirs ON theirs.id = ours.id "
            "WHERE (theirs.state = 'done' AND ours.state IN ('waiting', 'failed', 'stopped')) "
            "OR (theirs.state IN ('failed', 'stopped') AND ours.state = 'waiting' AND "
            "ours.attempt = 0)",
            err) < 0)
        return -1;
    return store_execute(store,
               "DELETE FROM main.epoch WHERE job IN (SELECT ours FROM temp.taken); "
               "INSERT INTO main.epoch (job, epoch, split, loss, top1, top5, lr, seconds) "
               "SELECT ours, epoch, split, loss, top1, top5, lr, seconds FROM temp.taken "
               "JOIN other.epoch ON epoch.job = theirs",
               err) < 0
               ? -1
               : store_count(store, "SELECT count(*) FROM temp.taken", &merged->results, err);
}

static int take_results(struct store *store, struct err *err)
{
    static const char given[] =
        " number id canonical input seed params macs train_bytes added_utc environment ";
    struct str names = STR_INIT, values = STR_INIT, sql = STR_INIT;
    int result = list_columns(store, "job", given, "", &names, err);

    if (result == 0)
        result = list_columns(store, "job", given, "theirs.", &values, err);
    str_addf(&sql,
        "UPDATE main.job SET (%s, environment) = (SELECT %s, (SELECT ours.number FROM "
        "main.environment AS ours JOIN other.environment AS e ON e.number = theirs.environment "
        "WHERE (ours.host, ours.cpu, ours.isa, ours.version, ours.blas, ours.cores, ours.threads) "
        "= (e.host, e.cpu, e.isa, e.version, e.blas, e.cores, e.threads)) "
        "FROM temp.taken JOIN other.job AS theirs ON theirs.number = taken.theirs "
        "WHERE taken.ours = job.number) WHERE number IN (SELECT ours FROM temp.taken)",
        names.text, values.text);
    if (result == 0)
        result = str_check(&names, err) < 0 ? -1 : str_check(&values, err);
    if (result == 0)
        result = execute_built(store, &sql, err);
    else
        str_release(&sql);
    str_release(&names);
    str_release(&values);
    return result;
}

static int take_benchmarks(struct store *store, struct err *err)
{
    struct str sql = STR_INIT;
    int result;

    str_add(&sql, "INSERT INTO benchmark (environment, ");
    result = list_columns(store, "benchmark", " number environment ", "", &sql, err);
    str_add(&sql, ") SELECT ours.number, ");
    if (result == 0)
        result = list_columns(store, "benchmark", " number environment ", "b.", &sql, err);
    str_add(&sql,
        " FROM other.benchmark AS b JOIN other.environment AS e ON e.number = b.environment "
        "JOIN main.environment AS ours ON (ours.host, ours.cpu, ours.isa, ours.version, ours.blas, "
        "ours.cores, ours.threads) = (e.host, e.cpu, e.isa, e.version, e.blas, e.cores, e.threads) "
        "WHERE NOT EXISTS (SELECT 1 FROM main.benchmark AS known WHERE (known.measured_utc, "
        "known.program, known.model, known.mode, known.step_ms_median) = (b.measured_utc, "
        "b.program, b.model, b.mode, b.step_ms_median) AND known.environment = ours.number)");
    if (result < 0)
        str_release(&sql);
    return result < 0 ? -1 : execute_built(store, &sql, err);
}

static int check_their_ids(struct store *store, struct err *err)
{
    sqlite3_stmt *rows = store_select(store, "SELECT id FROM other.job", BIND_NONE, err);
    char id[SHA256_HEX_BYTES];
    int got;

    while ((got = store_step(store, rows, err)) > 0)
        if (store_take_id(store, rows, 0, id, err) < 0) {
            sqlite3_reset(rows);
            return -1;
        }
    return got;
}

static int take_all(
    struct store *store, const char *as, struct store_merged *merged, struct err *err)
{
    if (check_their_ids(store, err) < 0 || check_texts(store, err) < 0 ||
        settle_namesakes(store, as, err) < 0)
        return -1;
    /* Before anything is taken: what is done on both sides. */
    if (store_count(store,
            "SELECT count(*) FROM main.job AS a JOIN other.job AS b ON b.id = a.id WHERE a.state = "
            "'done' AND b.state = 'done' AND a.loss IS b.loss",
            &merged->known, err) < 0 ||
        store_count(store,
            "SELECT count(*) FROM main.job AS a JOIN other.job AS b ON b.id = a.id WHERE a.state = "
            "'done' AND b.state = 'done' AND a.loss IS NOT b.loss",
            &merged->differing, err) < 0)
        return -1;
    if (take_studies(store, merged, err) < 0 || take_images(store, err) < 0 ||
        take_environments(store, err) < 0 || take_jobs(store, merged, err) < 0 ||
        choose_results(store, merged, err) < 0 || take_results(store, err) < 0 ||
        take_benchmarks(store, err) < 0)
        return -1;
    return store_execute(store, "DROP TABLE temp.taken", err);
}

static int check_values(struct store *other, const char *path, struct err *err)
{
    struct rowset problems;
    int n = 0, result;

    rowset_init(&problems, store_problem_columns);
    result = store_check_values(other, &problems, &n, err);
    rowset_release(&problems);
    if (result == 0 && n > 0)
        return err_set(err, ERR_INPUT,
            "it has %d%s value%s that no job can have, such as an accuracy above 100; `scalestudy "
            "db "
            "check %s` names them",
            n, n >= STORE_MAX_PROBLEMS ? " or more" : "", n == 1 ? "" : "s", path);
    return result;
}

/* A copy of the other file, of this version: what it reads is one moment of it. */
static int make_copy(const char *path, const char *copy, struct err *err)
{
    struct store *other = NULL;
    int result = store_open(&other, path, STORE_AS_IT_IS, err);

    if (result == 0)
        result = store_backup(other, copy, err);
    store_close(other);
    other = NULL;
    if (result == 0)
        result = store_open(&other, copy, STORE_OWN_COPY, err);
    if (result == 0)
        result = check_values(other, path, err);
    if (result == 0) /* all of it in one file */
        result = store_execute(other, "PRAGMA journal_mode = DELETE", err);
    store_close(other);
    return result;
}

static int merge_copy(struct store *store, const char *copy, const char *as,
    struct store_merged *merged, struct err *err)
{
    struct stat info;
    int result;

    if (stat(copy, &info) == 0)
        store->work.more_bytes = (int64_t)info.st_size;
    if (store_run(store, "ATTACH ?1 AS other", BIND(TEXT(copy)), err) < 0)
        return -1;
    result = store_begin(store, STORE_DURABLE, err);
    if (result == 0)
        result = store_end(store, take_all(store, as, merged, err), err);
    sqlite3_exec(store->db, "DETACH other", NULL, NULL, NULL);
    return result;
}

int store_merge(struct store *store, const char *path, const char *as, struct store_merged *merged,
    struct err *err)
{
    char copy[PATH_BYTES], digits[17];
    int result;

    *merged = (struct store_merged){0};
    if (file_is_same(store->path, path))
        return err_set(err, ERR_INPUT, "%s and %s are the same file", store->path, path);
    if (file_random_name(digits, sizeof(digits) - 1, err) < 0)
        return -1;
    if (snprintf(copy, sizeof(copy), "%s%s.merge.%s", store->real[0] == '/' ? "" : "./",
            store->real, digits) >= PATH_BYTES)
        return err_set(
            err, ERR_INPUT, "the path of the database is longer than %d bytes", PATH_BYTES - 1);
    result = make_copy(path, copy, err);
    if (result == 0)
        result = merge_copy(store, copy, as, merged, err);
    store_unlink(copy);
    return result;
}
