"""Known answers of SciPy's curve_fit for `src/evaluation/mixingLaw.ts`: c + k·exp(t·r) on exact and noisy points.

    python test/golden/mixingLaw.py

Writes mixingLaw.json in double precision, with the versions it was made with. Intervals are the delta method on SciPy's
covariance with Student's t.
"""

import json
import pathlib

import numpy
import scipy
from scipy.optimize import curve_fit
from scipy.stats import t as student

FIVE = [0, 0.1, 0.23, 0.5, 1]
ASKED = [0, 0.05, 0.23, 0.35, 0.8, 1]
LEVEL = 0.9


def law(r, c, k, t):
    return c + k * numpy.exp(t * r)


def jacobian(r, c, k, t):
    bend = numpy.exp(t * r)
    return numpy.stack([numpy.ones_like(r), bend, k * r * bend], axis=-1)


def case(name, shares, truth, noise=0.0, weights=None, seed=0):
    r = numpy.array(shares, float)
    w = numpy.ones_like(r) if weights is None else numpy.array(weights, float)
    random = numpy.random.default_rng(seed)
    y = law(r, *truth) + noise * random.standard_normal(len(r)) / numpy.sqrt(w)
    y = numpy.round(y, 6) if noise else y
    found, covariance = curve_fit(
        law, r, y, p0=truth, jac=jacobian, sigma=1 / numpy.sqrt(w), method="lm", ftol=1e-15, xtol=1e-15, gtol=1e-15, maxfev=100000
    )
    degrees = len(r) - 3
    residual = numpy.sqrt(numpy.sum(w * (y - law(r, *found)) ** 2) / degrees)
    asked = numpy.array(ASKED)
    rows = jacobian(asked, *found)
    errors = numpy.sqrt(numpy.einsum("ij,jk,ik->i", rows, covariance, rows))
    width = student.ppf((1 + LEVEL) / 2, degrees) * errors
    predicted = law(asked, *found)
    return {
        "name": name,
        "points": [{"share": s, "value": v, "weight": x} for s, v, x in zip(r.tolist(), y.tolist(), w.tolist())],
        "parameters": found.tolist(),
        "covariance": covariance.tolist() if noise else None,
        "residual_error": float(residual) if noise else 0.0,
        "predictions": [
            {"share": s, "estimate": e, "low": e - h, "high": e + h}
            for s, e, h in zip(ASKED, predicted.tolist(), width.tolist())
        ],
    }


three_seeds = sorted(FIVE * 3)
answers = {
    "made_with": {"scipy": scipy.__version__, "numpy": numpy.__version__},
    "level": LEVEL,
    "cases": [
        case("exact, falling", FIVE, (2.1, 1.4, -3.0)),
        case("exact, rising away", FIVE, (0.4, 0.02, 3.5)),
        case("exact, four shares not from 0", [0.2, 0.35, 0.6, 0.9], (1.0, -0.8, -1.2)),
        case("one run a share", FIVE, (2.1, 1.4, -3.0), 0.02, seed=1),
        case("three seeds a share", three_seeds, (2.1, 1.4, -5.0), 0.05, seed=2),
        case("a score that rises", three_seeds, (0.46, -0.31, -6.0), 0.012, seed=3),
        case("a score that falls faster and faster", three_seeds, (0.62, -0.03, 2.2), 0.01, seed=4),
        case("weights", three_seeds, (3.0, 0.9, -2.0), 0.03, weights=[1, 4, 0.25] * 5, seed=5),
        case("little bend", three_seeds, (1.0, 2.0, -0.5), 0.004, seed=6),
        case("much noise", three_seeds, (2.0, 0.5, -4.0), 0.15, seed=7),
        case("steep", three_seeds, (2.0, 1.0, -25.0), 0.03, seed=8),
    ],
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(answers, indent=1) + "\n")
