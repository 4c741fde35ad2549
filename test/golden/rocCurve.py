"""Known answers of scikit-learn for `src/evaluation/rocCurve.ts`: a low weight means a bad pair.

    python test/golden/rocCurve.py

Writes rocCurve.json, with the version it was made with. The cases: no ties, many ties (half of the weights are 1, as of
ALIP's language gate), two weights only, perfect, reversed, all weights equal.
"""

import json
import pathlib

import numpy
import sklearn
from sklearn.metrics import roc_auc_score, roc_curve

rng = numpy.random.default_rng(5)
bad = rng.random(40) < 0.4
weights = numpy.round(rng.random(40) - 0.3 * bad, 4)
gate = numpy.minimum(1, numpy.round(numpy.exp(2 * (weights - numpy.mean(weights))), 2))
cases = {
    "no ties": (weights, bad),
    "half of them 1": (gate, bad),
    "two weights": (gate >= 1, bad),
    "perfect": ([0.1, 0.2, 0.8, 0.9], [1, 1, 0, 0]),
    "reversed": ([0.8, 0.9, 0.1, 0.2], [1, 1, 0, 0]),
    "all equal": ([1, 1, 1, 1], [1, 0, 1, 0]),
}


def answer(weights, bad):
    weights, bad = numpy.asarray(weights, dtype=float), numpy.asarray(bad, dtype=int)
    fpr, tpr, thresholds = roc_curve(bad, -weights, drop_intermediate=False)
    return {
        "weights": weights.tolist(),
        "bad": bad.tolist(),
        "fpr": fpr.tolist(),
        "tpr": tpr.tolist(),
        "thresholds": (-thresholds[1:]).tolist(),
        "auc": float(roc_auc_score(bad, -weights)),
    }


answers = {"made_with": sklearn.__version__, "cases": {name: answer(*case) for name, case in cases.items()}}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(answers) + "\n")
