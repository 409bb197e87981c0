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
    float lr = piece->lr, momentum = piece->momentum, decay = piece->weight_decay;
    float fresh = (float)(1 - piece->decay), eps = (float)piece->eps;
    size_t count = piece->count;

    for (size_t i = 0; i < count; i++) {
        float g = grad[i] + decay * value[i];

        square[i] += fresh * (g * g - square[i]);
        move[i] = momentum * move[i] + lr * g / sqrtf(square[i] + eps);
        value[i] -= move[i];
    }
}

/* The authors' settings; their learning rate is 0.016 for every 256 images of a batch, so 0.256 at
 * 4096. */
const struct optimizer_kind optimizer_rmsprop = {
    .name = "rmsprop",
    .summary = "gradients over their root mean square, as TensorFlow defines it",
    .n_slots = 2,
    .slot_names = {"square", "momentum"},
    .slot_starts = {1, 0},
    .defaults = {.lr = 0.016,
        .momentum = 0.9,
        .nesterov = NAN,
        .weight_decay = 1e-5,
        .decay = 0.9,
        .beta1 = NAN,
        .beta2 = NAN,
        .eps = 1e-3},
    .update = rmsprop_update,
};
