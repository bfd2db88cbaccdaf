"""The network of the Backpropagation screen as one text, which its link holds and its component reads and writes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.learning.backpropagation.activations import ACTIVATIONS

Array = NDArray[np.float64]

FEWEST_LAYERS, MOST_LAYERS, MOST_NODES = 2, 4, 5
LOSSES = ("squared", "cross-entropy", "none")
LARGEST = 1e6
_LARGEST_RATE = 1000.0
# The lecture's network, 2 → 3 → 3 → 1, with weights that are easily multiplied; all of its steps are shown.
LECTURE = (
    "2-3-3-1_sigmoid_identity_squared_0_0.5_16_1_0.5_0.5_-1_1_0.5_-0.5_1_0_0_0_1_-0.5_0.5_0.5_1_-1_-1_0.5_1_0_0_0"
    "_1_-1_0.5_0_1"
)


@dataclass(frozen=True, eq=False)
class LinkedNetwork:
    """Layers of nodes with their numbers: weights (n_next, n), biases (n_next,) each, x (n,), target (n_last,)."""

    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    x: Array
    target: Array
    activation: str
    output: str
    loss: str  #: "none": the derivatives are of the last node
    biased: bool
    rate: float
    step: int  #: of the passes, as far as they are shown

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of nodes in each layer, the input first."""
        return (len(self.x), *map(len, self.weights))


def read(text: str) -> LinkedNetwork:
    """The network in a link: sizes, names, biases or not, rate, step; then x, W and b of each layer, the target.

    Raises ValueError when it was garbled.
    """
    sizes, activation, output, loss, biased, rate, step, *numbers = text.split("_")
    counts = [int(size) for size in sizes.split("-")]
    if not FEWEST_LAYERS <= len(counts) <= MOST_LAYERS or not all(1 <= count <= MOST_NODES for count in counts):
        raise ValueError(f"{sizes} are no layers of 1 to {MOST_NODES} nodes.")
    if activation not in ACTIVATIONS or output not in ACTIVATIONS or loss not in LOSSES or biased not in ("0", "1"):
        raise ValueError(f"{activation}, {output}, {loss} or {biased} is unknown.")
    if loss == "cross-entropy" and output != "sigmoid":
        raise ValueError("Cross-entropy needs a sigmoid at the end.")
    x, weights, biases, target = _arrays(counts, [float(number) for number in numbers])
    if loss == "cross-entropy" and not ((target >= 0) & (target <= 1)).all():
        raise ValueError("A target of cross-entropy is 0 to 1.")
    if not 0 < float(rate) <= _LARGEST_RATE or not 0 <= int(step) <= 5 * MOST_LAYERS:
        raise ValueError(f"{rate} is no rate, or {step} no step.")
    return LinkedNetwork(weights, biases, x, target, activation, output, loss, biased == "1", float(rate), int(step))


def _arrays(counts: list[int], numbers: list[float]) -> tuple[Array, tuple[Array, ...], tuple[Array, ...], Array]:
    """The numbers in their shapes: x, weights, biases, target."""
    pairs = list(zip(counts[1:], counts, strict=False))
    shapes = [(counts[0],), *(shape for rows, columns in pairs for shape in ((rows, columns), (rows,))), (counts[-1],)]
    lengths = [math.prod(shape) for shape in shapes]
    if len(numbers) != sum(lengths) or not all(math.isfinite(n) and abs(n) <= LARGEST for n in numbers):
        raise ValueError(f"{sum(lengths)} numbers up to {LARGEST:g} are needed, not these {len(numbers)}.")
    parts = np.split(np.array(numbers), np.cumsum(lengths)[:-1])
    x, *layers, target = (part.reshape(shape) for part, shape in zip(parts, shapes, strict=True))
    return x, tuple(layers[::2]), tuple(layers[1::2]), target
