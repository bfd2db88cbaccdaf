"""How weights move: four optimizers by the formulas of torch.optim, on one flat array of all weights."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MOMENTUM = 0.9
SMOOTHING, BETA_1, BETA_2, EPSILON = 0.99, 0.9, 0.999, 1e-8


def _sgd(weights: Array, slope: Array, rate: float, _m: Array, _v: Array, _step: int) -> None:
    weights -= rate * slope


def _momentum(weights: Array, slope: Array, rate: float, m: Array, _v: Array, _step: int) -> None:
    """Polyak 1964."""
    m *= MOMENTUM
    m += slope
    weights -= rate * m


def _rmsprop(weights: Array, slope: Array, rate: float, _m: Array, v: Array, _step: int) -> None:
    """Tieleman and Hinton 2012."""
    v *= SMOOTHING
    v += (1 - SMOOTHING) * slope * slope
    weights -= rate * slope / (np.sqrt(v) + EPSILON)


def _adam(weights: Array, slope: Array, rate: float, m: Array, v: Array, step: int) -> None:
    """Kingma and Ba 2015, algorithm 1."""
    m *= BETA_1
    m += (1 - BETA_1) * slope
    v *= BETA_2
    v += (1 - BETA_2) * slope * slope
    root = np.sqrt(v) / np.sqrt(1 - BETA_2**step) + EPSILON
    weights -= rate / (1 - BETA_1**step) * m / root


# Each moves the weights, and its two memories m and v, in place; `step` counts from 1.
OPTIMIZERS: dict[str, Callable[[Array, Array, float, Array, Array, int], None]] = {
    "SGD": _sgd, "momentum": _momentum, "RMSprop": _rmsprop, "Adam": _adam,
}  # fmt: skip
