"""Match the convolution: four signals, four kernels, four results in a new order, with exactly one right answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from explorer.arrays import read_only
from explorer.cache import memoised
from explorer.one_dimension import line_kernels as kernels
from explorer.one_dimension.quiz_material import KERNELS, SIGNALS, NamedKernel, Values

Pair = tuple[int, int]  #: the number of a signal, and that of a kernel

COUNT = 4
LEVELS = (1, 2, 3)
# How far apart each result must be from every other one of the 16 that signals and kernels can make: the length of the
# difference, each scaled to length 1. Two unrelated curves are 1.4 apart, one and its mirror image 2.
APART = {1: 0.3, 2: 0.22, 3: 0.15}
_MOST_DRAWS = 2000


class QuizError(ValueError):
    """A round that can't be made: one sentence says why."""


@dataclass(frozen=True, eq=False)
class Round:
    """One round: `results[i]` is `signals[answer[i][0]]` convolved with `kernels[answer[i][1]]`."""

    seed: int
    level: int
    signals: tuple[Values, ...]  #: (LENGTH,) each
    kernels: tuple[NamedKernel, ...]
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
        signals = [SIGNALS[i](source) for i in _choose(source, len(SIGNALS))]
        chosen = [KERNELS[level][i](source) for i in _choose(source, len(KERNELS[level]))]
        pairs = list(zip(source.permutation(COUNT).tolist(), source.permutation(COUNT).tolist(), strict=True))
        if margin(signals, chosen, pairs) >= APART[level]:
            return Round(
                seed, level, tuple(map(read_only, signals)), tuple(chosen),
                tuple(read_only(_result(signals[s], chosen[k])) for s, k in pairs), tuple(pairs),
            )  # fmt: skip
    raise QuizError(f"Round {seed} of level {level} could not be made; take the next one.")


def margin(signals: Sequence[Values], chosen: Sequence[NamedKernel], pairs: Sequence[Pair]) -> float:
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
    """Whether `pair` is the one that made result `number` of the round, and why in one sentence.

    Raises QuizError on a number or a pair that the round doesn't have.
    """
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


def _result(values: Values, kernel: NamedKernel) -> Values:
    return kernels.convolve_signal(values, kernel.weights, padding="replicate", causal=kernel.causal)


def _unit(values: Values) -> Values:
    length = float(np.linalg.norm(values))
    return values / length if length > 1e-6 else np.zeros_like(values)
