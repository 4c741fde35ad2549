"""Writes clipBenchmark.json: what CLIP_benchmark's own metric code says of embeddings computed by clusters.py.

    python test/golden/clipBenchmark.py CLIP_BENCHMARK      (a copy of the repository at 48de38c; numpy 2.3, torch, scikit-learn)

Nothing of it is replaced: its `evaluate` functions get a model that returns the embeddings as they are. Only the linear
probe, which insists on a GPU, is told that this CPU is one, and its fitted weights are kept beside its numbers, so that the
numbers can be compared though it fits with AdamW and not to the minimum.
"""

import json
import pathlib
import sys
import tempfile
import types

import numpy
import torch
from clusters import clusters, labels_of, rows_of

sys.path.insert(0, sys.argv[1])
from clip_benchmark.metrics import linear_probe, zeroshot_classification, zeroshot_retrieval  # noqa: E402

encode = types.SimpleNamespace(encode_image=lambda rows: rows, encode_text=lambda rows: rows)


def batches(rows, labels, size=16):
    parts = [(rows[i : i + size], labels[i : i + size]) for i in range(0, len(rows), size)]
    return Loader(parts)


class Loader(list):
    dataset = types.SimpleNamespace(classes=None)


def classification(classes, count):
    """Class names are row numbers; each has three prompts, whose embeddings scatter around the class's centre."""
    images, labels = (torch.from_numpy(part) for part in clusters(f"zero-shot {classes}", count, 16, classes, 2))
    prompts = torch.from_numpy(rows_of(f"prompts {classes}", numpy.repeat(numpy.arange(classes), 3), 16, classes, 2))
    templates = ["0 {c}", "1 {c}", "2 {c}"]
    tokenizer = lambda texts: torch.stack([prompts[3 * int(t.split()[1]) + int(t.split()[0])] for t in texts])
    loader = batches(images, labels)
    loader.dataset = types.SimpleNamespace(classes=list(range(classes)))
    names = [str(c) for c in range(classes)]
    return zeroshot_classification.evaluate(encode, loader, tokenizer, names, templates, "cpu", amp=False)


def retrieval():
    """50 pictures; picture i has 1 to 7 captions."""
    owners = captions_of(50)
    images = torch.from_numpy(rows_of("pictures", numpy.arange(50), 16, 50, 1))
    captions = torch.from_numpy(rows_of("captions", numpy.array(owners), 16, 50, 1))
    texts = [[str(row) for row, owner in enumerate(owners) if owner == picture] for picture in range(50)]
    tokenizer = lambda rows: torch.stack([captions[int(row)] for row in rows])
    return zeroshot_retrieval.evaluate(encode, batches(images, texts), tokenizer, "cpu", False, [1, 5, 10])


def captions_of(pictures):
    extra = labels_of("captions", pictures, 7)
    return [picture for picture in range(pictures) for _ in range(1 + extra[picture])]


def probe():
    class Cpu(str):
        __hash__ = str.__hash__
        __eq__ = lambda self, other: other in ("cpu", "cuda")

    torch.nn.Module.cuda = torch.Tensor.cuda = lambda self: self
    torch.nn.DataParallel = lambda model, device_ids: model
    fitted, train = [], linear_probe.train
    linear_probe.train = lambda *args: fitted.append(train(*args)) or fitted[-1]
    with tempfile.TemporaryDirectory() as root:
        folder = pathlib.Path(root, "model")
        folder.mkdir()
        for split, count in (("train", 400), ("test", 300)):
            rows, labels = clusters(f"probe {split}", count, 8, 9, 2)
            torch.save(torch.from_numpy(rows), folder / f"features_{split}.pt")
            torch.save(torch.from_numpy(labels), folder / f"targets_{split}.pt")
        found = linear_probe.evaluate(encode, None, None, -1, 64, 0, 0.1, 10, "model", 0, root, Cpu("cpu"), amp=False)
    layer = fitted[-1]
    numbers = {name: value for name, value in found.items() if name.startswith("lp_")}
    return numbers | {"weights": layer.weight.flatten().tolist(), "intercepts": layer.bias.tolist()}


answers = {
    "classification": {str(classes): classification(classes, 300) for classes in (4, 12)},
    "retrieval": retrieval(),
    "probe": probe(),
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(answers).replace("NaN", "null") + "\n")
print({name: {k: v for k, v in part.items() if not isinstance(v, list)} for name, part in answers.items()})
