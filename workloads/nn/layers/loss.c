/* Cross-entropy with label smoothing, its gradient, and the rank of a label. */
#include "loss.h"

#include <math.h>
#include <stddef.h>

static float largest(const float *x, int count)
{
    float most = x[0];

    for (int k = 1; k < count; k++)
        most = x[k] > most ? x[k] : most;
    return most;
}

/* grad = (softmax(x) - q) / n; `sum` is that of exp(x - top). */
static void fill_gradient(const float *x, int label, int classes, float top, double sum,
    double smoothing, int n, float *grad)
{
    double elsewhere = smoothing / classes;

    for (int k = 0; k < classes; k++)
        grad[k] = (float)((expf(x[k] - top) / sum - elsewhere) / n);
    grad[label] -= (float)((1 - smoothing) / n);
}

double cross_entropy(
    const float *logits, const int *labels, int n, int classes, double smoothing, float *grad)
{
    double total = 0;

    for (int i = 0; i < n; i++) {
        const float *x = logits + (size_t)i * classes;
        float top = largest(x, classes);
        double exponentials = 0, sum = 0;

        for (int k = 0; k < classes; k++) {
            exponentials += expf(x[k] - top);
            sum += x[k];
        }
        total +=
            top + log(exponentials) - (1 - smoothing) * x[labels[i]] - smoothing * sum / classes;
        if (grad)
            fill_gradient(
                x, labels[i], classes, top, exponentials, smoothing, n, grad + (size_t)i * classes);
    }
    return total / n;
}

double cross_entropy_mixed(const float *logits, const int *labels, const int *others, double share,
    int n, int classes, double smoothing, float *grad)
{
    double rest = cross_entropy(logits, others, n, classes, smoothing, NULL);
    double loss = cross_entropy(logits, labels, n, classes, smoothing, grad);
    float moved = (float)((1 - share) * (1 - smoothing) / n);

    /* Both have the same softmax; only where the target lies differs. */
    for (int i = 0; grad && i < n; i++) {
        grad[(size_t)i * (size_t)classes + (size_t)labels[i]] += moved;
        grad[(size_t)i * (size_t)classes + (size_t)others[i]] -= moved;
    }
    return share * loss + (1 - share) * rest;
}

int label_rank(const float *logits, int classes, int label)
{
    int rank = 0;

    if (isnan(logits[label]))
        return classes;
    for (int k = 0; k < classes; k++)
        rank += !(logits[k] < logits[label]) && (logits[k] != logits[label] || k < label);
    return rank;
}
