/* The range of each number of a study's data, and of the option of that name: the least, the most, and
 * whether the least itself is excluded. */
#ifndef SCALESTUDY_HARNESS_STUDY_DATA_RANGES_H
#define SCALESTUDY_HARNESS_STUDY_DATA_RANGES_H

/* clang-format off */
#define RANGE_train_images   0, 1000000000, false
#define RANGE_test_images    0, 1000000000, false
#define RANGE_classes        0, 65536, false
#define RANGE_minival        0, 1000000000, false
#define RANGE_fraction       0, 1, true
#define RANGE_split_seed     0, 2000000000, false
#define RANGE_mean           -10, 10, false
#define RANGE_std            0, 10, true
#define RANGE_crop_ratio     0, 1, true
#define RANGE_loader_threads 1, 1024, false
/* clang-format on */

#endif
