"""Writes calibration.json: calibration of softmax over scaled cosines of the embeddings that clusters.py computes.

    python test/golden/calibration.py      (torch, torchmetrics 1.9.0, scikit-learn 1.9.1, scipy)

expected, maximum     torchmetrics' MulticlassCalibrationError, norms l1 and max
loss                  torch's cross_entropy (scikit-learn's log_loss clips small probabilities)
brier                 scikit-learn's brier_score_loss, not halved
adaptive              from the definition: pictures sorted by confidence, numpy's array_split, distances weighed by counts
logitScale            SciPy's bounded minimum of the held-out pictures' loss
"""

import json
import pathlib

import numpy
import torch
from clusters import clusters, rows_of
from scipy.optimize import minimize_scalar
from scipy.special import softmax
from sklearn.metrics import brier_score_loss
from torchmetrics.classification import MulticlassCalibrationError

WIDTH, CLASSES = 24, 10


def unit(rows):
    return rows.astype(float) / numpy.linalg.norm(rows.astype(float), axis=1, keepdims=True)


classes = unit(rows_of("calibration classes", numpy.arange(CLASSES), WIDTH, CLASSES, 0.5))


def cosines(split, count):
    images, labels = clusters(f"calibration {split}", count, WIDTH, CLASSES, 1)
    return unit(images) @ classes.T, labels


def adaptive(confidence, right, bins=15):
    parts = numpy.array_split(numpy.argsort(confidence, kind="stable"), bins)
    return sum(abs(confidence[p].mean() - right[p].mean()) * len(p) for p in parts) / len(confidence)


def loss(scores, labels, scale):
    return torch.nn.functional.cross_entropy(torch.from_numpy(scale * scores), torch.from_numpy(labels)).item()


def judge(scores, labels, scale):
    probabilities = softmax(scale * scores, axis=1)
    predictions, confidence = probabilities.argmax(1), probabilities.max(1)
    measure = lambda norm, bins: MulticlassCalibrationError(CLASSES, n_bins=bins, norm=norm)(
        torch.from_numpy(probabilities), torch.from_numpy(labels)
    ).item()
    return {
        "expected": measure("l1", 15),
        "expected10": measure("l1", 10),
        "maximum": measure("max", 15),
        "adaptive": adaptive(confidence, predictions == labels),
        "loss": loss(scores, labels, scale),
        "brier": brier_score_loss(labels, probabilities, labels=numpy.arange(CLASSES), scale_by_half=False),
        "accuracy": (predictions == labels).mean(),
        "confidence": confidence.mean(),
    }


def fitted(split, count):
    scores, labels = cosines(split, count)
    at = lambda log: loss(scores, labels, numpy.exp(log))
    return float(numpy.exp(minimize_scalar(at, bounds=(-4, 6), method="bounded", options={"xatol": 1e-10}).x))


scale = fitted("held-out", 301)
answers = {"logitScale": scale, "judged": {str(s): judge(*cosines("test", 407), s) for s in (2, 20, 100, scale)}}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(answers) + "\n")
print(json.dumps(answers, indent=1))
