/* Class scores of image files. */
#include <stdint.h>

#include "compiled.h"
#include "evaluate.h"
#include "given_weights.h"
#include "workloads/models/model.h"
#include "named_images.h"
#include "workloads/nn/kernels/parallel.h"
#include "workload.h"

static int show(void *context, const struct prediction *prediction, const struct batch *batch,
    int place, struct err *err)
{
    const struct predict_events *events = context;

    (void)batch;
    (void)place;
    return events->image(events->context, prediction, err);
}

int workload_predict(const struct workload *job, const struct text_list *files,
    const struct predict_events *events, struct err *err)
{
    const struct named_images_visitor visitor = {.context = (void *)(uintptr_t)events,
        .image = show,
        .should_stop = events->should_stop,
        .stop_context = events->context};
    int batch = job->recipe.batch < files->n ? job->recipe.batch : files->n, result = -1;
    struct named_images images = {0};
    struct inference *inference = NULL;
    struct graph graph = {0};

    if (!job->init_weights)
        return err_set(err, ERR_INPUT, "a prediction needs weights: a safetensors file");
    if (parallel_start(job->threads, err) == 0 && model_build(&job->spec, &graph, err) == 0 &&
        compiled_open(&inference, &graph, &job->spec, batch, job->init_weights, job->seed, err) ==
            0 &&
        named_images_open(&images, job, files, batch, err) == 0)
        result = named_images_run(&images, inference, &visitor, err);
    named_images_close(&images);
    inference_free(inference);
    graph_release(&graph);
    return result;
}

int workload_weight_classes(const struct workload *job, int *classes, struct err *err)
{
    return given_weights_classes(&job->spec, job->init_weights, classes, err);
}
