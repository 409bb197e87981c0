/*
 * A net's parameters and running statistics as a safetensors file that PyTorch loads as it is:
 * torchvision's (or timm's) names, PyTorch's layouts, float32, and num_batches_tracked for every
 * batch norm, so that load_state_dict(strict=True) takes it. Such files load here too, from PyTorch
 * with or without num_batches_tracked, of float32, float16, bfloat16 or float64; also with the
 * names of another library, and with what DataParallel, Lightning or torch.compile put before all
 * names. So do checkpoints (checkpoint.h), whose optimizer state is passed over.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_IO_WEIGHTS_H
#define SCALESTUDY_WORKLOADS_NN_IO_WEIGHTS_H

#include <stdint.h>

#include "workloads/nn/graph/graph.h"
#include "harness/base/err.h"
#include "workloads/nn/net/net.h"
#include "safetensors.h"

/* Tensors whose names start so belong to checkpoints. */
#define WEIGHTS_OPTIMIZER_PREFIX "optimizer."

/* ERR_NUMERIC with the name of the first parameter or running statistic that is not finite. */
int weights_check(struct net *net, struct err *err) MUST_CHECK;

/* batches: training steps so far, for num_batches_tracked. about: keys and texts to keep in the file's
 * metadata, ended by NULL, at most WEIGHTS_ABOUT of them; NULL: none. What weights_check refuses is
 * not saved. */
#define WEIGHTS_ABOUT 8
int weights_save(struct net *net, int64_t batches, const char *const *about, const char *path,
    struct err *err) MUST_CHECK;

/* Loads a file whose tensors are named as the net's nodes or as those of `renamed`, the same graph
 * with other names (NULL: none); the names of which the file has more are taken. Tensors that are
 * missing, unknown or of another shape are one ERR_INPUT that says how many there are and names some
 * of them; the net is then unchanged. */
int weights_load(
    struct net *net, const struct graph *renamed, const char *path, struct err *err) MUST_CHECK;

/* Outputs of the network that a file is of: rows of its classifier's weight, the last node of a
 * graph, under the names of one of the graphs. Files without one are an ERR_INPUT. */
int weights_outputs(const struct graph *const *graphs, int n_graphs, const char *path, int *outputs,
    struct err *err) MUST_CHECK;

/* ---- for checkpoint.c ---- */

/* Adds the tensors of weights_save to a list; the net and *batches must outlive it. */
int weights_list(struct net *net, const int64_t *batches, struct safetensors_list *list,
    struct err *err) MUST_CHECK;

/* The same as weights_check for all float32 tensors of a list. */
int weights_check_finite(const struct safetensors_list *list, struct err *err) MUST_CHECK;

/* One tensor in PyTorch's layout, of the parameter's shape: `values` in ours. */
struct safetensors_entry weights_entry(
    const struct parameter *parameter, const char *prefix, const float *values);
int weights_read(const struct safetensors *file, const char *path,
    const struct parameter *parameter, const char *prefix, float *values,
    struct err *err) MUST_CHECK;
/* The whole net from an open file with our own names. */
int weights_read_all(
    const struct safetensors *file, const char *path, struct net *net, struct err *err) MUST_CHECK;

#endif
