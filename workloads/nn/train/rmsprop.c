/*
 * RMSProp in the form of TensorFlow 1's tf.train.RMSPropOptimizer, with which the EfficientNet
 * authors trained (Tan & Le 2019, section 5.2; Tieleman & Hinton 2012):
 *     g = grad + weight_decay w;  s = decay s + (1 - decay) g^2
 *     m = momentum m + lr g / sqrt(s + eps);  w -= m
 * PyTorch's differs three times: its epsilon is outside of the root, its s begins as 0 where
 * TensorFlow's slot "rms" is made by ones_initializer (tensorflow/python/training/rmsprop.py), and
 * its learning rate is not inside of the momentum. The authors' code adds the decay to the loss,
 * as here, but to biases too, which ours leaves alone.
 */
#include <math.h>

#include "optimizer.h"

static void rmsprop_update(const struct optimizer_piece *piece)
{
    float *restrict value = piece->value, *restrict square = piece->slot[0],
                    *restrict move = piece->slot[1];
    const float *restrict grad = piece->grad;
    float lr = piece->lr, decay = piece->weight_decay;
    float momentum = (float)piece->settings->momentum;
    float fresh = (float)(1 - piece->settings->decay), eps = (float)piece->settings->eps;
    size_t count = piece->count;

    for (size_t i = 0; i < count; i++) {
        float g = grad[i] + decay * value[i];

        square[i] += fresh * (g * g - square[i]);
        move[i] = momentum * move[i] + lr * g / sqrtf(square[i] + eps);
        value[i] -= move[i];
    }
}

/* The authors' defaults; their learning rate is 0.016 for every 256 images of a batch, so 0.256 at
 * 4096. */
static const struct setting settings[] = {
    OPTIMIZER_LR(0.016),
    OPTIMIZER_MOMENTUM(0.9),
    OPTIMIZER_WEIGHT_DECAY(1e-5),
    {SETTING(optimizer, decay), .initial = 0.9, SETTING_PART,
        .help = "part of the mean of squared gradients that is kept"},
    {SETTING(optimizer, eps), .initial = 1e-3, RANGE_FROM(1e-30, 1),
        .help = "added inside the root"},
    {0},
};

const struct optimizer_kind optimizer_rmsprop = {
    .name = "rmsprop",
    .summary = "gradients over their root mean square, as TensorFlow defines it",
    .n_slots = 2,
    .slot_names = {"square", "momentum"},
    .slot_starts = {1, 0},
    .settings = settings,
    .update = rmsprop_update,
};
