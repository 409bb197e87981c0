/* A study with results, in a folder of its own, to draw figures of. */
#ifndef SCALESTUDY_TESTS_PLOTS_SCENE_H
#define SCALESTUDY_TESTS_PLOTS_SCENE_H

#include "fixture.h"

#include <math.h>

#include "results/query/query.h"

struct scene {
    struct fixture files;
    struct store *store;
    int n_jobs;
};

/* With an empty study. */
static inline void scene_init(struct scene *scene, const char *study)
{
    char path[PATH_BYTES];

    *scene = (struct scene){0};
    fixture_init(&scene->files);
    fixture_path(&scene->files, "x.db", path);
    assert_int_equal(store_open(&scene->store, path, STORE_CREATE, &scene->files.err), 0);
    assert_int_equal(
        store_put_study(scene->store, study, "s.yaml", "name: s\n", &scene->files.err), 0);
}

static inline void scene_release(struct scene *scene)
{
    store_close(scene->store);
    fixture_release(&scene->files);
}

/* A job that host has finished, with so many rows of its curve. `job` needs no id, text or place. */
static inline void scene_do(struct scene *scene, const char *study, const char *host,
    struct job_record job, double top1, int epochs)
{
    struct owner owner = {.pid = 1, .process_start = 1, .boot_id = "boot"};
    const struct job_outcome outcome = {.loss = 1, .top1 = top1, .top5 = NAN, .epochs = 2};
    struct err *err = &scene->files.err;
    struct claim claim;
    char id[65];
    bool added;

    str_copy(owner.host, sizeof(owner.host), host);
    snprintf(id, sizeof(id), "%064d", scene->n_jobs);
    job.id = id;
    job.canonical = "{}";
    job.position = scene->n_jobs++;
    assert_int_equal(store_add_job(scene->store, study, &job, &added, err), 0);
    assert_int_equal(store_claim(scene->store, study, &owner, INT64_MAX, &claim, err), 1);
    for (int epoch = 1; epoch <= epochs; epoch++) {
        struct epoch_row row = {
            .epoch = epoch, .split = "train", .loss = 2.5 / epoch, .top1 = top1 * epoch / 2};

        assert_int_equal(store_epoch(scene->store, claim.job_id, claim.attempt, &row, err), 0);
        row.split = "test";
        row.loss += 0.25;
        assert_int_equal(store_epoch(scene->store, claim.job_id, claim.attempt, &row, err), 0);
    }
    assert_int_equal(store_finish(scene->store, claim.job_id, claim.attempt, &outcome, err), 0);
    claim_release(&claim);
}

#endif
