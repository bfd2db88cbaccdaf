"""The small network that tells points in the plane apart: its numbers, and both passes over a batch."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from explorer.learning.backpropagation.activations import Array, activate, derivative, sigmoid
from explorer.learning.plane.seeded import Seeded

_START = 3  # stream of a seed


class PlaneNetwork:
    """Weights and biases as views of one flat array, W₀, b₀, W₁, …, drawn as by Glorot and Bengio 2010, equation 16."""

    def __init__(self, layers: Sequence[int], activation: str, seed: int) -> None:
        random = Seeded(seed, _START)
        flat: list[float] = []
        for columns, rows in pairwise(layer_sizes(layers)):
            limit = sqrt(6 / (rows + columns))
            flat += [limit * (2 * random.uniform() - 1) for _ in range(rows * columns)] + [0.0] * rows
        self.flat = np.array(flat)
        self.gradient = np.zeros_like(self.flat)
        self.names = [activation] * len(layers) + ["sigmoid"]
        self.weights, self.biases = split_parameters(self.flat, layers)
        self._weight_gradients, self._bias_gradients = split_parameters(self.gradient, layers)

    def sums(self, points: Array) -> tuple[list[Array], list[Array]]:
        """v̄ (n, units) of each layer for the points (n, 2), and v of what enters each layer, the points first."""
        sums, values = [], [points]
        for W, b, name in zip(self.weights, self.biases, self.names, strict=True):
            sums.append(values[-1] @ W.T + b)
            values.append(activate(name, sums[-1]))
        return sums, values

    def backpropagate(self, points: Array, labels: NDArray[np.int64]) -> None:
        """Fill `gradient` with the mean loss' derivatives over the batch: Δ = δ̄ᵀ v, δ = δ̄ W."""
        sums, values = self.sums(points)
        bar = (sigmoid(sums[-1]) - labels[:, None]) / len(points)
        for i in reversed(range(len(self.weights))):
            self._weight_gradients[i][...] = bar.T @ values[i]
            self._bias_gradients[i][...] = bar.sum(0)
            if i:
                bar = bar @ self.weights[i] * derivative(self.names[i - 1], sums[i - 1])


def layer_sizes(layers: Sequence[int]) -> tuple[int, ...]:
    """How many numbers each layer has: two coordinates, the units of the hidden `layers`, one output."""
    return (2, *layers, 1)


def parameter_count(layers: Sequence[int]) -> int:
    """The number of weights and biases of a network with these hidden layers."""
    return sum((columns + 1) * rows for columns, rows in pairwise(layer_sizes(layers)))


def split_parameters(flat: Array, layers: Sequence[int]) -> tuple[list[Array], list[Array]]:
    """The weights (n_next, n) and biases (n_next,) of each layer as views of one array W₀, b₀, W₁, …"""
    weights, biases, start = [], [], 0
    for columns, rows in pairwise(layer_sizes(layers)):
        middle = start + rows * columns
        weights.append(flat[start:middle].reshape(rows, columns))
        biases.append(flat[middle : middle + rows])
        start = middle + rows
    return weights, biases
