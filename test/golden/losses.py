"""Known answers for losses and for DALIP's second-order module, from independent torch code in double precision.

    python test/golden/losses.py

losses.json          contrastive: symmetric loss, one and several positives per row; dalip: the two-term loss; bdc: two
                     distance covariance matrices; alip: gates, history, loss and gradients over five batches
mbdc.safetensors     per case (image.train, image.eval, text.official, text.masked): `<case>.tokens` [5, 17, 32],
                     `<case>.z` [5, 32], the parameters `<case>.state.<name>` and gradients `<case>.grad.<name>` of
                     sum(z * probe), also for `tokens`; `probe` [5, 32]; `text.ends`, the position of the end token

Second-order cases: 4 heads, 6 channels, no dropout. Image tokens have the class token first, then 4 x 4 patches;
image.train normalises with the statistics of the batch, head by head, and `image.train.after.<name>` holds the running
statistics afterwards; text.official lets padding take part, text.masked uses positions up to and with the end token
only. Parameter names are those of the official DALIP code (`visual.` left out for images); linear weights are [out, in].

The code below was written from the published equations and compared with the official code, run in double precision on
the same inputs: the modules of XavierHeart/DALIP (their hard-coded sizes replaced) agree in outputs, gradients and
running statistics to 1e-14, its loss exactly, and the training loop of deepglint/ALIP in history, weights, loss and
gradients to 1e-15. text.masked and `several` have no official counterpart. Made with torch 2.15.0 on a CPU.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

HERE = Path(__file__).parent
HEADS, CHANNELS, WIDTH, BATCH, TOKENS = 4, 6, 32, 5, 17
PAIRS = CHANNELS * (CHANNELS + 1) // 2
State = dict[str, torch.Tensor]


def unit(x: torch.Tensor) -> torch.Tensor:
    return x / x.norm(dim=-1, keepdim=True)


def pair_losses(images: torch.Tensor, texts: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    """Half the sum of row and column cross-entropy, for each pair."""
    logits = scale * images @ texts.T
    return -(logits.log_softmax(1).diagonal() + logits.log_softmax(0).diagonal()) / 2


def soft_loss(images: torch.Tensor, texts: torch.Tensor, scale: torch.Tensor, labels: list[int]) -> torch.Tensor:
    """Every text with the image's label is a positive, all with the same share of the target; likewise for texts."""
    same = torch.tensor([[float(a == b) for b in labels] for a in labels], dtype=torch.double)
    logits = scale * images @ texts.T
    rows = -(same / same.sum(1, keepdim=True) * logits.log_softmax(1)).sum(1)
    columns = -(same / same.sum(0, keepdim=True) * logits.log_softmax(0)).sum(0)
    return (rows.mean() + columns.mean()) / 2


def gradients(loss: torch.Tensor, **leaves: torch.Tensor) -> dict[str, list]:
    values = torch.autograd.grad(loss, list(leaves.values()))
    return {name: value.tolist() for name, value in zip(leaves, values)}


def contrastive() -> dict:
    images, texts = (unit(torch.randn(6, 8)).requires_grad_() for _ in range(2))
    scale = torch.tensor(5.0, requires_grad=True)
    leaves = dict(images=images, texts=texts, scale=scale)
    labels = [0, 1, 0, 2, 2, 0]
    single, several = pair_losses(images, texts, scale).mean(), soft_loss(images, texts, scale, labels)
    return {
        **{name: leaf.tolist() for name, leaf in leaves.items()},
        "labels": labels,
        "single": {"loss": single.item(), "gradients": gradients(single, **leaves)},
        "several": {"loss": several.item(), "gradients": gradients(several, **leaves)},
    }


def dalip() -> dict:
    """Four embeddings in the plane (rows not yet of unit length), and losses for several weights of the first order."""
    rows = {
        "imageFirst": [[1, 0], [0, 1]], "textFirst": [[1, 0], [1, 1]],
        "imageSecond": [[1, 2], [2, 1]], "textSecond": [[0, 1], [1, 1]],
    }  # fmt: skip
    leaves = {name: torch.tensor(value, dtype=torch.double, requires_grad=True) for name, value in rows.items()}
    leaves["scale"] = torch.tensor(5.0, requires_grad=True)
    f_i, f_t, z_i, z_t = (unit(leaves[name]) for name in rows)
    first, second = pair_losses(f_i, f_t, leaves["scale"]).mean(), pair_losses(z_i, z_t, leaves["scale"]).mean()
    both = 0.25 * first + 0.75 * second
    joined = [torch.cat([f * 0.5**0.5, z * 0.5**0.5], 1) for f, z in ((f_i, z_i), (f_t, z_t))]
    return {
        "rows": rows,
        "scale": 5,
        "losses": {alpha: (alpha * first + (1 - alpha) * second).item() for alpha in (0, 0.25, 0.5, 1)},
        "quarterGradients": gradients(both, **leaves),
        "summedSimilarity": pair_losses(*joined, leaves["scale"]).mean().item(),
    }


def distance_covariance(y: torch.Tensor, count: torch.Tensor | float, epsilon: float = 1e-5) -> tuple:
    """Root distances between channels and their double centring; y is [..., channels, tokens]."""
    squares = (y.unsqueeze(-2) - y.unsqueeze(-3)).square().sum(-1)
    distances = (squares / (2 * count) + epsilon).sqrt()
    rows, columns = distances.mean(-1, keepdim=True), distances.mean(-2, keepdim=True)
    return distances, distances - rows - columns + distances.mean((-2, -1), keepdim=True)


def bdc() -> list[dict]:
    cases = [[[1, 0, 2], [0, 1, 1]], [[1, 0, 2, 1], [0, 1, 1, 0], [2, 2, 0, 1]]]
    answers = []
    for case in cases:
        y = torch.tensor(case, dtype=torch.double)
        distances, matrix = distance_covariance(y, y.shape[1])
        answers.append({"y": case, "distances": distances.tolist(), "matrix": matrix.tolist()})
    return answers


def reduce_image(tokens: torch.Tensor, state: State, training: bool) -> torch.Tensor:
    """1 x 1 convolution, batch normalisation, ReLU: [batch, tokens, slice] to [batch, tokens, channels]."""
    x = tokens @ state["vbdc.conv_dr_block.0.weight"].flatten(1).T
    mean, variance = state["vbdc.conv_dr_block.1.running_mean"], state["vbdc.conv_dr_block.1.running_var"]
    if training:
        running = {"mean": mean, "var": variance}
        mean, variance = x.mean((0, 1)), x.var((0, 1), unbiased=False)
        for name, value in {"mean": mean, "var": x.var((0, 1), unbiased=True)}.items():
            state[f"vbdc.conv_dr_block.1.running_{name}"] = (0.9 * running[name] + 0.1 * value).detach()
    x = (x - mean) / (variance + 1e-5).sqrt()
    return (x * state["vbdc.conv_dr_block.1.weight"] + state["vbdc.conv_dr_block.1.bias"]).relu()


def layer_norm(x: torch.Tensor, state: State, name: str) -> torch.Tensor:
    centred = x - x.mean(-1, keepdim=True)
    scaled = centred / (centred.square().mean(-1, keepdim=True) + 1e-7).sqrt()
    return scaled * state[f"{name}.weight"] + state[f"{name}.bias"]


def second_order(tokens: torch.Tensor, state: State, training: bool = False, ends: torch.Tensor | None = None,
                 masked: bool = False) -> torch.Tensor:  # fmt: skip
    """z of the image tower, or of the text tower where the end positions are given."""
    module = "vbdc" if ends is None else "tbdc"
    u = tokens @ state["fc1.weight"].T
    anchor, rest = (u[:, 0], u[:, 1:]) if ends is None else (u[torch.arange(len(u)), ends], u)
    mask = torch.ones(rest.shape[:2], dtype=torch.bool)
    if masked:
        mask = torch.arange(rest.shape[1]) <= ends[:, None]
    triangles = []
    for head in range(HEADS):
        part = slice(head * WIDTH // HEADS, (head + 1) * WIDTH // HEADS)
        cosines = (unit(rest[..., part]) * unit(anchor[:, None, part])).sum(-1)
        weights = cosines.masked_fill(~mask, -torch.inf).softmax(1)
        weighed = rest[..., part] * weights[..., None]
        if ends is None:
            narrow = reduce_image(weighed, state, training)
        else:
            linear = weighed @ state["tbdc.conv_dr_block.0.weight"].T
            narrow = layer_norm(linear, state, "tbdc.conv_dr_block.1").relu()
        channels = (narrow * mask[..., None]).transpose(1, 2)
        matrix = distance_covariance(channels, mask.sum(1)[:, None, None])[1]
        row, column = torch.triu_indices(CHANNELS, CHANNELS)
        triangles.append(matrix[:, row, column])
    x = layer_norm(torch.cat(triangles, 1), state, f"{module}.ln")
    return (x @ state[f"{module}.down.weight"].T + state[f"{module}.down.bias"]) @ state["fc2.weight"].T


def draw_state(module: str) -> State:
    """Parameters away from their initial values, with the official names inside one tower."""
    total = HEADS * PAIRS
    state = {
        "fc1.weight": torch.randn(WIDTH, WIDTH) / WIDTH**0.5,
        "fc2.weight": torch.randn(WIDTH, total) / total**0.5,
        f"{module}.conv_dr_block.0.weight": torch.randn(CHANNELS, WIDTH // HEADS) * 0.5,
        f"{module}.conv_dr_block.1.weight": 1 + 0.2 * torch.randn(CHANNELS),
        f"{module}.conv_dr_block.1.bias": 0.2 * torch.randn(CHANNELS),
        f"{module}.ln.weight": 1 + 0.2 * torch.randn(total),
        f"{module}.ln.bias": 0.2 * torch.randn(total),
        f"{module}.down.weight": torch.randn(total, total) / total**0.5,
        f"{module}.down.bias": 0.2 * torch.randn(total),
    }
    if module == "vbdc":
        state["vbdc.conv_dr_block.0.weight"] = state["vbdc.conv_dr_block.0.weight"][..., None, None]
        state["vbdc.conv_dr_block.1.running_mean"] = 0.05 * torch.randn(CHANNELS)
        state["vbdc.conv_dr_block.1.running_var"] = 0.02 + 0.01 * torch.rand(CHANNELS)
    return {name: value.float().double() for name, value in state.items()}


def mbdc() -> dict[str, torch.Tensor]:
    probe = torch.randn(BATCH, WIDTH).float().double()
    ends = torch.tensor([16, 3, 9, 12, 6])
    tensors = {"probe": probe, "text.ends": ends.int()}
    cases = {
        "image": ("vbdc", {"train": dict(training=True), "eval": {}}),
        "text": ("tbdc", {"official": dict(ends=ends), "masked": dict(ends=ends, masked=True)}),
    }
    for tower, (module, variants) in cases.items():
        state = draw_state(module)
        tokens = torch.randn(BATCH, TOKENS, WIDTH).float().double()
        tensors |= {f"{tower}.tokens": tokens} | {f"{tower}.state.{name}": value for name, value in state.items()}
        for variant, options in variants.items():
            used = {name: value.clone().requires_grad_("running" not in name) for name, value in state.items()}
            leaves = {"tokens": tokens.clone().requires_grad_()}
            leaves |= {name: value for name, value in used.items() if value.requires_grad}
            z = second_order(leaves["tokens"], used, **options)
            found = torch.autograd.grad((z * probe).sum(), list(leaves.values()))
            case = f"{tower}.{variant}"
            tensors[f"{case}.z"] = z
            tensors |= {f"{case}.grad.{name}": value for name, value in zip(leaves, found)}
            if options.get("training"):
                tensors |= {f"{case}.after.{name}": value for name, value in used.items() if "running" in name}
    return tensors


def alip_step(images: torch.Tensor, texts: torch.Tensor, captions: torch.Tensor, rho: torch.Tensor, history: list,
              gamma: float = 2, momentum: float = 0.99) -> dict:  # fmt: skip
    """One batch: moves the history, then weighs, then the loss. History and similarities: text-caption first."""
    with torch.no_grad():
        similarities = [(a * b).sum(1) for a, b in ((texts, captions), (images, texts), (images, captions))]
        history[:] = [momentum * old + (1 - momentum) * new.mean() for old, new in zip(history, similarities)]
        exponents = [gamma * (value - mean) for value, mean in zip(similarities, history)]
        low = exponents[0] <= 0
        sample, pair_text, pair_caption = (torch.where(low, value.exp(), torch.ones(())) for value in exponents)
    loss_text = (sample * pair_text * pair_losses(images, texts, rho.exp())).mean()
    loss_caption = (sample * pair_caption * pair_losses(images, captions, rho.exp())).mean()
    loss = loss_text + loss_caption
    return {
        "history": [float(value) for value in history],
        "sample": sample.tolist(), "imageText": pair_text.tolist(), "imageCaption": pair_caption.tolist(),
        "lossText": loss_text.item(), "lossCaption": loss_caption.item(), "loss": loss.item(),
        "lossPaper": 2 * len(images) * loss.item(),
        "gradients": gradients(loss, images=images, texts=texts, captions=captions, logScale=rho),
    }  # fmt: skip


def alip() -> dict:
    """Noisy triplets around common directions; every second raw text is another picture's."""
    rho = torch.tensor(10.0).log().requires_grad_()
    runs = {}
    for start in (1.0, 0.5):
        history, steps = [start] * 3, []
        for _ in range(5):
            centre = torch.randn(6, 8)
            images, captions, texts = (centre + 0.5 * torch.randn(6, 8) for _ in range(3))
            texts[::2] = texts[::2].roll(1, 0)
            batch = {name: unit(value).requires_grad_()
                     for name, value in dict(images=images, texts=texts, captions=captions).items()}  # fmt: skip
            inputs = {name: value.tolist() for name, value in batch.items()}
            steps.append({**inputs, **alip_step(**batch, rho=rho, history=history)})
        runs[str(start)] = steps
    return {"logScale": rho.item(), "gamma": 2, "momentum": 0.99, "runs": runs, "plane": alip_in_the_plane()}


def alip_in_the_plane() -> dict:
    """Three triplets at given angles in degrees, scale 10, from two histories; without gates; and edge cases."""
    angles = {"images": [0, 90, 180], "texts": [10, 150, 170], "captions": [20, 100, 240]}
    radians = {name: torch.tensor(value, dtype=torch.double).deg2rad() for name, value in angles.items()}
    batch = {name: torch.stack([a.cos(), a.sin()], 1).requires_grad_() for name, a in radians.items()}
    rho = torch.tensor(10.0).log().requires_grad_()
    steps = {str(start): alip_step(**batch, rho=rho, history=[start] * 3) for start in (0.5, 1.0)}
    history, constant = 1.0, {}
    for step in range(1, 461):
        history = 0.99 * history + 0.01 * 0.2
        constant[step] = history
    return {
        "angles": angles,
        "scale": 10,
        "steps": steps,
        "withoutGates": alip_step(**batch, rho=rho, history=[0.5] * 3, gamma=0)["loss"],
        "constantMean": {step: constant[step] for step in (1, 69, 100, 230, 460)},
    }


def main() -> None:
    torch.manual_seed(0)
    torch.set_default_dtype(torch.double)
    answers = {"contrastive": contrastive(), "dalip": dalip(), "bdc": bdc(), "alip": alip()}
    (HERE / "losses.json").write_text(json.dumps(answers) + "\n")
    tensors = mbdc()
    stored = {name: value if value.dtype == torch.int else value.detach().float() for name, value in tensors.items()}
    save_file({name: value.contiguous() for name, value in stored.items()}, HERE / "mbdc.safetensors")
    print({name: round(step["loss"], 6) for name, step in answers["alip"]["plane"]["steps"].items()})
    print(answers["dalip"]["losses"], answers["dalip"]["summedSimilarity"], answers["bdc"][1]["matrix"])


if __name__ == "__main__":
    main()
