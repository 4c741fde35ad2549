"""Writes cifarPython.json.gz: CIFAR's archives for Python in miniature, and what torchvision reads of them.

    python test/golden/cifarPython.py        (numpy 2, torchvision)

The authors pickled with Python 2, whose texts and bytes are one type, and with the NumPy of 2009: `Python2` writes pickles as
that did, protocol 2. `files` are in base64; `pictures` have the label and the SHA-256 of the pixels, `[32, 32, 3]`, in
torchvision's order. `refused` are pickles that must not be built.
"""

import base64
import gzip
import hashlib
import io
import json
import pathlib
import pickle
import struct
import tempfile

import numpy
from torchvision.datasets import CIFAR10, CIFAR100

random = numpy.random.default_rng(5)


class Python2(pickle._Pickler):
    """Writes texts and bytes as BINSTRING, as Python 2's cPickle does."""

    dispatch = dict(pickle._Pickler.dispatch)

    def save_text(self, value):
        data = value if isinstance(value, bytes) else value.encode("latin1")
        head = b"U" + bytes([len(data)]) if len(data) < 256 else b"T" + struct.pack("<i", len(data))
        self.write(head + data)
        self.memoize(value)

    dispatch[str] = dispatch[bytes] = save_text


def python2(value):
    file = io.BytesIO()
    Python2(file, 2).dump(value)
    return file.getvalue().replace(b"numpy._core.", b"numpy.core.")


def batch(count, **labels):
    data = random.integers(256, size=(count, 3072), dtype=numpy.uint8)
    names = [f"picture_{i}.png" for i in range(count)]
    return python2({"batch_label": "a batch", **labels, "data": data, "filenames": names})


ten = {f"data_batch_{i}": batch(1, labels=[i]) for i in range(1, 6)}
ten |= {"test_batch": batch(2, labels=[9, 0])}
ten |= {"batches.meta": python2({"num_cases_per_batch": 2, "label_names": [f"class_{i}" for i in range(10)], "num_vis": 3072})}
hundred = {"train": batch(1, fine_labels=[41], coarse_labels=[3]), "test": batch(2, fine_labels=[99, 7], coarse_labels=[19, 0])}
hundred |= {"meta": python2({"fine_label_names": [f"fine_{i}" for i in range(100)], "coarse_label_names": ["c"] * 20})}


class Ten(CIFAR10):
    train_list = [[name, None] for name, _ in CIFAR10.train_list]
    test_list = [[name, None] for name, _ in CIFAR10.test_list]
    meta = CIFAR10.meta | {"md5": None}


class Hundred(CIFAR100):
    train_list = [[name, None] for name, _ in CIFAR100.train_list]
    test_list = [[name, None] for name, _ in CIFAR100.test_list]
    meta = CIFAR100.meta | {"md5": None}


def base64_of(data):
    return base64.b64encode(data).decode()


def answer(kind, files):
    with tempfile.TemporaryDirectory() as root:
        folder = pathlib.Path(root, kind.base_folder)
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_bytes(content)
        sets = {split: kind(root, train=split == "train") for split in ("train", "test")}
    pictures = {
        split: [[label, hashlib.sha256(pixels.tobytes()).hexdigest()] for pixels, label in zip(own.data, own.targets)]
        for split, own in sets.items()
    }
    encoded = {name: base64_of(content) for name, content in files.items()}
    return {"folder": kind.base_folder, "files": encoded, "classes": sets["test"].classes, "pictures": pictures}


class Shell:
    def __reduce__(self):
        import os

        return os.system, ("echo",)


few = numpy.zeros((1, 3072), dtype=numpy.uint8)
refused = {
    "a command": python2({"data": Shell(), "labels": [1]}),
    "floats": python2({"data": few.astype(numpy.float32), "labels": [1]}),
    "columns first": python2({"data": numpy.asfortranarray(numpy.zeros((2, 3072), numpy.uint8)), "labels": [1, 2]}),
    "fewer labels": python2({"data": few, "labels": []}),
    "a label of no class": python2({"data": few, "labels": [10]}),
    "no labels": python2({"data": few}),
    "a list": python2([1]),
    "cut": ten["test_batch"][:3000],
    "fewer bytes than its shape says": ten["test_batch"].replace(b"K\x02M\x00\x0c", b"K\x03M\x00\x0c"),
}
answers = {"cifar10": answer(Ten, ten), "cifar100": answer(Hundred, hundred)}
answers["refused"] = {name: base64_of(content) for name, content in refused.items()}
assert refused["fewer bytes than its shape says"] != ten["test_batch"]
pathlib.Path(__file__).with_suffix(".json.gz").write_bytes(gzip.compress(json.dumps(answers).encode(), mtime=0))
