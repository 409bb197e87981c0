/* Cross-entropy of logits and labels, its gradient, and how far a label is from the top. */
#ifndef SCALESTUDY_WORKLOADS_NN_LAYERS_LOSS_H
#define SCALESTUDY_WORKLOADS_NN_LAYERS_LOSS_H

/*
 * Mean over n images of -sum_k q_k log softmax(logits)_k, where q is 1 - smoothing + smoothing /
 * classes on the label and smoothing / classes elsewhere (Szegedy et al. 2016, arXiv 1512.00567,
 * section 7). logits [n][classes], labels 0 .. classes - 1. grad [n][classes] is written with the
 * gradient of that mean, unless NULL. Not finite if a logit is not. Thread-safe.
 */
double cross_entropy(
    const float *logits, const int *labels, int n, int classes, double smoothing, float *grad);

/* Of images that are mixed of two: share of the loss of labels, 1 - share of that of others (both
 * [n]), and the gradient of that. */
double cross_entropy_mixed(const float *logits, const int *labels, const int *others, double share,
    int n, int classes, double smoothing, float *grad);

/* Classes that come before the label in falling order of logits, ties by class number: top-k is
 * right if this is below k. A logit that is NaN comes before all others. */
int label_rank(const float *logits, int classes, int label);

#endif
