"""Files of MATLAB 5 as SciPy writes them, and what SciPy reads from them: matlab/*.mat, matlab/values.json.

    python test/golden/matlab.py      (scipy 1.17.1, numpy 2.4.6)

`plain.mat` and `compressed.mat` hold the same variables; `bigEndian.mat` is the former with the bytes of every number
turned around, as a Sun wrote it. Numbers stand column by column; those that JSON lacks are written as words. Of texts,
each row is one. `refused.mat` holds what the project does not read.
"""

import json
import math
import struct
from pathlib import Path

import numpy as np
from scipy.io import loadmat, savemat
from scipy.io.matlab import MatlabObject
from scipy.sparse import csc_array

FOLDER = Path(__file__).parent / "matlab"
INTEGERS = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]


def cells(values, shape):
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array.reshape(shape, order="F")


def structs(rows):
    array = np.empty((1, len(rows)), dtype=[(name, object) for name in rows[0]])
    for i, row in enumerate(rows):
        array[0, i] = tuple(row.values())
    return array


VARIABLES = {
    **{kind: np.array([[np.iinfo(kind).min, 1], [2, np.iinfo(kind).max // 2**11]], dtype=kind) for kind in INTEGERS},
    "double": np.array([[0.1, -2.5e300], [np.inf, np.nan]]),
    "single": np.arange(6, dtype=np.float32).reshape(2, 3) / 4,
    "logical": np.array([[True, False, True]]),
    "cube": np.arange(24, dtype=np.int16).reshape(2, 3, 4),
    "scalar": 7,
    "small": np.array([[1, 2, 3]], dtype=np.uint8),
    "empty": np.zeros((0, 3)),
    "text": "pink primrose",
    "unicode": "café, 猫, 😀",
    "rows": np.array(["one", "three", "été"]),
    "noText": "",
    "cells": cells(["AM General Hummer SUV 2000", np.array([1.5, 2]), "", cells([3, "in"], (2, 1))], (1, 4)),
    "noCells": np.empty((0, 0), dtype=object),
    "struct": {"name": "n02119789", "number": 1, "inner": {"deep": "é"}},
    "structs": structs([{"fname": f"{i:05d}.jpg", "class": np.uint8(i), "box": np.arange(4)} for i in (1, 2, 196)]),
}


def value_of(value):
    shape = list(value.shape)
    flat = value.ravel("F")
    if value.dtype.names:
        return {"type": "structs", "shape": shape, "values": [[[n, value_of(row[n])] for n in value.dtype.names] for row in flat]}
    if value.dtype.kind == "O":
        return {"type": "cells", "shape": shape, "values": [value_of(cell) for cell in flat]}
    if value.dtype.kind == "U":  # an axis of characters is what SciPy joins
        return {"type": "texts", "values": [str(row) for row in flat]}
    numbers = [float(number) if math.isfinite(number) else str(float(number)) for number in flat]
    return {"type": "numbers", "shape": shape, "values": numbers}


def turned(data):
    """Elements, one after the other, with the bytes of their tags and numbers the other way round."""
    out, at = b"", 0
    while at < len(data):
        first, length = struct.unpack_from("<II", data, at)
        if first >> 16:
            kind, length, body = first & 0xFFFF, first >> 16, at + 4
            out += struct.pack(">I", first)
        else:
            kind, body = first, at + 8
            out += struct.pack(">II", first, length)
        content, end = data[body : body + length], body + length + (-(body + length) % 8)
        size = {3: 2, 4: 2, 5: 4, 6: 4, 7: 4, 9: 8, 12: 8, 13: 8, 17: 2, 18: 4}.get(kind, 1)
        content = turned(content) if kind == 14 else np.frombuffer(content, f"u{size}").byteswap().tobytes()
        out, at = out + content + bytes(end - body - length), end
    return out


def save(name, variables, **options):
    path = FOLDER / f"{name}.mat"
    savemat(path, variables, **options)
    # The header has the time.
    path.write_bytes(b"MATLAB 5.0 MAT-file, written by SciPy".ljust(116) + path.read_bytes()[116:])


def same(a, b):
    return json.dumps({k: value_of(a[k]) for k in VARIABLES}) == json.dumps({k: value_of(b[k]) for k in VARIABLES})


FOLDER.mkdir(exist_ok=True)
save("plain", VARIABLES)
save("compressed", VARIABLES, do_compression=True)
plain = (FOLDER / "plain.mat").read_bytes()
(FOLDER / "bigEndian.mat").write_bytes(plain[:124] + b"\x01\x00MI" + turned(plain[128:]))
read = loadmat(FOLDER / "plain.mat")
for name in ("compressed", "bigEndian"):
    assert same(read, loadmat(FOLDER / f"{name}.mat")), name

save(
    "refused",
    {
        "sparse": csc_array(np.eye(3)),
        "complex": np.array([[1 + 2j]]),
        "object": MatlabObject(structs([{"field": 1}]), "thing"),
        "large": np.array([[2**53 + 1]], dtype=np.int64),
        "after": 5,
    },
)
(FOLDER / "values.json").write_text(json.dumps({k: value_of(read[k]) for k in VARIABLES}, ensure_ascii=False) + "\n")
