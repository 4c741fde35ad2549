"""Known answers for the statistics that DALIP's distance covariance is compared with, in double precision.

    python test/golden/secondMoments.py        (numpy, torch)

secondMoments.json, for `y` [3, 6, 9] (samples, channels, tokens; float32 values, means up to three deviations off zero)
and `probe` [3, 6, 6]:

covariance, moment    numpy.cov(ddof=0) of each sample, and Y Y' / M; `short`: the same of the first `lengths` tokens
root                  `iterations` of Newton-Schulz, as iSQRT-COV has them, on the covariance; `gradient` of
                      sum(root * probe) with respect to y
conditioned           symmetric matrices with eigenvalues in [1, 2] and in [1, 100]; their roots by eigenvalues, and the
                      gradients of sum(root * probe)

Made with numpy 2.4 and torch 2.15.0 on a CPU.
"""

import json
from pathlib import Path

import numpy as np
import torch

SAMPLES, CHANNELS, TOKENS = 3, 6, 9
EPSILON = 1e-5


def newton_schulz(a: torch.Tensor, iterations: int) -> torch.Tensor:
    """iSQRT-COV's coupled iteration, divided by the trace before and multiplied by its root after."""
    identity = torch.eye(len(a))
    trace = a.trace() + EPSILON
    y, z = a / trace, identity
    for _ in range(iterations):
        t = (3 * identity - z @ y) / 2
        y, z = y @ t, t @ z
    return y * trace.sqrt()


def root_by_eigenvalues(a: torch.Tensor) -> torch.Tensor:
    values, vectors = torch.linalg.eigh((a + a.T) / 2)
    return vectors @ values.sqrt().diag() @ vectors.T


def with_gradient(f, x: torch.Tensor, probe: torch.Tensor) -> dict:
    x = x.clone().requires_grad_()
    found = torch.stack([f(part) for part in x])
    (gradient,) = torch.autograd.grad((found * probe).sum(), x)
    return {"root": found.tolist(), "gradient": gradient.tolist()}


def float32(x: torch.Tensor) -> torch.Tensor:
    return x.float().double()


def main() -> None:
    torch.manual_seed(0)
    torch.set_default_dtype(torch.double)
    spread = torch.linspace(0.5, 1.5, CHANNELS)[:, None]
    y = float32(spread * (torch.randn(SAMPLES, CHANNELS, TOKENS) + 3 * torch.rand(CHANNELS, 1)))
    probe = float32(torch.randn(SAMPLES, CHANNELS, CHANNELS))
    lengths = [9, 7, 4]

    def statistics(parts: list[np.ndarray]) -> dict:
        return {
            "covariance": [np.cov(part, ddof=0).tolist() for part in parts],
            "moment": [(part @ part.T / part.shape[1]).tolist() for part in parts],
        }

    def covariance(part: torch.Tensor) -> torch.Tensor:
        centred = part - part.mean(1, keepdim=True)
        return centred @ centred.T / part.shape[1]

    conditioned = []
    for condition in (2, 100):
        bases = torch.linalg.qr(torch.randn(SAMPLES, CHANNELS, CHANNELS))[0]
        values = torch.logspace(0, np.log10(condition), CHANNELS)
        matrices = bases @ values.diag() @ bases.mT
        matrices = float32((matrices + matrices.mT) / 2)
        conditioned.append({"condition": condition, "matrices": matrices.tolist(), **with_gradient(root_by_eigenvalues, matrices, probe)})
    answers = {
        "y": y.tolist(),
        "probe": probe.tolist(),
        "lengths": lengths,
        **statistics(list(y.numpy())),
        "short": statistics([part[:, :length].numpy() for part, length in zip(y, lengths)]),
        "iterations": [
            {"iterations": n, **with_gradient(lambda part: newton_schulz(covariance(part), n), y, probe)} for n in (1, 5)
        ],
        "conditioned": conditioned,
    }
    Path(__file__).with_suffix(".json").write_text(json.dumps(answers) + "\n")
    for case in conditioned:
        for n in (5, 8, 12):
            found = torch.stack([newton_schulz(a, n) for a in torch.tensor(case["matrices"])])
            print(case["condition"], n, (found - torch.tensor(case["root"])).abs().max().item() / np.abs(case["root"]).max())


if __name__ == "__main__":
    main()
