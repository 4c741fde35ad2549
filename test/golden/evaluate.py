"""Writes evaluate.json: what CLIP_benchmark says of a small CLIP on a test set of 60 pictures, the whole way from files to metrics.

    python test/golden/evaluate.py CLIP_BENCHMARK      (a copy of the repository at 48de38c; torch 2.15.0, open_clip 3.3.0, numpy 2.3)

The model is `plain` of loadClip.py. Pictures are 32 × 32 RGB, ramps of bytes that wrap around: in channel c

    (h[c] + x * (h[3 + c] % 8) + y * (h[6 + c] % 8)) mod 256      with h = formula.hashes(`picture <n>`, 9)

Their classes are CIFAR-10's, h[9] % 10; names and templates are those of data/benchmarks. Captions are `picture <n> is like
<m>`, one to three for each of the first 30 pictures, one of them the same for two pictures.
`classification` and `retrieval` are what the `evaluate` functions return, nothing of them replaced; `logits` [60][10].
"""

import json
import pathlib
import sys
import types

import numpy
import open_clip
import torch
from PIL import Image

here = pathlib.Path(__file__).parent
sys.path[:0] = [str(here), sys.argv[1]]
import formula  # noqa: E402
from clip_benchmark.metrics import zeroshot_classification, zeroshot_retrieval  # noqa: E402
from open_clip.model import CLIP  # noqa: E402

PICTURES, CAPTIONED = 60, 30
CONFIG = json.loads((here / "loadClip.json").read_text())["config"]
lists = here.parent.parent / "data/benchmarks"
NAMES = "airplane automobile bird cat deer dog frog horse ship truck".split()
TEMPLATES = json.loads((lists / "templates.json").read_text())["cifar10"]


def hashes(name, count):
    return [int(h) for h in formula.hashes(name, count)]


def picture(n):
    h = hashes(f"picture {n}", 9)
    y, x = numpy.mgrid[:32, :32]
    planes = [(h[c] + x * (h[3 + c] % 8) + y * (h[6 + c] % 8)) % 256 for c in range(3)]
    return Image.fromarray(numpy.stack(planes, axis=-1).astype(numpy.uint8))


def label(n):
    return hashes(f"picture {n}", 10)[9] % 10


def captions(n):
    h = hashes(f"captions {n}", 4)
    return [f"picture {n} is like {h[i] % 100}" for i in range(1 + h[3] % 3)] + (["a picture"] if n in (3, 17) else [])


class Batches(list):
    """What a DataLoader gives, and the one thing that is asked of its data set."""

    dataset = types.SimpleNamespace(classes=NAMES)


def batches(images, targets, size=16):
    return Batches((images[i : i + size], targets[i : i + size]) for i in range(0, len(targets), size))


model = CLIP(**CONFIG)
with torch.no_grad():
    for key, value in model.state_dict().items():
        if value.ndim > 0:
            value.copy_(torch.from_numpy(formula.parameter(key, tuple(value.shape))))
model = model.eval().double()
transform = open_clip.image_transform(CONFIG["vision_cfg"]["image_size"], is_train=False)
tokenizer = open_clip.get_tokenizer("ViT-B-32")
images = torch.stack([transform(picture(n)) for n in range(PICTURES)]).double()
labels = torch.tensor([label(n) for n in range(PICTURES)])
data = batches(images, labels)
with torch.no_grad():
    found = zeroshot_classification.evaluate(model, data, tokenizer, NAMES, TEMPLATES, "cpu", amp=False)
    classifier = zeroshot_classification.zero_shot_classifier(model, tokenizer, NAMES, TEMPLATES, "cpu", amp=False)
    logits, _ = zeroshot_classification.run_classification(model, classifier, data, "cpu", amp=False)
    texts = [captions(n) for n in range(CAPTIONED)]
    pairs = batches(images[:CAPTIONED], texts)
    recalls = zeroshot_retrieval.evaluate(model, pairs, tokenizer, "cpu", False, [1, 5, 10])
answers = {
    "classification": found,
    "logits": [[round(value, 6) for value in row] for row in logits.tolist()],
    "predictions": logits.argmax(1).tolist(),
    "retrieval": recalls,
}
(here / "evaluate.json").write_text(json.dumps(answers) + "\n")
print(found, recalls, answers["predictions"])
