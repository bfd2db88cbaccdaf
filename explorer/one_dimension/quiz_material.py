"""What the quiz's rounds are drawn from: signals of some kinds, and kernels whose effects have names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.one_dimension import line_kernels as kernels

Values = NDArray[np.float64]
LENGTH = 96  # values of a signal


@dataclass(frozen=True)
class NamedKernel:
    """A kernel with its name and what it does, in one sentence."""

    name: str
    weights: tuple[float, ...]
    effect: str
    causal: bool = False  #: its result stands at its last weight


def _step(source: np.random.Generator) -> Values:
    return (np.arange(LENGTH) >= source.integers(30, 66)).astype(float)


def _pulses(source: np.random.Generator) -> Values:
    values = np.zeros(LENGTH)
    values[source.choice(np.arange(12, 84, 9), 3, replace=False)] = source.uniform(0.5, 1, 3)
    return values


def _wave(source: np.random.Generator) -> Values:
    return np.asarray(np.sin(2 * np.pi * (np.arange(LENGTH) / source.uniform(18, 34) + source.random())))


def _noisy(source: np.random.Generator) -> Values:
    return _wave(source) + source.normal(0, 0.35, LENGTH)


def _stairs(source: np.random.Generator) -> Values:
    heights = source.permutation(np.linspace(0, 1, 6))
    return np.repeat(heights, LENGTH // 6)


def _triangle(source: np.random.Generator) -> Values:
    return np.abs((np.arange(LENGTH) + source.integers(0, 40)) % 40 - 20) / 20


SIGNALS: tuple[Callable[[np.random.Generator], Values], ...] = (_step, _pulses, _wave, _noisy, _stairs, _triangle)


def _named(name: str, effect: str, weights: Any, *, causal: bool = False) -> NamedKernel:
    return NamedKernel(name, tuple(float(w) for w in weights), effect, causal)


def _box(source: np.random.Generator, low: int = 9, high: int = 16) -> NamedKernel:
    size = int(source.integers(low, high))
    return _named(f"box of {size}", f"each jump becomes a straight ramp {size} values long.", kernels.box(size))


def _gaussian(source: np.random.Generator) -> NamedKernel:
    sigma = float(source.choice([3.0, 4.0, 5.0]))
    effect = "jumps and noise become smooth, with no corners left, and what is flat keeps its height."
    return _named("Gaussian", effect, kernels.gaussian(sigma))


def _exponential(source: np.random.Generator) -> NamedKernel:
    effect = "after a jump the result follows fast at first, then slower: it remembers the past, not the future."
    return _named("exponential", effect, kernels.exponential(float(source.choice([0.75, 0.8, 0.85]))), causal=True)


def _difference(_source: np.random.Generator) -> NamedKernel:
    return _named("difference", "flat parts become 0; where the signal rises the result is negative.", [1.0, -1.0])


def _laplacian(_source: np.random.Generator) -> NamedKernel:
    effect = "only bends leave a trace: a jump becomes one value up and one down, a slope nothing."
    return _named("Laplacian", effect, [1.0, -2.0, 1.0])


def _echo(source: np.random.Generator, low: int = 12, high: int = 20) -> NamedKernel:
    delay = int(source.integers(low, high))
    return _named(f"echo of {delay}", f"all comes twice, {delay} values apart.", kernels.echo(delay, 0.7), causal=True)


def _minus_one(_source: np.random.Generator) -> NamedKernel:
    return _named("minus one", "the signal itself, upside down.", [-1.0])


def _smooth_difference(source: np.random.Generator) -> NamedKernel:
    size = int(source.integers(4, 7))
    effect = f"the mean of {size} values less that of the next {size}: a rise becomes a smooth negative bump."
    return _named("smooth difference", effect, [1 / size] * size + [-1 / size] * size)


def _wide_box(source: np.random.Generator) -> NamedKernel:
    return _box(source, 19, 26)


def _near_echo(source: np.random.Generator) -> NamedKernel:
    return _echo(source, 5, 10)


_Makers = tuple[Callable[[np.random.Generator], NamedKernel], ...]
KERNELS: dict[int, _Makers] = {
    1: (_box, _difference, _echo, _minus_one, _laplacian),
    2: (_box, _gaussian, _exponential, _difference, _laplacian, _echo, _smooth_difference),
    3: (_box, _wide_box, _gaussian, _exponential, _smooth_difference, _echo, _near_echo),
}
