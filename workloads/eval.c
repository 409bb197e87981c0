/* Evaluating trained weights on the splits of a dataset. */
#include <string.h>
#include <sys/resource.h>

#include "compiled.h"
#include "evaluate.h"
#include "given_weights.h"
#include "harness/base/clock.h"
#include "workloads/data/dataset/splits.h"
#include "workloads/models/model.h"
#include "workloads/nn/kernels/parallel.h"
#include "notes.h"
#include "trained_on.h"
#include "workload.h"

/* The splits a name means; both for "all". */
static int find_splits(const char *name, bool wanted[SPLIT_COUNT], struct err *err)
{
    bool all = !name || strcmp(name, "all") == 0;

    wanted[SPLIT_TRAIN] = all || strcmp(name, "train") == 0;
    wanted[SPLIT_TEST] = all || strcmp(name, "test") == 0;
    if (!wanted[SPLIT_TRAIN] && !wanted[SPLIT_TEST])
        return err_set(
            err, ERR_INPUT, "there is no split \"%.60s\"; there are: test, train, all", name);
    return 0;
}

static int evaluate_split(const struct workload *job, const struct dataset *set, enum split split,
    int input, struct evaluation *evaluation, struct metrics *metrics, struct err *err)
{
    int result;

    if (dataset_count(set, split) == 0)
        return 0;
    if (job_open_evaluation(job, set, split, input, &evaluation->loader, err) < 0)
        return -1;
    evaluation->set = set;
    evaluation->split = split;
    result = evaluate(evaluation, metrics, err);
    loader_free(evaluation->loader);
    return result;
}

/* What is asked after every batch. */
struct watching {
    const struct eval_events *events;
    const struct metrics *metrics;
    int64_t images;
};

static bool watch(void *context)
{
    const struct watching *watching = context;
    const struct eval_events *events = watching->events;

    if (events->progress)
        events->progress(events->context, watching->metrics->images, watching->images);
    /* What is done is not interrupted. */
    return events->should_stop && watching->metrics->images < watching->images &&
           events->should_stop(events->context);
}

/* Without a name: the images for testing, or all images if the split was drawn. */
static int choose_split(const struct dataset *set, const char **split, bool wanted[SPLIT_COUNT],
    const struct eval_events *events, struct err *err)
{
    struct data_notes notes;

    if (!*split)
        *split = splits_are_drawn(set) && !set->held_out && set->config.test_images == 0 ? "all"
                                                                                         : "test";
    notes_of_set(set, &notes);
    if (events->data_notes)
        events->data_notes(events->context, &notes);
    return find_splits(*split, wanted, err);
}

static int count_trained(const struct workload *job, const struct dataset *set,
    const bool wanted[SPLIT_COUNT], struct workload_result *result, struct err *err)
{
    struct trained_on *trained;
    int status = trained_on_read(&trained, job->init_weights, err);

    if (status == 0 && trained->seen.n > 0)
        for (int s = 0; s < SPLIT_COUNT; s++)
            if (wanted[s])
                trained_on_count(
                    trained, set, (enum split)s, &result->trained_on, &result->trained_known);
    if (status == 0)
        str_copy(result->trained_set, sizeof(result->trained_set), trained->set);
    if (status == 0 && result->trained_known == 0)
        result->trained_on = -1;
    trained_on_free(trained);
    return status;
}

int workload_eval(const struct workload *job, const char *split, const struct eval_events *events,
    struct workload_result *result, struct err *err)
{
    static const struct eval_events none;
    struct metrics metrics = {0};
    struct watching watching = {.events = events ? events : &none, .metrics = &metrics};
    struct evaluation evaluation = {.scores = watching.events->scores,
        .scores_context = watching.events->context,
        .should_stop = watch,
        .stop_context = &watching};
    struct dataset *set = NULL;
    struct graph graph = {0};
    struct workload known = *job; /* with its number of classes */
    struct spec spec;
    struct rusage usage;
    bool wanted[SPLIT_COUNT];
    double start;
    int status = -1;

    *result = (struct workload_result){0};
    if (!job->init_weights)
        return err_set(err, ERR_INPUT, "an evaluation needs weights: a safetensors file");
    if (parallel_start(job->threads, err) < 0)
        return -1;
    if (known.spec.classes == 0 &&
        given_weights_classes(&job->spec, job->init_weights, &known.spec.classes, err) < 0)
        return -1;
    if (find_splits(split, wanted, err) < 0 ||
        job_open_dataset(&known, &set, &spec, false, err) < 0 ||
        choose_split(set, &split, wanted, watching.events, err) < 0 ||
        model_build(&spec, &graph, err) < 0 ||
        compiled_open(&evaluation.inference, &graph, &spec, job->recipe.batch, job->init_weights,
            job->seed, err) < 0)
        goto done;
    start = clock_seconds();
    for (int s = 0; s < SPLIT_COUNT; s++)
        watching.images += wanted[s] ? dataset_count(set, (enum split)s) : 0;
    for (int s = 0; s < SPLIT_COUNT; s++)
        if (wanted[s] &&
            evaluate_split(job, set, (enum split)s, spec.input, &evaluation, &metrics, err) < 0)
            goto done;
    if (metrics.images == 0) {
        err_set(err, ERR_INPUT, "the split %s of %s has no images", split, job->data.name);
        goto done;
    }
    getrusage(RUSAGE_SELF, &usage);
    *result = (struct workload_result){
        .loss = metrics_loss(&metrics),
        .top1 = metrics_top1(&metrics),
        .top5 = metrics_top5(&metrics, spec.classes),
        .images_per_second = (double)metrics.images / (clock_seconds() - start),
        .peak_bytes = (int64_t)usage.ru_maxrss * 1024,
        .images = metrics.images,
        .classes = spec.classes,
        .split = split,
        .set_images = (int64_t)set->count[SPLIT_TRAIN] + set->count[SPLIT_TEST],
    };
    status = count_trained(job, set, wanted, result, err);
done:
    inference_free(evaluation.inference);
    graph_release(&graph);
    dataset_free(set);
    return status;
}
