#include "class_scores.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_logit(const void *a, const void *b)
{
    const struct class_score *x = a, *y = b;

    if (x->logit != y->logit)
        return x->logit > y->logit ? -1 : 1;
    return (x->class > y->class) - (x->class < y->class);
}

void class_scores_rank(const float *logits, int classes, struct class_score *scores)
{
    double highest = (double)logits[0], sum = 0;

    for (int c = 0; c < classes; c++)
        highest = fmax(highest, (double)logits[c]);
    for (int c = 0; c < classes; c++)
        sum += exp((double)logits[c] - highest);
    for (int c = 0; c < classes; c++)
        scores[c] = (struct class_score){c, logits[c], exp((double)logits[c] - highest) / sum};
    qsort(scores, (size_t)classes, sizeof(*scores), by_logit);
}

json_t *json_name(const char *name)
{
    json_t *string = name ? json_string(name) : json_null();
    char *copy = string ? NULL : strdup(name);

    for (char *c = copy; c && *c; c++)
        if ((unsigned char)*c >= 0x80)
            *c = '?';
    if (copy)
        string = json_string(copy);
    free(copy);
    return string;
}
