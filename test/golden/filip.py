"""Known answers for FILIP's token similarities, loss and token maps, from independent torch code in double precision.

    python test/golden/filip.py        (torch, safetensors)

filip.safetensors, for the cases

wide     4 pictures of 9 patches, 4 texts of up to 6 words, width 8
long     3 pictures of 4 patches, 3 texts of up to 7 words, width 5
single   5 pictures of 1 patch, 5 texts of 1 word, width 6; `<case>.clip`, the loss of CLIP on the same rows

holds unit rows `<case>.patches` [batch, n1, width] and `<case>.words` [batch, n2, width], `<case>.real` [batch, n2] (1 for
words, 0 for padding) and `<case>.scale`; and for each variant `<case>.<variant>.loss`, `.ofImages` and `.ofTexts` (the
similarities, [pictures, texts]) and the loss' gradients `.grad.patches`, `.grad.words` (of the rows as they are: nothing
is normalised here) and `.grad.scale`. Variants: masked; kept (padding counts); sum (masked); count (masked, 3 tokens of a
candidate); official (padding counts, 3 tokens); share (masked, 40 % of a candidate's real tokens, rounded, at least one).

maps     `maps.image` [4, 5, 6] and `maps.text` [4, 7, 3], states of two towers; `maps.real`; the parameters
         `maps.state.<name>`; `maps.patches` and `maps.words`, unit rows of width 8; `maps.loss` (masked) and its gradients
         `maps.grad.<name>` for the states and parameters, logit_scale among them

Written from the equations, pair by pair; which tokens are kept, from the DeCLIP repository's rule. That repository's
get_weighted_dense_logits (in FILIP and in DEFILIP), run in double precision on the same inputs, agrees with `official` in
logits, loss and, behind the normalisation it contains, gradients, and with `kept` in the direction whose candidates have
no more tokens than it selects: all to 1e-14. Values are stored in float32. Made with torch 2.15.0 on a CPU.
"""

import math
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch.nn.functional import cross_entropy, linear, normalize

HERE = Path(__file__).parent
VARIANTS = {
    "masked": {},
    "kept": dict(masked=False),
    "sum": dict(total=True),
    "count": dict(keep=lambda n: min(3, n)),
    "official": dict(masked=False, keep=lambda n: min(3, n)),
    "share": dict(keep=lambda n: max(1, round(0.4 * n))),
}


def float32(x: torch.Tensor) -> torch.Tensor:
    return x.float().double()


def similarity(anchor: torch.Tensor, candidate: torch.Tensor, total: bool) -> torch.Tensor:
    """Of one picture and one text, tokens as rows; the anchor's tokens choose."""
    best = (anchor @ candidate.T).max(1).values
    return best.sum() if total else best.mean()


def chosen(tokens: torch.Tensor, partner: torch.Tensor, keep) -> torch.Tensor:
    """The tokens with the highest sum of similarities to their own partner's."""
    if keep is None:
        return tokens
    return tokens[(tokens @ partner.T).sum(1).topk(keep(len(tokens))).indices]


def similarities(patches, words, real, masked=True, total=False, keep=None) -> tuple[torch.Tensor, torch.Tensor]:
    pictures = list(patches)
    texts = [row[mask > 0] if masked else row for row, mask in zip(words, real)]
    few_pictures = [chosen(a, b, keep) for a, b in zip(pictures, texts)]
    few_texts = [chosen(b, a, keep) for a, b in zip(pictures, texts)]
    of_images = torch.stack([torch.stack([similarity(a, b, total) for b in few_texts]) for a in pictures])
    of_texts = torch.stack([torch.stack([similarity(b, a, total) for b in texts]) for a in few_pictures])
    return of_images, of_texts


def contrast(of_images: torch.Tensor, of_texts: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    own = torch.arange(len(of_images))
    return (cross_entropy(scale * of_images, own) + cross_entropy(scale * of_texts.T, own)) / 2


def lengths_mask(batch: int, longest: int) -> torch.Tensor:
    lengths = torch.randint(1, longest + 1, (batch,))
    lengths[0] = longest
    return (torch.arange(longest) < lengths[:, None]).double()


def case(name: str, batch: int, n1: int, n2: int, width: int) -> dict[str, torch.Tensor]:
    patches, words = (float32(normalize(torch.randn(batch, n, width), dim=-1)) for n in (n1, n2))
    leaves = {"patches": patches, "words": words, "scale": float32(torch.tensor(1 / 0.07))}
    leaves = {key: value.requires_grad_() for key, value in leaves.items()}
    real = lengths_mask(batch, n2)
    answers = {**leaves, "real": real}
    for variant, options in VARIANTS.items():
        of_images, of_texts = similarities(leaves["patches"], leaves["words"], real, **options)
        loss = contrast(of_images, of_texts, leaves["scale"])
        gradients = torch.autograd.grad(loss, list(leaves.values()))
        answers |= {f"{variant}.loss": loss, f"{variant}.ofImages": of_images, f"{variant}.ofTexts": of_texts}
        answers |= {f"{variant}.grad.{key}": value for key, value in zip(leaves, gradients)}
    if n1 == n2 == 1:
        logits = patches[:, 0] @ words[:, 0].T
        answers["clip"] = contrast(logits, logits, leaves["scale"])
    return {f"{name}.{key}": value for key, value in answers.items()}


def maps(batch: int = 4, width: int = 8) -> dict[str, torch.Tensor]:
    leaves = {"image": torch.randn(batch, 5, 6), "text": torch.randn(batch, 7, 3)}
    state = {"logit_scale": torch.tensor(math.log(1 / 0.07))}
    for tower, states in list(leaves.items()):
        state[f"{tower}_mapping.weight"] = torch.randn(width, states.shape[-1]) / states.shape[-1] ** 0.5
        state[f"{tower}_mapping.bias"] = 0.3 * torch.randn(width)
    state = {key: float32(value) for key, value in state.items()}
    leaves = {key: float32(value).requires_grad_() for key, value in (leaves | state).items()}
    patches, words = (
        normalize(linear(leaves[tower], leaves[f"{tower}_mapping.weight"], leaves[f"{tower}_mapping.bias"]), dim=-1)
        for tower in ("image", "text")
    )
    real = lengths_mask(batch, 7)
    loss = contrast(*similarities(patches, words, real), leaves["logit_scale"].exp())
    gradients = torch.autograd.grad(loss, list(leaves.values()))
    answers = {"patches": patches, "words": words, "real": real, "loss": loss}
    answers |= {key if key in ("image", "text") else f"state.{key}": value for key, value in leaves.items()}
    answers |= {f"grad.{key}": value for key, value in zip(leaves, gradients)}
    return {f"maps.{key}": value for key, value in answers.items()}


def main() -> None:
    torch.manual_seed(0)
    torch.set_default_dtype(torch.double)
    tensors = case("wide", 4, 9, 6, 8) | case("long", 3, 4, 7, 5) | case("single", 5, 1, 1, 6) | maps()
    stored = {name: value.detach().float().contiguous().clone() for name, value in tensors.items()}
    save_file(stored, HERE / "filip.safetensors")
    print({name: round(value.item(), 6) for name, value in stored.items() if name.endswith("loss")})


if __name__ == "__main__":
    main()
