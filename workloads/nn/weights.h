/*
 * A net's parameters and running statistics as a safetensors file that PyTorch loads as it is:
 * torchvision's (or timm's) names, PyTorch's layouts, float32, and num_batches_tracked for every
 * batch norm, so that load_state_dict(strict=True) takes it. Such files load here too, from PyTorch
 * with or without num_batches_tracked; so do checkpoints (checkpoint.h), whose optimizer state is
 * passed over.
 */
#ifndef SCALESTUDY_NN_WEIGHTS_H
#define SCALESTUDY_NN_WEIGHTS_H

#include <stdint.h>

#include "harness/base/err.h"
#include "net.h"
#include "safetensors.h"

/* Tensors whose names start so belong to checkpoints. */
#define WEIGHTS_OPTIMIZER_PREFIX "optimizer."

/* batches: training steps so far, for num_batches_tracked. */
int weights_save(struct net *net, int64_t batches, const char *path, struct err *err) MUST_CHECK;

/* Tensors that are missing, too many or of another shape are an ERR_INPUT that names them; the net
 * is then partly filled. */
int weights_load(struct net *net, const char *path, struct err *err) MUST_CHECK;

/* ---- for checkpoint.c ---- */

/* Adds the tensors of weights_save to a list; the net and *batches must outlive it. */
int weights_list(struct net *net, const int64_t *batches, struct safetensors_list *list,
    struct err *err) MUST_CHECK;

/* One tensor in PyTorch's layout, of the parameter's shape: `values` in ours. */
struct safetensors_entry weights_entry(
    const struct parameter *parameter, const char *prefix, const float *values);
int weights_read(const struct safetensors *file, const char *path,
    const struct parameter *parameter, const char *prefix, float *values,
    struct err *err) MUST_CHECK;
/* The whole net from an open file. */
int weights_read_all(
    const struct safetensors *file, const char *path, struct net *net, struct err *err) MUST_CHECK;

#endif
