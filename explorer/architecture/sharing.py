"""A convolution is a fully connected layer with most weights 0 and the rest shared: counted, and drawn as a matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.filtering.convolution import PADDINGS, Array
from explorer.filtering.kernels import KernelError, as_kernel

_MOST_ENTRIES = 2**22


@dataclass(frozen=True)
class Sharing:
    """The weights (without biases) of a convolution from `inputs` (C, H, W) to `outputs` (n, h, w) maps, three ways.

    `connected`: every output from every input. `sparse`: each output only from its window, each with weights of its
    own; at the edge some of these fall on padding. `shared`: all places use the same.
    """

    inputs: tuple[int, int, int]
    outputs: tuple[int, int, int]
    kernel: tuple[int, int]
    groups: int = 1

    @property
    def shared(self) -> int:
        """One window of weights for each output map."""
        return self.outputs[0] * self.window

    @property
    def sparse(self) -> int:
        """A window of weights for each output value."""
        return prod(self.outputs) * self.window

    @property
    def connected(self) -> int:
        """A weight for each pair of an input and an output value."""
        return prod(self.inputs) * prod(self.outputs)

    @property
    def window(self) -> int:
        """How many inputs one output sees."""
        return self.inputs[0] // self.groups * prod(self.kernel)

    @property
    def ratio(self) -> float:
        """How many times fewer weights the convolution has than the fully connected layer."""
        return self.connected / self.shared


#: 5 × 5 filters on a picture of 28 × 28, for one filter; n filters have n times as many of each
LECTURE = Sharing(inputs=(1, 28, 28), outputs=(1, 24, 24), kernel=(5, 5))


def convolution_matrix(kernel: ArrayLike, shape: Sequence[int], *, padding: str = "valid", stride: int = 1) -> Array:
    """The matrix (outputs, inputs) with `matrix @ x.ravel() == convolve(x, kernel, …).ravel()` for x of `shape`.

    One or two axes. Raises KernelError where `convolve` does, and on a matrix of over four million numbers.
    """
    weights, size = as_kernel(kernel), tuple(int(n) for n in shape)
    if weights.ndim != len(size) or weights.ndim > 2:
        raise KernelError(f"A kernel of {weights.ndim} axes can't slide over {len(size)}; both need one, or both two.")
    if padding not in PADDINGS:
        raise KernelError(f"Padding must be one of {', '.join(PADDINGS)}, not {padding!r}.")
    if stride < 1:
        raise KernelError(f"The stride must be at least 1, not {stride}.")
    if prod(size) ** 2 > _MOST_ENTRIES * stride ** len(size):
        raise KernelError(f"The matrix for {' × '.join(map(str, size))} values is too large to show; take fewer.")
    if any(k > n for k, n in zip(weights.shape, size, strict=True)):
        raise KernelError(f"The kernel {weights.shape} is larger than what it slides over, {size}; take a smaller one.")
    places = _places(size, weights.shape, padding)
    windows = np.lib.stride_tricks.sliding_window_view(places, weights.shape)[(slice(None, None, stride),) * len(size)]
    seen = windows.reshape(-1, weights.size)  # for each output, the input under each weight
    matrix = np.zeros((len(seen), prod(size)))
    outputs, taps = np.nonzero(seen >= 0)
    np.add.at(matrix, (outputs, seen[outputs, taps]), weights.ravel()[taps])
    return matrix


def _places(size: tuple[int, ...], kernel: tuple[int, ...], padding: str) -> NDArray[np.intp]:
    """The number of each input, padded as the values would be; −1 where a zero would stand."""
    numbers = np.arange(prod(size)).reshape(size)
    if padding == "valid":
        return numbers
    around = [((k - 1) // 2, k // 2) for k in kernel]
    if padding == "zero":
        return np.pad(numbers, around, constant_values=-1)
    return np.pad(numbers, around, mode="reflect" if padding == "reflect" else "edge")
