/* Class scores of image files. */
#include "compiled.h"
#include "evaluate.h"
#include "given_weights.h"
#include "models/model.h"
#include "named_images.h"
#include "workload.h"

/* One prediction, from the opening of its network to the last file. */
struct predicting {
    const struct workload *job;
    const struct predict_events *events;
    struct named_images images;
    struct graph graph;
    struct inference *inference;
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

static void close_all(struct predicting *p)
{
    named_images_close(&p->images);
    inference_free(p->inference);
    graph_release(&p->graph);
}

static int show(const struct predicting *p, int index, const float *logits, struct err *err)
{
    struct prediction prediction = {
        .file = p->images.list->texts[index],
        .index = index,
        .files = p->images.list->n,
        .classes = inference_classes(p->inference),
        .logits = p->images.problems[index] ? NULL : logits,
        .problem = p->images.problems[index],
    };

    if (prediction_check(&prediction, p->job, err) < 0)
        return -1;
    return p->events->image(p->events->context, &prediction, err);
}

static int predict_all(struct predicting *p, struct err *err)
{
    struct batch batch;
    int n;

    if (loader_start_epoch(p->images.loader, 0, 0, err) < 0)
        return -1;
    while ((n = loader_next(p->images.loader, &batch, err)) > 0) {
        const float *logits = inference_logits(p->inference);

        inference_set_input(p->inference, batch.images, n);
        inference_run(p->inference, n);
        for (int i = 0; i < n; i++)
            if (show(p, batch.indices[i],
                    logits + (size_t)i * (size_t)inference_classes(p->inference), err) < 0)
                return -1;
        if (p->events->should_stop && p->events->should_stop(p->events->context))
            return err_set(err, ERR_INTERRUPTED, "interrupted after %d of %d images",
                batch.indices[n - 1] + 1, p->images.list->n);
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
    if (open_net(&p, err) == 0 && named_images_open(&p.images, job, files, p.batch, err) == 0)
        result = predict_all(&p, err);
    close_all(&p);
    return result;
}

int workload_weight_classes(const struct workload *job, int *classes, struct err *err)
{
    return given_weights_classes(&job->spec, job->init_weights, classes, err);
}
