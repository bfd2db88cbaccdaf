"""All derivatives of a small network's loss: one pass back by matrices, beside micrograd's graph of single numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
from micrograd.engine import Value
from numpy.typing import NDArray

import explorer
from benchmarks.measure import Figure, interleave, timed

# Nodes of each layer, and the largest ratio allowed: the lecture's network is so small that calling NumPy costs most.
NETWORKS: dict[str, tuple[tuple[int, ...], float | None]] = {
    "2-3-3-1, the lecture's": ((2, 3, 3, 1), None),
    "16-16-16-1": ((16, 16, 16, 1), 0.2),
    "64-64-64-1": ((64, 64, 64, 1), 0.02),
}
ROUNDS = 15

Weights = list[NDArray[np.float64]]


def figures() -> Iterator[Figure]:
    rng = np.random.default_rng(0)
    for name, (sizes, goal) in NETWORKS.items():
        weights = [rng.normal(size=pair) / pair[1] ** 0.5 for pair in zip(sizes[1:], sizes, strict=False)]
        x = rng.normal(size=sizes[0])
        ours, theirs = by_matrices(weights, x), by_micrograd(weights, x)
        same = all(np.allclose(one, other) for one, other in zip(ours, theirs, strict=True))
        times = interleave(timed(partial(by_matrices, weights, x)), timed(partial(by_micrograd, weights, x)),
                           rounds=ROUNDS)  # fmt: skip
        yield Figure(f"backpropagation: {name}, micrograd", *times, goal, same, "" if same else "other derivatives")


def by_matrices(weights: Weights, x: NDArray[np.float64]) -> Weights:
    """The weight derivatives of ½ (z − 1)², by `explorer.backpropagate`."""
    return explorer.backpropagate(weights, x, activation="relu", target=[1.0], loss="squared").weight_derivatives


def by_micrograd(weights: Weights, x: NDArray[np.float64]) -> Weights:
    """The same by micrograd: its graph is built, and run back, for every example."""
    layers = [[[Value(weight) for weight in row] for row in W.tolist()] for W in weights]
    values: Sequence[Value] = [Value(one) for one in x.tolist()]
    for number, layer in enumerate(layers):
        sums = [sum((w * v for w, v in zip(row, values, strict=True)), Value(0.0)) for row in layer]
        values = sums if number == len(layers) - 1 else [one.relu() for one in sums]
    loss = (values[0] - 1.0) ** 2 * 0.5
    loss.backward()
    return [np.array([[weight.grad for weight in row] for row in layer]) for layer in layers]
