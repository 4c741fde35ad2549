"""Known answers for the self-supervised parts of SLIP and DeCLIP, from independent torch code in double precision.

    python test/golden/selfSupervised.py

selfSupervised.safetensors; <grad> is the gradient of the case's loss, or of sum(out * probe) where there is none:
  simclr.a, simclr.b [6, 8]       unit rows; simclr.<temperature>.loss, simclr.<temperature>.grad.{a,b} for 0.1 and 0.5
  head.features [8, 6], head.probe [8, 4]
  head.state.<name>               SimCLR's head, hidden 10, output 4
  head.{train,eval}.out, head.train.grad.<name>, head.train.after.<name>   running statistics after one forward pass
  simsiam.x1, simsiam.x2 [8, 6]   two views' embeddings; hidden 10, bottleneck 5
  simsiam.state.<name>, simsiam.loss, simsiam.grad.<name>, simsiam.after.<name>   training mode, view 1 before view 2
  masked.states [3, 5, 8], masked.labels [3, 7] int32, masked.weight [20, 8], masked.bias [20]
  masked.sums, masked.counts [3], masked.loss, masked.grad.{states,weight,bias}
  neighbours.images, neighbours.neighbours [5, 8], neighbours.scale, neighbours.loss, neighbours.grad.<name>
  queue.<size>.initial [size, 4], queue.<size>.batches [3, 2, 4], queue.<size>.queries [6, 4]
  queue.<size>.pointers [3], queue.<size>.rows [3, size, 4], queue.<size>.nearest [3, 6, 4]   after each push; sizes 4, 5

Names of parameters are those of the official code; linear weights are [out, in]. The code below was written from the
equations. On the same inputs, in double precision, it agrees with the official code: `SIMCLRLoss` and the head of
facebookresearch/SLIP (c6faf5d), and `projection_MLP`, `prediction_MLP`, `SimsiamLoss`, `ClipInfoCELoss` of the
neighbours' logits, and `NNMemoryBankModule` of Sense-GVT/DeCLIP (5d99a85) to 1e-14 in values, gradients and running
statistics, and exactly in the queue. Made with torch 2.15.0 on a CPU.
"""

from pathlib import Path

import torch
from safetensors.torch import save_file

HERE = Path(__file__).parent
Tensors = dict[str, torch.Tensor]


def unit(x: torch.Tensor) -> torch.Tensor:
    return x / x.norm(dim=-1, keepdim=True)


def draw(*shape: int) -> torch.Tensor:
    """Normal numbers that single precision holds exactly."""
    return torch.randn(shape).float().double()


def gradients(loss: torch.Tensor, leaves: Tensors) -> Tensors:
    return dict(zip(leaves, torch.autograd.grad(loss, list(leaves.values()))))


def prefixed(prefix: str, tensors: Tensors) -> Tensors:
    return {f"{prefix}.{name}": value for name, value in tensors.items()}


def nt_xent(a: torch.Tensor, b: torch.Tensor, temperature: float) -> torch.Tensor:
    """Row by row: every other row of both views is a candidate, the row of the same picture the right one."""
    rows, count = torch.cat([a, b]), len(a)
    losses = []
    for i, row in enumerate(rows):
        candidates = torch.cat([rows[:i], rows[i + 1 :]]) @ row / temperature
        losses.append(candidates.logsumexp(0) - row @ rows[(i + count) % (2 * count)] / temperature)
    return torch.stack(losses).mean()


def simclr() -> Tensors:
    leaves = {name: unit(draw(6, 8)).requires_grad_() for name in "ab"}
    tensors = prefixed("simclr", leaves)
    for temperature in (0.1, 0.5):
        loss = nt_xent(leaves["a"], leaves["b"], temperature)
        tensors[f"simclr.{temperature}.loss"] = loss
        tensors |= prefixed(f"simclr.{temperature}.grad", gradients(loss, leaves))
    return tensors


def batch_norm(x: torch.Tensor, state: Tensors, name: str, training: bool) -> torch.Tensor:
    mean, variance = state[f"{name}.running_mean"], state[f"{name}.running_var"]
    if training:
        state[f"{name}.running_mean"] = 0.9 * mean + 0.1 * x.detach().mean(0)
        state[f"{name}.running_var"] = 0.9 * variance + 0.1 * x.detach().var(0, unbiased=True)
        mean, variance = x.mean(0), x.var(0, unbiased=False)
    return (x - mean) / (variance + 1e-5).sqrt() * state[f"{name}.weight"] + state[f"{name}.bias"]


def linear(x: torch.Tensor, state: Tensors, name: str) -> torch.Tensor:
    return x @ state[f"{name}.weight"].T + state[f"{name}.bias"]


def simclr_head(x: torch.Tensor, state: Tensors, training: bool) -> torch.Tensor:
    x = batch_norm(linear(x, state, "layer1"), state, "bn1", training).relu()
    x = batch_norm(linear(x, state, "layer2"), state, "bn2", training).relu()
    return linear(x, state, "layer3")


def projector(x: torch.Tensor, state: Tensors) -> torch.Tensor:
    for layer in (1, 2, 3):
        x = batch_norm(linear(x, state, f"projector.linear{layer}"), state, f"projector.bn{layer}", True)
        x = x if layer == 3 else x.relu()
    return x


def predictor(z: torch.Tensor, state: Tensors) -> torch.Tensor:
    narrow = batch_norm(linear(z, state, "predictor.linear1"), state, "predictor.bn1", True).relu()
    return linear(narrow, state, "predictor.layer2")


def draw_linear(name: str, inputs: int, outputs: int) -> Tensors:
    return {f"{name}.weight": draw(outputs, inputs) / 2, f"{name}.bias": draw(outputs) / 4}


def draw_norm(name: str, channels: int) -> Tensors:
    """Away from where it starts."""
    return {
        f"{name}.weight": 1 + draw(channels) / 4,
        f"{name}.bias": draw(channels) / 4,
        f"{name}.running_mean": draw(channels) / 4,
        f"{name}.running_var": 1 + draw(channels).abs(),
    }


def with_gradients(state: Tensors) -> tuple[Tensors, Tensors]:
    """A copy of the state to compute with, and those of its tensors that are trained."""
    used = {name: value.float().double().requires_grad_("running" not in name) for name, value in state.items()}
    return used, {name: value for name, value in used.items() if value.requires_grad}


def running(state: Tensors) -> Tensors:
    return {name: value for name, value in state.items() if "running" in name}


def head() -> Tensors:
    state = draw_linear("layer1", 6, 10) | draw_norm("bn1", 10)
    state |= draw_linear("layer2", 10, 10) | draw_norm("bn2", 10) | draw_linear("layer3", 10, 4)
    features, probe = draw(8, 6).requires_grad_(), draw(8, 4)
    used, trained = with_gradients(state)
    evaluated = simclr_head(features, used, training=False)
    out = simclr_head(features, used, training=True)
    return {
        "head.features": features, "head.probe": probe, "head.eval.out": evaluated, "head.train.out": out,
        **prefixed("head.state", state),
        **prefixed("head.train.grad", gradients((out * probe).sum(), {"features": features} | trained)),
        **prefixed("head.train.after", running(used)),
    }  # fmt: skip


def simsiam() -> Tensors:
    state = {}
    for layer, inputs in ((1, 6), (2, 10), (3, 10)):
        state |= draw_linear(f"projector.linear{layer}", inputs, 10) | draw_norm(f"projector.bn{layer}", 10)
    state |= draw_linear("predictor.linear1", 10, 5) | draw_norm("predictor.bn1", 5)
    state |= draw_linear("predictor.layer2", 5, 10)
    used, trained = with_gradients(state)
    views = {"x1": draw(8, 6)}
    views = {name: value.requires_grad_() for name, value in (views | {"x2": views["x1"] + draw(8, 6) / 2}).items()}
    z1, z2 = (projector(view, used) for view in views.values())
    p1, p2 = (predictor(z, used) for z in (z1, z2))
    loss = -((unit(p1) * unit(z2.detach())).sum(1).mean() + (unit(p2) * unit(z1.detach())).sum(1).mean()) / 2
    return {
        **prefixed("simsiam", views), **prefixed("simsiam.state", state), "simsiam.loss": loss,
        **prefixed("simsiam.grad", gradients(loss, views | trained)), **prefixed("simsiam.after", running(used)),
    }  # fmt: skip


def masked() -> Tensors:
    """The second text has no masked place; contexts are longer than what the tower computed."""
    leaves = {"states": draw(3, 5, 8), "weight": draw(20, 8) / 2, "bias": draw(20) / 4}
    leaves = {name: value.requires_grad_() for name, value in leaves.items()}
    labels = torch.full((3, 7), -100)
    labels[0, 1], labels[0, 3], labels[2, 4] = 7, 0, 19
    logits = leaves["states"] @ leaves["weight"].T + leaves["bias"]
    places = [(text, token) for text in range(3) for token in range(5) if labels[text, token] >= 0]
    each = {place: -logits[place].log_softmax(0)[labels[place]] for place in places}
    sums = torch.stack([sum((each[p] for p in places if p[0] == text), torch.zeros(())) for text in range(3)])
    loss = sums.sum() / len(places)
    return {
        **prefixed("masked", leaves), "masked.labels": labels.int(), "masked.sums": sums,
        "masked.counts": (labels >= 0).sum(1).double(), "masked.loss": loss,
        **prefixed("masked.grad", gradients(loss, leaves)),
    }  # fmt: skip


def neighbours() -> Tensors:
    leaves = {"images": unit(draw(5, 8)), "neighbours": unit(draw(5, 8)), "scale": torch.tensor(5.0)}
    leaves = {name: value.requires_grad_() for name, value in leaves.items()}
    logits = leaves["scale"] * leaves["images"] @ leaves["neighbours"].T
    loss = -logits.log_softmax(1).diagonal().mean()
    return {
        **prefixed("neighbours", leaves), "neighbours.loss": loss,
        **prefixed("neighbours.grad", gradients(loss, leaves)),
    }  # fmt: skip


def queue(size: int) -> Tensors:
    """Three batches of two; whoever reaches the end starts again at the front."""
    initial, batches, queries = unit(draw(size, 4)), unit(draw(3, 2, 4)), draw(6, 4)
    rows, pointer = [row for row in initial.float().double()], 0
    pointers, contents, found = [], [], []
    for batch in batches.float().double():
        for row in batch:
            if pointer == size:
                break
            rows[pointer] = row
            pointer += 1
        pointer %= size
        pointers.append(pointer)
        contents.append(torch.stack(rows))
        cosines = [[torch.cosine_similarity(query, row, dim=0) for row in rows] for query in queries]
        found.append(torch.stack([rows[max(range(size), key=each.__getitem__)] for each in cosines]))
    return prefixed(f"queue.{size}", {
        "initial": initial, "batches": batches, "queries": queries, "pointers": torch.tensor(pointers).int(),
        "rows": torch.stack(contents), "nearest": torch.stack(found),
    })  # fmt: skip


def main() -> None:
    torch.manual_seed(0)
    torch.set_default_dtype(torch.double)
    tensors = simclr() | head() | simsiam() | masked() | neighbours() | queue(4) | queue(5)
    stored = {name: value if value.dtype == torch.int else value.detach().float() for name, value in tensors.items()}
    save_file({name: value.contiguous() for name, value in stored.items()}, HERE / "selfSupervised.safetensors")
    print({name: value.item() for name, value in tensors.items() if name.endswith("loss")})


if __name__ == "__main__":
    main()
