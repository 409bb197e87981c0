/*
 * Images that a command line names, with a network's class scores: what predict and cam share.
 *
 *     struct scored_images images;
 *     scored_images_init(&images, columns, format, stdout, quiet);
 *     if (scored_images_open(&images, &options, weights, arguments, &job, err) == 0)
 *         status = scored_images_finish(&images, workload_predict(&job, &images.files, ...), err);
 *     scored_images_release(&images);                       after a failure to open too
 *
 * In the callback of an image, scored_images_begin ranks its scores or reports what is wrong with it;
 * then rows are added and scored_images_row is called, or scored_images_object with a JSON object; and
 * scored_images_progress. Tables are printed in the end, CSV and JSON at once.
 */
#ifndef SCALESTUDY_HARNESS_VIEWS_SCORED_IMAGES_H
#define SCALESTUDY_HARNESS_VIEWS_SCORED_IMAGES_H

#include <stdio.h>

#include <jansson.h>

#include "harness/base/rowset.h"
#include "harness/terminal/live_line.h"
#include "harness/options/workload_options.h"

struct class_score {
    int class;
    float logit;
    double probability; /* softmax */
};

struct scored_images {
    struct text_list files, names; /* names: of the classes, NULL: unknown */
    struct class_score *scores;    /* [classes], of the image, the likeliest first */
    enum output_format format;
    FILE *stream;
    const struct column *columns; /* the caller's */
    struct rowset rows;           /* of all images for a table, of one for CSV */
    struct live_line line;
    double started;
    int unreadable, trained_on; /* images */
};

void scored_images_init(struct scored_images *images, const struct column *columns,
    enum output_format format, FILE *stream, bool quiet);

/* arguments: the model, then files and folders, ended by NULL. Fills what those and the options say of
 * the job. From here on Ctrl-C is caught. */
int scored_images_open(struct scored_images *images, struct workload_options *options,
    const char *weights, char *const *arguments, struct workload *job, struct err *err) MUST_CHECK;
void scored_images_release(struct scored_images *images);

/* 1: it has scores; 0: it is no image, which has been said and counted; -1: it is no image and the only
 * one. */
int scored_images_begin(
    struct scored_images *images, const struct prediction *prediction, struct err *err) MUST_CHECK;

/* Rows have been added to images->rows. */
int scored_images_row(struct scored_images *images, struct err *err) MUST_CHECK;
/* A line of JSON; takes the object, NULL if memory ran out. */
int scored_images_object(struct scored_images *images, json_t *object, struct err *err) MUST_CHECK;
void scored_images_progress(struct scored_images *images, const struct prediction *prediction);

/* For events: Ctrl-C was typed. */
bool scored_images_should_stop(void *context);

/* Prints also what was done before a failure; ERR_INPUT if some files were no images. */
int scored_images_finish(struct scored_images *images, int result, struct err *err) MUST_CHECK;

#endif
