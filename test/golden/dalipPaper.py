"""Known answers for DALIP as the published figure shows it, computed from the figure's equations in double precision.

    python test/golden/dalipPaper.py        (torch, open_clip, safetensors; reads clip-small*.safetensors)

The towers are open_clip's with the parameters, pictures and texts of clip.py; fc2 of both towers, [32, 144], comes from
formula.py; the second order's own logit scale, where it has one, is log 4. For the tokens X of a picture (its patches)
or a text (up to and with the end token), both after the last norm and projection, and each of 4 slices X_j of d = 8
channels, with 1 the matrix of ones and S the element-wise root:

    B^ = S(2 (1 (X'X o I))_sym - 2 X'X)        B = B^ - 2/d (1 B^)_sym + 1/d^2 1 B^ 1        A_sym = (A + A') / 2

z is fc2 of the upper triangles. One CLIP loss of l1 cos(f_I, f_T) + l2 cos(z_I, z_T), with l1 = 0.3 and l2 = 0.7, or as
the official code has it the sum of two. The root has 1e-5 inside, without which it has no gradient on the diagonal.

dalipPaper.safetensors
  <modality>.first, .second    unit rows [4, 32], modality image or text
  <modality>.plain             the second order without the 1e-5
  <sum>.<scales>.loss []       sum: similarities or losses; scales: shared or separate
  similarities.separate.grad.<name>, .figures.<name>    formula.py's `summary` of each gradient; its deviation is that of
                               this file run in single precision

Made with torch 2.15.0 and open_clip 3.3.0 on a CPU.
"""

import math
from pathlib import Path

import formula
import torch
from clip import build
from safetensors.torch import load_file, save_file

HERE = Path(__file__).parent
HEADS, FIRST, SECOND = 4, 0.3, 0.7
Parameters = dict[str, torch.Tensor]


def symmetric(a: torch.Tensor) -> torch.Tensor:
    return (a + a.T) / 2


def figure(x: torch.Tensor, epsilon: float) -> torch.Tensor:
    """The matrix B of one slice, [tokens, d]."""
    d = x.shape[1]
    ones, gram = torch.ones(d, d, dtype=x.dtype), x.T @ x
    squares = 2 * symmetric(ones @ (gram * torch.eye(d, dtype=x.dtype))) - 2 * gram
    b = (squares.clamp(min=0) + epsilon).sqrt()
    return b - 2 / d * symmetric(ones @ b) + ones @ b @ ones / d**2


def second_order(samples: list[torch.Tensor], fc2: torch.Tensor, epsilon: float = 1e-5) -> torch.Tensor:
    rows = []
    for x in samples:
        matrices = [figure(part, epsilon) for part in x.chunk(HEADS, dim=1)]
        rows.append(torch.cat([b[i, i:] for b in matrices for i in range(len(b))]))
    return torch.stack(rows) @ fc2.T


def cross_entropies(logits: torch.Tensor) -> torch.Tensor:
    return -(logits.log_softmax(1).diagonal() + logits.log_softmax(0).diagonal()).mean() / 2


def run(precision: torch.dtype) -> tuple[Parameters, Parameters]:
    """All that the header names but the gradients; and these."""
    model = build(quick_gelu=False)
    model.load_state_dict(load_file(HERE / "clip-small.safetensors"))
    model.to(precision)
    io = load_file(HERE / "clip-small-io.safetensors")
    images, ids = io["images"].to(precision), io["ids"].long()
    own = {name: torch.from_numpy(formula.parameter(name, (32, 144))) for name in ("visual.fc2.weight", "fc2.weight")}
    own["logit_scale_second"] = torch.tensor(math.log(4))
    own = {name: value.to(precision).requires_grad_() for name, value in own.items()}

    tokens = {}
    model.visual.ln_post.register_forward_hook(lambda _, __, x: tokens.update(image=x @ model.visual.proj))
    model.ln_final.register_forward_hook(lambda _, __, x: tokens.update(text=x @ model.text_projection))
    model.encode_image(images), model.encode_text(ids)
    ends = ids.argmax(1)
    samples = {
        "image": ([x[1:] for x in tokens["image"]], own["visual.fc2.weight"], tokens["image"][:, 0]),
        "text": ([x[: end + 1] for x, end in zip(tokens["text"], ends)], own["fc2.weight"], tokens["text"][range(len(ends)), ends]),
    }
    found = {}
    for modality, (parts, fc2, first) in samples.items():
        orders = {"first": first, "second": second_order(parts, fc2), "plain": second_order(parts, fc2, 0)}
        found |= {f"{modality}.{order}": x / x.norm(dim=1, keepdim=True) for order, x in orders.items()}
    cosines = [found[f"image.{order}"] @ found[f"text.{order}"].T for order in ("first", "second")]
    for scales, second_scale in {"shared": model.logit_scale, "separate": own["logit_scale_second"]}.items():
        first, second = cosines[0] * model.logit_scale.exp(), cosines[1] * second_scale.exp()
        found[f"similarities.{scales}.loss"] = cross_entropies(FIRST * first + SECOND * second)
        found[f"losses.{scales}.loss"] = FIRST * cross_entropies(first) + SECOND * cross_entropies(second)
    leaves = dict(model.named_parameters()) | own
    gradients = torch.autograd.grad(found["similarities.separate.loss"], list(leaves.values()))
    return found, dict(zip(leaves, gradients))


def main() -> None:
    torch.set_num_threads(1)
    (found, exact), (_, rounded) = run(torch.double), run(torch.float)
    tensors = {name: value.detach().float().contiguous() for name, value in found.items()}
    for name, gradient in exact.items():
        entries, figures = formula.summary(name, gradient.numpy(), rounded[name].numpy())
        case = "similarities.separate"
        tensors |= {f"{case}.grad.{name}": torch.from_numpy(entries), f"{case}.figures.{name}": torch.from_numpy(figures)}
    save_file(tensors, HERE / "dalipPaper.safetensors")
    print({name: value.item() for name, value in tensors.items() if name.endswith("loss")})
    print("largest deviation in float32", max(tensors[name][2].item() for name in tensors if ".figures." in name))
    for modality in ("image", "text"):
        print(modality, (found[f"{modality}.plain"] - found[f"{modality}.second"]).abs().max().item())


if __name__ == "__main__":
    main()
