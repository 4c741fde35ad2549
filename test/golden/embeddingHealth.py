"""Known answers of NumPy for src/evaluation/embeddingHealth.ts, in double precision.

    python test/golden/embeddingHealth.py

Writes embeddingHealth.json: sets of embeddings of several shapes (everywhere; in a narrow cone; in a plane with a little
noise; fewer rows than dimensions), each row by row, with spread, uniformity (a loop over pairs), and effective rank (NumPy's
svd); and the alignment of each set with a noisy copy. Inputs are rounded to six digits, then to single precision. Made with
numpy 2.4.6.
"""

import itertools
import json
from pathlib import Path

import numpy

random = numpy.random.default_rng(3)


def rounded(x):
    return x.round(6).astype(numpy.float32).astype(float)


def unit(x):
    return x / numpy.linalg.norm(x, axis=1, keepdims=True)


def answers(name, rows):
    rows, partners = rounded(rows), rounded(rows + 0.4 * random.standard_normal(rows.shape))
    x, y = unit(rows), unit(partners)
    kernel = [numpy.exp(-2 * ((a - b) ** 2).sum()) for a, b in itertools.combinations(x, 2)]
    singular = numpy.linalg.svd(x, compute_uv=False)
    shares = singular[singular > 1e-9 * singular[0]] / singular.sum()
    return {
        "name": name,
        "width": rows.shape[1],
        "rows": rows.round(6).ravel().tolist(),
        "partners": partners.round(6).ravel().tolist(),
        "spread": float(x.std(axis=0).mean() * numpy.sqrt(rows.shape[1])),
        "uniformity": float(numpy.log(numpy.mean(kernel))),
        "effectiveRank": float(numpy.exp(-(shares * numpy.log(shares)).sum())),
        "alignment": float(((x - y) ** 2).sum(1).mean()),
    }


normal = random.standard_normal
cases = [
    answers("everywhere", normal((24, 6))),
    answers("a narrow cone", 5 + normal((16, 8))),
    answers("a plane and a little noise", normal((20, 2)) @ normal((2, 8)) + 0.01 * normal((20, 8))),
    answers("fewer rows than dimensions", normal((4, 10))),
]
Path(__file__).with_suffix(".json").write_text(json.dumps(cases) + "\n")
for case in cases:
    print({key: value for key, value in case.items() if key not in ("rows", "partners")})
