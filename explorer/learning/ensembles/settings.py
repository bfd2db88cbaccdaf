"""How an ensemble of small networks is trained, and what an epoch has come to: nothing here needs torch."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.learning.errors import TrainingError
from explorer.learning.optimization.optimizers import OPTIMIZERS

ACTIVATIONS = ("ReLU", "sigmoid", "tanh")
EDGES = np.linspace(-4, 4, 49)  #: of the histograms of what enters the activations
CHANGES = ("shift", "turn", "skew", "darken", "flip")  #: that digits can be augmented by
STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0)  #: of the changes in held-out digits

Array = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class EnsembleSettings:
    """One network's hidden layers and how it learns; `learned` is the number of examples it learns from, 0 for all.

    With `residual` a layer's values are added to those before where there are as many: v + s(W v + b). `dropout` is the
    share of values that are left out while it learns (Srivastava et al. 2014, the others made larger). With `shuffled`
    the labels are dealt out at random once. `augmented` is by how much digits are changed anew in every epoch, from 0,
    not at all, to 1, the most, by each of `changes`.
    """

    layers: tuple[int, ...] = (64,)
    activation: str = "ReLU"
    batch_norm: bool = False
    residual: bool = False
    dropout: float = 0.0
    optimizer: str = "Adam"
    rate: float = 0.002
    batch: int = 64
    epochs: int = 20
    learned: int = 0
    shuffled: bool = False
    augmented: float = 0.0
    changes: tuple[str, ...] = ("shift", "turn", "skew", "darken")


@dataclass(frozen=True, eq=False)
class EnsembleEpoch:
    """The networks after `number` passes through their examples, 0 before the first; (S,) has one number for each.

    `loss` is the mean cross-entropy in nats and `accuracy` the share that is right, with nothing left out. Of the L
    hidden layers, on up to 256 examples: `means`, `deviations` and `histograms` (L, bins between EDGES, in shares; what
    lies beyond counts at the ends) of what enters the activation in the first network; and `gradients` (L + 1,), the
    length of the loss's gradient for each layer's weights, the mean over the networks. After the last pass `changed`
    (CHANGES, STRENGTHS, S) is the accuracy on held-out digits that were changed so; else it is empty.
    """

    number: int
    loss: Array
    accuracy: Array
    held_out_loss: Array
    held_out: Array
    means: Array
    deviations: Array
    histograms: Array
    gradients: Array
    seconds: float  #: that learning has taken, all networks together
    changed: Array


#: one of several that are compared, by its name; None for the epoch in which its loss is no longer a number
NamedEpoch = tuple[str, EnsembleEpoch | None]


def parameters(inputs: int, layers: tuple[int, ...], outputs: int) -> int:
    """The number of weights and biases of a fully connected network with these hidden `layers`."""
    sizes = (inputs, *layers, outputs)
    return sum((before + 1) * after for before, after in pairwise(sizes))


def check_settings(settings: EnsembleSettings) -> None:
    """Raise TrainingError where a setting is unknown or out of its range: the message says which, and the range."""
    if not all(1 <= width <= 4096 for width in settings.layers) or len(settings.layers) > 128:
        raise TrainingError("A network here has up to 128 hidden layers of 1 to 4,096 units.")
    for name, options in (("activation", ACTIVATIONS), ("optimizer", tuple(OPTIMIZERS))):
        if getattr(settings, name) not in options:
            raise TrainingError(f"The {name} is one of {', '.join(options)}, not {getattr(settings, name)!r}.")
    if not set(settings.changes) <= set(CHANGES):
        raise TrainingError(f"Digits are changed by {', '.join(CHANGES)}, not by {settings.changes}.")
    ranges = {"rate": (0, 1000), "dropout": (0, 0.95), "augmented": (0, 1), "batch": (2, 4096), "epochs": (1, 1000)}
    for name, (low, high) in ranges.items():
        value = getattr(settings, name)
        if not low <= value <= high or (name == "rate" and value == 0):
            raise TrainingError(f"The {name} is {'above ' * (name == 'rate')}{low} to {high}, not {value}.")
