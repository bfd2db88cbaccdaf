"""Four ways down one loss surface: gradient descent, momentum, RMSprop, Adam."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.learning.errors import TrainingError
from explorer.learning.optimization.optimizers import OPTIMIZERS

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Surface:
    """A loss of two weights (…, 2), its gradient, where its minimum lies, and how far the map of it goes."""

    loss: Callable[[Array], Array]
    gradient: Callable[[Array], Array]
    minimum: tuple[float, float]
    reach: float


def _valley(steep: float) -> Surface:
    scale = np.array([1.0, steep])
    return Surface(lambda w: (scale * w**2).sum(-1) / 2, lambda w: scale * w, (0.0, 0.0), 2.0)


def _bent_slope(w: Array) -> Array:
    bend = w[..., 1] - w[..., 0] ** 2
    return np.stack([-2 * (1 - w[..., 0]) - 40 * w[..., 0] * bend, 20 * bend], -1)


SURFACES = {
    "a bowl": _valley(1.0),
    "a narrow valley": _valley(25.0),
    "a bent valley": Surface(  # Rosenbrock's (1960), with 10 for his 100
        lambda w: (1 - w[..., 0]) ** 2 + 10 * (w[..., 1] - w[..., 0] ** 2) ** 2, _bent_slope, (1.0, 1.0), 2.0
    ),
    "a saddle": Surface(
        lambda w: w[..., 0] ** 4 / 4 - w[..., 0] ** 2 / 2 + w[..., 1] ** 2 + 0.25,
        lambda w: np.stack([w[..., 0] ** 3 - w[..., 0], 2 * w[..., 1]], -1), (1.0, 0.0), 2.0,
    ),
}  # fmt: skip


def descend(
    surface: str,
    optimizer: str,
    *,
    rate: float,
    start: tuple[float, float],
    steps: int,
    noise: float = 0.0,
    seed: int = 0,
) -> Array:
    """The trajectory (steps + 1, 2) of an optimizer from `start` on a surface in SURFACES; shorter where it diverges.

    noise: σ of normal noise that is added to each component of the gradient, as batches add it. The same seed gives the
    same trajectory. Raises TrainingError on an unknown surface or optimizer, a rate outside 0 to 1,000, a noise outside
    0 to 1,000 or steps outside 1 to 10,000.
    """
    if surface not in SURFACES or optimizer not in OPTIMIZERS:
        raise TrainingError(f"Surfaces are {', '.join(SURFACES)}, optimizers {', '.join(OPTIMIZERS)}.")
    if not 0 < rate <= 1e3 or not 0 <= noise <= 1e3 or not 1 <= steps <= 10_000:
        raise TrainingError("A descent wants a rate above 0 to 1,000, a noise of 0 to 1,000 and 1 to 10,000 steps.")
    random = np.random.default_rng(seed)
    weights, m, v = np.array(start, float), np.zeros(2), np.zeros(2)
    trajectory = [weights.copy()]
    for step in range(1, steps + 1):
        gradient = SURFACES[surface].gradient(weights) + noise * random.standard_normal(2)
        OPTIMIZERS[optimizer](weights, gradient, rate, m, v, step)
        if not (np.abs(weights) < 1e6).all():
            break
        trajectory.append(weights.copy())
    return np.array(trajectory)
