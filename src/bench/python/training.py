"""open_clip as a peer of src/bench/training.ts: its model, loss and optimizer, in the order of its `train_one_epoch`.

    python training.py JOB.json

src/bench/trainingPeer.ts says what a job is. Weights that are not there are drawn by open_clip and saved.
"""

from pathlib import Path
from typing import Callable

import numpy as np
import torch
from open_clip.loss import ClipLoss
from open_clip.model import CLIP
from safetensors.torch import load_file, save_file
from serve import serve


def model_of(job: dict) -> CLIP:
    torch.manual_seed(0)
    model = CLIP(**job["sizes"], output_dict=True)
    weights = Path(job["weights"])
    if weights.exists():
        model.load_state_dict(load_file(weights))
    else:
        save_file({name: tensor.contiguous() for name, tensor in model.state_dict().items()}, weights)
    return model.train()


def optimizer_of(model: CLIP, job: dict) -> torch.optim.AdamW:
    """Gains, biases and the logit scale do not decay."""
    named = list(model.named_parameters())
    plain = [one for name, one in named if one.ndim < 2 or any(part in name for part in ("bn", "ln", "bias", "logit_scale"))]
    others = {id(one) for one in plain}
    groups = [
        {"params": plain, "weight_decay": 0.0},
        {"params": [one for _, one in named if id(one) not in others], "weight_decay": job["weightDecay"]},
    ]
    return torch.optim.AdamW(groups, lr=job["learningRate"], betas=(0.9, 0.98), eps=1e-6)


def load(job: dict) -> Callable[[], dict]:
    model, loss_of = model_of(job), ClipLoss()
    optimizer = optimizer_of(model, job)
    side, half = job["side"], job["precision"] == "bf16"
    pixels = np.fromfile(job["pixels"], dtype=np.float32).reshape(-1, side, side, 3)
    images = torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous()
    texts = torch.tensor(job["ids"])

    def step() -> dict:
        optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            loss = loss_of(**model(images, texts))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), job["clipNorm"])
        optimizer.step()
        with torch.no_grad():
            model.logit_scale.clamp_(0, float(np.log(100)))
        return {"loss": loss.item()}

    return step


if __name__ == "__main__":
    serve(load)
