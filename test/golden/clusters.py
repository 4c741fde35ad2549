"""Embeddings of classes of unequal size, computed, not stored: the same numbers here and in clusters.ts, by formula.py.

Picture i of a split has the class floor(classes * v^2) with v uniform in [0, 1): low classes are common, high ones rare. Its
entries are those of its class's centre, in [-1, 1), plus noise in [-noise, noise), rounded to float32 once; both halve
with every quarter of the width, as some directions of a CLIP's embeddings are much wider than others. `noise` is a power
of two.
"""

import numpy as np
from formula import hashes, uniform


def labels_of(split: str, count: int, classes: int) -> np.ndarray:
    v = (hashes(f"{split} labels", count) >> np.uint32(8)).astype(np.float64) * 2.0**-24
    return np.floor(classes * v * v).astype(np.int64)


def rows_of(split: str, labels: np.ndarray, width: int, classes: int, noise: float = 4) -> np.ndarray:
    """One row for each label, [labels, width], float32; the centres are the same in every split."""
    centres = uniform("centres", (classes, width)).astype(np.float64)
    scale = 2.0 ** -(4 * np.arange(width) // width)
    spread = uniform(split, (len(labels), width), noise).astype(np.float64)
    return (scale * (centres[labels] + spread)).astype(np.float32)


def clusters(split: str, count: int, width: int, classes: int, noise: float = 4) -> tuple[np.ndarray, np.ndarray]:
    """Rows and labels."""
    labels = labels_of(split, count, classes)
    return rows_of(split, labels, width, classes, noise), labels
