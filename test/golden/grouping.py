"""Known answers for hierarchy-aware attention: links and groups of texts and pictures, a gated block, and a small CLIP.

    python test/golden/grouping.py                                       (torch, safetensors)
    python test/golden/grouping.py Tree-Transformer                      (the same, and compares with its code)

All code here is slow on purpose: one sample, one pair of tokens and one path after the other, in double precision; it
shares nothing with the way clipbook computes. Parameters are away from their initial values.

grouping.safetensors, float32 but for int32 ids and lengths:

  text.x [3, 6, 8], text.lengths [3]; two layers of grouping in a row, both on x
  text.<layer>.state.<name>         norm.weight, norm.bias, linear_query.weight [out, in], linear_query.bias, linear_key.…
  text.<layer>.links [3, 5]         text.<layer>.gate [3, 6, 6]: the diagonal 1; scale 1/16
  text.<layer>.tiny [3, 6, 6]       the same with the diagonal of the Tree Transformer's code
  text.probe [2, 3, 6, 6]           loss = sum over layers of sum(gate * probe); text.grad.x, text.<layer>.grad.<name>
  image.…                           the same for a 3 x 3 grid behind a class token: x [2, 10, 8], <layer>.horizontal
                                    [2, 3, 2], <layer>.vertical [2, 2, 3], gate and tiny [2, 10, 10]; scale 1/sqrt(8)
  block.state.<name>, .out, .grad.… a residual block over image.x of two heads, its attention multiplied by the gate of
                                    image.1; loss = sum(out * block.probe); block.grad.gate; names are open_clip's
  clip.state.<name>, clip.images [3, 12, 12, 3] (NHWC), clip.ids [3, 6], clip.lengths [3], clip.images.features and
  clip.texts.features [3, 8]        a CLIP with grouping in both towers, two layers each: width 8, two heads, patches of
                                    4 pixels, 16 words; unit rows
  clip.loss, clip.grad.<name>       the symmetric loss

In a picture the way between two patches is the better of the two with one corner. That rule, and the class token's 1, are
clipbook's; texts follow the code of the Tree Transformer (yaushian/Tree-Transformer). With its path given, its
`GroupAttention` (commit 04d19d3) runs on the same numbers in double precision, its layer norm replaced by PyTorch's, its
256 by 16: links of real tokens agree to 1e-15, groups, diagonal included, to the 1e-9 it adds to their entries. Between
two places of padding its code links by 1/tokens; here they are not linked. Made with torch 2.15.0 on a CPU.
"""

import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

HERE = Path(__file__).parent
EPSILON, WIDTH, HEADS, SIDE, PATCH, LAYERS = 1e-9, 8, 2, 3, 4, 2
State = dict[str, torch.Tensor]


def exact(*shape: int, spread: float = 1.0, around: float = 0.0) -> torch.Tensor:
    """Random numbers that single precision holds."""
    return (around + spread * torch.randn(*shape)).float().double()


def norm(x: torch.Tensor, state: State, name: str) -> torch.Tensor:
    return F.layer_norm(x, x.shape[-1:], state[f"{name}.weight"], state[f"{name}.bias"])


def linear(x: torch.Tensor, state: State, name: str) -> torch.Tensor:
    return x @ state[f"{name}.weight"].T + state[f"{name}.bias"]


def links_of(x: torch.Tensor, pairs: list, state: State, scale: float, below: dict | None) -> dict:
    """The links of one sample, by pair of neighbours; x is [tokens, width]."""
    normed = norm(x, state, "norm")
    query, key = linear(normed, state, "linear_query"), linear(normed, state, "linear_key")
    around = {i: [b if a == i else a for a, b in pairs if i in (a, b)] for i in range(len(x))}
    shares = {}
    for i, others in around.items():
        if others:
            given = torch.stack([query[i] @ key[j] * scale for j in others]).softmax(0)
            shares |= {(i, j): share for j, share in zip(others, given)}
    links = {}
    for i, j in pairs:
        found = (shares[i, j] * shares[j, i] + EPSILON).sqrt()
        links[i, j] = found if below is None else below[i, j] + (1 - below[i, j]) * found
    return links


def walk(cells: list[int], links: dict) -> torch.Tensor:
    """The product of the links along a path."""
    product = torch.ones(())
    for a, b in zip(cells, cells[1:]):
        product = product * (links[min(a, b), max(a, b)] + EPSILON)
    return product


def steps(start: int, end: int) -> list[int]:
    return list(range(start, end, 1 if end > start else -1)) + [end]


def ways(i: int, j: int, side: int) -> list[list[int]]:
    """The paths with at most one corner between two cells of a grid."""
    (r1, c1), (r2, c2) = divmod(i, side), divmod(j, side)
    row_first = [r1 * side + c for c in steps(c1, c2)] + [r * side + c2 for r in steps(r1, r2)][1:]
    column_first = [r * side + c1 for r in steps(r1, r2)] + [r2 * side + c for c in steps(c1, c2)][1:]
    return [row_first, column_first]


def gate_of(links: dict, paths, count: int, own: float) -> torch.Tensor:
    """C of one sample."""
    rows = []
    for i in range(count):
        row = [torch.tensor(own) if i == j else torch.stack([walk(p, links) for p in paths(i, j)]).max() for j in range(count)]
        rows.append(torch.stack(row))
    return torch.stack(rows)


def tiny(layer: int) -> float:
    """The diagonal that grows in the Tree Transformer's code."""
    weight = 0.0
    for _ in range(layer + 1):
        weight = weight + (1 - weight) * EPSILON**0.5
    return weight


def with_class_token(gate: torch.Tensor) -> torch.Tensor:
    return F.pad(gate, (1, 0, 1, 0), value=1.0)


def chain(length: int, padded: int) -> tuple:
    """Pairs of one text, and the one path between two of its tokens."""
    pairs = [(i, i + 1) for i in range(length - 1)]
    return pairs, lambda i, j: [steps(i, j)]


def group_text(x: torch.Tensor, lengths: list[int], state: State, scale: float, layer: int, below: list | None) -> tuple:
    """Links of each text, as a dictionary that holds the next to nothing of padding too; groups; groups of tiny diagonal."""
    links, gates, tinies = [], [], []
    nothing = torch.tensor(EPSILON).sqrt()
    for sample, (tokens, length) in enumerate(zip(x, lengths)):
        pairs, paths = chain(length, len(tokens))
        prior = below and below[sample]
        own = links_of(tokens, pairs, state, scale, prior)
        for i in range(length - 1, len(tokens) - 1):
            own[i, i + 1] = nothing if not prior else prior[i, i + 1] + (1 - prior[i, i + 1]) * nothing
        links.append(own)
        gates.append(gate_of(own, paths, len(tokens), 1.0))
        tinies.append(gate_of(own, paths, len(tokens), tiny(layer)))
    return links, torch.stack(gates), torch.stack(tinies)


def group_image(x: torch.Tensor, side: int, state: State, scale: float, layer: int, below: list | None) -> tuple:
    """The same for pictures; x has the class token first."""
    cells = range(side * side)
    pairs = [(i, i + 1) for i in cells if i % side < side - 1] + [(i, i + side) for i in cells if i + side in cells]
    links, gates, tinies = [], [], []
    for sample, tokens in enumerate(x):
        own = links_of(tokens[1:], pairs, state, scale, below and below[sample])
        links.append(own)
        paths = lambda i, j: ways(i, j, side)  # noqa: E731
        gates.append(with_class_token(gate_of(own, paths, side * side, 1.0)))
        tinies.append(with_class_token(gate_of(own, paths, side * side, tiny(layer))))
    return links, torch.stack(gates), torch.stack(tinies)


def across(links: list, side: int) -> torch.Tensor:
    return torch.stack([torch.stack([torch.stack([own[r * side + c, r * side + c + 1] for c in range(side - 1)]) for r in range(side)]) for own in links])  # fmt: skip


def down(links: list, side: int) -> torch.Tensor:
    return torch.stack([torch.stack([torch.stack([own[r * side + c, r * side + c + side] for c in range(side)]) for r in range(side - 1)]) for own in links])  # fmt: skip


def along(links: list) -> torch.Tensor:
    return torch.stack([torch.stack([own[i, i + 1] for i in range(len(own))]) for own in links])


def group_state(spread: float = 0.6) -> State:
    return {
        "norm.weight": exact(WIDTH, spread=0.2, around=1),
        "norm.bias": exact(WIDTH, spread=0.2),
        "linear_query.weight": exact(WIDTH, WIDTH, spread=spread),
        "linear_query.bias": exact(WIDTH, spread=0.3),
        "linear_key.weight": exact(WIDTH, WIDTH, spread=spread),
        "linear_key.bias": exact(WIDTH, spread=0.3),
    }


def block_state() -> State:
    linears = {"attn.in_proj": (3 * WIDTH, WIDTH), "attn.out_proj": (WIDTH, WIDTH),
               "mlp.c_fc": (4 * WIDTH, WIDTH), "mlp.c_proj": (WIDTH, 4 * WIDTH)}  # fmt: skip
    state = {}
    for name, (fan_out, fan_in) in linears.items():
        joint = "_" if name.endswith("in_proj") else "."
        state[f"{name}{joint}weight"] = exact(fan_out, fan_in, spread=fan_in**-0.5)
        state[f"{name}{joint}bias"] = exact(fan_out, spread=0.2)
    for name in ("ln_1", "ln_2"):
        state |= {f"{name}.weight": exact(WIDTH, spread=0.2, around=1), f"{name}.bias": exact(WIDTH, spread=0.2)}
    return state


def block(x: torch.Tensor, state: State, gate: torch.Tensor, causal: bool) -> torch.Tensor:
    """A pre-norm residual block, its attention head by head."""
    projected = norm(x, state, "ln_1") @ state["attn.in_proj_weight"].T + state["attn.in_proj_bias"]
    query, key, value = projected.split(WIDTH, -1)
    size, mixed = WIDTH // HEADS, []
    for head in range(HEADS):
        part = slice(head * size, (head + 1) * size)
        scores = query[..., part] @ key[..., part].transpose(1, 2) / size**0.5
        if causal:
            scores = scores.masked_fill(torch.ones_like(scores).triu(1) == 1, -torch.inf)
        mixed.append((gate * scores.softmax(-1)) @ value[..., part])
    x = x + linear(torch.cat(mixed, -1), state, "attn.out_proj")
    return x + linear(F.gelu(linear(norm(x, state, "ln_2"), state, "mlp.c_fc")), state, "mlp.c_proj")


def below(state: State, prefix: str) -> State:
    return {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}


def tower(x: torch.Tensor, state: State, group, causal: bool) -> torch.Tensor:
    links = None
    for layer in range(LAYERS):
        own = below(state, f"resblocks.{layer}.")
        links, gate, _ = group(x, state=below(own, "group_attn."), scale=WIDTH**-0.5, layer=layer, below=links)
        x = block(x, own, gate, causal)
    return x


def clip_state() -> State:
    cells = SIDE * SIDE
    state = {
        "positional_embedding": exact(6, WIDTH, spread=0.3), "token_embedding.weight": exact(16, WIDTH),
        "text_projection": exact(WIDTH, WIDTH, spread=0.4), "logit_scale": torch.tensor(1.5),
        "visual.class_embedding": exact(WIDTH), "visual.positional_embedding": exact(cells + 1, WIDTH, spread=0.3),
        "visual.proj": exact(WIDTH, WIDTH, spread=0.4), "visual.conv1.weight": exact(WIDTH, 3, PATCH, PATCH, spread=0.15),
    }  # fmt: skip
    for name in ("ln_final", "visual.ln_pre", "visual.ln_post"):
        state |= {f"{name}.weight": exact(WIDTH, spread=0.2, around=1), f"{name}.bias": exact(WIDTH, spread=0.2)}
    for root in ("", "visual."):
        for layer in range(LAYERS):
            at = f"{root}transformer.resblocks.{layer}."
            state |= {at + name: value for name, value in block_state().items()}
            state |= {f"{at}group_attn.{name}": value for name, value in group_state().items()}
    return state


def clip_features(state: State, images: torch.Tensor, ids: torch.Tensor, lengths: list[int]) -> tuple:
    visual = below(state, "visual.")
    patches = F.conv2d(images.permute(0, 3, 1, 2), visual["conv1.weight"], stride=PATCH).flatten(2).transpose(1, 2)
    first = visual["class_embedding"].expand(len(images), 1, WIDTH)
    x = norm(torch.cat([first, patches], 1) + visual["positional_embedding"], visual, "ln_pre")
    grid = lambda x, **rest: group_image(x, SIDE, **rest)  # noqa: E731
    x = tower(x, below(visual, "transformer."), grid, causal=False)
    image = norm(x[:, 0], visual, "ln_post") @ visual["proj"]
    y = state["token_embedding.weight"][ids] + state["positional_embedding"]
    texts = lambda x, **rest: group_text(x, lengths, **rest)  # noqa: E731
    y = tower(y, below(state, "transformer."), texts, causal=True)
    ends = torch.stack([row[length - 1] for row, length in zip(y, lengths)])
    text = norm(ends, state, "ln_final") @ state["text_projection"]
    return tuple(F.normalize(rows, dim=-1) for rows in (image, text))


def two_layers(x: torch.Tensor, group, scale: float) -> tuple[State, list]:
    """Two layers of grouping over the same tokens, and the gradients of a probe of their groups."""
    count = x.shape[1]
    probe = exact(2, len(x), count, count)
    states = [group_state() for _ in range(2)]
    leaves = [x] + [value for state in states for value in state.values()]
    for leaf in leaves:
        leaf.requires_grad_()
    layers, links, loss = [], None, torch.zeros(())
    for layer, state in enumerate(states):
        links, gate, tiny_gate = group(x, state=state, scale=scale, layer=layer, below=links)
        layers.append((links, gate, tiny_gate, state))
        loss = loss + (gate * probe[layer]).sum()
    found = iter(torch.autograd.grad(loss, leaves))
    tensors = {"x": x, "probe": probe, "grad.x": next(found)}
    for layer, (_, gate, tiny_gate, state) in enumerate(layers):
        tensors |= {f"{layer}.gate": gate, f"{layer}.tiny": tiny_gate}
        tensors |= {f"{layer}.state.{name}": value for name, value in state.items()}
        tensors |= {f"{layer}.grad.{name}": next(found) for name in state}
    return tensors, layers


def compare_with_official(checkout: str, tensors: State, layers: list, lengths: list[int]) -> None:
    sys.path.insert(0, checkout)
    sys.dont_write_bytecode = True
    names: dict = {}
    exec(Path(checkout, "attention.py").read_text().replace("np.float32", "np.float64"), names)
    x, prior = tensors["x"], 0.0
    real = torch.tensor([[float(i < length) for i in range(x.shape[1])] for length in lengths])
    for layer, (links, _, tiny_gate, state) in enumerate(layers):
        module = names["GroupAttention"](WIDTH, no_cuda=True).double()
        module.norm, module.d_model = torch.nn.LayerNorm(WIDTH).double(), 16.0
        module.load_state_dict(state)
        mask = real.unsqueeze(1).int()
        group, prior = module(x, mask, prior)
        both = real.unsqueeze(1) * real.unsqueeze(2)
        linked = both.diagonal(1, 1, 2)
        print("official, layer", layer, "links", ((prior.diagonal(1, 1, 2) - along(links)) * linked).abs().max().item(),
              "groups", ((group - tiny_gate) * both).abs().max().item())  # fmt: skip


def text_part(checkout: str | None) -> State:
    lengths = [6, 4, 2]
    tensors, layers = two_layers(exact(3, 6, WIDTH), lambda x, **rest: group_text(x, lengths, **rest), 1 / 16)
    if checkout:
        compare_with_official(checkout, tensors, layers, lengths)
    tensors |= {f"{layer}.links": along(links) for layer, (links, *_) in enumerate(layers)}
    return tensors | {"lengths": torch.tensor(lengths)}


def image_part() -> State:
    tensors, layers = two_layers(exact(2, 1 + SIDE**2, WIDTH), lambda x, **rest: group_image(x, SIDE, **rest), WIDTH**-0.5)
    for layer, (links, *_) in enumerate(layers):
        tensors |= {f"{layer}.horizontal": across(links, SIDE), f"{layer}.vertical": down(links, SIDE)}
    return tensors


def block_part(x: torch.Tensor, gate: torch.Tensor) -> State:
    state = block_state()
    leaves = {"x": x.detach().clone(), "gate": gate.detach().float().double(), **state}
    for leaf in leaves.values():
        leaf.requires_grad_()
    probe = exact(*x.shape)
    out = block(leaves["x"], state, leaves["gate"], causal=False)
    found = torch.autograd.grad((out * probe).sum(), list(leaves.values()))
    return {"out": out, "probe": probe} | {f"state.{name}": value for name, value in state.items()} | {
        f"grad.{name}": value for name, value in zip(leaves, found)
    }  # fmt: skip


def clip_part() -> State:
    state, lengths = clip_state(), [6, 4, 5]
    images, ids = exact(3, SIDE * PATCH, SIDE * PATCH, 3), torch.zeros(3, 6, dtype=torch.long)
    for row, length in enumerate(lengths):
        ids[row, :length] = torch.tensor([14, *torch.randint(1, 14, (length - 2,)).tolist(), 15])
    for leaf in state.values():
        leaf.requires_grad_()
    image, text = clip_features(state, images, ids, lengths)
    logits = state["logit_scale"].exp() * image @ text.T
    loss = -(logits.log_softmax(1).diagonal() + logits.log_softmax(0).diagonal()).mean() / 2
    found = dict(zip(state, torch.autograd.grad(loss, list(state.values()))))
    tensors = {"images": images, "ids": ids, "lengths": torch.tensor(lengths), "images.features": image}
    return tensors | {"texts.features": text, "loss": loss} | {f"state.{n}": v for n, v in state.items()} | {
        f"grad.{n}": v for n, v in found.items()
    }  # fmt: skip


def main() -> None:
    torch.manual_seed(0)
    torch.set_default_dtype(torch.double)
    image = image_part()
    parts = {
        "text": text_part(sys.argv[1] if len(sys.argv) > 1 else None),
        "image": image,
        "block": block_part(image["x"], image["1.gate"]),
        "clip": clip_part(),
    }
    tensors = {f"{part}.{name}": value.detach() for part, values in parts.items() for name, value in values.items()}
    stored = {name: value.float() if value.dtype == torch.double else value.int() for name, value in tensors.items()}
    save_file({name: value.contiguous() for name, value in stored.items()}, HERE / "grouping.safetensors")
    print("links", parts["text"]["0.links"].tolist(), "loss", parts["clip"]["loss"].item())


if __name__ == "__main__":
    main()
