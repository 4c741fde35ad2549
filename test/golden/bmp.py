"""Writes bmp.json: small BMP files of every form, put together byte by byte, and what Pillow 13.0 makes of each.

    python test/golden/bmp.py        (Pillow, numpy)

`pictures`: by name the `file`, Pillow's `mode`, and its `pixels`, RGBA where the mode is RGBA and `convert("RGB")` elsewhere,
all in base64. `refused`: files that Pillow does not open or load. Rows of 7 pixels are no whole groups of four bytes.
"""

import base64
import io
import json
import pathlib
import struct

import numpy
from PIL import Image

WIDTH, HEIGHT = 7, 5
PLAIN, RLE8, RLE4, MASKED = range(4)
random = numpy.random.default_rng(3)


def header(bits, size=40, packing=PLAIN, height=HEIGHT, colours=0, masks=()):
    if size == 12:
        return struct.pack("<IHHHH", size, WIDTH, HEIGHT, 1, bits)
    start = struct.pack("<IiiHHIIiiII", size, WIDTH, height, 1, bits, packing, 0, 2835, 2835, colours, 0)
    tail = struct.pack(f"<{len(masks)}I", *masks)
    # Masks stand in the longer headers, and behind the short one.
    return start + (tail if size == 40 else tail.ljust(size - 40, b"\0"))


def bmp(head, palette, pixels, offset=None):
    start = 14 + len(head) + len(palette)
    where = start if offset is None else offset(14 + len(head))
    return struct.pack("<2sIHHI", b"BM", start + len(pixels), 0, 0, where) + head + palette + pixels


def rows(bits):
    """Random rows, filled up to groups of four bytes, of which the fill is random, too."""
    return random.integers(256, size=HEIGHT * ((WIDTH * bits + 31) // 32 * 4), dtype=numpy.uint8).tobytes()


def palette(count, spare=True):
    colours = random.integers(256, size=(count, 3), dtype=numpy.uint8)
    return b"".join(bytes(colour) + (b"\xff" if spare else b"") for colour in colours)


def greys(values):
    return b"".join(bytes([value] * 3 + [0]) for value in values)


def below(bits, count):
    """Rows of 8 bits whose numbers have a colour."""
    return bytes(value % count for value in rows(bits))


RUNS8 = bytes([3, 9, 4, 2, 0, 0]) + bytes([0, 5, 1, 2, 3, 4, 5, 0, 9, 6, 0, 0]) + bytes([2, 8, 0, 2, 3, 1, 1, 7, 0, 0])
RUNS8 += bytes([0, 4, 9, 8, 7, 6, 0, 0, 7, 3, 0, 0, 0, 1])
RUNS4 = bytes([5, 0x12, 2, 0x34, 0, 0]) + bytes([0, 5, 0x12, 0x34, 0x5F, 0, 2, 0x67, 0, 0]) + bytes([7, 0x9A, 0, 0, 3, 0x11])
RUNS4 += bytes([0, 2, 4, 0, 0, 4, 0xAB, 0xCD, 9, 0x22, 0, 0, 0, 1])

BYTES = (0xFF0000, 0xFF00, 0xFF)
ALPHA = 0xFF000000
files = {
    "1 bit": bmp(header(1), palette(2), rows(1)),
    "1 bit, black and white": bmp(header(1), greys([0, 255]), rows(1)),
    "1 bit, white and black": bmp(header(1), greys([255, 0]), rows(1)),
    "1 bit, nearly black": bmp(header(1), greys([0, 1]), rows(1)),
    "1 bit, one colour": bmp(header(1, colours=1), greys([0]), rows(1)),
    "1 bit, OS/2": bmp(header(1, 12), palette(2, spare=False), rows(1)),
    "4 bits": bmp(header(4), palette(16), rows(4)),
    "4 bits, top down": bmp(header(4, height=-HEIGHT), palette(16), rows(4)),
    "4 bits, 6 colours": bmp(header(4, colours=6), palette(6), rows(4)),
    "4 bits, OS/2": bmp(header(4, 12), palette(16, spare=False), rows(4)),
    "4 bits in runs": bmp(header(4, packing=RLE4), palette(16), RUNS4),
    "8 bits": bmp(header(8), palette(256), rows(8)),
    "8 bits, top down": bmp(header(8, height=-HEIGHT), palette(256), rows(8)),
    "8 bits, 10 colours": bmp(header(8, colours=10), palette(10), below(8, 10)),
    "8 bits, numbers without a colour": bmp(header(8, colours=10), palette(10), rows(8)),
    "8 bits, greys": bmp(header(8), greys(range(256)), rows(8)),
    "8 bits, some greys": bmp(header(8, colours=100), greys(range(100)), below(8, 100)),
    "8 bits, greys backwards": bmp(header(8), greys(reversed(range(256))), rows(8)),
    "8 bits, OS/2": bmp(header(8, 12), palette(256, spare=False), rows(8)),
    "8 bits, OS/2 2": bmp(header(8, 64), palette(256), rows(8)),
    "8 bits, palette forgotten": bmp(header(8, colours=10), palette(10), below(8, 10), offset=lambda end: end),
    "8 bits, no place told": bmp(header(8, colours=10), palette(10), below(8, 10), offset=lambda _: 0),
    "8 bits in runs": bmp(header(8, packing=RLE8, colours=10), palette(10), RUNS8),
    "8 bits in runs, top down": bmp(header(8, packing=RLE8, colours=10, height=-HEIGHT), palette(10), RUNS8),
    "8 bits in runs, greys": bmp(header(8, packing=RLE8), greys(range(256)), RUNS8),
    "16 bits": bmp(header(16), b"", rows(16)),
    "16 bits, masks 565": bmp(header(16, packing=MASKED, masks=(0xF800, 0x7E0, 0x1F)), b"", rows(16)),
    "16 bits, masks 555": bmp(header(16, packing=MASKED, masks=(0x7C00, 0x3E0, 0x1F)), b"", rows(16)),
    "16 bits, masks 555 and 1": bmp(header(16, 108, MASKED, masks=(0x7C00, 0x3E0, 0x1F, 0x8000)), b"", rows(16)),
    "24 bits": bmp(header(24), b"", rows(24)),
    "24 bits, top down": bmp(header(24, height=-HEIGHT), b"", rows(24)),
    "24 bits, with a palette": bmp(header(24, colours=4), palette(4), rows(24)),
    "24 bits, OS/2": bmp(header(24, 12), b"", rows(24)),
    "24 bits, Windows 5": bmp(header(24, 124), b"", rows(24)),
    "24 bits, last row not filled": bmp(header(24), b"", rows(24))[:-3],
    "32 bits": bmp(header(32), b"", rows(32)),
    "32 bits, top down": bmp(header(32, height=-HEIGHT), b"", rows(32)),
    "32 bits, masks": bmp(header(32, packing=MASKED, masks=BYTES), b"", rows(32)),
    "32 bits, other masks": bmp(header(32, packing=MASKED, masks=(0xFF000000, 0xFF0000, 0xFF00)), b"", rows(32)),
    "32 bits, masks, version 2": bmp(header(32, 52, MASKED, masks=BYTES), b"", rows(32)),
    "32 bits, alpha, version 3": bmp(header(32, 56, MASKED, masks=(*BYTES, ALPHA)), b"", rows(32)),
    "32 bits, alpha, Windows 4": bmp(header(32, 108, MASKED, masks=(0xFF, 0xFF00, 0xFF0000, ALPHA)), b"", rows(32)),
    "32 bits, alpha, Windows 5": bmp(header(32, 124, MASKED, masks=(*BYTES, ALPHA)), b"", rows(32)),
    "32 bits, no alpha, Windows 5": bmp(header(32, 124, MASKED, masks=BYTES), b"", rows(32)),
    "32 bits, empty masks": bmp(header(32, packing=MASKED, masks=(0, 0, 0)), b"", rows(32)),
}
whole = files["24 bits"]
broken = {
    "only BM": b"BM",
    "a text": b"BMW builds cars, and this is no picture of any of them, but a text that begins with these letters",
    "within the header": whole[:30],
    "within the pixels": whole[:-20],
    "without pixels": whole[:54],
    "within the masks": files["16 bits, masks 565"][:60],
    "runs that end early": files["8 bits in runs"][:-30],
    "runs that stop early": bmp(header(8, packing=RLE8, colours=10), palette(10), bytes([3, 9, 0, 1])),
    "2 bits": bmp(header(2), palette(4), rows(8)),
    "a JPEG within": bmp(header(24, packing=4), b"", rows(24)),
    "masks of a palette": bmp(header(8, packing=MASKED, masks=BYTES), palette(256), rows(8)),
    "empty masks of 16 bits": bmp(header(16, packing=MASKED, masks=(0, 0, 0)), b"", rows(16)),
    "a mask with a gap": bmp(header(16, packing=MASKED, masks=(0xF801, 0x7E0, 0x1F)), b"", rows(16)),
    "no width": whole[:18] + bytes(4) + whole[22:],
    "a width of thousands of millions": whole[:18] + b"\xff\xff\xff\xff" + whole[22:],
}


def base64_of(data):
    return base64.b64encode(data).decode()


def answer(name, file):
    picture = Image.open(io.BytesIO(file))
    picture.load()
    mode = picture.mode
    pixels = (picture if mode == "RGBA" else picture.convert("RGB")).tobytes()
    print(f"{name:35} {mode}")
    return {"file": base64_of(file), "mode": mode, "pixels": base64_of(pixels)}


def is_refused(file):
    try:
        Image.open(io.BytesIO(file)).load()
    except Exception:
        return True
    return False


assert all(is_refused(file) for file in broken.values()), {n: is_refused(f) for n, f in broken.items()}
answers = {
    "width": WIDTH,
    "height": HEIGHT,
    "pictures": {name: answer(name, file) for name, file in files.items()},
    "refused": {name: base64_of(file) for name, file in broken.items()},
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(answers) + "\n")
