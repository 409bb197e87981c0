/* The study "s" with a hundred thousand finished jobs, written by SQL: 10 models, of each a baseline and 4 methods with
 * 500 networks, 5 seeds of each. */
#ifndef SCALESTUDY_TESTS_RESULTS_MANY_JOBS_H
#define SCALESTUDY_TESTS_RESULTS_MANY_JOBS_H

#include "fixture.h"

#define MANY_JOBS 100050

/* As long as those of real jobs, of which the numbers of stages are the most. */
#define MANY_JOBS_CANONICAL                                                                        \
    "'{\"data\":{\"class_map\":\"\",\"crop_ratio\":1,\"name\":\"shapes\",\"root\":\"\"},"          \
    "\"numerics\":5,"                                                                              \
    "\"recipe\":{\"augment\":[\"horizontal_flip\"],\"batch\":32,\"epochs\":3,\"label_smoothing\":" \
    "0,"                                                                                           \
    "\"optimizer\":{\"lr\":0.05,\"name\":\"sgd\"}},\"seed\":' || seed || "                         \
    "',\"spec\":{\"classes\":12,"                                                                  \
    "\"input\":32,\"name\":\"' || name || '\",\"stages\":[' || (SELECT group_concat(printf("       \
    "'{\"act\":\"relu6\",\"block\":\"mbconv\",\"channels\":%d,\"expand\":6,\"kernel\":3,"          \
    "\"never_narrower\":false,\"repeats\":%d,\"se_ratio\":0,\"stride\":1}', "                      \
    "round(100 * iif(k IN (1, 3), 1 + z / 250.0, 1)) + 0 * s, "                                    \
    "round(10 * iif(k IN (0, 3), 1 + z / 250.0, 1)))) "                                            \
    "FROM (WITH RECURSIVE stage (s) AS (SELECT 1 UNION ALL SELECT s + 1 FROM stage WHERE s < 9) "  \
    "SELECT s FROM stage)) || ']}}'"

static const char many_jobs_sql[] =
    "BEGIN;"
    /* Networks as they stand in a study: of each model the baseline first. */
    "CREATE TEMP TABLE network AS WITH RECURSIVE "
    "  model (m, name) AS (VALUES (0, 'mobilenet_v1'), (1, 'mobilenet_v2'), (2, 'resnet50'), "
    "    (3, 'efficientnet_b0'), (4, 'resnet18'), (5, 'resnet34'), (6, 'resnet101'), "
    "    (7, 'resnet152'), (8, 'efficientnet_b1'), (9, 'efficientnet_b2')), "
    "  method (k, method) AS (VALUES (0, 'depth'), (1, 'width'), (2, 'resolution'), "
    "    (3, 'compound')), "
    "  size (z) AS (SELECT 1 UNION ALL SELECT z + 1 FROM size WHERE z < 500) "
    "SELECT m * 10000 AS place, m, name, 'baseline' AS method, -1 AS k, 0 AS z FROM model "
    "UNION ALL SELECT m * 10000 + k * 1000 + z, m, name, method, k, z "
    "FROM model, method, size ORDER BY 1;"
    "INSERT INTO job (id, canonical, input, seed, params, macs, train_bytes, added_utc, state, "
    "  attempt, finished_utc, loss, top1, top5, epochs, train_seconds) "
    "SELECT printf('%064d', network.rowid * 5 + seed), " MANY_JOBS_CANONICAL ", 32, seed, "
    "  1000 + z, (m + 1) * 1000000 + z * 20000 + k * 100, 1, '2026-01-01T00:00:00Z', 'done', 1, "
    "  '2026-01-01T00:00:00Z', 1.0, "
    "  80 - 40.0 / (1 + z / 100.0) + k / 2.0 + (network.rowid * 5 + seed) * 7919 % 1000 / 500.0, "
    "  NULL, 3, 10 "
    "FROM network, (SELECT column1 AS seed FROM (VALUES (0), (1), (2), (3), (4))) "
    "ORDER BY place, seed;"
    "INSERT INTO study_job (study, job, position, model, method, depth, width, resolution, state) "
    "SELECT 1, job.number, job.number - 1, name, method, iif(k IN (0, 3), 1 + z / 250.0, 1), "
    "  iif(k IN (1, 3), 1 + z / 250.0, 1), iif(k IN (2, 3), 1 + z / 250.0, 1), 'done' "
    "FROM job JOIN network ON network.rowid = (job.number - 1) / 5 + 1;"
    "COMMIT;";

/* A database of its own; fixture_release() as ever. */
static inline void many_jobs_init(struct fixture *f)
{
    sqlite3 *db = NULL;
    char *message = NULL;

    fixture_init(f);
    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, many_jobs_sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s", message);
    sqlite3_close(db);
}

#endif
