"""How weights move: four optimizers by the formulas of torch.optim, on one flat array of all weights."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MOMENTUM = 0.9
SMOOTHING, BETA_1, BETA_2, EPSILON = 0.99, 0.9, 0.999, 1e-8


def _sgd(weights: Array, gradient: Array, rate: float, _m: Array, _v: Array, _step: int) -> None:
    """Gradient descent."""
    weights -= rate * gradient


def _momentum(weights: Array, gradient: Array, rate: float, m: Array, _v: Array, _step: int) -> None:
    """Momentum (Polyak 1964): m is a running sum of gradients."""
    m *= MOMENTUM
    m += gradient
    weights -= rate * m


def _rmsprop(weights: Array, gradient: Array, rate: float, _m: Array, v: Array, _step: int) -> None:
    """RMSprop (Tieleman and Hinton 2012): v is a running mean of squared gradients."""
    v *= SMOOTHING
    v += (1 - SMOOTHING) * gradient * gradient
    weights -= rate * gradient / (np.sqrt(v) + EPSILON)


def _adam(weights: Array, gradient: Array, rate: float, m: Array, v: Array, step: int) -> None:
    """Adam (Kingma and Ba 2015, algorithm 1): running means m of gradients and v of their squares, both corrected."""
    m *= BETA_1
    m += (1 - BETA_1) * gradient
    v *= BETA_2
    v += (1 - BETA_2) * gradient * gradient
    root = np.sqrt(v) / np.sqrt(1 - BETA_2**step) + EPSILON
    weights -= rate / (1 - BETA_1**step) * m / root


# Each moves the weights, and its two memories m and v, in place; `step` counts from 1.
OPTIMIZERS: dict[str, Callable[[Array, Array, float, Array, Array, int], None]] = {
    "SGD": _sgd, "momentum": _momentum, "RMSprop": _rmsprop, "Adam": _adam,
}  # fmt: skip
