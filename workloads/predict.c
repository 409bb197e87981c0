/*
 * Class scores of image files. The files are a dataset of their own kind, so that the loader reads
 * them ahead as it reads any other; but one that cannot be read must not end the batch it is in. So
 * reading never fails: it remembers what was wrong, and gives a black image in its place.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compiled.h"
#include "data/loader.h"
#include "data/transform.h"
#include "evaluate.h"
#include "given_weights.h"
#include "models/model.h"
#include "workload.h"

struct files {
    const struct text_list *list;
    struct transform transform; /* the job's; the loader's own has nothing left to do */
    struct err **problems;      /* of each file; NULL: none. Each is written by one thread */
};

static int read_and_prepare(const struct files *files, int index, struct image *image,
    struct transform_scratch *scratch, struct err *err)
{
    struct image decoded = {.wanted_side = transform_wanted_side(&files->transform)};
    const struct image *prepared;
    int result = image_read(files->list->texts[index], &decoded, err);

    if (result == 0 && transform_prepare(&files->transform, &decoded, scratch, &prepared, err) < 0)
        result = err_context(err, "%s", files->list->texts[index]);
    if (result == 0)
        result = image_reserve(image, prepared->width, prepared->height, err);
    if (result == 0)
        memcpy(image->pixels, prepared->pixels,
            (size_t)prepared->width * (size_t)prepared->height * 3);
    image_release(&decoded);
    return result;
}

static int read_file(
    const struct dataset *set, enum split split, int index, struct image *image, struct err *err)
{
    const struct files *files = set->state;
    struct transform_scratch scratch = {0};
    struct err problem = {0};
    int side = files->transform.input, result;

    (void)split;
    result = read_and_prepare(files, index, image, &scratch, &problem);
    transform_scratch_release(&scratch);
    if (result == 0)
        return 0;
    files->problems[index] = malloc(sizeof(problem));
    if (!files->problems[index])
        return err_set(err, ERR_MEMORY, "no memory to say: %s", problem.message);
    *files->problems[index] = problem;
    if (image_reserve(image, side, side, err) < 0)
        return -1;
    memset(image->pixels, 0, (size_t)side * (size_t)side * 3);
    return 0;
}

static const struct dataset_kind files_kind = {
    .name = "files",
    .summary = "image files that a command line names",
    .read = read_file,
};

/* One prediction, from the opening of its network to the last file. */
struct predicting {
    const struct workload *job;
    const struct predict_events *events;
    struct files files;
    struct dataset set;
    struct graph graph;
    struct inference *inference;
    struct loader *loader;
    int batch;
};

static int open_net(struct predicting *p, struct err *err)
{
    const struct spec *spec = &p->job->spec;

    if (model_build(spec, &p->graph, err) < 0)
        return -1;
    return compiled_open(
        &p->inference, &p->graph, spec, p->batch, p->job->init_weights, p->job->seed, err);
}

static int open_files(struct predicting *p, const struct text_list *list, struct err *err)
{
    const struct loader_options options = {
        .set = &p->set,
        .split = SPLIT_TEST,
        .input = p->job->spec.input,
        .batch = p->batch,
        .threads = p->job->data.loader_threads,
    };

    p->files.list = list;
    p->files.problems = calloc((size_t)list->n, sizeof(*p->files.problems));
    transform_init(&p->files.transform, &p->job->data, p->job->spec.input, 0, false);
    p->set.kind = &files_kind;
    p->set.config = p->job->data;
    p->set.config.crop_ratio = 1;
    p->set.state = &p->files;
    p->set.count[SPLIT_TEST] = list->n;
    p->set.labels[SPLIT_TEST] = calloc((size_t)list->n, sizeof(int));
    if (!p->files.problems || !p->set.labels[SPLIT_TEST])
        return err_set(err, ERR_MEMORY, "no memory for a list of %d files", list->n);
    return loader_open(&p->loader, &options, err);
}

static void close_all(struct predicting *p)
{
    loader_free(p->loader);
    inference_free(p->inference);
    graph_release(&p->graph);
    for (int i = 0; p->files.problems && i < p->files.list->n; i++)
        free(p->files.problems[i]);
    free(p->files.problems);
    free(p->set.labels[SPLIT_TEST]);
}

static int show(const struct predicting *p, int index, const float *logits, struct err *err)
{
    struct prediction prediction = {
        .file = p->files.list->texts[index],
        .index = index,
        .files = p->files.list->n,
        .classes = inference_classes(p->inference),
        .logits = p->files.problems[index] ? NULL : logits,
        .problem = p->files.problems[index],
    };

    for (int c = 0; prediction.logits && c < prediction.classes; c++)
        if (!isfinite(logits[c]))
            return err_set(err, ERR_NUMERIC,
                "the network's outputs for %s are not finite, so the weights in %s have left their "
                "range",
                prediction.file, p->job->init_weights);
    return p->events->image(p->events->context, &prediction, err);
}

static int predict_all(struct predicting *p, struct err *err)
{
    struct batch batch;
    int n;

    if (loader_start_epoch(p->loader, 0, 0, err) < 0)
        return -1;
    while ((n = loader_next(p->loader, &batch, err)) > 0) {
        const float *logits = inference_logits(p->inference);

        inference_set_input(p->inference, batch.images, n);
        inference_run(p->inference, n);
        for (int i = 0; i < n; i++)
            if (show(p, batch.indices[i],
                    logits + (size_t)i * (size_t)inference_classes(p->inference), err) < 0)
                return -1;
        if (p->events->should_stop && p->events->should_stop(p->events->context))
            return err_set(err, ERR_INTERRUPTED, "interrupted after %d of %d images",
                batch.indices[n - 1] + 1, p->files.list->n);
    }
    return n;
}

int workload_predict(const struct workload *job, const struct text_list *files,
    const struct predict_events *events, struct err *err)
{
    struct predicting p = {.job = job, .events = events};
    int result = -1;

    if (!job->init_weights)
        return err_set(err, ERR_INPUT, "a prediction needs weights: a safetensors file");
    job_set_threads(job);
    p.batch = job->recipe.batch < files->n ? job->recipe.batch : files->n;
    if (open_net(&p, err) == 0 && open_files(&p, files, err) == 0)
        result = predict_all(&p, err);
    close_all(&p);
    return result;
}

int workload_weight_classes(const struct workload *job, int *classes, struct err *err)
{
    return given_weights_classes(&job->spec, job->init_weights, classes, err);
}
