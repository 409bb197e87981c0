/*
 * Class activation maps (Zhou et al. 2016, "Learning Deep Features for Discriminative Localization",
 * section 2). A class's logit is the mean of the last map's pixels times its weights, so before the
 * mean it says what each place adds: M_c(y, x) = sum_k w_kc f_k(y, x), mean M_c + b_c = logit_c.
 */
#include "compiled.h"
#include "evaluate.h"
#include "heat_map.h"
#include "workloads/models/model.h"
#include "named_images.h"
#include "workloads/nn/kernels/parallel.h"
#include "tile.h"
#include "workload.h"

/* Images at a time: a large network's maps are large, and few images are asked for. */
#define BATCH 4

struct activations {
    struct activation_image shown;
    struct shape shape;
    const float *features; /* [h][w][C] */
    const float *pixels;   /* [input][input][3], as the network sees them */
    const struct classifier *classifier;
    const struct normalisation *norm;
    struct image image, smaller;
};

const struct activation_image *activation_image(const struct activations *activations)
{
    return &activations->shown;
}

void activation_map(const struct activations *activations, int class, float *map)
{
    const struct shape *shape = &activations->shape;
    const float *weight = activations->classifier->weight + class;
    int classes = activations->shown.prediction.classes;

    for (int i = 0; i < shape->h * shape->w; i++) {
        const float *features = activations->features + (size_t)i * (size_t)shape->c;
        double sum = 0;

        for (int k = 0; k < shape->c; k++)
            sum += (double)features[k] * (double)weight[(size_t)k * (size_t)classes];
        map[i] = (float)sum;
    }
}

float activation_bias(const struct activations *activations, int class)
{
    return activations->classifier->bias[class];
}

int activation_tile(struct activations *activations, const float *map, unsigned char *to, int width,
    struct err *err)
{
    struct image *image = &activations->image;
    int input = activations->shown.input;

    if (image_reserve(image, input, input, err) < 0)
        return -1;
    transform_to_pixels(activations->norm, activations->pixels, image);
    if (map)
        heat_map_over(map, activations->shape.h, activations->shape.w, image);
    return tile_draw(image, activations->shown.side, &activations->smaller, to, width, err);
}

/* ---- going through the files ---- */

struct looking {
    const struct workload *job;
    const struct cam_events *events;
    struct named_images images;
    struct graph graph;
    struct inference *inference;
    struct classifier classifier;
    struct activations activations;
};

static int show(void *context, const struct prediction *prediction, const struct batch *batch,
    int place, struct err *err)
{
    struct looking *l = context;
    struct activations *activations = &l->activations;
    int input = l->job->spec.input;
    const float *features = inference_features(l->inference, &activations->shape);

    activations->features = features + (size_t)place * (size_t)activations->shape.h *
                                           (size_t)activations->shape.w *
                                           (size_t)activations->shape.c;
    activations->pixels = batch->images + (size_t)place * (size_t)input * (size_t)input * 3;
    activations->classifier = &l->classifier;
    activations->norm = &l->images.transform.norm;
    activations->shown = (struct activation_image){.prediction = *prediction,
        .height = activations->shape.h,
        .width = activations->shape.w,
        .input = input,
        .side = tile_side(input)};
    return l->events->image(l->events->context, activations, err);
}

int workload_cam(const struct workload *job, const struct text_list *files,
    const struct cam_events *events, struct err *err)
{
    struct looking l = {.job = job, .events = events};
    const struct named_images_visitor visitor = {.context = &l,
        .image = show,
        .should_stop = events->should_stop,
        .stop_context = events->context};
    int batch = files->n < BATCH ? files->n : BATCH, result = -1;

    if (!job->init_weights)
        return err_set(err, ERR_INPUT, "an activation map needs weights: a safetensors file");
    if (parallel_start(job->threads, err) == 0 && model_build(&job->spec, &l.graph, err) == 0 &&
        compiled_open_features(&l.inference, &l.classifier, &l.graph, &job->spec, batch,
            job->init_weights, err) == 0 &&
        named_images_open(&l.images, job, files, batch, err) == 0)
        result = named_images_run(&l.images, l.inference, &visitor, err);
    named_images_close(&l.images);
    inference_free(l.inference);
    classifier_release(&l.classifier);
    graph_release(&l.graph);
    image_release(&l.activations.image);
    image_release(&l.activations.smaller);
    return result;
}
