"""Known answers of scikit-learn for the linear probe: fits at several strengths, and a whole sweep.

    python test/golden/linearProbe.py      (scikit-learn 1.9.1, safetensors)

Writes linearProbe.safetensors. The features imitate a CLIP's: unit rows around a common direction, some directions much
wider than others, classes of unequal size. The fits run until nothing is left to gain, so that they show the minimum and
not where an optimiser happened to stop, which Newton's method does fast; `sweep.validation` has the accuracy for each of 97 strengths.
"""

import pathlib

import numpy
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression

WIDTH, CLASSES = 12, 7
random = numpy.random.default_rng(11)
common = random.standard_normal(WIDTH)
centres = random.standard_normal((CLASSES, WIDTH))
spread = 0.9 / (1 + numpy.arange(WIDTH))


def examples(count):
    labels = numpy.concatenate([numpy.arange(CLASSES), random.integers(CLASSES, size=count - CLASSES) // 2])
    noise = 1.3 * random.standard_normal((count, WIDTH))
    features = common + spread * (centres[labels] + noise)
    features /= numpy.linalg.norm(features, axis=1, keepdims=True)
    return features.astype(numpy.float32), labels.astype(numpy.int32)


def fit(features, labels, strength):
    probe = LogisticRegression(C=1 / strength, solver="newton-cholesky", tol=1e-10, max_iter=1000)
    return probe.fit(features.astype(numpy.float64), labels)


splits = {name: examples(count) for name, count in [("train", 203), ("validation", 90), ("test", 121)]}
tensors = {}
for name, (features, labels) in splits.items():
    tensors |= {f"{name}.features": features, f"{name}.labels": labels}

test_features, test_labels = splits["test"]
for strength in [100.0, 3.16, 0.1, 0.001]:
    probe = fit(*splits["train"], strength)
    tensors |= {
        f"{strength:g}.coef": probe.coef_,
        f"{strength:g}.intercept": probe.intercept_,
        f"{strength:g}.probabilities": probe.predict_proba(test_features),
        f"{strength:g}.accuracy": numpy.array(probe.score(test_features, test_labels)),
    }

strengths = 10.0 ** (numpy.arange(97) / 8 - 6)
curve = numpy.array([fit(*splits["train"], s).score(*splits["validation"]) for s in strengths])
tensors["sweep.validation"] = curve
both = [numpy.concatenate(parts) for parts in zip(splits["train"], splits["validation"])]
tensors["sweep.test"] = numpy.array([fit(*both, s).score(test_features, test_labels) for s in strengths])

tensors = {name: value if value.dtype == numpy.int32 else value.astype(numpy.float32) for name, value in tensors.items()}
save_file({name: numpy.ascontiguousarray(value) for name, value in tensors.items()},
          pathlib.Path(__file__).with_suffix(".safetensors"))  # fmt: skip
print({name: value.tolist() for name, value in tensors.items() if name.endswith("accuracy")}, curve.round(3).tolist())
