"""Geometry of the ball of size ε around a picture: projection, steps, random points, and its 8-bit lattice."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

_BISECTIONS = 40
_TINY = 1e-12  # keeps a norm of zero from dividing
_JUST_ABOVE = 1 + 1e-6  # so that k/255, written with seven digits, is not a little less than k levels


def project(x: Tensor, center: Tensor, norm: str, epsilon: float) -> Tensor:
    """The nearest point to x (N, …) within `epsilon` of `center`, picture by picture."""
    change = x - center
    if norm == "linf":
        return center + change.clamp(-epsilon, epsilon)
    return center + change * (epsilon / l2(change).clamp(min=_TINY)).clamp(max=1)


def normalize(direction: Tensor, norm: str) -> Tensor:
    """The steepest step of size one: the sign of the gradient for L∞, the gradient over its length for L2."""
    return direction.sign() if norm == "linf" else direction * (1 / l2(direction).clamp(min=_TINY))


def l2(x: Tensor) -> Tensor:
    """The L2 norm of each picture, (N, 1, 1, 1)."""
    return x.flatten(1).square().sum(1).sqrt().view(-1, 1, 1, 1)


def random_point(start: Tensor, norm: str, epsilon: float, seed: int) -> Tensor:
    """A point drawn uniformly from the ball around each picture of `start` (N, …), cut to [0, 1]."""
    source = torch.Generator().manual_seed(seed)
    if norm == "linf":
        change = (torch.rand(start.shape, generator=source) * 2 - 1) * epsilon
    else:
        change = normalize(torch.randn(start.shape, generator=source), norm)
        # the share of a ball's volume within radius r is r^n
        radii = torch.rand(len(start), generator=source) ** (1 / start[0].numel())
        change = change * epsilon * radii.view(-1, 1, 1, 1)
    return (start + change.to(start.device)).clamp(0, 1)


def random_border(start: Tensor, norm: str, epsilon: float, seed: int) -> Tensor:
    """A random point of the ball's border, not cut to [0, 1]: ±ε at each value for L∞, a uniform direction for L2."""
    noise = torch.randn(start.shape, generator=torch.Generator().manual_seed(seed)).to(start.device)
    return start + epsilon * normalize(noise, norm)


def quantize(change: NDArray[np.float64], norm: str, epsilon: float) -> NDArray[np.int16]:
    """A change in [−1, 1] as whole 8-bit levels whose norm is still at most `epsilon`.

    For L∞ it is rounded, then cut at ⌊255 ε⌋. For L2, plain rounding would lose the many values below half a level, or
    overstep: the change is scaled by the largest factor for which what is rounded fits. An infinite ε just rounds.
    """
    levels = change * 255
    if epsilon == np.inf:
        return np.rint(levels).astype(np.int16)
    if norm == "linf":
        most = whole_levels(epsilon)
        return np.clip(np.rint(levels), -most, most).astype(np.int16)

    def fits(factor: float) -> bool:
        return bool(np.sqrt(np.square(np.rint(levels * factor)).sum()) <= 255 * epsilon * _JUST_ABOVE)

    factor = largest_factor(fits, 0.0, max(1.0, 255 / max(_TINY, float(np.abs(levels).max()))), _BISECTIONS)
    return np.rint(levels * factor).astype(np.int16)


def largest_factor(fits: Callable[[float], bool], low: float, high: float, bisections: int) -> float:
    """The largest factor from `low` to `high` for which something `fits`, by bisection; the low one is known to."""
    for _ in range(bisections):
        middle = (low + high) / 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def whole_levels(epsilon: float) -> int:
    """⌊255 ε⌋, the largest change in whole 8-bit levels that ε allows: 2/255 is meant to be exactly two."""
    return int(np.floor(255 * epsilon * _JUST_ABOVE))


def round_to_levels(x: Tensor) -> Tensor:
    """Pixels in [0, 1] rounded to whole 8-bit levels."""
    return from_levels((x * 255).round())


def quantize_batch(x: Tensor, start: Tensor, norm: str, epsilon: float) -> Tensor:
    """Pictures (N, 3, S, S), quantized within `epsilon` of the 8-bit pictures `start`: what a visitor can save."""
    change = (x - start).cpu().double().numpy()
    levels = np.stack([quantize(one, norm, epsilon) for one in change])
    base = np.rint(start.cpu().numpy() * 255).astype(np.int16)
    return from_levels(torch.from_numpy(np.clip(base + levels, 0, 255))).to(start.device)


def from_levels(levels: Tensor) -> Tensor:
    """Whole levels from 0 to 255 as pixels in [0, 1]: the very values that an 8-bit picture has when it is opened."""
    return levels.float() / 255
