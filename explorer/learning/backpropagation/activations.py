"""The functions that stand behind the sums of a layer, each with its derivative, entry by entry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.learning.errors import TrainingError

Array = NDArray[np.float64]


def sigmoid(sums: Array) -> Array:
    """1 / (1 + e^−v̄) for each entry, without overflow and to full precision where it is nearly 0."""
    small = np.exp(-np.abs(sums))
    return np.where(sums >= 0, 1.0, small) / (1.0 + small)


def _identity(sums: Array) -> Array:
    return sums.copy()


def _relu(sums: Array) -> Array:
    return np.maximum(sums, 0.0)


# Of each name: s, and s′ as a function of the sums; ReLU's is 0 at 0, as torch has it.
ACTIVATIONS: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "sigmoid": (sigmoid, lambda sums: sigmoid(sums) * sigmoid(-sums)),
    "tanh": (np.tanh, lambda sums: 4.0 * sigmoid(2.0 * sums) * sigmoid(-2.0 * sums)),
    "relu": (_relu, lambda sums: (sums > 0).astype(np.float64)),
    "identity": (_identity, np.ones_like),
}


def activate(name: str, sums: Array) -> Array:
    """s(v̄) for each entry of `sums`, in their shape; `name` is one of ACTIVATIONS."""
    return ACTIVATIONS[name][0](sums)


def derivative(name: str, sums: Array) -> Array:
    """s′(v̄) for each entry of `sums`, in their shape; `name` is one of ACTIVATIONS."""
    return ACTIVATIONS[name][1](sums)


def check_activation(name: Any, among: tuple[str, ...] = tuple(ACTIVATIONS)) -> str:
    """The name itself where it is `among` those of activations. Raises TrainingError where it is not."""
    if name not in among:
        raise TrainingError(f"There is no activation {name!r}; choose one of {', '.join(among)}.")
    return str(name)
