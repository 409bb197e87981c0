/* What train.c and eval.c share: the set a job names, its loaders, and measuring a net on one.
 * Private to them. */
#ifndef SCALESTUDY_WORKLOADS_EVALUATE_H
#define SCALESTUDY_WORKLOADS_EVALUATE_H

#include <stdbool.h>
#include <stdint.h>

#include "workloads/data/loader.h"
#include "harness/base/err.h"
#include "workloads/nn/infer/inference.h"
#include "workloads/nn/net/net.h"
#include "workload.h"

/* Sums over images. */
struct metrics {
    double loss_sum;
    int64_t images, top1, top5;
};

/* Add n logits [n][classes]; loss is their mean loss. */
void metrics_add(struct metrics *metrics, const float *logits, int classes, const int *labels,
    int n, double loss);

/* Per cent; NaN without images, and for top-5 with fewer than 6 classes. */
double metrics_loss(const struct metrics *metrics);
double metrics_top1(const struct metrics *metrics);
double metrics_top5(const struct metrics *metrics, int classes);

/* Open job->data, and take the number of classes from it where the spec leaves it open. `know`:
 * job->data.images is then what its images are. */
int job_open_dataset(struct workload *job, struct dataset **set, struct spec *spec, bool know,
    struct err *err) MUST_CHECK;

/* A loader of a split as the network is to see it in evaluation: every image once, in order, not
 * augmented. */
int job_open_evaluation(const struct workload *job, const struct dataset *set, enum split split,
    int input, struct loader **loader, struct err *err) MUST_CHECK;
/* Bytes of decoded images that a loader may keep: see workload_decoded_bytes(). */
size_t job_cache_bytes(enum split split);

struct evaluation {
    struct net *net;             /* as training has it, or */
    struct inference *inference; /* compiled, if it is not NULL */
    struct loader *loader;
    const struct dataset *set;
    enum split split;
    image_scores *scores; /* OPTIONAL */
    void *scores_context;
    bool (*should_stop)(
        void *context); /* OPTIONAL: asked after every batch; then ERR_INTERRUPTED */
    void *stop_context;
};

/* Adds the whole split to `metrics`, with running statistics and plain cross-entropy (no label
 * smoothing). ERR_NUMERIC if the outputs are not finite. */
int evaluate(
    const struct evaluation *evaluation, struct metrics *metrics, struct err *err) MUST_CHECK;

#endif
