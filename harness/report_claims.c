/*
 * What the report's numbers allow one to say, and what they do not.
 *
 * Within each baseline: every scaling against the baseline, and the compound one against each of the
 * others whose FLOPs are about the same. Tests are Student's on differences by seed where two
 * networks have the same seeds, Welch's else, with Holm's correction for all of them together.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/markup.h"
#include "report_private.h"
#include "results/statistics.h"
#include "ui.h"

#define MAX_CLAIMS 60
#define SAME_FLOPS 1.25 /* the larger of two FLOPs over the smaller, at most */
#define LEVEL      0.05
#define POWER      0.8
#define MOST_SEEDS 1000

struct claim_pair {
    int a, b; /* configurations: is b better than a? */
    int n_a, n_b;
    bool paired;
    struct mean_test test;
    double p; /* corrected */
};

struct claims {
    struct claim_pair pairs[MAX_CLAIMS];
    int n, left_out;
};

static double flops_ratio(const struct report *report, const struct claim_pair *pair)
{
    return (double)report->runs.configs[pair->b].macs / (double)report->runs.configs[pair->a].macs;
}

static int test_pair(const struct report *report, struct claim_pair *pair, struct err *err)
{
    struct report_sample *a = NULL, *b = NULL;
    double *x = NULL, *y = NULL;
    int result = -1;

    if (report_samples(report, pair->a, &a, &pair->n_a, err) < 0 ||
        report_samples(report, pair->b, &b, &pair->n_b, err) < 0)
        goto done;
    x = calloc((size_t)pair->n_a + 1, sizeof(double));
    y = calloc((size_t)pair->n_b + 1, sizeof(double));
    if (!x || !y) {
        err_set(err, ERR_MEMORY, "no memory for the seeds of two networks");
        goto done;
    }
    pair->paired = pair->n_a == pair->n_b;
    for (int i = 0; i < pair->n_a; i++) {
        x[i] = a[i].top1;
        pair->paired = pair->paired && a[i].seed == b[i].seed;
    }
    for (int i = 0; i < pair->n_b; i++)
        y[i] = b[i].top1;
    if (pair->paired)
        pair->test = statistics_paired(x, y, pair->n_a);
    else
        pair->test = statistics_welch(x, pair->n_a, y, pair->n_b);
    if (isnan(pair->test.difference))
        pair->test.difference = statistics_mean(y, pair->n_b) - statistics_mean(x, pair->n_a);
    result = 0;
done:
    free(a);
    free(b);
    free(x);
    free(y);
    return result;
}

static int add_pair(
    struct claims *claims, const struct report *report, struct claim_pair pair, struct err *err)
{
    const struct run_config *configs = report->runs.configs;

    if (configs[pair.a].states[RUN_DONE] == 0 || configs[pair.b].states[RUN_DONE] == 0)
        return 0;
    if (claims->n == MAX_CLAIMS) {
        claims->left_out++;
        return 0;
    }
    if (test_pair(report, &pair, err) < 0)
        return -1;
    claims->pairs[claims->n++] = pair;
    return 0;
}

/* Whether two networks, both scaled from the baseline, cost about the same, and b is compound. */
static bool are_rivals(const struct report *report, const struct claim_pair *pair)
{
    const struct run_config *configs = report->runs.configs;
    double ratio = flops_ratio(report, pair);

    return strcmp(configs[pair->b].method, "compound") == 0 &&
           strcmp(configs[pair->a].method, "compound") != 0 && fmax(ratio, 1 / ratio) <= SAME_FLOPS;
}

/* What was scaled from a baseline, against it and among each other. */
static int add_group(
    struct claims *claims, const struct report *report, int baseline, struct err *err)
{
    for (int b = 0; b < report->runs.n_configs; b++)
        if (b != baseline && report->baseline[b] == baseline &&
            add_pair(claims, report, (struct claim_pair){.a = baseline, .b = b}, err) < 0)
            return -1;
    for (int b = 0; b < report->runs.n_configs; b++)
        for (int a = 0; a < report->runs.n_configs && report->baseline[b] == baseline; a++) {
            struct claim_pair pair = {.a = a, .b = b};

            if (strcmp(report->runs.configs[b].method, "compound") != 0)
                break;
            if (a == baseline || report->baseline[a] != baseline || !are_rivals(report, &pair))
                continue;
            if (add_pair(claims, report, pair, err) < 0)
                return -1;
        }
    return 0;
}

static int correct(struct claims *claims, struct err *err)
{
    double p[MAX_CLAIMS];

    for (int i = 0; i < claims->n; i++)
        p[i] = claims->pairs[i].test.p;
    if (statistics_holm(p, claims->n, p, err) < 0)
        return -1;
    for (int i = 0; i < claims->n; i++)
        claims->pairs[i].p = p[i];
    return 0;
}

static int find_claims(struct claims *claims, const struct report *report, struct err *err)
{
    for (int i = 0; i < report->runs.n_configs; i++)
        if (report->baseline[i] == i && add_group(claims, report, i, err) < 0)
            return -1;
    return correct(claims, err);
}

static bool is_sure(const struct claim_pair *pair)
{
    return pair->p < LEVEL;
}

static void add_named(struct str *to, const struct run_config *config)
{
    char scaling[REPORT_SCALING_BYTES];

    report_scaling(config, scaling);
    if (family_is_baseline(config)) {
        str_add(to, "the baseline");
        return;
    }
    markup_text(to, config->method);
    str_addf(to, " (%s)", scaling);
}

static void add_numbers(struct str *to, const struct claim_pair *pair)
{
    str_addf(to, "%+.1f points", pair->test.difference);
    if (isfinite(pair->test.low))
        str_addf(to, ", 95 %% interval %+.1f to %+.1f", pair->test.low, pair->test.high);
    if (isfinite(pair->p))
        str_addf(to, pair->p < 0.001 ? ", p &lt; 0.001" : ", p = %.3f", pair->p);
    str_addf(to, ", %d and %d seed%s%s", pair->n_a, pair->n_b, ui_plural(pair->n_b),
        pair->paired && pair->n_a > 1 ? " compared one by one" : "");
}

static void add_claim(struct report *report, const struct claim_pair *pair)
{
    const struct run_config *a = &report->runs.configs[pair->a],
                            *b = &report->runs.configs[pair->b];
    struct str *page = &report->page;
    int needed =
        statistics_seeds_needed(pair->test.difference, pair->test.spread, LEVEL, POWER, MOST_SEEDS);

    str_add(page, "<li><strong>");
    markup_text(page, b->model);
    str_add(page, "</strong>: ");
    if (is_sure(pair)) {
        add_named(page, b);
        str_add(page, pair->test.difference > 0 ? " is better than " : " is worse than ");
    } else {
        str_add(page, "whether ");
        add_named(page, b);
        str_add(page, " is better or worse than ");
    }
    add_named(page, a);
    str_addf(page, " at %.2f times the FLOPs: ", flops_ratio(report, pair));
    add_numbers(page, pair);
    if (!is_sure(pair) && needed > 0 && isfinite(pair->test.spread) && pair->test.spread > 0)
        str_addf(page,
            needed < MOST_SEEDS ? ". About %d seeds each would tell a difference so large"
                                : ". More than %d seeds each would be needed",
            needed);
    str_add(page, ".</li>\n");
}

static void add_list(struct report *report, const struct claims *claims, bool sure)
{
    int n = 0;

    for (int i = 0; i < claims->n; i++)
        if (is_sure(&claims->pairs[i]) == sure && isfinite(claims->pairs[i].test.low)) {
            if (n++ == 0)
                str_add(&report->page, "<ul>\n");
            add_claim(report, &claims->pairs[i]);
        }
    if (n > 0)
        str_add(&report->page, "</ul>\n");
}

/* How many of the comparisons are sure, and how many could be made at all. */
static void count(const struct claims *claims, int *sure, int *tested)
{
    *sure = *tested = 0;
    for (int i = 0; i < claims->n; i++) {
        *sure += is_sure(&claims->pairs[i]);
        *tested += isfinite(claims->pairs[i].test.low);
    }
}

static void add_can(struct report *report, const struct claims *claims, int sure, int tested)
{
    struct str *page = &report->page;

    str_add(page, "<h3>What can be claimed</h3>\n");
    if (tested == 0 && claims->n > 0)
        str_add(page, "<p>Nothing about which scaling is better: that takes at least two seeds of "
                      "both networks, better five. What stands above are single runs, and a run "
                      "may be off by points by chance alone.</p>\n");
    else if (tested == 0)
        str_add(page, "<p>Nothing yet: there are no two networks to compare.</p>\n");
    else
        str_addf(page,
            "<p>%d of %d comparison%s show%s a difference that chance does not explain, at a "
            "level of 5 %% for all of them together (Holm's correction). That holds for this "
            "data, this recipe and these small networks.</p>\n",
            sure, tested, ui_plural(tested), tested == 1 ? "s" : "");
    add_list(report, claims, true);
    if (claims->left_out > 0)
        str_addf(page,
            "<p class=\"note\">%d more comparisons were not made: beyond %d one would "
            "look for chance.</p>\n",
            claims->left_out, MAX_CLAIMS);
}

static void add_limits(struct report *report)
{
    struct str *page = &report->page;
    int open =
        report->counts[RUN_WAITING] + report->counts[RUN_RUNNING] + report->counts[RUN_STOPPED];

    str_add(page, "<ul>\n<li>Whether it holds for other data, for longer training or for networks "
                  "in full size: the paper's numbers are of ImageNet, of networks in full size. "
                  "Compare gains with gains, never accuracies with accuracies.</li>\n");
    if (report->counts[RUN_FAILED] > 0)
        str_addf(page,
            "<li>Anything about the %d job%s that failed: what is left may be a choice "
            "of the easy ones.</li>\n",
            report->counts[RUN_FAILED], ui_plural(report->counts[RUN_FAILED]));
    if (open > 0)
        str_addf(page, "<li>Anything about the %d job%s that %s not done.</li>\n", open,
            ui_plural(open), open == 1 ? "is" : "are");
    str_add(page, "</ul>\n");
}

int report_claims(struct report *report, struct err *err)
{
    struct claims claims = {0};
    int sure, tested;

    if (find_claims(&claims, report, err) < 0)
        return -1;
    count(&claims, &sure, &tested);
    add_can(report, &claims, sure, tested);
    str_add(&report->page, "<h3>What cannot be claimed</h3>\n");
    add_list(report, &claims, false);
    add_limits(report);
    return 0;
}
