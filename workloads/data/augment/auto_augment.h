/* The tables of AutoAugment:
 *
 *     const struct policy_step *steps = auto_augment_policy(AUTO_AUGMENT_IMAGENET, number);    0 .. POLICIES - 1
 */
#ifndef SCALESTUDY_WORKLOADS_DATA_AUGMENT_AUTO_AUGMENT_H
#define SCALESTUDY_WORKLOADS_DATA_AUGMENT_AUTO_AUGMENT_H

#include "pixel_ops.h"
#include "workloads/data/config/data_config.h"

#define POLICIES 25 /* of each table */

struct policy_step {
    enum pixel_op op;
    double probability;
    int level;
};

/* The two steps of a pair. */
const struct policy_step *auto_augment_policy(enum auto_augment policy, int number);

#endif
