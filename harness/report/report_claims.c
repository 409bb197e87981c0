/*
 * What the report's numbers allow one to say, and what they do not: the comparisons of compare.h in
 * words, methods at equal FLOPs and scaled networks against their baselines, each kind with Holm's
 * correction for all of it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/markup.h"
#include "report_private.h"
#include "harness/terminal/ui.h"

#define MAX_LISTED 12 /* of a kind and verdict; all are in the tables */

/* How many could be tested, and how many of those are sure. */
struct tally {
    int tested, sure;
};

static bool is_sure(const struct comparison *one)
{
    return one->verdict == COMPARE_BETTER || one->verdict == COMPARE_WORSE;
}

static struct tally tally_of(const struct comparisons *list)
{
    struct tally tally = {.tested = list->n_tests};

    for (int i = 0; i < list->n; i++)
        tally.sure += is_sure(&list->all[i]);
    return tally;
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

/* "at 4.00 times the FLOPs"; "at 12,000,000 multiply-adds, to which width is interpolated". */
static void add_cost(struct str *to, const struct comparisons *list, const struct comparison *one)
{
    const struct run_config *a = &list->runs.configs[one->a], *b = &list->runs.configs[one->b];
    char macs[REPORT_NUMBER_BYTES];

    if (family_is_baseline(a)) {
        str_addf(to, " at %.2f times the FLOPs", (double)b->macs / (double)a->macs);
        return;
    }
    str_addf(to, " at %s multiply-adds", report_count(llround(one->macs), macs));
    if (one->interpolated >= 0) {
        str_add(to, ", to which ");
        markup_text(to, list->runs.configs[one->interpolated].method);
        str_add(to, " is interpolated");
    }
}

static void add_numbers(struct str *to, const struct comparison *one)
{
    str_addf(to, ": %+.1f points", one->test.difference);
    if (isfinite(one->test.low))
        str_addf(to, ", 95 %% interval %+.1f to %+.1f", one->test.low, one->test.high);
    if (isfinite(one->p_holm))
        str_addf(to, one->p_holm < 0.001 ? ", p &lt; 0.001" : ", p = %.3f", one->p_holm);
    str_addf(to, ", %d and %d seed%s%s", one->n_a, one->n_b, ui_plural(one->n_b),
        one->paired ? " compared one by one" : "");
}

static void add_claim(
    struct str *page, const struct comparisons *list, const struct comparison *one)
{
    const struct run_config *a = &list->runs.configs[one->a], *b = &list->runs.configs[one->b];

    str_add(page, "<li><strong>");
    markup_text(page, b->model);
    report_label(page, b);
    str_add(page, "</strong>: ");
    str_add(page, is_sure(one) ? "" : "whether ");
    add_named(page, b);
    str_addf(page, " is %s than ",
        !is_sure(one)                    ? "better or worse"
        : one->verdict == COMPARE_BETTER ? "better"
                                         : "worse");
    add_named(page, a);
    add_cost(page, list, one);
    add_numbers(page, one);
    if (!is_sure(one) && one->seeds_needed > 0)
        str_addf(page,
            one->seeds_needed < COMPARE_MOST_SEEDS
                ? ". About %d seeds each would tell a difference so large"
                : ". More than %d seeds each would be needed",
            one->seeds_needed);
    str_add(page, ".</li>\n");
}

static void add_list(struct str *page, const struct comparisons *list, bool sure)
{
    int n = 0;

    for (int i = 0; i < list->n; i++) {
        if (is_sure(&list->all[i]) != sure || !isfinite(list->all[i].test.low))
            continue;
        if (n == 0)
            str_add(page, "<ul>\n");
        if (n++ < MAX_LISTED)
            add_claim(page, list, &list->all[i]);
    }
    if (n > MAX_LISTED)
        str_addf(page,
            "<li>%d more of this kind are among the <a href=\"#comparisons\">comparisons"
            "</a>.</li>\n",
            n - MAX_LISTED);
    if (n > 0)
        str_add(page, "</ul>\n");
}

static void add_tally(struct str *page, const struct tally *tally, const char *what)
{
    str_addf(page, "%d of %d comparison%s %s show%s a difference that chance does not explain",
        tally->sure, tally->tested, ui_plural(tally->tested), what, tally->tested == 1 ? "s" : "");
}

static void add_can(struct report *report)
{
    struct tally rivals = tally_of(&report->rivals), gains = tally_of(&report->gains);
    struct str *page = &report->page;

    str_add(page, "<h3>What can be claimed</h3>\n");
    if (rivals.tested + gains.tested == 0) {
        str_add(page, report->rivals.n + report->gains.n > 0
                          ? "<p>Nothing about which scaling is better: that takes at least two "
                            "seeds of both networks, better five. What stands above are single "
                            "runs, and a run may be off by points by chance alone.</p>\n"
                          : "<p>Nothing yet: there are no two networks to compare.</p>\n");
        return;
    }
    str_add(page, "<p>");
    if (rivals.tested > 0)
        add_tally(page, &rivals, "of methods at equal FLOPs");
    if (rivals.tested > 0 && gains.tested > 0)
        str_add(page, "; ");
    if (gains.tested > 0)
        add_tally(page, &gains, "with a baseline");
    str_add(page, ". That is at a level of 5 % for all comparisons of a kind together (Holm's "
                  "correction), and holds for this data, this recipe and these small "
                  "networks.</p>\n");
    add_list(page, &report->rivals, true);
    add_list(page, &report->gains, true);
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

void report_claims(struct report *report)
{
    add_can(report);
    str_add(&report->page, "<h3>What cannot be claimed</h3>\n");
    add_list(&report->page, &report->rivals, false);
    add_list(&report->page, &report->gains, false);
    add_limits(report);
}
