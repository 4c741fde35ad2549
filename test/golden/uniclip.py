"""Known answers for MP-NCE and the UniCLIP-style loss and head, from independent torch code in double precision.

    python test/golden/uniclip.py

Writes uniclip.json: `sets`, logits [5, 7] with uneven positives and negatives, the terms of both denominators as
[anchor, candidate, term] and the gradient of their mean; `cases`, for two and three views and every option the loss and
its gradients, and the negatives' mass by domain; `head`, the residual for given parameters, and the gradients of
sum(residual * probe).

There is no official code. The loss is written as the definition reads, a loop over anchors, their positives and their
negatives; what the lab chose is marked in src/losses/uniclip.ts and src/models/augmentationHead.ts. Inputs are rounded to
single precision before use. Made with torch 2.15.0 on a CPU.
"""

import itertools
import json
from pathlib import Path

import torch

HERE = Path(__file__).parent
PAIRS, WIDTH = 4, 5
DOMAINS = ["image-image", "image-text", "text-text"]
Leaves = dict[str, torch.Tensor]


def draw(*shape: int) -> torch.Tensor:
    return torch.randn(*shape).float().double()


def numbers(x: torch.Tensor) -> list:
    """Nested lists, nine digits each."""
    return [numbers(row) for row in x] if x.dim() else float(f"{x.item():.9g}")


def gradients(value: torch.Tensor, leaves: Leaves) -> dict[str, list]:
    found = torch.autograd.grad(value, list(leaves.values()), allow_unused=True)
    return {
        name: numbers(torch.zeros_like(leaf) if gradient is None else gradient)
        for (name, leaf), gradient in zip(leaves.items(), found)
    }


def term(positive: torch.Tensor, others: list[torch.Tensor], negatives: list[torch.Tensor], all_positives: bool):
    """-log of the positive's share; `others` are the anchor's other positives."""
    below = positive.exp() + sum(s.exp() for s in negatives)
    if all_positives:
        below = below + sum(s.exp() for s in others)
    return -(positive.exp() / below).log()


def sets() -> dict:
    """An anchor with two positives, one with one, one without, one without negatives, one with everything."""
    logits = (2 * draw(5, 7)).float().double().requires_grad_()
    positives = [[0, 1], [3], [], [2], [0, 4, 6]]
    negatives = [[2, 3, 5], [0, 6], [1, 2], [], [1, 2, 3, 5]]
    answers = {"logits": numbers(logits.detach()), "positives": positives, "negatives": negatives}
    for name in ("onePositive", "allPositives"):
        terms = []
        for k, own in enumerate(positives):
            for p in own:
                rest = [logits[k, q] for q in own if q != p]
                value = term(logits[k, p], rest, [logits[k, n] for n in negatives[k]], name == "allPositives")
                terms.append((k, p, value))
        mean = torch.stack([value for *_, value in terms]).mean()
        answers[name] = {
            "terms": [[k, p, float(f"{value.item():.9g}")] for k, p, value in terms],
            "mean": mean.item(),
            "gradient": gradients(mean, {"logits": logits})["logits"],
        }
    return answers


def loss_and_masses(leaves: Leaves, similarity: str, denominator: str, same_domain_negatives: bool):
    """The mean of the means over each type of pair; and by anchor's and negatives' domain the mean share of the mass."""
    views, texts = leaves["views"], leaves["texts"]
    everything = [("image", i, row) for view in views for i, row in enumerate(view)]
    everything += [("text", i, row) for i, row in enumerate(texts)]

    def logit(a, b):
        cosine = (a[2] * b[2]).sum()
        if similarity == "shared":
            return cosine * leaves["scales"][DOMAINS.index("image-text")]
        place = DOMAINS.index("-".join(sorted((a[0], b[0]))))
        return (cosine - leaves["offsets"][place]) * leaves["scales"][place]

    terms, masses = {}, {}
    for anchor in everything:
        positives = [other for other in everything if other is not anchor and other[1] == anchor[1]]
        negatives = [
            other
            for other in everything
            if other[1] != anchor[1] and (same_domain_negatives or other[0] != anchor[0])
        ]
        negative_logits = [logit(anchor, other) for other in negatives]
        for positive in positives:
            rest = [logit(anchor, other) for other in positives if other is not positive]
            value = term(logit(anchor, positive), rest, negative_logits, denominator == "allPositives")
            terms.setdefault((anchor[0], positive[0]), []).append(value)
        whole = sum(s.exp() for s in negative_logits)
        for domain in ("image", "text"):
            part = sum(s.exp() for s, other in zip(negative_logits, negatives) if other[0] == domain)
            masses.setdefault((anchor[0], domain), []).append(part / whole)
    loss = torch.stack([torch.stack(values).mean() for values in terms.values()]).mean()
    return loss, {a + b.capitalize(): (sum(values) / len(values)).detach().item() for (a, b), values in masses.items()}


def cases() -> list[dict]:
    answers = []
    for views in (2, 3):
        rows = draw(views + 1, PAIRS, WIDTH)
        rows = (rows / rows.norm(dim=-1, keepdim=True)).float().double()
        leaves = {
            "views": rows[:views].clone().requires_grad_(),
            "texts": rows[views].clone().requires_grad_(),
            "scales": torch.tensor([3.0, 5.0, 4.0]).requires_grad_(),
            "offsets": torch.tensor([0.5, -0.25, 0.125]).requires_grad_(),
        }
        found = []
        options = (("domain", "shared"), ("onePositive", "allPositives"), (True, False))
        for similarity, denominator, same in itertools.product(*options):
            loss, shares = loss_and_masses(leaves, similarity, denominator, same)
            found.append({
                "options": {"similarity": similarity, "denominator": denominator, "sameDomainNegatives": same},
                "loss": loss.item(), "gradients": gradients(loss, leaves), "shares": shares,
            })  # fmt: skip
        answers.append({**{name: numbers(leaf.detach()) for name, leaf in leaves.items()}, "found": found})
    return answers


def gelu(x: torch.Tensor) -> torch.Tensor:
    return x * (1 + torch.erf(x / 2**0.5)) / 2


def head() -> dict:
    """Three pictures; every parameter away from its initial value."""
    shape = {"inputs": 4, "embedDim": 5, "featureWidth": 6, "width": 3, "hidden": 7}
    layers = {
        "encoder.0": (7, 4), "encoder.1": (7, 7), "encoder.2": (3, 7), "residual.c_fc": (7, 9), "residual.c_proj": (5, 7),
    }  # fmt: skip
    leaves = {"features": draw(3, 6).requires_grad_(), "augmentation": draw(3, 4).requires_grad_()}
    for name, (fan_out, fan_in) in layers.items():
        leaves[f"{name}.weight"] = (draw(fan_out, fan_in) / 2).requires_grad_()
        leaves[f"{name}.bias"] = (draw(fan_out) / 2).requires_grad_()

    def layer(x: torch.Tensor, name: str) -> torch.Tensor:
        return torch.einsum("bi,oi->bo", x, leaves[f"{name}.weight"]) + leaves[f"{name}.bias"]

    first = gelu(layer(leaves["augmentation"], "encoder.0"))
    encoded = layer(gelu(layer(first, "encoder.1")), "encoder.2")
    hidden = gelu(layer(torch.cat([leaves["features"], encoded], 1), "residual.c_fc"))
    residual = layer(hidden, "residual.c_proj")
    probe = draw(3, 5)
    return {
        "shape": shape,
        "leaves": {name: numbers(leaf.detach()) for name, leaf in leaves.items()},
        "probe": numbers(probe),
        "residual": numbers(residual.detach()),
        "gradients": gradients((residual * probe).sum(), leaves),
    }


def main() -> None:
    torch.manual_seed(0)
    torch.set_default_dtype(torch.double)
    answers = {"sets": sets(), "cases": cases(), "head": head()}
    (HERE / "uniclip.json").write_text(json.dumps(answers) + "\n")
    for case in answers["cases"]:
        print([round(found["loss"], 6) for found in case["found"]])


if __name__ == "__main__":
    main()
