/* The range of each number of a recipe: the least, the most, and whether the least itself is excluded.
 * recipe_validate() and the keys of studies read the same rows, so that an option of `train` takes what
 * a study takes. Ranges of augmentations' parameters stand in data/augment_numbers.def. */
#ifndef SCALESTUDY_WORKLOADS_RECIPE_RANGES_H
#define SCALESTUDY_WORKLOADS_RECIPE_RANGES_H

#include "workloads/data/config/data_config.h"

/* clang-format off */
#define RANGE_epochs              1, 100000, false
#define RANGE_batch               1, 65536, false
#define RANGE_micro_batch         0, 65536, false
#define RANGE_lr                  0, 1000, true
#define RANGE_momentum            0, 0.999999, false
#define RANGE_weight_decay        0, 10, false
#define RANGE_decay               0, 0.999999, false
#define RANGE_beta1               0, 0.999999, false
#define RANGE_beta2               0, 0.999999, false
#define RANGE_eps                 1e-30, 1, false
#define RANGE_warmup_epochs       0, 100000, false
#define RANGE_decay_rate          0, 1, true
#define RANGE_decay_epochs        0, 1e6, true
#define RANGE_clip_norm           0, 1e9, false
#define RANGE_ema_decay           0, 0.999999, false
#define RANGE_label_smoothing     0, 0.999, false
#define RANGE_bn_momentum         0, 1, true
#define RANGE_dropout             0, 0.999, false
#define RANGE_drop_path           0, 0.999, false
#define RANGE_rand_augment        0, 30, false
#define RANGE_rand_augment_layers 1, 16, false
#define RANGE_color_jitter        0, 10, false
#define RANGE_random_erasing      0, 1, false
#define RANGE_mixup               0, 100, false
#define RANGE_cutmix              0, 100, false
#define RANGE_crop_padding        0, AUGMENT_MOST_PIXELS, true
#define RANGE_cutout              0, AUGMENT_MOST_PIXELS, false
/* clang-format on */

#endif
