"""Match the convolution: four signals, four kernels, four results in a new order, with exactly one right answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.arrays import read_only
from explorer.cache import memoised
from explorer.one_dimension import line_kernels as kernels

Values = NDArray[np.float64]
Pair = tuple[int, int]  #: the number of a signal, and that of a kernel

COUNT = 4
LENGTH = 96  # values of a signal
LEVELS = (1, 2, 3)
# How far apart each result must be from every other one of the 16 that signals and kernels can make: the length of the
# difference, each scaled to length 1. Two unrelated curves are 1.4 apart, one and its mirror image 2.
APART = {1: 0.3, 2: 0.22, 3: 0.15}
_MOST_DRAWS = 2000


class QuizError(ValueError):
    """A round that can't be made: one sentence says why."""


@dataclass(frozen=True)
class Named:
    """A kernel with its name and what it does, in one sentence."""

    name: str
    weights: tuple[float, ...]
    effect: str
    causal: bool = False  #: its result stands at its last weight


@dataclass(frozen=True, eq=False)
class Round:
    """One round: `results[i]` is `signals[answer[i][0]]` convolved with `kernels[answer[i][1]]`."""

    seed: int
    level: int
    signals: tuple[Values, ...]  #: (LENGTH,) each
    kernels: tuple[Named, ...]
    results: tuple[Values, ...]  #: (LENGTH,) each, the ends repeated
    answer: tuple[Pair, ...]

    def result(self, pair: Pair) -> Values:
        """What a signal and a kernel make, whether they belong together or not."""
        return _result(self.signals[pair[0]], self.kernels[pair[1]])


@memoised
def make_round(seed: int, level: int = 1) -> Round:
    """The round of that number and level (1 to 3), the same each time. Raises QuizError for other levels and seeds."""
    if level not in LEVELS or seed < 0:
        raise QuizError(f"There is no round {seed} of level {level}; take a round from 0 on and a level from 1 to 3.")
    source = np.random.default_rng([seed, level])
    for _ in range(_MOST_DRAWS):
        signals = [_SIGNALS[i](source) for i in _choose(source, len(_SIGNALS))]
        chosen = [_KERNELS[level][i](source) for i in _choose(source, len(_KERNELS[level]))]
        pairs = list(zip(source.permutation(COUNT).tolist(), source.permutation(COUNT).tolist(), strict=True))
        if margin(signals, chosen, pairs) >= APART[level]:
            return Round(
                seed, level, tuple(map(read_only, signals)), tuple(chosen),
                tuple(read_only(_result(signals[s], chosen[k])) for s, k in pairs), tuple(pairs),
            )  # fmt: skip
    raise QuizError(f"Round {seed} of level {level} could not be made; take the next one.")


def margin(signals: Sequence[Values], chosen: Sequence[Named], pairs: Sequence[Pair]) -> float:
    """The least distance of a right result from any other of the 16 results, each scaled to length 1; 0 for a flat one.

    Above 0 only one answer is right, however the curves are scaled.
    """
    units = {(s, k): _unit(_result(signals[s], chosen[k])) for s, k in product(range(COUNT), repeat=2)}
    return min(
        float(np.linalg.norm(units[right] - units[other])) if units[right].any() else 0.0
        for right in pairs for other in units if other != right
    )  # fmt: skip


@dataclass(frozen=True)
class Judgement:
    """Whether a pair was right, and why."""

    right: bool
    reason: str


def judge(given: Round, number: int, pair: Pair) -> Judgement:
    """What is to be said about the pair chosen for result `number`. Raises QuizError for what is not in the round."""
    if not (0 <= number < COUNT and all(0 <= i < COUNT for i in pair)):
        raise QuizError(f"There is no result {number} or pair {pair}; each is numbered from 0 to {COUNT - 1}.")
    right = given.answer[number]
    kernel = given.kernels[right[1]]
    because = f"{kernel.name[0].upper()}{kernel.name[1:]}: {kernel.effect}"
    if pair == right:
        return Judgement(True, because)
    wrong = [name for name, i in (("signal", 0), ("kernel", 1)) if pair[i] != right[i]]
    other = {"signal": "Right kernel, wrong signal.", "kernel": "Right signal, wrong kernel."}
    which = other[wrong[0]] if len(wrong) == 1 else "Wrong signal and wrong kernel."
    return Judgement(False, f"{which} {because}")


def _choose(source: np.random.Generator, many: int) -> list[int]:
    return [int(i) for i in source.choice(many, COUNT, replace=False)]


def _result(values: Values, kernel: Named) -> Values:
    return kernels.slid(values, kernel.weights, padding="replicate", causal=kernel.causal)


def _unit(values: Values) -> Values:
    length = float(np.linalg.norm(values))
    return values / length if length > 1e-6 else np.zeros_like(values)


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


_SIGNALS: tuple[Callable[[np.random.Generator], Values], ...] = (_step, _pulses, _wave, _noisy, _stairs, _triangle)


def _named(name: str, effect: str, weights: Any, *, causal: bool = False) -> Named:
    return Named(name, tuple(float(w) for w in weights), effect, causal)


def _box(source: np.random.Generator, low: int = 9, high: int = 16) -> Named:
    size = int(source.integers(low, high))
    return _named(f"box of {size}", f"each jump becomes a straight ramp {size} values long.", kernels.box(size))


def _bell(source: np.random.Generator) -> Named:
    sigma = float(source.choice([3.0, 4.0, 5.0]))
    effect = "jumps and noise become smooth, with no corners left, and what is flat keeps its height."
    return _named("Gaussian", effect, kernels.gaussian(sigma))


def _tail(source: np.random.Generator) -> Named:
    effect = "after a jump the result follows fast at first, then slower: it remembers the past, not the future."
    return _named("exponential", effect, kernels.exponential(float(source.choice([0.75, 0.8, 0.85]))), causal=True)


def _difference(_source: np.random.Generator) -> Named:
    return _named("difference", "flat parts become 0; where the signal rises the result is negative.", [1.0, -1.0])


def _bend(_source: np.random.Generator) -> Named:
    effect = "only bends leave a trace: a jump becomes one value up and one down, a slope nothing."
    return _named("Laplacian", effect, [1.0, -2.0, 1.0])


def _echo(source: np.random.Generator, low: int = 12, high: int = 20) -> Named:
    delay = int(source.integers(low, high))
    return _named(f"echo of {delay}", f"all comes twice, {delay} values apart.", kernels.echo(delay, 0.7), causal=True)


def _upside_down(_source: np.random.Generator) -> Named:
    return _named("minus one", "the signal itself, upside down.", [-1.0])


def _slope(source: np.random.Generator) -> Named:
    size = int(source.integers(4, 7))
    effect = f"the mean of {size} values less that of the next {size}: a rise becomes a smooth negative bump."
    return _named("smooth difference", effect, [1 / size] * size + [-1 / size] * size)


def _wide_box(source: np.random.Generator) -> Named:
    return _box(source, 19, 26)


def _near_echo(source: np.random.Generator) -> Named:
    return _echo(source, 5, 10)


_Makers = tuple[Callable[[np.random.Generator], Named], ...]
_KERNELS: dict[int, _Makers] = {
    1: (_box, _difference, _echo, _upside_down, _bend),
    2: (_box, _bell, _tail, _difference, _bend, _echo, _slope),
    3: (_box, _wide_box, _bell, _tail, _slope, _echo, _near_echo),
}
