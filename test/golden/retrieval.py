"""Writes retrieval.json: recall at k by sorting, for random embeddings with several texts per picture and shared texts.

The rule is CLIP_benchmark's: a query is a hit if any of its right candidates is among the k with the highest cosine.
Run: python test/golden/retrieval.py
"""

import json
import pathlib

import numpy

random = numpy.random.default_rng(7)
pictures, texts, width = 40, 70, 6
images = random.standard_normal((pictures, width))
words = random.standard_normal((texts, width))
positives = [sorted({int(i), *map(int, random.integers(pictures, texts, size=2))}) for i in range(pictures)]
for text in range(pictures, texts):  # no text may belong to nobody
    if not any(text in own for own in positives):
        positives[int(random.integers(pictures))].append(text)


def unit(matrix):
    return matrix / numpy.linalg.norm(matrix, axis=1, keepdims=True)


def recall(similarity, right, k):
    top = numpy.argsort(-similarity, axis=1)[:, :k]
    return float(numpy.mean([bool(set(row.tolist()) & set(own)) for row, own in zip(top, right)]))


similarity = unit(images) @ unit(words).T
pictures_of = [[p for p in range(pictures) if t in positives[p]] for t in range(texts)]
answers = {
    "width": width,
    "images": images.round(6).ravel().tolist(),
    "texts": words.round(6).ravel().tolist(),
    "positives": positives,
    "imageToText": {k: recall(similarity, positives, k) for k in (1, 5, 10)},
    "textToImage": {k: recall(similarity.T, pictures_of, k) for k in (1, 5, 10)},
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(answers) + "\n")
