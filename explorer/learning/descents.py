"""Four ways down one loss surface: gradient descent, momentum, RMSprop, Adam, each written out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.learning.ensemble_settings import OPTIMIZERS
from explorer.learning.errors import TrainingError

Array = NDArray[np.float64]
_MOMENTUM, _SQUARES, _FIRST, _SECOND, _TINY = 0.9, 0.99, 0.9, 0.999, 1e-8


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
    """The way (steps + 1, 2) of an optimizer from `start`; where it diverges it ends early.

    noise: σ of what is added to each component of the gradient, as a batch instead of all examples would. The same
    seed gives the same way. Raises TrainingError on an unknown surface or optimizer, or numbers out of range.
    """  # fmt: skip
    if surface not in SURFACES or optimizer not in OPTIMIZERS:
        raise TrainingError(f"Surfaces are {', '.join(SURFACES)}, optimizers {', '.join(OPTIMIZERS)}.")
    if not 0 < rate <= 1e3 or not 0 <= noise <= 1e3 or not 1 <= steps <= 10_000:
        raise TrainingError("A descent wants a rate above 0 to 1,000, a noise of 0 to 1,000 and 1 to 10,000 steps.")
    random = np.random.default_rng(seed)
    step = _Steps(optimizer, rate)
    way = [np.array(start, float)]
    for _ in range(steps):
        slope = SURFACES[surface].gradient(way[-1]) + noise * random.standard_normal(2)
        place = way[-1] - step(slope)
        if not (np.abs(place) < 1e6).all():
            break
        way.append(place)
    return np.array(way)


class _Steps:
    """One step after another by the formulas of torch.optim, from gradients g (2,).

    momentum (Polyak 1964): m ← 0.9 m + g, step rate · m. RMSprop (Hinton 2012): v ← 0.99 v + 0.01 g², step
    rate · g / √v. Adam (Kingma & Ba 2015, algorithm 1): both, each divided by the share of it that has come in.
    """

    def __init__(self, optimizer: str, rate: float) -> None:
        self.optimizer, self.rate = optimizer, rate
        self.count, self.mean, self.square = 0, np.zeros(2), np.zeros(2)

    def __call__(self, g: Array) -> Array:
        self.count += 1
        if self.optimizer == "SGD":
            return self.rate * g
        if self.optimizer == "momentum":
            self.mean = _MOMENTUM * self.mean + g
            return self.rate * self.mean
        if self.optimizer == "RMSprop":
            self.square = _SQUARES * self.square + (1 - _SQUARES) * g**2
            step: Array = self.rate * g / (np.sqrt(self.square) + _TINY)
            return step
        self.mean = _FIRST * self.mean + (1 - _FIRST) * g
        self.square = _SECOND * self.square + (1 - _SECOND) * g**2
        mean, square = self.mean / (1 - _FIRST**self.count), self.square / (1 - _SECOND**self.count)
        moved: Array = self.rate * mean / (np.sqrt(square) + _TINY)
        return moved
