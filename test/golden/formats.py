"""Writes formats.safetensors: one tensor of each format, with awkward values, by Python's safetensors.

    python test/golden/formats.py      (torch, safetensors)
"""

from pathlib import Path

import torch
from safetensors.torch import save_file

# Zero signs, subnormals, the largest half, infinities, ties, and plain numbers.
floats = [0.0, -0.0, 1.0, -2.5, 1 / 3, 65504.0, 6e-8, 6.1e-5, -1e-7, float("inf"), float("-inf"), 3.140625]
tensors = {
    "single": torch.tensor(floats).reshape(3, 4),
    "half": torch.tensor(floats, dtype=torch.float16).reshape(2, 6),
    "brain": torch.tensor(floats, dtype=torch.bfloat16),
    "position_ids": torch.tensor([[0, 1, 2**31 - 1, -(2**31)]]),
    "counts": torch.tensor([7, -7], dtype=torch.int32),
    "bytes": torch.tensor([0, 127, 255], dtype=torch.uint8),
    "mask": torch.tensor([True, False, True]),
    "Größe": torch.tensor(1.5),
    "empty": torch.zeros(0, 4),
}
save_file(tensors, Path(__file__).with_suffix(".safetensors"), {"format": "pt"})
