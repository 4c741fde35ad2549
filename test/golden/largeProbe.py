"""Writes largeProbe.json: scikit-learn's logistic regression on more embeddings than are worth storing, from clusters.py.

    python test/golden/largeProbe.py      (scikit-learn 1.9.1; minutes at the weak strengths)

For each strength 1 / C: the accuracy on the test rows, and the mean penalised loss of the training rows at the minimum,
(sum of log-losses + strength / 2 * squared weights) / rows. Rows are of unit length.
"""

import json
import pathlib

import numpy
from clusters import clusters
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

WIDTH, CLASSES = 256, 40


def split(name, count):
    rows, labels = clusters(f"large {name}", count, WIDTH, CLASSES)
    return rows.astype(float) / numpy.linalg.norm(rows.astype(float), axis=1, keepdims=True), labels


(train, known), (test, truth) = split("train", 5000), split("test", 2000)
answers = {}
for strength in (100, 1, 0.1, 0.01, 0.001):
    probe = LogisticRegression(C=1 / strength, tol=1e-7, max_iter=20000).fit(train, known)
    penalty = strength / 2 * (probe.coef_**2).sum() / len(train)
    answers[str(strength)] = {
        "accuracy": probe.score(test, truth),
        "loss": log_loss(known, probe.predict_proba(train)) + penalty,
    }
    print(strength, answers[str(strength)], probe.n_iter_, flush=True)
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(answers) + "\n")
