"""Known answers for the small captioner after LightCap, computed in PyTorch from the parts' definitions.

    python test/golden/captioner.py        (torch, safetensors)

The decoder is torch.nn.TransformerEncoder (pre-norm, GELU, no dropout) over [concepts; grid; caption] with a boolean mask;
concepts are the mean of their pieces' embeddings; the gate is sigmoid(W2 relu(W1 mean of the concepts)) times the grid's
channels; each of 3 heads is Linear, GELU, LayerNorm, the token table and a bias, and their logits are averaged; the loss is
PyTorch's cross-entropy with padding as `ignore_index`. Parameters, grid and ids come from formula.py; sizes are below.
In double precision.

captioner.safetensors, for the arms `grid` (nothing but the grid), `concepts` (concept tokens), `gated` (both):
  grid [3, 4, 12], captions [3, 6] I32     pictures of 4 cells; rows of ids from the start on, 0 is padding
  <arm>.states [3, 5, 16]                  what the decoder says of the first five tokens
  <arm>.logits [3, 5, 40], <arm>.loss []
  gated.gate [3, 12]
  gated.grad.<name>, gated.figures.<name>  formula.py's `summary` of each gradient; its deviation is single precision's
  kl []                                    KL(gated ‖ grid) of the next token at temperature 1, the mean over the real tokens

Made with torch 2.15.0 on a CPU.
"""

from pathlib import Path

import formula
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

HERE = Path(__file__).parent
GRID_WIDTH, WIDTH, LAYERS, HEADS, VOCAB, CONTEXT, HIDDEN, PREDICTORS = 12, 16, 2, 4, 40, 8, 5, 3
CONCEPTS = [[[7], [8, 9]], [[10, 11, 12], [13]], [[14], [7]]]
CAPTIONS = [[1, 20, 21, 22, 23, 2], [1, 24, 25, 2, 0, 0], [1, 26, 20, 27, 2, 0]]
ARMS = {"grid": (False, False), "concepts": (True, False), "gated": (True, True)}
Tensors = dict[str, torch.Tensor]


def shapes(gated: bool) -> dict[str, tuple[int, ...]]:
    found = {
        "token_embedding.weight": (VOCAB, WIDTH), "positional_embedding": (CONTEXT, WIDTH), "type_embedding": (3, WIDTH),
        "grid_proj.weight": (WIDTH, GRID_WIDTH), "grid_proj.bias": (WIDTH,),
    }  # fmt: skip
    if gated:
        found |= {"modulator.w1.weight": (HIDDEN, WIDTH), "modulator.w2.weight": (GRID_WIDTH, HIDDEN)}
    found |= {f"ln_{place}.{part}": (WIDTH,) for place in ("pre", "final") for part in ("weight", "bias")}
    for i in range(LAYERS):
        block = {
            "ln_1.weight": (WIDTH,), "ln_1.bias": (WIDTH,), "ln_2.weight": (WIDTH,), "ln_2.bias": (WIDTH,),
            "attn.in_proj_weight": (3 * WIDTH, WIDTH), "attn.in_proj_bias": (3 * WIDTH,),
            "attn.out_proj.weight": (WIDTH, WIDTH), "attn.out_proj.bias": (WIDTH,),
            "mlp.c_fc.weight": (4 * WIDTH, WIDTH), "mlp.c_fc.bias": (4 * WIDTH,),
            "mlp.c_proj.weight": (WIDTH, 4 * WIDTH), "mlp.c_proj.bias": (WIDTH,),
        }  # fmt: skip
        found |= {f"transformer.resblocks.{i}.{name}": shape for name, shape in block.items()}
    for i in range(PREDICTORS):
        head = {
            "dense.weight": (WIDTH, WIDTH), "dense.bias": (WIDTH,),
            "ln.weight": (WIDTH,), "ln.bias": (WIDTH,), "bias": (VOCAB,),
        }  # fmt: skip
        found |= {f"heads.{i}.{name}": shape for name, shape in head.items()}
    return found


TORCH_NAMES = {
    "norm1": "ln_1", "norm2": "ln_2", "linear1": "mlp.c_fc", "linear2": "mlp.c_proj", "self_attn": "attn",
}  # fmt: skip


def decoder(leaves: Tensors, dtype: torch.dtype) -> nn.Module:
    """PyTorch's encoder, each of whose parameters is one of the leaves."""
    layer = nn.TransformerEncoderLayer(
        WIDTH, HEADS, 4 * WIDTH, dropout=0, activation="gelu", batch_first=True, norm_first=True, dtype=dtype
    )
    model = nn.TransformerEncoder(layer, LAYERS, norm=nn.LayerNorm(WIDTH, dtype=dtype), enable_nested_tensor=False)
    names = {}
    for name, _ in model.named_parameters():
        parts = name.split(".")
        if parts[0] == "norm":
            names[name] = f"ln_final.{parts[1]}"
        else:
            names[name] = ".".join(["transformer.resblocks", parts[1], TORCH_NAMES[parts[2]], *parts[3:]])
    return lambda x, mask: torch.func.functional_call(model, {own: leaves[n] for own, n in names.items()}, (x, mask))


def forward(leaves: Tensors, grid: torch.Tensor, captions: torch.Tensor, arm: str) -> Tensors:
    with_tokens, gated = ARMS[arm]
    table, types = leaves["token_embedding.weight"], leaves["type_embedding"]
    norm = lambda x, name: F.layer_norm(x, (WIDTH,), leaves[f"{name}.weight"], leaves[f"{name}.bias"])
    concepts = torch.stack([torch.stack([table[pieces].mean(0) for pieces in own]) for own in CONCEPTS])
    found = {}
    if gated:
        e = concepts.mean(1)
        found["gate"] = torch.sigmoid(torch.relu(e @ leaves["modulator.w1.weight"].T) @ leaves["modulator.w2.weight"].T)
        grid = grid * found["gate"][:, None]
    cells = F.linear(grid, leaves["grid_proj.weight"], leaves["grid_proj.bias"]) + types[1]
    inputs = captions[:, :-1]
    words = table[inputs] + leaves["positional_embedding"][: inputs.shape[1]] + types[2]
    prefix = torch.cat([concepts + types[0], cells], 1) if with_tokens else cells
    before, after = prefix.shape[1], inputs.shape[1]
    hidden_from = torch.ones(before + after, before + after).triu(1).bool()
    hidden_from[:before, :before] = False
    states = decoder(leaves, grid.dtype)(norm(torch.cat([prefix, words], 1), "ln_pre"), hidden_from)[:, before:]
    logits = torch.stack([
        norm(F.gelu(F.linear(states, leaves[f"heads.{i}.dense.weight"], leaves[f"heads.{i}.dense.bias"])), f"heads.{i}.ln")
        @ table.T + leaves[f"heads.{i}.bias"]
        for i in range(PREDICTORS)
    ]).mean(0)  # fmt: skip
    loss = F.cross_entropy(logits.reshape(-1, VOCAB), captions[:, 1:].reshape(-1), ignore_index=0)
    return found | {"states": states, "logits": logits, "loss": loss}


def run(dtype: torch.dtype) -> tuple[Tensors, Tensors, Tensors]:
    grid = torch.from_numpy(formula.uniform("captioner grid", (3, 4, GRID_WIDTH))).to(dtype)
    captions = torch.tensor(CAPTIONS)
    found, gradients = {}, {}
    for arm, (_, gated) in ARMS.items():
        leaves = {n: torch.from_numpy(formula.parameter(n, s)).to(dtype).requires_grad_() for n, s in shapes(gated).items()}
        answers = forward(leaves, grid, captions, arm)
        found |= {f"{arm}.{name}": value for name, value in answers.items()}
        if arm == "gated":
            gradients = dict(zip(leaves, torch.autograd.grad(answers["loss"], list(leaves.values()), retain_graph=True)))
    real = captions[:, 1:] != 0
    student, teacher = (found[f"{arm}.logits"].log_softmax(-1)[real] for arm in ("grid", "gated"))
    found["kl"] = F.kl_div(student, teacher, reduction="batchmean", log_target=True)
    return {"grid": grid}, found, gradients


def main() -> None:
    torch.set_num_threads(1)
    (io, found, exact), (_, _, rounded) = run(torch.double), run(torch.float)
    tensors = {name: value.detach().float().contiguous() for name, value in (io | found).items()}
    tensors["captions"] = torch.tensor(CAPTIONS, dtype=torch.int32)
    for name, gradient in exact.items():
        entries, figures = formula.summary(name, gradient.numpy(), rounded[name].numpy())
        tensors |= {f"gated.grad.{name}": torch.from_numpy(entries), f"gated.figures.{name}": torch.from_numpy(figures)}
    save_file(tensors, HERE / "captioner.safetensors")
    print({name: round(value.item(), 6) for name, value in tensors.items() if value.dim() == 0})
    print("largest deviation in float32", max(tensors[name][2].item() for name in tensors if ".figures." in name))


if __name__ == "__main__":
    main()
