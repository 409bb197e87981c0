/*
 * Reading through views and writing gradients through them (layer.h, "Seam for fusion"), a block of
 * rows at a time: what every layer that reads views does. A row is a pixel with its C channels;
 * rows are counted through all images.
 *
 *     view_rows(&run->in[0], row0, rows, c, block);              the input's values
 *     dy = view_out_gradient(run, row0, rows, block);            the gradient of the output
 *     view_in_gradient(run, 0, row0, rows, da, sums);            da: gradient of those values
 *
 * Called by threads that work on rows of their own. Nothing is owned.
 */
#ifndef SCALESTUDY_WORKLOADS_NN_LAYERS_VIEW_H
#define SCALESTUDY_WORKLOADS_NN_LAYERS_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "workloads/nn/graph/layer.h"
#include "workloads/nn/kernels/parallel.h"

/* Whether the values are the data themselves. */
bool view_is_plain(const struct view *view);

/* act(scale x + shift) of `rows` rows x [rows][c] into `to`, which may be x; without the gate. */
void view_apply(const struct view *view, int64_t rows, int c, const float *x, float *to);

/* The values of rows row0 .. row0 + rows - 1 into `to` [rows][c]. */
void view_rows(const struct view *view, int64_t row0, int64_t rows, int c, float *to);

/* The gradient of rows of the output: in place where it is, or worked out into `to`. */
const float *view_out_gradient(const struct layer_run *run, int64_t row0, int64_t rows, float *to);

/* All of it in place, with threads: for layers that want it as a whole. */
void view_settle_out_gradient(const struct layer_run *run);

/*
 * From da [rows][c], the gradient of the values of input `input`, to in_grad, written or added as
 * add_grad says; da may be in_grad's own rows, unless they are added to. sums [2][c], which this
 * block alone adds to: what goes into in_grad_sums; NULL if that is. Of a view with a gate the
 * values' gradient is in_grad, and its sums are the caller's business:
 */
void view_in_gradient(const struct layer_run *run, int input, int64_t row0, int64_t rows,
    const float *da, double *sums);

/* gate_sums of in[0] for whole images, whose in_grad is written: cleared, or of some more rows. */
void view_gate_sums_clear(const struct layer_run *run, int64_t images_from, int64_t images_to);
void view_gate_sums(const struct layer_run *run, int64_t row0, int64_t rows);

/* Sums of blocks (channel_sums.h) for in_grad_sums: floats, clearing, adding up; nothing where
 * in_grad_sums is NULL. */
double *view_sums_block(const struct layer_run *run, int input, float *scratch, int block);
void view_sums_add(const struct layer_run *run, int input, float *scratch, int blocks);

/*
 * For layers that go image by image: groups of images large enough to hand out and to have sums of
 * their own, and blocks of rows that stay in L1. Scratch: the sums of the groups, then a block for
 * each thread.
 */
struct parallel_split view_groups(const struct shape *shape, int batch);
int view_block_rows(int c);
size_t view_groups_scratch(const struct shape *shape, int batch);
float *view_thread_block(const struct layer_run *run, int thread);

/* For layers whose inputs may all be views. */
bool view_reads_all(const void *config, const struct shape *in, const struct shape *out, int input);

#endif
