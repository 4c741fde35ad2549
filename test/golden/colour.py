"""Known answers of torchvision for colours and blur: `src/data/colour.ts`, `blur.ts`, `appearance.ts`.

    python test/golden/colour.py

Writes colour.json: `size` and a picture's `bytes`, [size, size, 3] row by row, with black, white, a grey, the six pure
colours and ties of two channels among random ones; `cases`: [function, amount, values in the picture's layout] of
torchvision.transforms.v2.functional on byte / 255, float32; a blur's kernel has 2 * ceil(3 * sigma) + 1 pixels; `chains`:
the four adjustments in two orders, then grey in the second, then blur. Answers are rounded to seven decimals.

Made with torchvision 0.29.2 and torch 2.15.0 on a CPU.
"""

import json
import math
from pathlib import Path

import torch
from torchvision.transforms.v2 import functional as F

SIZE = 8
SPECIAL = [
    [0, 0, 0], [255, 255, 255], [90, 90, 90], [255, 0, 0], [255, 255, 0], [0, 255, 0], [0, 255, 255], [0, 0, 255],
    [255, 0, 255], [200, 200, 20], [20, 200, 200], [200, 20, 200], [200, 20, 20], [20, 200, 20], [20, 20, 200],
]  # fmt: skip
AMOUNTS = {
    "brightness": [0.6, 1.4],
    "contrast": [0.0, 0.6, 1.4],
    "saturation": [0.0, 0.6, 1.4],
    "hue": [-0.1, 0.07, 0.5, 1 / 3],
    "grey": [1],
    "blur": [0.1, 0.5, 1.1, 2.0],
}
CHAINS = [
    [("hue", 0.08), ("contrast", 1.3), ("brightness", 1.2), ("saturation", 0.7), ("blur", 0.7)],
    [("saturation", 1.4), ("brightness", 0.8), ("hue", -0.05), ("contrast", 0.65), ("grey", 1), ("blur", 1.5)],
]


def change(picture: torch.Tensor, name: str, amount: float) -> torch.Tensor:
    if name == "grey":
        return F.rgb_to_grayscale(picture, num_output_channels=3)
    if name == "blur":
        return F.gaussian_blur(picture, 2 * math.ceil(3 * amount) + 1, amount)
    return getattr(F, f"adjust_{name}")(picture, amount)


def chain(picture: torch.Tensor, steps: list[tuple[str, float]]) -> torch.Tensor:
    for name, amount in steps:
        picture = change(picture, name, amount)
    return picture


def listed(picture: torch.Tensor) -> list[float]:
    return [round(value, 7) for value in picture.permute(1, 2, 0).flatten().tolist()]


def main() -> None:
    torch.manual_seed(11)
    pixels = torch.randint(0, 256, (SIZE * SIZE, 3))
    places = torch.randperm(SIZE * SIZE)[: len(SPECIAL)]
    pixels[places] = torch.tensor(SPECIAL)
    picture = (pixels / 255).view(SIZE, SIZE, 3).permute(2, 0, 1)
    answers = {
        "size": SIZE,
        "bytes": pixels.flatten().tolist(),
        "cases": [[name, a, listed(change(picture, name, a))] for name, amounts in AMOUNTS.items() for a in amounts],
        "chains": [{"steps": steps, "values": listed(chain(picture, steps))} for steps in CHAINS],
    }
    Path(__file__).with_suffix(".json").write_text(json.dumps(answers) + "\n")


if __name__ == "__main__":
    main()
