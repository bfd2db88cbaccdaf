"""Match for pictures: four kernels and what each made of a picture, in another order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.arrays import read_only
from explorer.cache import memoised
from explorer.filtering import kernels
from explorer.filtering.convolution import convolve, without_rounding
from explorer.filtering.kernels import Kernel
from explorer.pictures.images import Image
from explorer.pictures.reduced import grey

COUNT = 4
LEVELS = (1, 2, 3)
SIDE = 192  # pixels of the longer side
_DRAWS = 60

Values = NDArray[np.floating[Any]]


class PictureQuizError(ValueError):
    """A round that can't be made: one sentence says why."""


@dataclass(frozen=True, eq=False)
class PictureKernel:
    """A kernel with what is to be seen in its result, in one sentence."""

    name: str
    weights: Kernel
    effect: str


@dataclass(frozen=True, eq=False)
class PictureRound:
    """`results[i]` (H, W) is the picture's brightness after `kernels[answer[i]]`, rim repeated."""

    kernels: tuple[PictureKernel, ...]
    results: tuple[Values, ...]
    answer: tuple[int, ...]


@memoised
def make_picture_round(image: Image, seed: int, level: int = 1) -> PictureRound:
    """The round of that number and level (1 to 3) on a picture, the same each time.

    Of some draws of kernels the one whose results are farthest apart; a picture without structure has none.
    Raises PictureQuizError for other levels and seeds, and for a picture on which results can't be told apart.
    """
    if level not in LEVELS or seed < 0:
        raise PictureQuizError(
            f"There is no round {seed} of level {level}; take a round from 0 on, a level from 1 to 3."
        )
    values = grey(image, SIDE)
    source = np.random.default_rng([seed, level, 2])
    best, apart = None, 0.0
    for _ in range(_DRAWS):
        chosen = tuple(_POOLS[level][int(i)] for i in source.permutation(len(_POOLS[level]))[:COUNT])
        results = [_result(values, kernel) for kernel in chosen]
        least = min(_distance(a, b) for a, b in combinations(results, 2))
        if least > apart:
            best, apart = (chosen, results), least
        if apart > _ENOUGH[level]:
            break
    if best is None or apart < 0.02:
        raise PictureQuizError("This picture is too plain: every kernel makes nearly the same of it. Take another one.")
    chosen, results = best
    order = tuple(int(i) for i in source.permutation(COUNT))
    return PictureRound(chosen, tuple(results[i] for i in order), order)


def _result(values: Values, kernel: PictureKernel) -> Values:
    answers = convolve(values, kernel.weights, padding="replicate")
    return read_only(without_rounding(answers, values, kernel.weights))


def _distance(one: Values, other: Values) -> float:
    """How unlike two results look, each shown in full contrast: 0 for the same, 1.4 for unrelated ones."""
    units = [(values - values.mean()) / (np.linalg.norm(values - values.mean()) or 1.0) for values in (one, other)]
    return float(np.linalg.norm(units[0] - units[1]))


def _fixed(name: str, effect: str, weights: Kernel) -> PictureKernel:
    return PictureKernel(name, weights.astype(np.float32), effect)


def _at(name: str, make: Callable[[float, float], Kernel], angle: int, effect: str) -> PictureKernel:
    return _fixed(f"{name} at {angle}°", effect.format(angle=angle), make(angle, 1.5))


_EDGE = "what runs at {angle}° stands out, bright on one side and dark on the other; what crosses it is gone."
_LINE = "thin lines at {angle}° light up; lines that cross them are gone."
_ACROSS = _fixed("Sobel", "upright edges stand out, level ones are gone: left minus right.", kernels.sobel())
_DOWN = _fixed(
    "Sobel, transposed", "level edges stand out, upright ones are gone: above minus below.", kernels.sobel().T
)
_BLUR = _fixed("Gaussian", "fine detail is gone; the weights sum to 1, so brightness stays.", kernels.gaussian(2.5))
_WIDE = _fixed(
    "box of 11", "much is gone, and bright points become squares: all weights are alike.", kernels.uniform(11)
)
_NEGATIVE = _fixed("minus one", "the picture itself, with dark and bright exchanged.", -kernels.identity(1))
_LAPLACIAN = _fixed(
    "Laplacian", "thin outlines on both sides of every edge, whichever way it runs.", kernels.laplacian()
)
_EMBOSS = _fixed("emboss", "the picture stays, as if lit from the lower right.", kernels.emboss())
_SHARP = _fixed("sharpen", "the picture stays; edges get a bright and a dark rim.", kernels.sharpen(1.5))
_POOLS: dict[int, tuple[PictureKernel, ...]] = {
    1: (_ACROSS, _DOWN, _BLUR, _NEGATIVE, _LAPLACIAN),
    2: (_ACROSS, _DOWN, _BLUR, _WIDE, _LAPLACIAN, _EMBOSS, _SHARP),
    3: (
        *(_at("edge", kernels.edge, angle, _EDGE) for angle in (0, 45, 90, 135)),
        *(_at("line", kernels.line, angle, _LINE) for angle in (0, 45, 90, 135)),
    ),
}
_ENOUGH = {1: 0.5, 2: 0.3, 3: 0.4}
