"""A checkpoint that is computed, not stored: the same float32 numbers here and in formula.ts, from names and places.

Entry i of a name has the hash mix(fnv1a(name) + i * 0x9E3779B9), all modulo 2^32, with MurmurHash3's finaliser as `mix`;
its upper 24 bits become a number u in [-1, 1) that float32 holds exactly. The entry is centre + bound * u, where bound
is a power of two, so that nothing is rounded but sums with a centre other than 0:

two axes or more     centre 0; bound the largest power of two, 1 at most, with bound^2 * fan-in <= 3, so that a product
                     keeps its input's length or halves it; fan-in is the product of all axes but the first, or the
                     first in `proj` and `text_projection`, which stand right of their input
one axis             bound 1/4 around 1 for `weight`, around 0 else
running statistics   bound 2^-8 around 0 for the mean, 2^-12 around 2^-10 for the variance
"""

import numpy as np


def hashes(name: str, count: int) -> np.ndarray:
    """The hashes of a name's first entries, uint32."""
    start = 0x811C9DC5
    for byte in name.encode():
        start = ((start ^ byte) * 0x01000193) % 2**32
    h = np.uint32(start) + np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        h = (h ^ (h >> np.uint32(shift))) * np.uint32(factor)
    return h


def uniform(name: str, shape: tuple[int, ...], bound: float = 1, centre: float = 0) -> np.ndarray:
    """Numbers in [centre - bound, centre + bound), float32."""
    upper = (hashes(name, int(np.prod(shape))) >> np.uint32(8)).astype(np.float64)
    return (centre + (upper - 2**23) * 2.0**-23 * bound).astype(np.float32).reshape(shape)


def parameter(name: str, shape: tuple[int, ...]) -> np.ndarray:
    if name.endswith("running_mean"):
        return uniform(name, shape, 2.0**-8)
    if name.endswith("running_var"):
        return uniform(name, shape, 2.0**-12, 2.0**-10)
    if len(shape) == 1:
        return uniform(name, shape, 0.25, 1 if name.endswith(".weight") else 0)
    fan_in = shape[0] if name.endswith("proj") or name.endswith("text_projection") else int(np.prod(shape[1:]))
    bound = 1.0
    while bound * bound * fan_in > 3:
        bound /= 2
    return uniform(name, shape, bound)


def places(name: str, size: int) -> np.ndarray:
    """Where the entries stand that are stored of a tensor: everywhere up to 512 entries, else 64 hashes modulo its size."""
    return np.arange(size) if size <= 512 else hashes(f"{name} places", 64) % np.uint32(size)


def summary(name: str, exact: np.ndarray, rounded: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What is stored of a gradient: entries of the exact one at `places`; and its Euclidean norm, its largest absolute
    entry, and the largest deviation of the one in float32, as a fraction of that entry."""
    exact, rounded = exact.astype(np.float64).ravel(), rounded.astype(np.float64).ravel()
    largest = np.abs(exact).max()
    figures = [np.linalg.norm(exact), largest, np.abs(rounded - exact).max() / largest]
    return exact[places(name, exact.size)].astype(np.float32), np.array(figures, dtype=np.float32)
