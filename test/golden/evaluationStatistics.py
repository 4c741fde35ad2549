"""Known answers of SciPy and scikit-learn for `src/evaluation`: intervals, tests, AUROC.

    python test/golden/evaluationStatistics.py

Writes evaluationStatistics.json, with the versions it was made with.
"""

import json
import pathlib

import numpy
import scipy
import sklearn
from scipy import stats
from sklearn.metrics import roc_auc_score

a = [61.2, 59.8, 63.1, 60.4, 62.0]
b = [58.9, 59.9, 60.7, 58.1, 61.5]
scores = [0.9, 0.2, 0.5, 0.5, 0.7, 0.1, 0.5, 1.3]
labels = [1, 0, 1, 0, 1, 0, 0, 0]


def interval(values, level):
    error = stats.sem(values)
    low, high = stats.t.interval(level, len(values) - 1, loc=numpy.mean(values), scale=error)
    return [float(low), float(high)]


def wilson(successes, count, level):
    result = stats.binomtest(successes, count).proportion_ci(level, method="wilson")
    return [float(result.low), float(result.high)]


paired = stats.ttest_rel(a, b)
answers = {
    "made_with": {"scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
    "a": a,
    "b": b,
    "mean": float(numpy.mean(a)),
    "standard_deviation": float(numpy.std(a, ddof=1)),
    "standard_error": float(stats.sem(a)),
    "interval_95": interval(a, 0.95),
    "interval_90_of_3": interval(a[:3], 0.90),
    "wilson": [[s, n, level, *wilson(s, n, level)] for s, n, level in [(37, 120, 0.95), (0, 50, 0.95), (50, 50, 0.99)]],
    "paired": {"t": float(paired.statistic), "p": float(paired.pvalue), "interval": list(map(float, paired.confidence_interval()))},
    "student_cdf": [[t, df, float(stats.t.cdf(t, df))] for t, df in [(0, 3), (1.5, 1), (-2.3, 4), (12, 2), (0.01, 30), (-40, 7), (2, 500)]],
    "student_quantile": [[p, df, float(stats.t.ppf(p, df))] for p, df in [(0.975, 1), (0.975, 2), (0.995, 4), (0.05, 9), (0.5, 5), (0.9, 200)]],
    "normal_cdf": [[x, float(stats.norm.cdf(x))] for x in [0, 1.96, -3, 5.5, -6.9, -7.5, 8]],
    "normal_quantile": [[p, float(stats.norm.ppf(p))] for p in [0.975, 0.5, 0.001, 0.9999]],
    "scores": scores,
    "labels": labels,
    "auroc": float(roc_auc_score(labels, scores)),
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(answers, indent=1) + "\n")
