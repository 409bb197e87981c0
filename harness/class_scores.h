/*
 * Class scores of an image, ranked and printed: what predict and cam share.
 *
 *     struct class_score *scores = calloc(classes, sizeof(*scores));
 *     class_scores_rank(logits, classes, scores);                     scores[0] is the likeliest
 */
#ifndef SCALESTUDY_HARNESS_CLASS_SCORES_H
#define SCALESTUDY_HARNESS_CLASS_SCORES_H

#include <jansson.h>

struct class_score {
    int class;
    float logit;
    double probability; /* softmax */
};

/* Falling; equal ones in the order of their numbers. */
void class_scores_rank(const float *logits, int classes, struct class_score *scores);

/* A file or class name for JSON, or null for NULL; one that is not UTF-8 has its odd bytes shown as
 * '?', as in every JSON of ours. NULL: no memory. */
json_t *json_name(const char *name);

#endif
