"""Known answers for SigLIP's loss: open_clip's SigLipLoss on one device, in double precision.

    python test/golden/siglipLoss.py

siglipLoss.json   per case: images, texts [batch, width] unit rows, logScale, bias, loss, and gradients of the loss with
                  respect to all four. Cases: as it begins, as it ends (scale 117, bias -13), one pair, and logits up to
                  ±1000, where a sigmoid in single precision is 0 or 1

Made with open_clip 3.3.0 and torch 2.15.0 on a CPU.
"""

import json
import math
from pathlib import Path

import torch
from open_clip.loss import SigLipLoss

HERE = Path(__file__).parent
CASES = {"begin": (5, 1 / 0.07, -10), "end": (5, 117, -13), "single": (1, 10, -10), "large": (3, 1000, 0)}


def unit(rows: int) -> torch.Tensor:
    x = torch.randn(rows, 6)
    return (x / x.norm(dim=1, keepdim=True)).requires_grad_()


def case(batch: int, scale: float, bias: float) -> dict:
    leaves = {
        "images": unit(batch), "texts": unit(batch),
        "logScale": torch.tensor(math.log(scale)).requires_grad_(), "bias": torch.tensor(float(bias)).requires_grad_(),
    }  # fmt: skip
    loss = SigLipLoss()(leaves["images"], leaves["texts"], leaves["logScale"].exp(), leaves["bias"])
    found = torch.autograd.grad(loss, list(leaves.values()))
    return {
        **{name: leaf.tolist() for name, leaf in leaves.items()},
        "loss": loss.item(), "gradients": dict(zip(leaves, (g.tolist() for g in found))),
    }  # fmt: skip


def main() -> None:
    torch.manual_seed(0)
    torch.set_default_dtype(torch.double)
    found = {name: case(*values) for name, values in CASES.items()}
    (HERE / "siglipLoss.json").write_text(json.dumps(found) + "\n")
    print({name: answer["loss"] for name, answer in found.items()})


if __name__ == "__main__":
    main()
