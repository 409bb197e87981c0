/*
 * A job: everything that decides a result, its canonical text, and its identity.
 *
 *     job_canonical(&job, &text);                   JSON, keys sorted, shortest numbers, no blanks
 *     if (job_identify(&job, id, err) < 0) ...      SHA-256 of that text, 64 hexadecimal digits
 *     if (job_parse(&job, text, err) < 0) ...       and back: a worker needs only the database
 *     if (job_workload(&job, &workload, err) < 0)   what the engine trains
 *
 * Same id: same architecture, data, recipe, seed and version of the numerics. Threads, names of
 * files that are written, comments and the order of keys in a study are no part of it. Images are part
 * of it by their fingerprint, data.images (workloads/data/dataset/fingerprint.h), not by their paths: data.root,
 * packed and class_map are empty in the text, and the database says where the images are
 * (results/store/store_images.h). Sets that the program draws have no data.images. Texts of earlier versions
 * have paths and no data.images; they are still parsed.
 */
#ifndef SCALESTUDY_HARNESS_STUDY_JOB_H
#define SCALESTUDY_HARNESS_STUDY_JOB_H

#include <stdint.h>

#include "harness/base/sha256.h"
#include "harness/base/str.h"
#include "workloads/workload.h"

struct job {
    int numerics;     /* workload_numerics() of the program that planned it */
    struct spec spec; /* scaled, dropout and drop_path resolved */
    struct data_config data;
    struct recipe recipe;
    int64_t seed;
};

void job_canonical(const struct job *job, struct str *text);
int job_identify(const struct job *job, char id[SHA256_HEX_BYTES], struct err *err) MUST_CHECK;

/*
 * The canonical texts of a job with every seed: they differ in the seed alone, and are long.
 *     struct job_series series = JOB_SERIES_INIT;
 *     if (job_series_make(&series, &job, err) < 0) goto done;
 *     job_series_canonical(&series, seed, &text);          as job_canonical with that seed
 * done:
 *     job_series_release(&series);
 */
struct job_series {
    struct str before, after; /* of the seed */
};
/* clang-format off */
#define JOB_SERIES_INIT { .before = STR_INIT, .after = STR_INIT }
/* clang-format on */
int job_series_make(struct job_series *series, const struct job *job, struct err *err) MUST_CHECK;
void job_series_canonical(const struct job_series *series, int64_t seed, struct str *text);
void job_series_release(struct job_series *series);

/* A job of another version of the numerics is an ERR_INPUT: its result would be another. */
int job_parse(struct job *job, const char *canonical, struct err *err) MUST_CHECK;

/* Home folders in paths are expanded. Threads, checkpoint and files to write are left to the
 * caller. */
int job_workload(const struct job *job, struct workload *workload, struct err *err) MUST_CHECK;

#endif
