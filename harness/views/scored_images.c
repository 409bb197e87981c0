/* Images under given weights, as `predict` and `cam` show them. */
#include "scored_images.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/clock.h"
#include "harness/base/json_text.h"
#include "harness/terminal/interrupt.h"
#include "harness/terminal/ui.h"

/* Falling; equal ones in the order of their numbers. */
static int by_logit(const void *a, const void *b)
{
    const struct class_score *x = a, *y = b;

    if (x->logit != y->logit)
        return x->logit > y->logit ? -1 : 1;
    return (x->class > y->class) - (x->class < y->class);
}

static void rank(const float *logits, int classes, struct class_score *scores)
{
    double highest = (double)logits[0], sum = 0;

    for (int c = 0; c < classes; c++)
        highest = fmax(highest, (double)logits[c]);
    for (int c = 0; c < classes; c++)
        sum += exp((double)logits[c] - highest);
    for (int c = 0; c < classes; c++)
        scores[c] = (struct class_score){c, logits[c], exp((double)logits[c] - highest) / sum};
    qsort(scores, (size_t)classes, sizeof(*scores), by_logit);
}

void scored_images_init(struct scored_images *images, const struct column *columns,
    enum output_format format, FILE *stream, bool quiet)
{
    *images = (struct scored_images){.format = format, .stream = stream, .columns = columns};
    rowset_init(&images->rows, columns);
    live_line_init(&images->line, quiet);
}

static int resolve(struct workload_options *options, const char *weights, const char *model,
    struct workload *job, struct err *err)
{
    if (!weights)
        return err_set(
            err, ERR_INPUT, "--weights is missing: give the network's weights, a safetensors file");
    job->init_weights = weights;
    if (!options->data.name)
        options->data.name = "folder";
    if (workload_options_resolve(options, model, job, err) < 0)
        return -1;
    return job->spec.classes ? 0 : workload_weight_classes(job, &job->spec.classes, err);
}

int scored_images_open(struct scored_images *images, struct workload_options *options,
    const char *weights, char *const *arguments, struct workload *job, struct err *err)
{
    bool names_a_set = options->data.name || options->data.root || options->data.packed;
    struct data_notes notes;
    int n = 1;

    while (arguments[n])
        n++;
    if (resolve(options, weights, arguments[0], job, err) < 0 ||
        workload_class_names(&job->data, names_a_set, job->spec.classes, &images->names, err) < 0 ||
        workload_image_files(arguments + 1, n - 1, &images->files, &notes, err) < 0)
        return -1;
    data_notes_show(&notes, images->line.quiet);
    images->scores = calloc((size_t)job->spec.classes, sizeof(*images->scores));
    if (!images->scores)
        return err_set(err, ERR_MEMORY, "no memory for %d scores", job->spec.classes);
    interrupt_catch();
    images->started = clock_seconds();
    return 0;
}

void scored_images_release(struct scored_images *images)
{
    text_list_release(&images->files);
    text_list_release(&images->names);
    rowset_release(&images->rows);
    free(images->scores);
}

int scored_images_begin(
    struct scored_images *images, const struct prediction *prediction, struct err *err)
{
    if (prediction->logits) {
        images->trained_on += prediction->trained_on > 0;
        rank(prediction->logits, prediction->classes, images->scores);
        return 1;
    }
    images->unreadable++;
    if (prediction->files == 1)
        return err_set(err, prediction->problem->code, "%s", prediction->problem->message);
    live_line_close(&images->line);
    ui_error(prediction->problem);
    return 0;
}

int scored_images_row(struct scored_images *images, struct err *err)
{
    struct rowset *rows = &images->rows;

    if (images->format != FORMAT_CSV)
        return 0;
    live_line_close(&images->line);
    if (rowset_print(rows, images->stream, FORMAT_CSV, err) < 0)
        return -1;
    rowset_release(rows);
    rowset_init(rows, images->columns);
    rows->no_heading = true;
    return 0;
}

/* At once, so that a reader sees it when it happens. */
int scored_images_object(struct scored_images *images, json_t *object, struct err *err)
{
    int failed;

    live_line_close(&images->line);
    failed = !object ||
             json_text_dump(object, images->stream, JSON_COMPACT | JSON_REAL_PRECISION(9)) < 0 ||
             fputc('\n', images->stream) == EOF || fflush(images->stream) != 0;
    json_decref(object);
    return failed ? err_set(err, ERR_IO, "cannot write the result to standard output") : 0;
}

void scored_images_progress(struct scored_images *images, const struct prediction *prediction)
{
    int done = prediction->index + 1;
    double rate = done / (clock_seconds() - images->started);
    char duration[UI_DURATION_BYTES];

    live_line_show(&images->line, "image %d/%d  %.1f images/s  %s left", done, prediction->files,
        rate, ui_duration((prediction->files - done) / rate, duration));
}

bool scored_images_should_stop(void *context)
{
    (void)context;
    return interrupt_asked();
}

int scored_images_finish(struct scored_images *images, int result, struct err *err)
{
    struct err printing = {0};

    live_line_close(&images->line);
    if (images->format == FORMAT_TABLE && rowset_count(&images->rows) > 0 &&
        rowset_print(&images->rows, images->stream, FORMAT_TABLE, &printing) < 0 && result == 0)
        result = err_set(err, printing.code, "%s", printing.message);
    if (images->trained_on > 0)
        ui_warn("the network was trained on %d of these %d images, according to its weights: these "
                "predictions do not show how good it is on new images",
            images->trained_on, images->files.n);
    if (result == 0 && images->unreadable > 0)
        result = err_set(err, ERR_INPUT, "%d of %d files could not be read as images",
            images->unreadable, images->files.n);
    return result;
}
