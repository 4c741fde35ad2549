"""Writes optimization.json: what PyTorch's AdamW, clip_grad_norm_ and OneCycleLR and open_clip's schedules do.

    python test/golden/optimization.py      (torch, open_clip_torch)
"""

import json
from pathlib import Path

import torch
from open_clip_train.scheduler import const_lr, cosine_lr

torch.manual_seed(0)
SHAPES = {"visual.proj": [3, 4], "ln_post.weight": [4], "attn.bias": [2, 2], "logit_scale": []}
DECAYED = ["visual.proj"]
ADAMW = {"beta1": 0.9, "beta2": 0.98, "epsilon": 1e-6, "weightDecay": 0.2}
STEPS = 6


def random_tensors(scale):
    return {name: torch.randn(shape) * scale for name, shape in SHAPES.items()}


def flat(tensors):
    return {name: tensor.detach().flatten().tolist() for name, tensor in tensors.items()}


def adamw():
    parameters = {name: torch.nn.Parameter(value) for name, value in random_tensors(1.0).items()}
    initial = flat(parameters)
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for n, p in parameters.items() if n in DECAYED], "weight_decay": ADAMW["weightDecay"]},
            {"params": [p for n, p in parameters.items() if n not in DECAYED], "weight_decay": 0.0},
        ],
        betas=(ADAMW["beta1"], ADAMW["beta2"]),
        eps=ADAMW["epsilon"],
    )
    steps = []
    for step in range(STEPS):
        learning_rate = 0.05 / (step + 1)
        gradients = random_tensors(10.0 ** (step - 3))
        for name, parameter in parameters.items():
            parameter.grad = gradients[name].clone()
        for group in optimizer.param_groups:
            group["lr"] = learning_rate
        optimizer.step()
        steps.append({"learningRate": learning_rate, "gradients": flat(gradients), "parameters": flat(parameters)})
    moments = {}
    for key in ["exp_avg", "exp_avg_sq"]:
        for name, parameter in parameters.items():
            moments[f"{key}.{name}"] = optimizer.state[parameter][key].flatten().tolist()
    return {"options": ADAMW, "shapes": SHAPES, "initial": initial, "steps": steps, "moments": moments}


def clipping():
    cases = []
    for scale, max_norm in [(1.0, 1.0), (0.01, 1.0), (100.0, 0.5)]:
        gradients = random_tensors(scale)
        parameters = {name: torch.nn.Parameter(torch.zeros_like(g)) for name, g in gradients.items()}
        for name, parameter in parameters.items():
            parameter.grad = gradients[name].clone()
        norm = torch.nn.utils.clip_grad_norm_(parameters.values(), max_norm).item()
        clipped = flat({name: p.grad for name, p in parameters.items()})
        cases.append({"maxNorm": max_norm, "gradients": flat(gradients), "norm": norm, "clipped": clipped})
    return cases


def one_cycle(total_steps, **options):
    optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))])
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, total_steps=total_steps, **options)
    learning_rates, momenta = [], []
    for step in range(total_steps):
        learning_rates.append(optimizer.param_groups[0]["lr"])
        momenta.append(optimizer.param_groups[0]["betas"][0])
        optimizer.step()
        if step + 1 < total_steps:
            scheduler.step()
    return {"learningRate": learning_rates, "momentum": momenta}


def schedules():
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))])
    cosine = cosine_lr(optimizer, 5e-4, 5, 20)
    constant = const_lr(optimizer, 5e-4, 5, 20)
    return {
        "warmupCosine": [cosine(step) for step in range(20)],
        "constant": [constant(step) for step in range(20)],
        "oneCycle": one_cycle(20, max_lr=1e-3),
        "oneCycleLinear": one_cycle(
            13,
            max_lr=0.1,
            pct_start=0.4,
            anneal_strategy="linear",
            div_factor=10,
            final_div_factor=100,
            base_momentum=0.8,
            max_momentum=0.9,
        ),
    }


def cycled_adamw(steps=30):
    """AdamW under a one-cycle schedule that moves beta1 too, every parameter decayed, as the official ALIP code has it."""
    parameters = {name: torch.nn.Parameter(value) for name, value in random_tensors(1.0).items()}
    initial = flat(parameters)
    optimizer = torch.optim.AdamW(parameters.values(), betas=(0.9, 0.98), weight_decay=0.2)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.02, total_steps=steps, pct_start=0.1)
    trace = []
    for step in range(steps):
        gradients = random_tensors(0.1)
        for name, parameter in parameters.items():
            parameter.grad = gradients[name].clone()
        group = optimizer.param_groups[0]
        trace.append({"learningRate": group["lr"], "beta1": group["betas"][0], "gradients": flat(gradients)})
        optimizer.step()
        trace[-1]["parameters"] = flat(parameters)
        if step + 1 < steps:
            scheduler.step()
    return {"peak": 0.02, "initial": initial, "steps": trace}


golden = {"adamw": adamw(), "clipping": clipping(), "schedules": schedules(), "cycledAdamw": cycled_adamw()}
Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
