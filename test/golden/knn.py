"""Writes knn.json: k-nearest-neighbour accuracies of the embeddings that clusters.py computes.

    python test/golden/knn.py      (torch, scikit-learn 1.9.1)

weighted     DINO's vote, in torch: the k highest cosines, each exp(cosine / 0.07) for its class
majority     scikit-learn's KNeighborsClassifier(metric="cosine"): accuracy and every prediction
"""

import json
import pathlib

import torch
from clusters import clusters
from sklearn.neighbors import KNeighborsClassifier

NEIGHBOURS, CLASSES, WIDTH = (1, 5, 10, 20, 100, 200), 12, 24
(train, train_labels), (test, test_labels) = (clusters(f"knn {s}", n, WIDTH, CLASSES, 2) for s, n in (("train", 600), ("test", 250)))  # fmt: skip
rows, queries = (torch.nn.functional.normalize(torch.from_numpy(part).double(), dim=1) for part in (train, test))
truth, known = torch.from_numpy(test_labels), torch.from_numpy(train_labels)


def weighted(k):
    cosines, places = (queries @ rows.T).topk(k)
    one_hot = torch.nn.functional.one_hot(known[places], CLASSES)
    votes = (one_hot * (cosines / 0.07).exp()[..., None]).sum(1)
    order = votes.argsort(dim=1, descending=True)
    hits = (order == truth[:, None]) & (votes.gather(1, order) > 0)
    return {"top1": hits[:, :1].any(1).double().mean().item(), "top5": hits[:, :5].any(1).double().mean().item()}


def majority(k):
    model = KNeighborsClassifier(k, metric="cosine").fit(train, train_labels)
    return {"top1": model.score(test, test_labels), "predictions": model.predict(test).tolist()}


answers = {"weighted": {k: weighted(k) for k in NEIGHBOURS}, "majority": {k: majority(k) for k in NEIGHBOURS}}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(answers) + "\n")
print(answers["weighted"], {k: v["top1"] for k, v in answers["majority"].items()})
