/* How a network is trained: plain data, every field a key of a study's recipe and an option of `train`. */
#ifndef SCALESTUDY_WORKLOADS_RECIPE_H
#define SCALESTUDY_WORKLOADS_RECIPE_H

#include <stdbool.h>

#define RECIPE_MODEL_DEFAULT (-1.0) /* dropout, drop_path: as the model's spec says */

enum optimizer {
    OPTIMIZER_SGD,
};

enum schedule {
    SCHEDULE_COSINE,
    SCHEDULE_CONSTANT,
};

struct recipe {
    int epochs;
    int batch; /* images a step */
    enum optimizer optimizer;
    double lr;           /* peak, after warm-up */
    double momentum;
    bool nesterov;
    double weight_decay; /* on weights; not on batch norm and biases */
    enum schedule schedule;
    double warmup_epochs; /* linear from 0 */
    double label_smoothing;
    double dropout;   /* rate before the classifier, or RECIPE_MODEL_DEFAULT */
    double drop_path; /* stochastic depth: rate of the last block, or RECIPE_MODEL_DEFAULT */
    unsigned augment; /* bits of enum augment */
};

#endif
