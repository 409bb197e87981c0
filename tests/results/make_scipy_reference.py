#!/usr/bin/env python3
"""Records what scipy says of the statistics that results/ computes itself: tests/results/scipy_reference.json.

    /usr/bin/python3 tests/results/make_scipy_reference.py >tests/results/scipy_reference.json

A development tool (Debian's python3-scipy); the tests read only what it recorded. It takes a minute.
"""
import json
import sys

import numpy
import scipy
from scipy import optimize, stats

rng = numpy.random.default_rng(1905)


def rounded(values):
    return [round(float(v), 3) for v in values]


def means():
    """Pairs of samples as accuracies over seeds, with Student's paired and Welch's test of b - a."""
    cases = []
    for n_a, n_b, gap, spread in [(2, 2, 1, 1), (3, 3, 0.5, 0.4), (5, 5, 0, 2), (10, 10, -3, 1), (3, 7, 1, 3), (12, 4, 0.2, 0.1)]:
        a = rounded(rng.normal(70, spread, n_a))
        b = rounded(rng.normal(70 + gap, 1.5 * spread, n_b))
        case = {"a": a, "b": b, "mean": float(numpy.mean(a)), "variance": float(numpy.var(a, ddof=1)),
                "ci95": float(stats.t.ppf(0.975, n_a - 1) * stats.sem(a))}
        # Of b - a: Welch's degrees of freedom, then the interval that belongs to them.
        welch = stats.ttest_ind(b, a, equal_var=False)
        va, vb = numpy.var(a, ddof=1) / n_a, numpy.var(b, ddof=1) / n_b
        freedom = (va + vb) ** 2 / (va ** 2 / (n_a - 1) + vb ** 2 / (n_b - 1))
        half = stats.t.ppf(0.975, freedom) * (va + vb) ** 0.5
        difference = float(numpy.mean(b) - numpy.mean(a))
        case["welch"] = {"t": float(welch.statistic), "p": float(welch.pvalue), "freedom": float(freedom),
                         "low": difference - half, "high": difference + half}
        if n_a == n_b:
            paired = stats.ttest_rel(b, a)
            interval = paired.confidence_interval(0.95)
            case["paired"] = {"t": float(paired.statistic), "p": float(paired.pvalue), "freedom": int(paired.df),
                              "low": float(interval.low), "high": float(interval.high)}
        cases.append(case)
    return cases


def seeds():
    """The least n whose paired t test has the power, from the noncentral t distribution."""
    rows = []
    for effect in [0.2, 0.5, 1, 2, 5]:
        for alpha in [0.05, 0.01]:
            n = 2
            while True:
                t = stats.t.ppf(1 - alpha / 2, n - 1)
                power = 1 - stats.nct.cdf(t, n - 1, effect * n ** 0.5) + stats.nct.cdf(-t, n - 1, effect * n ** 0.5)
                if power >= 0.8:
                    break
                n += 1
            rows.append({"effect": effect, "alpha": alpha, "power": 0.8, "n": n})
    return rows


def law(c, floor, scale, exponent):
    return floor + scale * c ** -exponent


def least_squares(c, error):
    """Best of several starts, as a saturating power law has a flat valley."""
    best = None
    for start in [0.1, 0.4, 1.5]:
        found = optimize.least_squares(lambda p: law(c, *p) - error, [error.min() / 2, 10, start],
                                       bounds=([0, 0, 0.01], [100, numpy.inf, 4]), x_scale=[10, 10, 0.5],
                                       ftol=1e-13, xtol=1e-13, gtol=1e-13)
        if best is None or found.cost < best.cost:
            best = found
    return best


def bootstrap(c, found, resamples):
    freedom = len(c) - 3
    sigma = (2 * found.cost / freedom) ** 0.5
    curve = law(c, *found.x)
    draws = []
    for _ in range(resamples):
        own = sigma * (freedom / rng.chisquare(freedom)) ** 0.5
        draws.append(least_squares(c, curve + rng.normal(0, own, len(c))).x)
    return numpy.array(draws)


def fits():
    """Synthetic accuracies of a law that is known, and what is found again."""
    cases = []
    for floor, scale, exponent, sigma, n, resamples in [
            (20, 15, 0.5, 0, 8, 0), (20, 15, 0.5, 0.4, 12, 2000), (5, 30, 0.3, 0.3, 20, 0), (35, 1, 1.2, 0.5, 6, 2000),
            (0, 40, 0.2, 0.5, 10, 0), (50, 0, 1, 1, 9, 0)]:
        c = numpy.geomspace(0.05, 20, n)
        error = law(c, floor, scale, exponent) + rng.normal(0, 1, n) * sigma
        error = numpy.round(error, 6)
        found = least_squares(c, error)
        case = {"truth": [floor, scale, exponent], "macs_b": [float(v) for v in c],
                "top1": [round(100 - float(v), 6) for v in error],
                "found": [float(v) for v in found.x], "rest": float(2 * found.cost)}
        if resamples:
            draws = bootstrap(c, found, resamples)
            case["ranges"] = [[float(v) for v in numpy.percentile(draws[:, k], [2.5, 97.5])] for k in range(3)]
            at = 100 - numpy.array([law(2.0, *d) for d in draws])
            case["top1_at_2b"] = [float(v) for v in numpy.percentile(at, [2.5, 97.5])]
        cases.append(case)
    return cases


json.dump({
    "made_by": f"scipy {scipy.__version__}, numpy {numpy.__version__}",
    "t_quantiles": [[p, f, float(stats.t.ppf(p, f))] for f in [1, 2, 3, 4.5, 9, 30, 1000]
                    for p in [0.005, 0.025, 0.4, 0.8, 0.975, 0.9999]],
    "quantiles": {"sorted": [1, 2, 4, 8, 16, 32, 64],
                  "rows": [[p, float(numpy.quantile([1, 2, 4, 8, 16, 32, 64], p))] for p in [0, 0.025, 0.3, 0.5, 0.99, 1]]},
    "means": means(), "seeds": seeds(), "fits": fits()}, sys.stdout, indent=1)
print()
