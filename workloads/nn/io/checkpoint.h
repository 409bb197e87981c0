/*
 * A checkpoint: everything that a training run needs to go on as if it had not been interrupted, in
 * one safetensors file. The weights are as in weights.h; the optimizer's slots are tensors named
 * optimizer.SLOT.PARAMETER in the same layout, a moving average of the weights is
 * optimizer.average.PARAMETER; the place in the run is in the metadata.
 *
 * Writing is atomic: a crash leaves the checkpoint before. So does ERR_NUMERIC, of a state with values
 * that are not finite. A file of another job is an ERR_INPUT, and so
 * is one that is not as it was written, by the sum at its end (optimizer.checksum).
 */
#ifndef SCALESTUDY_WORKLOADS_NN_IO_CHECKPOINT_H
#define SCALESTUDY_WORKLOADS_NN_IO_CHECKPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "workloads/nn/train/average.h"
#include "harness/base/err.h"
#include "workloads/nn/net/net.h"
#include "workloads/nn/train/optimizer.h"

/* How far a run is: the next step to do, and what the current epoch has added up so far. */
struct checkpoint_place {
    int epoch; /* from 0 */
    int step;  /* of the epoch, from 0; may be the number of steps in it: only its end is left to do
                */
    int64_t global_step; /* from 0 */
    double loss_sum;     /* over the images of the epoch */
    int64_t images, top1, top5;
    double epoch_seconds, train_seconds; /* in training steps, of the epoch and in all */
    int64_t train_images;                /* in all */
};

/* What goes on: the weights as they are trained, not averaged. */
struct checkpoint_state {
    struct net *net;
    struct optimizer_state *optimizer;
    struct average *average; /* NULL: there is none */
};

/* identity: a text that tells jobs apart, at most 128 bytes. */
int checkpoint_save(const char *path, const char *identity, const struct checkpoint_state *state,
    const struct checkpoint_place *place, struct err *err) MUST_CHECK;

/* On failure state and place may be partly filled. */
int checkpoint_load(const char *path, const char *identity, const struct checkpoint_state *state,
    struct checkpoint_place *place, struct err *err) MUST_CHECK;

/* Whether the steps of a place, of so many images each, can have come to its sums. The steps themselves are the
 * caller's to check. */
bool checkpoint_is_sound(const struct checkpoint_place *place, int step_images);

#endif
