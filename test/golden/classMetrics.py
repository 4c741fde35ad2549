"""Writes classMetrics.json: what scikit-learn says of zero-shot predictions on the embeddings of clusters.py.

    python test/golden/classMetrics.py        (numpy, scikit-learn)

Classes are unequal and hard to tell apart. In `absent`, the pictures of class 0 are left out, which is predicted all the same:
macro-F1 counts it, the mean per class does not.
"""

import json
import pathlib
import warnings

import numpy
from clusters import clusters, rows_of
from sklearn.metrics import balanced_accuracy_score, f1_score, top_k_accuracy_score

CLASSES, PICTURES, WIDTH = 12, 150, 8
warnings.filterwarnings("ignore", message="y_pred contains classes not in y_true")


def unit(rows):
    return rows / numpy.linalg.norm(rows, axis=1, keepdims=True)


pictures, labels = clusters("metrics", PICTURES, WIDTH, CLASSES, 2)
scores = unit(pictures) @ unit(rows_of("metrics classes", numpy.arange(CLASSES), WIDTH, CLASSES, 2)).T


def answer(rows):
    own, truth = scores[rows], labels[rows]
    predicted = own.argmax(axis=1)
    return {
        "top3": top_k_accuracy_score(truth, own, k=3, labels=range(CLASSES)),
        "meanPerClass": balanced_accuracy_score(truth, predicted),
        "macroF1": f1_score(truth, predicted, average="macro"),
    }


answers = {"all": answer(labels >= 0), "absent": answer(labels > 0)}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(answers, indent=2) + "\n")
print(answers)
