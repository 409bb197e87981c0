/* Loading a study's jobs, the networks that they share, their epochs and where they ran. */
#include "runs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/array.h"
#include "query.h"
#include "results/store/store_sql.h"

static const char *const state_names[RUN_STATES] = {
    [RUN_WAITING] = "waiting",
    [RUN_RUNNING] = "running",
    [RUN_DONE] = "done",
    [RUN_FAILED] = "failed",
    [RUN_STOPPED] = "stopped",
};

const char *run_state_name(enum run_state state)
{
    return state_names[state];
}

/* ---- jobs ---- */

static const char runs_sql[] =
    "SELECT job.number, job.id, job.seed, study_job.state, job.loss, job.top1, job.top5, "
    "job.train_seconds, job.images_per_second, job.epochs, job.host, unixepoch(job.started_utc), "
    "unixepoch(job.finished_utc), study_job.model, study_job.method, study_job.depth, "
    "study_job.width, study_job.resolution, job.input, job.params, job.macs, job.canonical "
    "FROM study_job JOIN study ON study.number = study_job.study JOIN job ON job.number = "
    "study_job.job "
    "WHERE study.name = ?1 ORDER BY study_job.study, study_job.position";

/* A hash table of configurations: places in it hold indices plus one. */
struct loading {
    struct runs *runs;
    int *places;
    size_t n_places; /* a power of two, more than twice the configurations */
};

static uint64_t add_hash(uint64_t hash, const void *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ ((const unsigned char *)bytes)[i]) * 1099511628211u; /* FNV-1a */
    return hash;
}

static uint64_t hash_of(const struct run_config *config)
{
    uint64_t hash = add_hash(14695981039346656037u, config->model, strlen(config->model));
    const double factors[] = {config->depth, config->width, config->resolution};

    hash = add_hash(hash, config->method, strlen(config->method));
    hash = add_hash(hash, factors, sizeof(factors));
    hash = add_hash(hash, &config->input, sizeof(config->input));
    hash = add_hash(hash, &config->macs, sizeof(config->macs));
    hash = add_hash(hash, &config->params, sizeof(config->params));
    return hash ^ config->keys.network.half[0];
}

static bool is_same(const struct run_config *a, const struct run_config *b)
{
    return a->input == b->input && a->params == b->params && a->macs == b->macs &&
           a->depth == b->depth && a->width == b->width && a->resolution == b->resolution &&
           canonical_same(&a->keys.network, &b->keys.network) && strcmp(a->model, b->model) == 0 &&
           strcmp(a->method, b->method) == 0;
}

/* Its place in the table: where it is, or where it would be. */
static size_t place_of(const struct loading *loading, const struct run_config *config)
{
    size_t at = hash_of(config) & (loading->n_places - 1);

    while (
        loading->places[at] && !is_same(&loading->runs->configs[loading->places[at] - 1], config))
        at = (at + 1) & (loading->n_places - 1);
    return at;
}

static bool grow_table(struct loading *loading)
{
    size_t wanted = loading->n_places ? 2 * loading->n_places : 64;
    int *places;

    if (2 * ((size_t)loading->runs->n_configs + 1) < loading->n_places)
        return true;
    places = calloc(wanted, sizeof(*places));
    if (!places)
        return false;
    free(loading->places);
    loading->places = places;
    loading->n_places = wanted;
    for (int i = 0; i < loading->runs->n_configs; i++)
        places[place_of(loading, &loading->runs->configs[i])] = i + 1;
    return true;
}

/* Index of the configuration of a row, which is added if it is new; -1 without memory. */
static int find_config(struct loading *loading, sqlite3_stmt *row)
{
    const char *canonical = store_column_text(row, 21);
    size_t length = strlen(canonical), at;
    struct runs *runs = loading->runs;
    struct run_config config = {.keys.network = canonical_network(canonical, length),
        .job = sqlite3_column_int64(row, 0),
        .depth = sqlite3_column_double(row, 15),
        .width = sqlite3_column_double(row, 16),
        .resolution = sqlite3_column_double(row, 17),
        .input = sqlite3_column_int(row, 18),
        .params = sqlite3_column_int64(row, 19),
        .macs = sqlite3_column_int64(row, 20)};

    str_copy(config.model, sizeof(config.model), store_column_text(row, 13));
    str_copy(config.method, sizeof(config.method), store_column_text(row, 14));
    if (!grow_table(loading))
        return -1;
    at = place_of(loading, &config);
    if (loading->places[at])
        return loading->places[at] - 1;
    if (!array_grow(&runs->configs, runs->n_configs, sizeof(config)))
        return -1;
    canonical_keys(canonical, length, &config.keys);
    runs->configs[runs->n_configs] = config;
    loading->places[at] = ++runs->n_configs;
    return runs->n_configs - 1;
}

/* Index of a host; -1 for none, -2 without memory. Studies have few. */
static int find_host(struct runs *runs, const char *host)
{
    char name[sizeof(runs->hosts[0])];

    if (!host[0])
        return -1;
    str_copy(name, sizeof(name), host);
    for (int i = runs->n_hosts - 1; i >= 0; i--)
        if (strcmp(runs->hosts[i], name) == 0)
            return i;
    if (!array_grow(&runs->hosts, runs->n_hosts, sizeof(runs->hosts[0])))
        return -2;
    memcpy(runs->hosts[runs->n_hosts], name, sizeof(name));
    return runs->n_hosts++;
}

static enum run_state state_of(const char *name)
{
    for (int i = 0; i < RUN_STATES; i++)
        if (strcmp(state_names[i], name) == 0)
            return (enum run_state)i;
    return RUN_WAITING;
}

static int add_run(struct store *store, struct loading *loading, sqlite3_stmt *row, struct err *err)
{
    struct runs *runs = loading->runs;
    struct job_result run = {.number = sqlite3_column_int64(row, 0),
        .seed = sqlite3_column_int64(row, 2),
        .state = state_of(store_column_text(row, 3)),
        .loss = store_column_real(row, 4),
        .top1 = store_column_real(row, 5),
        .top5 = store_column_real(row, 6),
        .train_seconds = store_column_real(row, 7),
        .images_per_second = store_column_real(row, 8),
        .epochs = sqlite3_column_int(row, 9),
        .host = find_host(runs, store_column_text(row, 10)),
        .started = store_column_real(row, 11),
        .ended = store_column_real(row, 12)};

    run.config = find_config(loading, row);
    if (run.host < -1 || run.config < 0 || !array_grow(&runs->runs, runs->n_runs, sizeof(run)))
        return err_set(err, ERR_MEMORY, "no memory for %d jobs of a study", runs->n_runs + 1);
    if (store_take_id(store, row, 1, run.id, err) < 0)
        return -1;
    if (run.state == RUN_RUNNING || run.state == RUN_WAITING)
        run.ended = NAN;
    runs->runs[runs->n_runs++] = run;
    runs->configs[run.config].states[run.state]++;
    runs->configs[run.config].n_runs++;
    return 0;
}

static int relate(struct runs *runs, struct store *store, struct err *err)
{
    struct group_member *members = malloc(sizeof(*members) * ((size_t)runs->n_configs + 1));
    int result;

    if (!members)
        return err_set(err, ERR_MEMORY, "no memory for %d networks", runs->n_configs);
    for (int c = 0; c < runs->n_configs; c++) {
        const struct run_config *config = &runs->configs[c];

        members[c] = (struct group_member){.model = config->model,
            .method = config->method,
            .depth = config->depth,
            .width = config->width,
            .resolution = config->resolution,
            .input = config->input,
            .macs = config->macs,
            .keys = &config->keys,
            .job = config->job};
    }
    result = groups_relate_jobs(members, runs->n_configs, store, err);
    for (int c = 0; c < runs->n_configs && result == 0; c++) {
        runs->configs[c].baseline = members[c].baseline;
        str_copy(runs->configs[c].label, GROUP_LABEL_BYTES, members[c].label);
    }
    free(members);
    return result;
}

int runs_load(struct runs *runs, struct store *store, const char *study, struct err *err)
{
    struct loading loading = {.runs = runs};
    sqlite3_stmt *rows = store_select(store, runs_sql, BIND(TEXT(study)), err);
    int got;

    while ((got = store_step(store, rows, err)) > 0)
        if (add_run(store, &loading, rows, err) < 0) {
            sqlite3_reset(rows);
            got = -1;
            break;
        }
    free(loading.places);
    return got < 0 ? -1 : relate(runs, store, err);
}

void runs_release(struct runs *runs)
{
    free(runs->configs);
    free(runs->runs);
    free(runs->hosts);
    *runs = (struct runs)RUNS_INIT;
}

int runs_choose_study(
    struct store *store, const char *asked, char *study, size_t size, struct err *err)
{
    struct study_status *statuses = NULL;
    struct str names = STR_INIT;
    int n = 0, result = -1;

    if (asked && query_has_study(store, asked, err) < 0)
        return -1;
    if (query_status(store, asked, &statuses, &n, err) < 0)
        return -1;
    for (int i = 0; i < n; i++)
        str_addf(&names, "%s%s", i ? ", " : "", statuses[i].study);
    if (n == 0)
        err_set(err, ERR_INPUT,
            "the database has no study yet; `scalestudy run STUDY.yaml` adds "
            "one");
    else if (n > 1)
        err_set(err, ERR_INPUT, "the database has several studies, %.600s; choose one with --study",
            names.text);
    else {
        str_copy(study, size, statuses[0].study);
        result = 0;
    }
    str_release(&names);
    free(statuses);
    return result;
}

/* ---- one job ---- */

int runs_epochs(
    struct store *store, int64_t job, struct run_epoch **epochs, int *n_epochs, struct err *err)
{
    sqlite3_stmt *rows = store_select(store,
        "SELECT epoch, split = 'train', loss, top1 FROM epoch WHERE job = ?1 ORDER BY epoch, split",
        BIND(INT(job)), err);
    struct run_epoch *list = NULL;
    int n = 0, got;

    while ((got = store_step(store, rows, err)) > 0) {
        if (!array_grow(&list, n, sizeof(*list))) {
            sqlite3_reset(rows);
            got = err_set(err, ERR_MEMORY, "no memory for %d epochs", n + 1);
            break;
        }
        list[n++] = (struct run_epoch){.epoch = sqlite3_column_int(rows, 0),
            .is_train = sqlite3_column_int(rows, 1) != 0,
            .loss = store_column_real(rows, 2),
            .top1 = store_column_real(rows, 3)};
    }
    if (got < 0) {
        free(list);
        return -1;
    }
    *epochs = list;
    *n_epochs = n;
    return 0;
}

int runs_error(struct store *store, int64_t job, struct str *why, struct err *err)
{
    sqlite3_stmt *rows =
        store_select(store, "SELECT error FROM job WHERE number = ?1", BIND(INT(job)), err);
    int got = store_step(store, rows, err);

    if (got > 0) {
        str_add(why, store_column_text(rows, 0));
        sqlite3_reset(rows);
    }
    return got < 0 ? -1 : 0;
}

/* ---- where it is from ---- */

int runs_source(
    struct study_source *source, struct store *store, const char *study, struct err *err)
{
    sqlite3_stmt *rows = store_select(store,
        "SELECT text, source_path, created_utc, updated_utc FROM study WHERE name = ?1",
        BIND(TEXT(study)), err);
    int got = store_step(store, rows, err);

    if (got > 0) {
        str_add(&source->text, store_column_text(rows, 0));
        str_add(&source->path, store_column_text(rows, 1));
        str_copy(source->created_utc, sizeof(source->created_utc), store_column_text(rows, 2));
        str_copy(source->updated_utc, sizeof(source->updated_utc), store_column_text(rows, 3));
        sqlite3_reset(rows);
    }
    return got < 0 ? -1 : str_check(&source->text, err);
}

void study_source_release(struct study_source *source)
{
    str_release(&source->text);
    str_release(&source->path);
}

static void read_environment(sqlite3_stmt *rows, struct run_environment *row)
{
    *row = (struct run_environment){.cores = sqlite3_column_int(rows, 5),
        .threads = sqlite3_column_int(rows, 6),
        .n_jobs = sqlite3_column_int(rows, 7)};
    str_copy(row->host, sizeof(row->host), store_column_text(rows, 0));
    str_copy(row->cpu, sizeof(row->cpu), store_column_text(rows, 1));
    str_copy(row->isa, sizeof(row->isa), store_column_text(rows, 2));
    str_copy(row->version, sizeof(row->version), store_column_text(rows, 3));
    str_copy(row->blas, sizeof(row->blas), store_column_text(rows, 4));
}

int runs_environments(struct store *store, const char *study, struct run_environment **environments,
    int *n_rows, struct err *err)
{
    sqlite3_stmt *rows = store_select(store,
        "SELECT e.host, e.cpu, e.isa, e.version, e.blas, e.cores, e.threads, count(*) "
        "FROM study_job JOIN study ON study.number = study_job.study "
        "JOIN job ON job.number = study_job.job JOIN environment AS e ON e.number = "
        "job.environment "
        "WHERE study.name = ?1 GROUP BY e.number ORDER BY e.number",
        BIND(TEXT(study)), err);
    struct run_environment *list = NULL;
    int n = 0, got;

    while ((got = store_step(store, rows, err)) > 0) {
        if (!array_grow(&list, n, sizeof(*list))) {
            sqlite3_reset(rows);
            got = err_set(err, ERR_MEMORY, "no memory for %d environments", n + 1);
            break;
        }
        read_environment(rows, &list[n++]);
    }
    if (got < 0) {
        free(list);
        return -1;
    }
    *environments = list;
    *n_rows = n;
    return 0;
}
