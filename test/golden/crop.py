"""Known answers of torchvision for crops in training: `src/data/pillow/cut.ts`.

    python test/golden/crop.py

Writes crop.json: `jpeg`, a small picture (base64), `decoded`, the SHA-256 of its pixels by Pillow, and `cuts`: [top, left,
height, width, size, RGB bytes in base64] of torchvision.transforms.functional.resized_crop on Pillow, bicubic.

Made with torchvision 0.29.2 and Pillow 13.
"""

import base64
import hashlib
import io
import json
from pathlib import Path

import numpy as np
from PIL import Image
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as F

CUTS = [(3, 5, 40, 50, 16), (0, 0, 61, 83, 12), (20, 10, 7, 60, 15), (1, 30, 58, 6, 11), (10, 12, 9, 8, 20), (60, 82, 1, 1, 5)]


def picture() -> Image.Image:
    y, x = np.mgrid[0:61, 0:83]
    bands = [128 + 100 * np.sin(x / 7 + y / 11), 3 * x % 256, (x * y) // 9 % 256]
    return Image.fromarray(np.stack(bands, -1).astype(np.uint8))


def encode(content: bytes) -> str:
    return base64.b64encode(content).decode()


if __name__ == "__main__":
    stream = io.BytesIO()
    picture().save(stream, "jpeg", quality=80)
    decoded = Image.open(io.BytesIO(stream.getvalue())).convert("RGB")
    cuts = [
        [*cut, encode(F.resized_crop(decoded, *cut[:4], [cut[4]] * 2, InterpolationMode.BICUBIC, True).tobytes())]
        for cut in CUTS
    ]
    answers = {
        "jpeg": encode(stream.getvalue()),
        "decoded": hashlib.sha256(decoded.tobytes()).hexdigest(),
        "cuts": cuts,
    }
    Path(__file__).with_suffix(".json").write_text(json.dumps(answers) + "\n")
