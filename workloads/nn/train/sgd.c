/*
 * Stochastic gradient descent with momentum, in the form of torch.optim.SGD (dampening 0):
 *     g = grad + weight_decay w;  b = momentum b + g;  w -= lr (g + momentum b if Nesterov, else b)
 * Sutskever et al. 2013 for Nesterov's; b is 0 before the first step, so it starts as the gradient.
 */
#include "optimizer.h"

static void sgd_update(const struct optimizer_piece *piece)
{
    float *restrict value = piece->value, *restrict velocity = piece->slot[0];
    const float *restrict grad = piece->grad;
    float lr = piece->lr, decay = piece->weight_decay;
    float momentum = (float)piece->settings->momentum;
    float now = piece->settings->nesterov ? 1 : 0;
    float ahead = piece->settings->nesterov ? momentum : 1;
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

/* Nesterov's method is one of momentum: without any, plain SGD is what is left. */
static int sgd_settle(struct optimizer_settings *settings, struct err *err)
{
    if (settings->momentum != 0)
        return 0;
    if (settings->nesterov > 0)
        return err_set(err, ERR_INPUT,
            "nesterov is set and momentum is 0; Nesterov's method needs a momentum above 0");
    settings->nesterov = 0;
    return 0;
}

static const struct setting settings[] = {
    OPTIMIZER_LR(0.1),
    OPTIMIZER_MOMENTUM(0.9),
    {SETTING(optimizer, nesterov), .initial = 1,
        .help = "Nesterov's momentum; off if momentum is 0"},
    OPTIMIZER_WEIGHT_DECAY(5e-4),
    {0},
};

const struct optimizer_kind optimizer_sgd = {
    .name = "sgd",
    .summary = "gradient descent with momentum",
    .n_slots = 1,
    .slot_names = {"momentum"},
    .settings = settings,
    .settle = sgd_settle,
    .update = sgd_update,
};
