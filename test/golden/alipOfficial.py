"""Known answers for ALIP's gates and loss over 24 consecutive steps: the official training loop, its form on several
ranks, and the paper's equations.

    git clone https://github.com/deepglint/ALIP                          (commit c507915)
    python test/golden/alipOfficial.py ALIP                              (torch, safetensors)

The statements between the model's outputs and `loss.backward()` in the official `train.py`, and its `Adaptive_loss`, run
unchanged with the options of the published run (no `local_loss`, no `gather_with_grad`). Three things around them are
replaced: `all_gather` hands out the tensors of ranks that run one after the other in this process; the three running
means may start elsewhere than at 1; `.float()` leaves double precision alone.

The paper's part is written from its equations 1 to 6: a sum over the batch, both directions added, m = 0.99.

alipOfficial.safetensors, steps first; 24 steps, 12 triplets, 8 numbers each:
  images, texts, captions [24, 12, 8]    nearly unit rows, exact in single precision; every third text is another picture's
  rho [24]                               logarithm of the logit scale
  <run>.history [24, 3]                  after the step: text-caption, image-text, image-caption; run is `one`, `half` (the
                                         official code from that start) or `paper` (its equations, from 0.5)
  <run>.sample, .imageText, .imageCaption [24, 12]     the weights
  <run>.lossText, .lossCaption [24]
  <run>.gradient.images, .texts, .captions [24, 12, 8], <run>.gradient.rho [24]
  ranks<W>.loss [2, W]                   the first two steps of `half` on W ranks, the batch's rows dealt out in order
  ranks<W>.gradient.images, .texts, .captions [2, 12, 8]    each row from the loss of the rank that owns it
  ranks<W>.gradient.rho [2, W]

Made with torch 2.15.0 on a CPU.
"""

import ast
import importlib.util
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

HERE = Path(__file__).parent
STEPS, BATCH, DIMENSIONS, RANK_STEPS = 24, 12, 8, 2
STARTS = {"one": 1.0, "half": 0.5}
OFFICIAL_NAMES = {
    "images": "image_embeddings", "texts": "text_embeddings_laion", "captions": "text_embeddings_caption",
}  # fmt: skip
Tensors = dict[str, torch.Tensor]


def official(checkout: str) -> tuple:
    """The compiled statements of the training step from the gates to the loss, and the class of the loss."""
    tree = ast.parse(Path(checkout, "train.py").read_text())
    main = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "main")
    loop = next(node for node in ast.walk(main) if isinstance(node, ast.For) and "train_loader" in ast.unparse(node.iter))
    texts = [ast.unparse(statement) for statement in loop.body]
    first = next(i for i, text in enumerate(texts) if text.startswith("with torch.no_grad():\n    gathered_raw"))
    last = texts.index("loss = loss_laion + loss_caption")
    step = compile(ast.Module(loop.body[first : last + 1], type_ignores=[]), "train.py", "exec")
    spec = importlib.util.spec_from_file_location("official_loss", Path(checkout, "src/open_alip/loss.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return step, module.Adaptive_loss


def draw() -> Tensors:
    """Triplets around common directions that come closer to each other from step to step, as in training."""
    tensors = {name: torch.empty(STEPS, BATCH, DIMENSIONS) for name in OFFICIAL_NAMES}
    for step in range(STEPS):
        centre = torch.randn(BATCH, DIMENSIONS)
        spread = 1.2 - 0.8 * step / STEPS
        triplet = {name: centre + spread * torch.randn(BATCH, DIMENSIONS) for name in OFFICIAL_NAMES}
        triplet["texts"][::3] = triplet["texts"][::3].roll(1, 0)
        for name, value in triplet.items():
            tensors[name][step] = (value / value.norm(dim=1, keepdim=True)).to(torch.float32)
    rho = torch.linspace(1 / 0.07, 1 / 0.05, STEPS).log()
    return {**tensors, "rho": rho.to(torch.float32).double()}


def leaves_of(inputs: Tensors, step: int, rows: slice = slice(None)) -> Tensors:
    leaves = {name: inputs[name][step][rows].clone().requires_grad_() for name in OFFICIAL_NAMES}
    return {**leaves, "rho": inputs["rho"][step].clone().requires_grad_()}


def gather_from(ranks: list[Tensors]) -> None:
    """`all_gather` among the ranks' leaves; like the original it fills the list without a gradient."""

    def all_gather(gathered: list[torch.Tensor], own: torch.Tensor) -> None:
        name = next(name for leaves in ranks for name, leaf in leaves.items() if leaf is own)
        gathered[:] = [leaves[name].detach() for leaves in ranks]

    torch.distributed.all_gather = all_gather


def run_step(code, contrastive_loss, leaves: Tensors, history: list, rank: int = 0, world: int = 1) -> dict:
    """The official step on one rank; moves the history and gives back every name that the step defined."""
    names = {
        "torch": torch, "dist": torch.distributed, "rank": rank, "world_size": world,
        "contrastive_loss": contrastive_loss, "logit_scale": leaves["rho"].exp(),
        "momentum_sim": history[0], "momentum_sim_raw": history[1], "momentum_sim_caption": history[2],
        **{official_name: leaves[name] for name, official_name in OFFICIAL_NAMES.items()},
    }  # fmt: skip
    exec(code, names)
    history[:] = [names["momentum_sim"], names["momentum_sim_raw"], names["momentum_sim_caption"]]
    return names


def gradients(loss: torch.Tensor, leaves: Tensors) -> Tensors:
    return {f"gradient.{name}": g for name, g in zip(leaves, torch.autograd.grad(loss, list(leaves.values())))}


def official_run(code, loss_class, inputs: Tensors, start: float) -> list[Tensors]:
    history, contrastive_loss = [start] * 3, loss_class(cache_labels=True)
    answers = []
    for step in range(STEPS):
        leaves = leaves_of(inputs, step)
        gather_from([leaves])
        found = run_step(code, contrastive_loss, leaves, history)
        answers.append({
            "history": torch.stack(history),
            "sample": found["weight_sample"], "imageText": found["weight_raw"], "imageCaption": found["weight_caption"],
            "lossText": found["loss_laion"], "lossCaption": found["loss_caption"],
            **gradients(found["loss"], leaves),
        })  # fmt: skip
    return answers


def official_ranks(code, loss_class, inputs: Tensors, world: int) -> list[Tensors]:
    """Every rank computes the whole loss from the gathered batch and has gradients for its own rows alone."""
    histories = [[STARTS["half"]] * 3 for _ in range(world)]
    losses = [loss_class(cache_labels=True, rank=rank, world_size=world) for rank in range(world)]
    size = BATCH // world
    answers = []
    for step in range(RANK_STEPS):
        ranks = [leaves_of(inputs, step, slice(rank * size, (rank + 1) * size)) for rank in range(world)]
        gather_from(ranks)
        found = [run_step(code, losses[r], ranks[r], histories[r], r, world)["loss"] for r in range(world)]
        assert histories[0] == histories[-1]
        each = [gradients(loss, leaves) for loss, leaves in zip(found, ranks)]
        joined = {f"gradient.{name}": torch.cat([g[f"gradient.{name}"] for g in each]) for name in OFFICIAL_NAMES}
        rho = torch.stack([g["gradient.rho"] for g in each])
        answers.append({"loss": torch.stack(found), **joined, "gradient.rho": rho})
    return answers


def paper_gate(similarity: torch.Tensor, history: torch.Tensor, gamma: float = 2) -> torch.Tensor:
    return (gamma * (similarity - history)).exp()


def paper_path(images: torch.Tensor, texts: torch.Tensor, rho: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Equation 5: minus the weighted logarithms of both softmaxes, summed over the batch."""
    total = 0
    similarities = (images @ texts.T * rho.exp()).exp()
    for i in range(len(images)):
        row = similarities[i, i] / similarities[i].sum()
        column = similarities[i, i] / similarities[:, i].sum()
        total = total - weights[i] * (row.log() + column.log())
    return total


def paper_run(inputs: Tensors, start: float, momentum: float = 0.99) -> list[Tensors]:
    history = torch.full((3,), start)
    answers = []
    for step in range(STEPS):
        leaves = leaves_of(inputs, step)
        x, t, c, rho = leaves.values()
        s_tc, s_xt, s_xc = (torch.einsum("id,id->i", a, b).detach() for a, b in ((t, c), (x, t), (x, c)))
        history = momentum * history + (1 - momentum) * torch.stack([s_tc.mean(), s_xt.mean(), s_xc.mean()])
        w_s = torch.ones(BATCH)
        w_s[s_tc <= history[0]] = paper_gate(s_tc, history[0])[s_tc <= history[0]]
        w_t, w_c = torch.ones(BATCH), torch.ones(BATCH)
        w_t[w_s < 1] = paper_gate(s_xt, history[1])[w_s < 1]
        w_c[w_s < 1] = paper_gate(s_xc, history[2])[w_s < 1]
        texts, captions = paper_path(x, t, rho, w_s * w_t), paper_path(x, c, rho, w_s * w_c)
        answers.append({
            "history": history, "sample": w_s, "imageText": w_t, "imageCaption": w_c,
            "lossText": texts, "lossCaption": captions, **gradients(texts + captions, leaves),
        })  # fmt: skip
    return answers


def stacked(run: str, answers: list[Tensors]) -> Tensors:
    return {f"{run}.{name}": torch.stack([answer[name] for answer in answers]) for name in answers[0]}


def check_local_loss_fails(code, loss_class, inputs: Tensors) -> None:
    """`--local-loss` cannot run: it multiplies the rank's rows by the weights of the whole batch."""
    ranks = [leaves_of(inputs, 0, rows) for rows in (slice(0, 6), slice(6, 12))]
    gather_from(ranks)
    try:
        run_step(code, loss_class(local_loss=True, world_size=2), ranks[0], [1.0] * 3, 0, 2)
    except RuntimeError as error:
        assert "must match the size" in str(error), error
    else:
        raise AssertionError("The official code takes local_loss: compare with it.")


def main() -> None:
    torch.manual_seed(0)
    torch.set_default_dtype(torch.double)
    torch.Tensor.float = lambda tensor: tensor
    inputs = draw()
    code, loss_class = official(sys.argv[1])
    tensors = dict(inputs)
    for run, start in STARTS.items():
        tensors |= stacked(run, official_run(code, loss_class, inputs, start))
    tensors |= stacked("paper", paper_run(inputs, STARTS["half"]))
    for world in (2, 4):
        tensors |= stacked(f"ranks{world}", official_ranks(code, loss_class, inputs, world))
    check_local_loss_fails(code, loss_class, inputs)
    agreement = (tensors["paper.lossText"] / (2 * BATCH * tensors["half.lossText"]) - 1).abs().max()
    lowered = {run: round((tensors[f"{run}.sample"] < 1).double().mean().item(), 2) for run in STARTS}
    print(f"paper over official loss: 2N, off by {agreement:.1e}; share of samples weighed below 1: {lowered}")
    save_file({name: value.detach().to(torch.float32).contiguous() for name, value in tensors.items()},
              HERE / "alipOfficial.safetensors")  # fmt: skip


if __name__ == "__main__":
    main()
