/*
 * Adam with decoupled weight decay (Loshchilov & Hutter 2019, arXiv 1711.05101, algorithm 2), in
 * the form of torch.optim.AdamW: at step t
 *     w -= lr weight_decay w;  m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2
 *     w -= lr / (1 - beta1^t) m / (sqrt(v / (1 - beta2^t)) + eps)
 */
#include <math.h>

#include "optimizer.h"

static void adamw_update(const struct optimizer_piece *piece)
{
    float *restrict value = piece->value, *restrict mean = piece->slot[0],
                    *restrict square = piece->slot[1];
    const float *restrict grad = piece->grad;
    double t = (double)piece->step;
    float keep = 1 - piece->lr * piece->weight_decay;
    float fresh1 = (float)(1 - piece->beta1), fresh2 = (float)(1 - piece->beta2);
    float rate = (float)(piece->lr / (1 - pow(piece->beta1, t)));
    float unbias = (float)(1 / sqrt(1 - pow(piece->beta2, t))), eps = (float)piece->eps;
    size_t count = piece->count;

    for (size_t i = 0; i < count; i++) {
        float g = grad[i];

        mean[i] += fresh1 * (g - mean[i]);
        square[i] += fresh2 * (g * g - square[i]);
        value[i] = keep * value[i] - rate * mean[i] / (sqrtf(square[i]) * unbias + eps);
    }
}

/* torch.optim.AdamW's. */
const struct optimizer_kind optimizer_adamw = {
    .name = "adamw",
    .summary = "Adam with decoupled weight decay",
    .n_slots = 2,
    .slot_names = {"mean", "square"},
    .defaults = {.lr = 0.001,
        .momentum = NAN,
        .nesterov = NAN,
        .weight_decay = 0.01,
        .decay = NAN,
        .beta1 = 0.9,
        .beta2 = 0.999,
        .eps = 1e-8},
    .update = adamw_update,
};
