/*
 * All that is asked of a database by commands that look at it: each question has an answer that makes sense, or a
 * sentence why not.
 *
 *     look_at_studies(store, "s"); look_at_jobs(store, NULL); ...
 *
 * A store for each of these: it keeps so many statements.
 */
#ifndef SCALESTUDY_TESTS_RESULTS_LOOKING_H
#define SCALESTUDY_TESTS_RESULTS_LOOKING_H

#include "tests/lib/damage.h"
#include "real_study.h"

#include "harness/views/table_counter.h"
#include "results/analysis/compare.h"
#include "results/analysis/fit_curves.h"
#include "results/analysis/ranking.h"
#include "results/store/store_narrow.h"

#define LOOKING_JOBS      6
#define LOOKING_RESAMPLES 20

/* Either it came out, or there is a sentence why not. Returns whether it came out. */
static inline bool hold(int result, struct err *err)
{
    bool done = result >= 0;

    if (!done && !damage_is_told(err))
        fail_msg("no sentence: %d %s", err->code, err->message);
    err_clear(err);
    return done;
}

static inline void print_rows(struct rowset *rows)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    struct err err = {0};

    assert_non_null(stream);
    for (int format = FORMAT_TABLE; format <= FORMAT_LATEX; format++)
        hold(rowset_print(rows, stream, (enum output_format)format, &err), &err);
    fclose(stream);
    free(text);
}

static inline bool is_hex(const char *id)
{
    return strlen(id) == 64 && strspn(id, "0123456789abcdef") == 64;
}

static inline void look_at_studies(struct store *store, const char *study)
{
    struct study_status *statuses = NULL;
    struct progress_group *groups = NULL;
    struct running_job *running = NULL;
    struct accuracy_group *accuracies = NULL;
    struct job_state *states = NULL;
    struct planned_job *planned = NULL;
    struct image_set set;
    struct err err = {0};
    char text[PATH_BYTES], images[SHA256_HEX_BYTES];
    int n, classes;
    bool found;

    hold(query_status(store, study, &statuses, &n, &err), &err);
    hold(query_progress(store, study, &groups, &n, &err), &err);
    if (hold(query_running(store, study, &running, &n, &err), &err))
        for (int i = 0; i < n; i++)
            assert_true(is_hex(running[i].job_id));
    hold(query_accuracy(store, study, &accuracies, &n, &err), &err);
    hold(query_data_name(store, study, text, sizeof(text), &err), &err);
    hold(query_data_classes(store, study, &classes, &err), &err);
    hold(query_data_packed(store, study, text, sizeof(text), &err), &err);
    if (hold(query_data_images(store, study, images, &err), &err) && images[0])
        hold(query_images(store, images, &set, &found, &err), &err);
    if (study && hold(query_states(store, study, &states, &n, &err), &err))
        for (int i = 0; i < n; i++)
            assert_true(is_hex(states[i].id));
    if (study && hold(store_list_jobs(store, study, &planned, &n, &err), &err))
        for (int i = 0; i < n; i++)
            assert_true(is_hex(planned[i].id));
    free(statuses);
    free(groups);
    free(running);
    free(accuracies);
    free(states);
    free(planned);
}

static inline void look_at_job(struct store *store, const char *id)
{
    struct epoch_metric *epochs = NULL;
    struct job_detail detail;
    struct job_glance glance;
    struct job_owner owner;
    struct rowset rows;
    struct str names = STR_INIT;
    struct err err = {0};
    char state[QUERY_STATE_BYTES], found[65];
    int n, of;

    hold(query_job(store, id, &detail, &err), &err);
    hold(query_job_state(store, id, state, &err), &err);
    hold(query_job_glance(store, id, &glance, &err), &err);
    hold(query_epochs(store, id, &epochs, &n, &err), &err);
    hold(store_job_owner(store, id, &owner, &err), &err);
    hold(store_other_studies(store, id, REAL_STUDY, &names, &n, &err), &err);
    hold(store_rank(store, REAL_STUDY, id, 2, &n, &of, &err), &err);
    if (hold(query_find_job(store, id, found, &err), &err))
        assert_true(is_hex(found));
    rowset_init(&rows, query_epoch_columns);
    hold(query_epoch_rows(store, NULL, id, &rows, &err), &err);
    print_rows(&rows);
    rowset_release(&rows);
    str_release(&names);
    free(epochs);
}

static inline void look_at_jobs(struct store *store, const char *study)
{
    char(*ids)[65] = NULL;
    struct rowset rows;
    struct err err = {0};
    int n = 0;

    rowset_init(&rows, query_job_columns);
    hold(query_jobs(store, study, NULL, &rows, &err), &err);
    print_rows(&rows);
    rowset_release(&rows);
    rowset_init(&rows, query_job_columns);
    hold(
        query_jobs_where(store, study, "done", "top1 > 40 AND model LIKE 'm%'", &rows, &err), &err);
    rowset_release(&rows);
    if (hold(query_job_ids(store, study, NULL, NULL, &ids, &n, &err), &err))
        for (int i = 0; i < n; i++) {
            assert_true(is_hex(ids[i]));
            if (i < LOOKING_JOBS)
                look_at_job(store, ids[i]);
        }
    free(ids);
}

static inline int take_other_images(void *context, const char *fingerprint,
    const struct canonical_hash *asked, int64_t seed, struct err *err)
{
    (void)context;
    (void)asked;
    (void)seed;
    (void)err;
    assert_true(strlen(fingerprint) < SHA256_HEX_BYTES);
    return 0;
}

/* As the study's file is now: of its jobs the first ones alone. */
static inline void look_at_edited(struct store *store, const char *study)
{
    struct own_job jobs[LOOKING_JOBS];
    char(*ids)[65] = NULL;
    struct err err = {0};
    int n_ids = 0, n = 0;

    hold(query_other_images(store, "shapes", "", take_other_images, NULL, &err), &err);
    hold(query_job_ids(store, study, NULL, NULL, &ids, &n_ids, &err), &err);
    for (int i = 0; i < n_ids && n < LOOKING_JOBS; i++) {
        jobs[n] = (struct own_job){.position = n, .model = "m", .method = "baseline", .depth = 1};
        n += hold(store_job_number(store, ids[i], &jobs[n].job, &err), &err) && jobs[n].job != 0;
    }
    free(ids);
    if (hold(store_narrow(store, study, "name: s\n", jobs, n, &err), &err))
        look_at_jobs(store, study);
}

static inline void look_at_runs(struct store *store, const char *study)
{
    struct runs runs = RUNS_INIT;
    struct study_source source = STUDY_SOURCE_INIT;
    struct run_environment *environments = NULL;
    struct err err = {0};
    char chosen[128];
    int n;

    hold(runs_choose_study(store, NULL, chosen, sizeof(chosen), &err), &err);
    hold(runs_source(&source, store, study, &err), &err);
    hold(runs_environments(store, study, &environments, &n, &err), &err);
    if (hold(runs_load(&runs, store, study, &err), &err))
        for (int i = 0; i < runs.n_runs; i++) {
            struct run_epoch *epochs = NULL;
            struct str text = STR_INIT;

            assert_in_range(runs.runs[i].config, 0, runs.n_configs - 1);
            assert_true(runs.runs[i].host >= -1 && runs.runs[i].host < runs.n_hosts);
            assert_in_range(runs.runs[i].state, 0, RUN_STATES - 1);
            hold(runs_epochs(store, runs.runs[i].number, &epochs, &n, &err), &err);
            hold(runs_canonical(store, runs.runs[i].number, &text, &err), &err);
            hold(runs_error(store, runs.runs[i].number, &text, &err), &err);
            free(epochs);
            str_release(&text);
        }
    runs_release(&runs);
    study_source_release(&source);
    free(environments);
}

static inline void look_at_tables(struct store *store, const char *study)
{
    const struct table_options options = {.study = study, .counter = &table_counter};

    for (const struct table *const *table = table_all(); *table; table++) {
        struct str notes = STR_INIT;
        struct rowset rows;
        struct err err = {0};

        rowset_init(&rows, (*table)->columns);
        if (hold((*table)->fill(store, &options, &rows, &err), &err))
            print_rows(&rows);
        rowset_release(&rows);
        if ((*table)->notes)
            hold((*table)->notes(store, &options, &notes, &err), &err);
        str_release(&notes);
    }
}

static inline void look_at_comparisons(struct store *store, const char *study)
{
    struct compare_options compare = COMPARE_DEFAULTS;
    struct ranking_options rank = RANKING_DEFAULTS;
    struct fit_options fit = FIT_DEFAULTS;
    struct comparisons comparisons = COMPARISONS_INIT, baselines = COMPARISONS_INIT;
    struct fit_curves curves = FIT_CURVES_INIT;
    struct ranking ranking = RANKING_INIT;
    struct err err = {0};

    hold(compare_load(&comparisons, store, study, &compare, &err), &err);
    compare.with_baseline = true;
    hold(compare_load(&baselines, store, study, &compare, &err), &err);
    rank.target = 1e6;
    hold(ranking_load(&ranking, store, study, &rank, &err), &err);
    fit.resamples = LOOKING_RESAMPLES;
    hold(fit_curves_load(&curves, store, study, &fit, &err), &err);
    compare_release(&comparisons);
    compare_release(&baselines);
    ranking_release(&ranking);
    fit_curves_release(&curves);
}

#endif
