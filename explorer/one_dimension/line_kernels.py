"""Kernels for signals by name, each from its formula: (k,) float64, slid without being turned around.

The window's first weight meets the oldest value, so what is to look into the past stands at the left.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.filtering.convolution import convolve
from explorer.filtering.kernels import KernelError

Weights = NDArray[np.float64]


def box(size: int = 9) -> Weights:
    """k equal weights 1/k: the mean of the window. Raises KernelError on a size that is no whole number from 1 on."""
    return np.full(_whole(size), 1 / size)


def gaussian(sigma: float = 4.0) -> Weights:
    """Weights (2⌈2σ⌉ + 1,) ∝ exp(−distance²/σ²) that sum to 1: the lecture's form, which reaches 2σ each way.

    `sigma` is in values. Raises KernelError unless it is above 0.
    """
    if not sigma > 0:
        raise KernelError(f"σ must be above 0, not {sigma:g}.")
    reach = int(np.ceil(2 * sigma))
    weights = np.exp(-(np.arange(-reach, reach + 1) ** 2) / sigma**2)
    return weights / weights.sum()


def difference() -> Weights:
    """[1 −1]: a value minus the one after it."""
    return np.array([1.0, -1.0])


def laplacian() -> Weights:
    """[1 −2 1]: the second difference, positive where the signal bends upwards."""
    return np.array([1.0, -2.0, 1.0])


def exponential(decay: float = 0.8) -> Weights:
    """A mean of the past in which each step back counts `decay` times as much, until less than 1 % is left.

    The weights sum to 1. Raises KernelError on a decay that is not between 0 and 1.
    """
    if not 0 < decay < 1:
        raise KernelError(f"The decay must be between 0 and 1, not {decay:g}.")
    size = int(np.ceil(np.log(0.01) / np.log(decay)))
    weights = decay ** np.arange(size)[::-1]
    return weights / weights.sum()


def echo(delay: int = 20, strength: float = 0.6) -> Weights:
    """Weights (delay + 1,): the signal, and `delay` values later the same again, `strength` times as high.

    Raises KernelError on a delay that is no whole number from 1 on.
    """
    weights = np.zeros(_whole(delay) + 1)
    weights[-1], weights[0] = 1, strength
    return weights


def matched(values: ArrayLike, size: int = 25) -> Weights:
    """The stretch of up to `size` of the values (n,) that varies most, less its mean, over its squared length.

    It answers 1 to itself; such a filter finds a known shape in noise best (North 1943). Raises KernelError where no
    stretch varies.
    """
    numbers = np.asarray(values, np.float64)
    windows = np.lib.stride_tricks.sliding_window_view(numbers, min(_whole(size), numbers.size))
    best = windows[int(windows.var(1).argmax())]
    shape = best - best.mean()
    energy = float(shape @ shape)
    if energy == 0:
        raise KernelError("No stretch of this signal varies, so there is no shape to look for; take another signal.")
    return shape / energy


def _whole(number: int) -> int:
    if number != int(number) or number < 1:
        raise KernelError(f"A size is a whole number from 1 on, not {number}.")
    return int(number)


#: kernels of the past: the result stands at their last weight, so that it answers after what it answers to
CAUSAL = ("exponential", "echo")


def convolve_signal(
    values: ArrayLike, weights: ArrayLike, *, padding: str, dilation: int = 1, causal: bool = False
) -> Weights:
    """The signal (n,) after a convolution with (k,) weights that are `dilation` values apart, in float64.

    Each result stands at the middle of its window, at weight (k − 1)//2; if `causal`, at the last weight, so that it
    knows no later value. Padding and errors (KernelError) are those of `convolve`.
    """
    numbers = np.asarray(weights, np.float64)
    if causal and padding != "valid":  # weights of 0 for the future move the middle to what was the end
        numbers = np.concatenate([numbers, np.zeros(numbers.size - 1)])
    return np.asarray(convolve(np.asarray(values, np.float64), numbers, padding=padding, dilation=dilation), np.float64)


LINE_KERNELS: dict[str, Callable[..., Weights]] = {
    "Gaussian": gaussian,
    "box": box,
    "difference": difference,
    "Laplacian": laplacian,
    "exponential": exponential,
    "echo": echo,
    "matched": matched,
}
