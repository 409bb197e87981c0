/* Counting the memory that training takes besides the net. */
#include "train_memory.h"

#include "workloads/models/model.h"
#include "workloads/nn/train/average.h"
#include "workloads/nn/train/gradients.h"
#include "workloads/nn/net/net.h"
#include "workloads/nn/train/optimizer.h"
#include "workload.h"

bool training_adds_gradients(const struct recipe *recipe)
{
    return recipe_piece(recipe) < recipe->batch;
}

bool training_uses_gradients(const struct recipe *recipe)
{
    return recipe->clip_norm > 0 || training_adds_gradients(recipe);
}

size_t training_state_bytes(const struct recipe *recipe, const struct graph *graph)
{
    size_t bytes = optimizer_plan_bytes(optimizer_kinds()[recipe->optimizer], graph);

    if (training_uses_gradients(recipe))
        bytes += gradients_plan_bytes(graph, training_adds_gradients(recipe));
    if (recipe->ema_decay > 0)
        bytes += average_plan_bytes(graph);
    return bytes;
}

int workload_train_bytes(
    const struct spec *spec, const struct recipe *recipe, int64_t *bytes, struct err *err)
{
    const struct net_options options = {.batch = recipe_piece(recipe), .training = true};
    struct graph graph = {0};
    size_t planned;
    int result = -1;

    if (model_build(spec, &graph, err) == 0 &&
        net_plan_bytes(&graph, &options, &planned, err) == 0) {
        *bytes = (int64_t)(planned + training_state_bytes(recipe, &graph));
        result = 0;
    }
    graph_release(&graph);
    return result;
}
