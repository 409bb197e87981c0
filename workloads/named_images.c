/* Reading images that a command line names, in batches, through the loader. */
#include "named_images.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int read_and_prepare(const struct named_images *images, int index, struct image *image,
    struct transform_scratch *scratch, struct err *err)
{
    struct image decoded = {.wanted_side = transform_wanted_side(&images->transform)};
    const struct image *prepared;
    int result = image_read(images->list->texts[index], &decoded, err);

    if (result == 0 && transform_prepare(&images->transform, &decoded, scratch, &prepared, err) < 0)
        result = err_context(err, "%s", images->list->texts[index]);
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
    const struct named_images *images = set->state;
    struct transform_scratch scratch = {0};
    struct err problem = {0};
    int side = images->transform.target.input, result;

    (void)split;
    result = read_and_prepare(images, index, image, &scratch, &problem);
    transform_scratch_release(&scratch);
    if (result == 0)
        return 0;
    images->problems[index] = malloc(sizeof(problem));
    if (!images->problems[index])
        return err_set(err, ERR_MEMORY, "no memory to say: %s", problem.message);
    *images->problems[index] = problem;
    if (image_reserve(image, side, side, err) < 0)
        return -1;
    memset(image->pixels, 0, (size_t)side * (size_t)side * 3);
    return 0;
}

static const struct dataset_kind named_images_kind = {
    .name = "files",
    .summary = "image files that a command line names",
    .read = read_file,
};

int named_images_open(struct named_images *images, const struct workload *job,
    const struct text_list *list, int batch, struct err *err)
{
    const struct loader_options options = {
        .set = &images->set,
        .split = SPLIT_TEST,
        .input = job->spec.input,
        .batch = batch,
        .threads = job->data.loader_threads,
    };

    *images = (struct named_images){.weights = job->init_weights, .list = list};
    images->problems = calloc((size_t)list->n, sizeof(*images->problems));
    transform_init(&images->transform, &job->data, job->spec.input);
    images->set.kind = &named_images_kind;
    images->set.config = job->data;
    images->set.config.crop_ratio = 1;
    images->set.state = images;
    images->set.paths[SPLIT_TEST] = list->texts;
    images->set.count[SPLIT_TEST] = list->n;
    images->set.labels[SPLIT_TEST] = calloc((size_t)list->n, sizeof(int));
    if (!images->problems || !images->set.labels[SPLIT_TEST])
        return err_set(err, ERR_MEMORY, "no memory for a list of %d files", list->n);
    if (trained_on_read(&images->trained, job->init_weights, err) < 0)
        return -1;
    return loader_open(&images->loader, &options, err);
}

void named_images_close(struct named_images *images)
{
    loader_free(images->loader);
    trained_on_free(images->trained);
    for (int i = 0; images->problems && i < images->list->n; i++)
        free(images->problems[i]);
    free(images->problems);
    free(images->set.labels[SPLIT_TEST]);
    *images = (struct named_images){0};
}

static int was_trained_on(const struct named_images *images, const char *path)
{
    enum seen seen = seen_images_find_file(&images->trained->seen, path);

    return seen == SEEN_UNKNOWN ? -1 : seen == SEEN_YES;
}

static int check(
    const struct named_images *images, const struct prediction *prediction, struct err *err)
{
    for (int c = 0; prediction->logits && c < prediction->classes; c++)
        if (!isfinite(prediction->logits[c]))
            return err_set(err, ERR_NUMERIC,
                "the network's outputs for %s are not finite, so the weights in %s have left their "
                "range",
                prediction->file, images->weights);
    return 0;
}

static int visit(const struct named_images *images, const struct inference *inference,
    const struct named_images_visitor *visitor, const struct batch *batch, int place,
    struct err *err)
{
    int index = batch->indices[place], classes = inference_classes(inference);
    const float *logits = inference_logits(inference) + (size_t)place * (size_t)classes;
    const struct prediction prediction = {.file = images->list->texts[index],
        .index = index,
        .files = images->list->n,
        .classes = classes,
        .trained_on = was_trained_on(images, images->list->texts[index]),
        .logits = images->problems[index] ? NULL : logits,
        .problem = images->problems[index]};

    if (check(images, &prediction, err) < 0)
        return -1;
    return visitor->image(visitor->context, &prediction, batch, place, err);
}

int named_images_run(struct named_images *images, struct inference *inference,
    const struct named_images_visitor *visitor, struct err *err)
{
    struct batch batch;
    int n;

    if (loader_start_epoch(images->loader, 0, 0, err) < 0)
        return -1;
    while ((n = loader_next(images->loader, &batch, err)) > 0) {
        inference_set_input(inference, batch.images, n);
        inference_run(inference, n);
        for (int i = 0; i < n; i++)
            if (visit(images, inference, visitor, &batch, i, err) < 0)
                return -1;
        if (visitor->should_stop && visitor->should_stop(visitor->stop_context))
            return err_set(err, ERR_INTERRUPTED, "interrupted after %d of %d images",
                batch.indices[n - 1] + 1, images->list->n);
    }
    return n;
}
