/*
 * Stochastic gradient descent with momentum, in the form of torch.optim.SGD (dampening 0):
 *     g = grad + weight_decay w;  b = momentum b + g;  w -= lr (g + momentum b if Nesterov, else b)
 * Sutskever et al. 2013 for Nesterov's; b is 0 before the first step, so it starts as the gradient.
 */
#include <math.h>

#include "optimizer.h"

static void sgd_update(const struct optimizer_piece *piece)
{
    float *restrict value = piece->value, *restrict velocity = piece->slot[0];
    const float *restrict grad = piece->grad;
    float lr = piece->lr, momentum = piece->momentum, decay = piece->weight_decay;
    float now = piece->nesterov ? 1 : 0, ahead = piece->nesterov ? momentum : 1;
    size_t count = piece->count;

    if (momentum == 0) {
        for (size_t i = 0; i < count; i++)
            value[i] -= lr * (grad[i] + decay * value[i]);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        float g = grad[i] + decay * value[i];

        velocity[i] = momentum * velocity[i] + g;
        value[i] -= lr * (now * g + ahead * velocity[i]);
    }
}

const struct optimizer_kind optimizer_sgd = {
    .name = "sgd",
    .summary = "gradient descent with momentum",
    .n_slots = 1,
    .slot_names = {"momentum"},
    .defaults = {.lr = 0.1,
        .momentum = 0.9,
        .nesterov = 1,
        .weight_decay = 5e-4,
        .decay = NAN,
        .beta1 = NAN,
        .beta2 = NAN,
        .eps = NAN},
    .update = sgd_update,
};
