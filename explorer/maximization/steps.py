"""Maximization as its callers see it: step by step, a picture and its score."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from torch import Generator, Tensor

from explorer.maximization.gradient_ascent import Ascent, ascend, gradients, scores
from explorer.maximization.objectives import Caricature, Objective
from explorer.maximization.parameterizations import Fourier
from explorer.maximization.presets import DEFAULT, MaximizeError, Preset
from explorer.maximization.settings import MaximizationSettings
from explorer.networks.loading import Network
from explorer.pictures.images import Image, from_array


@dataclass(frozen=True)
class Step:
    """Step 0 is the start. `image` has 8-bit values; `score` is the unit's value in it, untransformed, before rounding.

    `dead`: no gradient reached this step, and the unit is not better off than at the start. `mattered` (S, S) is the
    size of the gradient at each pixel, summed over the steps so far.
    """

    number: int
    image: Image
    score: float
    dead: bool = False
    mattered: NDArray[np.float32] = field(default_factory=lambda: np.zeros((1, 1), np.float32), compare=False)


def maximize(
    network: Network,
    unit: Objective,
    *,
    size: int = 128,
    steps: int = 128,
    seed: int = 0,
    method: str | Preset = DEFAULT,
    minimize: bool = False,
    start: Image | None = None,
) -> Iterator[Step]:
    """Gradient ascent from noise to a size × size picture that excites `unit` most (or least), a `Step` at a time.

    The settings are those of `MaximizationSettings`. The network sees the whole picture, resized to its input size. A
    Caricature starts from its photograph. On the CPU, the same seed gives the same bits. To stop, close the iterator.
    Raises, here and not at step 0, NetworkError for a unit the network lacks and MaximizeError for other settings.
    """
    many = diverse_pictures(
        network, unit, MaximizationSettings(size, steps, method, minimize, start), count=1, seed=seed
    )
    return (step for (step,) in many)


def diverse_pictures(
    network: Network,
    unit: Objective,
    settings: MaximizationSettings | None = None,
    *,
    count: int = 4,
    seed: int = 0,
    diversity: float = 1.0,
) -> Iterator[tuple[Step, ...]]:
    """As `maximize`, but `count` pictures at a time, from as many seeds, which are kept from being alike.

    What each loses for being like the others is the share `diversity` of its own score times its
    `objectives.style_similarity`; the scores told are without it. Raises as `maximize` does.
    """
    settings = settings or MaximizationSettings()
    if count < 1:
        raise MaximizeError(f"At least one picture is made, not {count}.")
    if isinstance(unit, Caricature) and settings.start is None:
        settings = replace(settings, start=unit.image)
    seeds = range(seed, seed + count)
    ascents = ascend(network, [unit] * count, seeds, settings, diversity=diversity if count > 1 else 0.0)
    return _steps(network, unit, ascents, settings.sign)


def _steps(network: Network, unit: Objective, ascents: Iterator[Ascent], sign: int) -> Iterator[tuple[Step, ...]]:
    first: Tensor | None = None
    for ascent in ascents:
        found = scores(network, ascent.pictures, [unit] * len(ascent.pictures))
        first = found if first is None else first
        dead = ascent.zero_gradient & (sign * found <= sign * first)
        yield tuple(
            Step(ascent.number, to_image(picture, unit.name), float(score), bool(none), mattered.float().cpu().numpy())
            for picture, score, none, mattered in zip(ascent.pictures, found, dead, ascent.mattered, strict=True)
        )


def noise(size: int, seed: int = 0) -> Image:
    """Mid-grey with a little noise of all scales, for pictures that are to begin alike."""
    form = Fourier()
    with gradients(False):
        return to_image(form.pictures(form.start(size, Generator().manual_seed(seed))[None], size)[0], "noise")


def to_image(picture: Tensor, name: str) -> Image:
    """A picture (3, S, S) rounded to 8-bit values."""
    levels = (picture.permute(1, 2, 0).cpu().numpy() * np.float32(255)).round()
    return from_array(levels.astype(np.uint8), name)
