/*
 * What a network was trained on, in the metadata of its weights: the set, how it was split, the number
 * of images in each split, and which images they were (data/seen_images.h). Weights whose training
 * began with other weights keep the images of these.
 *
 *     struct trained_on *trained;
 *     if (trained_on_make(&trained, set, init_weights, err) < 0) ...
 *     trained_on_list(trained, about)                               for weights_save
 *     if (trained_on_read(&trained, weights, err) < 0) ...          of weights that are used
 *     trained->seen.n == 0: the file does not say
 *     trained_on_free(trained);
 *
 * Private to workloads/.
 */
#ifndef SCALESTUDY_WORKLOADS_TRAINED_ON_H
#define SCALESTUDY_WORKLOADS_TRAINED_ON_H

#include "workloads/data/dataset/seen_images.h"
#include "workloads/nn/io/weights.h"

struct trained_on {
    char set[DATA_NAME_BYTES + 128]; /* its name, and that of its folder */
    char rule[400];                  /* splits_say */
    char train[16], test[16];        /* images */
    struct seen_images seen;
    struct str sample; /* of them, as text */
};

/* init_weights: the weights that training begins with, or NULL; a file that cannot be read is ignored. */
int trained_on_make(struct trained_on **trained, const struct dataset *set,
    const char *init_weights, struct err *err) MUST_CHECK;
int trained_on_read(struct trained_on **trained, const char *weights, struct err *err) MUST_CHECK;
void trained_on_free(struct trained_on *trained); /* NULL is fine */

void trained_on_list(const struct trained_on *trained, const char *about[2 * WEIGHTS_ABOUT + 1]);

/* How many of a split's images the network was trained on: *seen of *known. *known is all of them
 * unless there were more than SEEN_MOST training images. */
void trained_on_count(const struct trained_on *trained, const struct dataset *set, enum split split,
    int64_t *seen, int64_t *known);

#endif
