"""Known answers for the optimizer: torch's AdamW with clipping by the global norm and a learning-rate schedule.

    python -P test/golden/adamw.py

adamw.json: `shapes` and `initial` values of four parameters (those of one axis or none do not decay), `gradients` for each
of ten steps, before clipping; then two `runs` with the learning rate, beta1, the norm before clipping and the
parameters after each step:

warmupCosine   beta1 0.9; three steps of linear warm-up to 0.1, then half a cosine to 0: open_clip's `cosine_lr`
oneCycle       torch's OneCycleLR, peak 0.1, rising share 0.3, which moves beta1 as well

beta2 0.98, epsilon 1e-6, weight decay 0.2, norm at most 1. In double precision, torch 2.15.0, open_clip 3.3.0.
"""

import json
from pathlib import Path

import torch
from open_clip_train.scheduler import cosine_lr

STEPS, WARMUP, PEAK = 10, 3, 0.1
SHAPES = {"weight": (3, 4), "projection": (2, 2), "bias": (3,), "logit_scale": ()}
Values = dict[str, list]


def run(initial: Values, gradients: list[Values], one_cycle: bool) -> list[dict]:
    parameters = {name: torch.tensor(value, requires_grad=True) for name, value in initial.items()}
    groups = [
        {"params": [p for p in parameters.values() if p.ndim >= 2], "weight_decay": 0.2},
        {"params": [p for p in parameters.values() if p.ndim < 2], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=PEAK, betas=(0.9, 0.98), eps=1e-6)
    one_cycle_lr = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK, total_steps=STEPS) if one_cycle else None
    set_cosine_lr = cosine_lr(optimizer, PEAK, WARMUP, STEPS)
    steps = []
    for index, gradient in enumerate(gradients):
        for name, parameter in parameters.items():
            parameter.grad = torch.tensor(gradient[name])
        if not one_cycle_lr:
            set_cosine_lr(index)
        used = optimizer.param_groups[0]
        record = {"learningRate": used["lr"], "beta1": used["betas"][0]}
        record["norm"] = torch.nn.utils.clip_grad_norm_(parameters.values(), 1.0).item()
        optimizer.step()
        if one_cycle_lr and index < STEPS - 1:
            one_cycle_lr.step()
        steps.append({**record, "parameters": {name: value.tolist() for name, value in parameters.items()}})
    return steps


def draw(scale: float) -> Values:
    return {name: (scale * torch.randn(shape)).tolist() for name, shape in SHAPES.items()}


def main() -> None:
    torch.manual_seed(0)
    torch.set_default_dtype(torch.double)
    initial = draw(1)
    gradients = [draw(0.1 if step % 3 == 0 else 1) for step in range(STEPS)]
    answers = {
        "shapes": SHAPES,
        "initial": initial,
        "gradients": gradients,
        "runs": {name: run(initial, gradients, name == "oneCycle") for name in ("warmupCosine", "oneCycle")},
    }
    Path(__file__).with_name("adamw.json").write_text(json.dumps(answers) + "\n")
    for name, steps in answers["runs"].items():
        print(name, [(round(s["learningRate"], 5), round(s["beta1"], 4), round(s["norm"], 3)) for s in steps])


if __name__ == "__main__":
    main()
