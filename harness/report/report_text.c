/* What several sections of the report say: scalings, counts, seeds, and how methods are compared. */
#include "report_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/markup.h"

const struct compare_options report_rivals = COMPARE_DEFAULTS,
                             report_gains = {.within = 0.02, .with_baseline = true};

void report_scaling(const struct run_config *config, char to[REPORT_SCALING_BYTES])
{
    const struct {
        char name;
        double value;
    } factors[] = {{'d', config->depth}, {'w', config->width}, {'r', config->resolution}};
    size_t length = 0;

    if (family_is_baseline(config)) {
        str_copy(to, REPORT_SCALING_BYTES, "baseline");
        return;
    }
    for (int i = 0; i < 3; i++)
        if (fabs(factors[i].value - 1) >= 1e-9)
            length += (size_t)snprintf(to + length, REPORT_SCALING_BYTES - length, "%s%c=%.4g",
                length ? " " : "", factors[i].name, factors[i].value);
}

void report_label(struct str *to, const struct run_config *config)
{
    if (!config->label[0])
        return;
    str_add(to, ", ");
    markup_text(to, config->label);
}

const char *report_count(int64_t value, char to[REPORT_NUMBER_BYTES])
{
    char digits[REPORT_NUMBER_BYTES];
    int n = snprintf(digits, sizeof(digits), "%lld", (long long)value), length = 0;

    for (int i = 0; i < n; i++) {
        to[length++] = digits[i];
        if (digits[i] != '-' && i + 1 < n && (n - 1 - i) % 3 == 0)
            to[length++] = ',';
    }
    to[length] = '\0';
    return to;
}

static int compare_samples(const void *a, const void *b)
{
    const struct report_sample *p = a, *q = b;

    return p->seed < q->seed ? -1 : p->seed > q->seed;
}

int report_samples(const struct report *report, int config, struct report_sample **samples, int *n,
    struct err *err)
{
    int most = report->first[config + 1] - report->first[config];
    struct report_sample *list = calloc((size_t)most + 1, sizeof(*list));

    *n = 0;
    if (!list)
        return err_set(err, ERR_MEMORY, "no memory for %d seeds of a network", most);
    for (int i = report->first[config]; i < report->first[config + 1]; i++) {
        const struct job_result *run = &report->runs.runs[report->by_config[i]];

        if (run->state == RUN_DONE && isfinite(run->top1))
            list[(*n)++] = (struct report_sample){run->seed, run->top1};
    }
    qsort(list, (size_t)*n, sizeof(*list), compare_samples);
    *samples = list;
    return 0;
}
