"""Writes recordIO.rec, recordIO.idx and recordIO.json with MXNet 1.9.1 itself (its C library, not a copy of the format).

The payloads put the magic at every kind of place: at the start, at the end, twice, off the grid of 4 bytes, cut short.
After them come records with an IRHeader: one number as label, five numbers, and ALIP's layout as data2rec.py in the
official code has it: 77 token ids of the raw text, 77 of the caption, then the encoded picture.
recordIO.json holds what `read_idx` and `unpack` gave back: the payloads in hex, the headers, the pictures in hex.

MXNet 1.9.1 wants NumPy below 1.24:
  pip install --no-deps mxnet==1.9.1 "numpy<1.24" graphviz requests urllib3 idna certifi charset-normalizer
Run: python test/golden/recordIO.py
"""

import json
import pathlib
import struct
import zlib

import mxnet
import numpy

here = pathlib.Path(__file__).parent
magic = struct.pack("<I", 0xCED7230A)

payloads = [
    b"",
    b"a",
    b"abcd",
    b"abcde",
    magic,
    magic + b"tail",
    b"head" + magic,
    b"head" + magic + b"mid!" + magic + b"end",
    magic + magic,
    b"x" + magic + b"off the grid",
    b"1234" + magic[:3],
]


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(level):
    """A grey 2 x 2 picture."""
    rows = b"".join(bytes([0, level, level]) for _ in range(2))
    header = struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def tokens(*ids):
    """CLIP's row of 77 for "Nice to meet you!" and "Best wishes!", as open_clip's tokenizer gives them."""
    return numpy.array([49406, *ids, 49407] + [0] * (75 - len(ids)))


raw, caption = tokens(1805, 531, 1633, 592, 256), tokens(949, 6045, 256)
headers = [
    mxnet.recordio.IRHeader(flag=0, label=4.5, id=2574, id2=0),
    mxnet.recordio.IRHeader(flag=0, label=[1, 2, 3.25, -4, 0], id=2**40 + 1, id2=7),
    mxnet.recordio.IRHeader(flag=0, label=numpy.concatenate([raw, caption]), id=1, id2=0),
]
payloads += [mxnet.recordio.pack(header, png(80 * i)) for i, header in enumerate(headers)]

paths = str(here / "recordIO.idx"), str(here / "recordIO.rec")
writer = mxnet.recordio.MXIndexedRecordIO(*paths, "w")
for i, payload in enumerate(payloads):
    writer.write_idx(10 * i, payload)
writer.close()

reader = mxnet.recordio.MXIndexedRecordIO(*paths, "r")
read = [reader.read_idx(10 * i) or b"" for i in range(len(payloads))]
assert read == payloads
unpacked = [mxnet.recordio.unpack(payload) for payload in read[-len(headers) :]]
answers = {
    "payloads": [payload.hex() for payload in read],
    "headers": [
        {
            "flag": header.flag,
            "label": numpy.asarray(header.label).tolist(),
            "id": header.id,
            "id2": header.id2,
            "image": image.hex(),
        }
        for header, image in unpacked
    ],
}
(here / "recordIO.json").write_text(json.dumps(answers) + "\n")
