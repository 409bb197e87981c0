/* The jobs of a study file that was edited since it was last run. */
#include "study_edits.h"

#include <stdlib.h>
#include <string.h>

#include "harness/system/file.h"
#include "harness/study/plan.h"
#include "results/store/canonical.h"
#include "results/query/query.h"
#include "results/query/runs.h"
#include "results/store/store_images.h"
#include "results/store/store_narrow.h"
#include "harness/terminal/ui.h"

/* A network of the database by what a file would ask for. */
struct asked {
    struct canonical_hash hash;
    int config;
};

struct look {
    struct store *store;
    const struct study *study;
    struct runs runs; /* of the study in the database */
    struct plan plan; /* of the file */
    struct asked *networks;
    int *by_seed; /* runs, sorted by network and seed */
    struct own_job *own;
    int n_own, n_missing,
        n_elsewhere; /* of the file's; n_elsewhere: only other studies list them */
    int classes;
};

/* ---- what the database has ---- */

static void take_classes(void *context, const char *path, const char *value, size_t length)
{
    (void)length;
    if (strcmp(path, "spec.classes") == 0)
        *(int *)context = (int)strtol(value, NULL, 10);
}

static int compare_asked(const void *a, const void *b)
{
    const struct asked *p = a, *q = b;
    int order = canonical_compare(&p->hash, &q->hash);

    return order ? order : p->config - q->config;
}

static int by_network_and_seed(const void *a, const void *b, void *runs)
{
    const struct job_result *all = ((const struct runs *)runs)->runs;
    const struct job_result *p = &all[*(const int *)a], *q = &all[*(const int *)b];

    if (p->config != q->config)
        return p->config - q->config;
    return (p->seed > q->seed) - (p->seed < q->seed);
}

static int load_database(struct look *look, struct err *err)
{
    struct runs *runs = &look->runs;
    struct str text = STR_INIT;
    int result = runs_load(runs, look->store, look->study->name, err);

    look->networks = calloc((size_t)runs->n_configs + 1, sizeof(*look->networks));
    look->by_seed = calloc((size_t)runs->n_runs + 1, sizeof(*look->by_seed));
    if (result == 0 && (!look->networks || !look->by_seed))
        result = err_set(err, ERR_MEMORY, "no memory for %d jobs of a study", runs->n_runs);
    for (int c = 0; c < runs->n_configs && result == 0; c++) {
        str_clear(&text);
        result = runs_canonical(look->store, runs->configs[c].job, &text, err);
        look->networks[c] = (struct asked){canonical_asked(text.text, text.length), c};
        if (c == 0)
            canonical_walk(text.text, text.length, take_classes, &look->classes);
    }
    str_release(&text);
    if (result < 0)
        return -1;
    for (int i = 0; i < runs->n_runs; i++)
        look->by_seed[i] = i;
    qsort(look->networks, (size_t)runs->n_configs, sizeof(*look->networks), compare_asked);
    qsort_r(look->by_seed, (size_t)runs->n_runs, sizeof(int), by_network_and_seed, runs);
    return 0;
}

/* ---- what the file asks for ---- */

/* The first of the networks that are no less; n if there is none. */
static int first_network(const struct look *look, const struct canonical_hash *hash)
{
    int low = 0, high = look->runs.n_configs;

    while (low < high) {
        int middle = low + (high - low) / 2;

        if (canonical_compare(&look->networks[middle].hash, hash) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The run of a network with a seed; NULL: there is none. */
static const struct job_result *find_run(const struct look *look, int config, int64_t seed)
{
    int low = 0, high = look->runs.n_runs;

    while (low < high) {
        int middle = low + (high - low) / 2;
        const struct job_result *run = &look->runs.runs[look->by_seed[middle]];

        if (run->config < config || (run->config == config && run->seed < seed))
            low = middle + 1;
        else
            high = middle;
    }
    if (low < look->runs.n_runs) {
        const struct job_result *run = &look->runs.runs[look->by_seed[low]];

        if (run->config == config && run->seed == seed)
            return run;
    }
    return NULL;
}

static int add_own(struct look *look, int64_t job, int position, struct err *err)
{
    const struct plan_net *net = plan_net(&look->plan, position);

    if ((look->n_own & (look->n_own - 1)) == 0) {
        size_t room = look->n_own ? 2 * (size_t)look->n_own : 16;
        struct own_job *grown = realloc(look->own, sizeof(*grown) * room);

        if (!grown)
            return err_set(err, ERR_MEMORY, "no memory for %zu jobs of a study", room);
        look->own = grown;
    }
    look->own[look->n_own++] = (struct own_job){.job = job,
        .position = position,
        .model = net->spec.name,
        .method = net->scaling.method,
        .depth = net->scaling.depth,
        .width = net->scaling.width,
        .resolution = net->scaling.resolution};
    return 0;
}

/* Find one job of the file in the database: among the study's jobs, or by its id in another study. */
static int match(struct look *look, int i, const struct canonical_hash *hash, struct err *err)
{
    int before = look->n_own;
    int64_t number = 0;

    for (int k = first_network(look, hash);
         k < look->runs.n_configs && canonical_same(&look->networks[k].hash, hash); k++) {
        const struct job_result *run =
            find_run(look, look->networks[k].config, plan_seed(&look->plan, i));

        if (run && add_own(look, run->number, i, err) < 0)
            return -1;
    }
    if (look->n_own == before) {
        if (store_job_number(look->store, look->plan.ids[i], &number, err) < 0)
            return -1;
        if (number > 0 && add_own(look, number, i, err) < 0)
            return -1;
        look->n_elsewhere += number > 0;
    }
    look->n_missing += look->n_own == before;
    return 0;
}

static int match_all(struct look *look, struct err *err)
{
    struct canonical_hash *hashes = calloc((size_t)look->plan.n_nets + 1, sizeof(*hashes));
    struct str text = STR_INIT;
    int result = 0;

    if (!hashes)
        return err_set(err, ERR_MEMORY, "no memory for %d networks", look->plan.n_nets);
    for (int i = 0; i < look->plan.n_nets; i++) {
        str_clear(&text);
        plan_canonical(&look->plan, i, &text);
        hashes[i] = canonical_asked(text.text, text.length);
    }
    result = str_check(&text, err);
    for (int i = 0; i < look->plan.n_jobs && result == 0; i++)
        result = match(look, i, &hashes[i % look->plan.n_nets], err);
    free(hashes);
    str_release(&text);
    return result;
}

/* ---- where the images are ---- */

static int real_place(const char *root, const char *packed, char to[PATH_BYTES], struct err *err)
{
    char *real;

    if (file_expand_home(packed[0] ? packed : root, to, err) < 0)
        return -1;
    real = to[0] ? realpath(to, NULL) : NULL;
    if (real)
        str_copy(to, PATH_BYTES, real);
    free(real);
    return 0;
}

/* The jobs' images were elsewhere when they were planned, and the file's path exists too: looking does
 * not compare the two. */
static int say_elsewhere(const struct look *look, const char *database, struct err *err)
{
    const struct data_config *data = &look->study->data;
    char fingerprint[SHA256_HEX_BYTES], here[PATH_BYTES], there[PATH_BYTES];
    struct image_set set;
    bool known = false;

    if (query_data_images(look->store, look->study->name, fingerprint, err) < 0)
        return -1;
    if (!fingerprint[0] || !(data->root[0] || data->packed[0]))
        return 0;
    if (query_images(look->store, fingerprint, &set, &known, err) < 0)
        return -1;
    if (!known)
        return 0;
    if (real_place(data->root, data->packed, here, err) < 0 ||
        real_place(set.root, set.packed, there, err) < 0)
        return -1;
    if (strcmp(here, there) != 0 && file_exists(here))
        ui_say("the jobs in %s were planned with the images in %s; `scalestudy plan` tells whether "
               "those in %s, which %s asks for, are the same",
            database, there, here, look->study->path);
    return 0;
}

/* ---- the result ---- */

static void say(const struct look *look, const char *database, enum study_edits how)
{
    const char *path = look->study->path, *name = look->study->name;
    int n = look->plan.n_jobs;

    if (how == STUDY_EDITS_NARROW)
        ui_say("%s has changed since it was last run: %d of its %d job%s not in %s; with `--db %s "
               "--study %s` in place of the file you see the study as it was last run",
            path, look->n_missing, n, n == 1 ? " is" : "s are", database, database, name);
    else
        ui_say("%s has changed since it was last run: %d of its %d job%s not in %s; this shows the "
               "study as it was last run",
            path, look->n_missing, n, n == 1 ? " is" : "s are", database);
}

/* Whether the text is that of the last run, whose jobs the database has. */
static int is_as_it_was(struct look *look, bool *same, struct err *err)
{
    struct study_source source = STUDY_SOURCE_INIT;
    struct study_status *status = NULL;
    int n = 0, result = query_status(look->store, look->study->name, &status, &n, err);

    free(status);
    *same = n == 0; /* the caller says that there is no such study */
    if (result == 0 && n > 0) {
        result = runs_source(&source, look->store, look->study->name, err);
        *same = strcmp(source.text.text, look->study->text.text) == 0;
    }
    study_source_release(&source);
    return result;
}

int study_edits_look(struct store *store, const struct study *study, const char *database,
    enum study_edits how, bool *edited, struct err *err)
{
    struct look look = {.store = store, .study = study, .runs = RUNS_INIT, .plan = PLAN_INIT};
    bool same = true;
    int result = say_elsewhere(&look, database, err);

    if (result == 0)
        result = is_as_it_was(&look, &same, err);
    if (edited)
        *edited = false;
    if (result < 0 || same)
        return result;
    result = load_database(&look, err);
    /* Without a job of it nothing says how many classes its data has, and no job can be there. */
    if (result == 0)
        result = plan_build(
            &look.plan, study, look.classes > 0 ? look.classes : 1000, PLAN_TELLING, err);
    if (result == 0)
        result = match_all(&look, err);
    if (result == 0 &&
        (look.n_missing > 0 || look.n_elsewhere > 0 || look.n_own != look.runs.n_runs)) {
        say(&look, database, how);
        if (edited)
            *edited = true;
        if (how == STUDY_EDITS_NARROW)
            result = store_narrow(store, study->name, study->text.text, look.own, look.n_own, err);
    }
    runs_release(&look.runs);
    plan_release(&look.plan);
    free(look.networks);
    free(look.by_seed);
    free(look.own);
    return result;
}
