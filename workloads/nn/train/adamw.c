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
    const struct optimizer_settings *its = piece->settings;
    double t = (double)piece->step;
    float keep = 1 - piece->lr * piece->weight_decay;
    float fresh1 = (float)(1 - its->beta1), fresh2 = (float)(1 - its->beta2);
    float rate = (float)(piece->lr / (1 - pow(its->beta1, t)));
    float unbias = (float)(1 / sqrt(1 - pow(its->beta2, t))), eps = (float)its->eps;
    size_t count = piece->count;

    for (size_t i = 0; i < count; i++) {
        float g = grad[i];

        mean[i] += fresh1 * (g - mean[i]);
        square[i] += fresh2 * (g * g - square[i]);
        value[i] = keep * value[i] - rate * mean[i] / (sqrtf(square[i]) * unbias + eps);
    }
}

/* torch.optim.AdamW's. */
static const struct setting settings[] = {
    OPTIMIZER_LR(0.001),
    OPTIMIZER_WEIGHT_DECAY(0.01),
    {SETTING(optimizer, beta1), .initial = 0.9, SETTING_PART,
        .help = "part of the mean of gradients that is kept"},
    {SETTING(optimizer, beta2), .initial = 0.999, SETTING_PART,
        .help = "part of the mean of squared gradients that is kept"},
    {SETTING(optimizer, eps), .initial = 1e-8, RANGE_FROM(1e-30, 1),
        .help = "added outside the root"},
    {0},
};

const struct optimizer_kind optimizer_adamw = {
    .name = "adamw",
    .summary = "Adam with decoupled weight decay",
    .n_slots = 2,
    .slot_names = {"mean", "square"},
    .settings = settings,
    .update = adamw_update,
};
