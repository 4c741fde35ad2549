"""Writes decode.json: generated pictures and the RGB bytes (size, size, 3) that open_clip's evaluation transform makes of
them. Made with open_clip 3.3.0.
"""

import base64
import io
import json
from pathlib import Path

import numpy
import open_clip
from PIL import Image

SIZE = 16
SHAPES = [(37, 53), (53, 37), (41, 40), (16, 16), (19, 61), (16, 17)]  # (width, height)


def picture(width: int, height: int, generator: numpy.random.Generator) -> Image.Image:
    """Smooth colours with some detail, so that a shift by a pixel shows."""
    coarse = generator.integers(0, 256, (height // 4 + 2, width // 4 + 2, 3), dtype=numpy.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


def png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "png")
    return buffer.getvalue()


def main() -> None:
    generator = numpy.random.default_rng(7)
    transform = open_clip.image_transform(SIZE, is_train=False, mean=(0, 0, 0), std=(1, 1, 1))
    cases = []
    for width, height in SHAPES:
        image = picture(width, height, generator)
        pixels = (transform(image).permute(1, 2, 0) * 255).round().byte().numpy().tobytes()
        cases.append(
            {
                "width": width,
                "height": height,
                "png": base64.b64encode(png(image)).decode(),
                "pixels": base64.b64encode(pixels).decode(),
            }
        )
    path = Path(__file__).with_name("decode.json")
    path.write_text(json.dumps({"size": SIZE, "cases": cases}, indent=1) + "\n")


if __name__ == "__main__":
    main()
