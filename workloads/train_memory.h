/* What training by a recipe keeps in memory besides the net. Private to train.c and train_memory.c. */
#ifndef SCALESTUDY_WORKLOADS_TRAIN_MEMORY_H
#define SCALESTUDY_WORKLOADS_TRAIN_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include "workloads/nn/graph/graph.h"
#include "recipe.h"

/* Whether gradients of several pieces are added up; whether all gradients are kept until a step's end. */
bool training_adds_gradients(const struct recipe *recipe);
bool training_uses_gradients(const struct recipe *recipe);

/* Bytes of the optimizer, of such gradients and of the moving average. */
size_t training_state_bytes(const struct recipe *recipe, const struct graph *graph);

#endif
