"""The climb itself: many objectives at once, one picture each; `maximize` is the case of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import torch
from torch import Generator, Tensor

from explorer.compute import heavy
from explorer.maximize.objectives import Dream, Objective, check_objective, unit_scores
from explorer.maximize.parameterizations import Fourier
from explorer.maximize.presets import DEFAULT, METHODS, MaximizeError, Preset
from explorer.maximize.redirect import OpenGates
from explorer.maximize.transforms import Views, resized
from explorer.networks.loading import Network, to_tensor
from explorer.pictures.images import Image, from_array, resize_crop

SIZES = (4, 2048)  #: sides that a picture may have, in pixels
REDIRECTED_STEPS = 16  #: during the first so many steps, dead units get the gradients that their shut gates block


@dataclass(frozen=True)
class Step:
    """Step 0 is the start. `image` has 8-bit values; `score` is the unit's value in it, untransformed, before rounding.

    `dead`: no gradient reached this step, and the unit is not better off than at the start.
    """

    number: int
    image: Image
    score: float
    dead: bool = False


@dataclass(frozen=True, eq=False)
class Ascent:
    """One step of a batch: pictures (N, 3, S, S) in [0, 1], and for which (N,) of them the gradient was all zero."""

    number: int
    pictures: Tensor
    flat: Tensor


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
    """Climb from noise to a size × size picture that excites `unit` most (or least), one `Step` at a time.

    `method` is a name in METHODS or a Preset of your own. The network sees the whole picture, enlarged or reduced to
    its input size. A Dream starts from its photograph, others from the middle of `start` if one is given. On the CPU,
    the same seed gives the same bits. To stop, close the iterator. Raises, here and not at step 0, NetworkError for a
    unit the network lacks and MaximizeError for other settings.
    """
    many = answers(
        network, unit, count=1, size=size, steps=steps, seed=seed, method=method, minimize=minimize, start=start
    )
    return (step for (step,) in many)


def answers(
    network: Network,
    unit: Objective,
    *,
    count: int = 4,
    diversity: float = 1.0,
    size: int = 128,
    steps: int = 128,
    seed: int = 0,
    method: str | Preset = DEFAULT,
    minimize: bool = False,
    start: Image | None = None,
) -> Iterator[tuple[Step, ...]]:
    """As `maximize`, but `count` pictures at a time, from as many seeds, which are kept from being alike.

    What each loses for being like the others is that share, `diversity`, of its own score (`objectives.likeness`);
    the scores told are without it. Raises as `maximize` does.
    """
    preset = check_settings(size, steps, method)
    if count < 1:
        raise MaximizeError(f"At least one picture is made, not {count}.")
    if isinstance(unit, Dream) and start is None:
        start = unit.image
    climb = ascend(
        network, [unit] * count, seeds=range(seed, seed + count), size=size, steps=steps, preset=preset,
        minimize=minimize, start=start, diversity=diversity if count > 1 else 0.0,
    )  # fmt: skip
    return _steps(network, unit, climb, -1 if minimize else 1)


def _steps(network: Network, unit: Objective, climb: Iterator[Ascent], sign: int) -> Iterator[tuple[Step, ...]]:
    first: Tensor | None = None
    for ascent in climb:
        found = scores(network, ascent.pictures, [unit] * len(ascent.pictures))
        first = found if first is None else first
        dead = ascent.flat & (sign * found <= sign * first)
        yield tuple(
            Step(ascent.number, to_image(picture, unit.name), float(score), bool(none))
            for picture, score, none in zip(ascent.pictures, found, dead, strict=True)
        )


def noise(size: int, seed: int = 0) -> Image:
    """Mid-grey with a little noise of all scales, for climbs that are to begin alike."""
    form = Fourier()
    with _gradients(False):
        return to_image(form.pictures(form.start(size, Generator().manual_seed(seed))[None], size)[0], "noise")


def to_image(picture: Tensor, name: str) -> Image:
    """A picture (3, S, S) rounded to 8-bit values."""
    levels = (picture.permute(1, 2, 0).cpu().numpy() * np.float32(255)).round()
    return from_array(levels.astype(np.uint8), name)


def check_settings(size: int, steps: int, method: str | Preset) -> Preset:
    """The preset meant. Raises MaximizeError for what can't be used."""
    if size not in range(SIZES[0], SIZES[1] + 1):
        raise MaximizeError(f"The picture's side is {SIZES[0]} to {SIZES[1]} whole pixels, not {size}.")
    if steps < 1:
        raise MaximizeError(f"Maximization takes at least one step, not {steps}.")
    if isinstance(method, Preset):
        return method
    if method not in METHODS:
        raise MaximizeError(f"The method is one of {', '.join(METHODS)}, not {method!r}.")
    return METHODS[method]


def ascend(
    network: Network,
    units: Sequence[Objective],
    *,
    seeds: Sequence[int],
    size: int,
    steps: int,
    preset: Preset,
    minimize: bool = False,
    start: Image | None = None,
    diversity: float = 0.0,
) -> Iterator[Ascent]:
    """Climb for many objectives at once, of any layers: a pass stops after the last. Picture i is unit i's from seed i.

    Without diversity each comes out as it would alone, up to rounding. Raises NetworkError at once for a unit the
    network lacks.
    """
    assert len(units) == len(seeds)
    for unit in units:
        check_objective(network, unit)
    climb = _Climb(network, tuple(units), size, preset, -1 if minimize else 1, diversity)
    return _ascents(climb, seeds, steps, start)


@dataclass(frozen=True)
class _Climb:
    """What stays the same from step to step."""

    network: Network
    units: tuple[Objective, ...]
    size: int
    preset: Preset
    sign: int
    diversity: float = 0.0

    def pictures(self, parameters: Tensor) -> Tensor:
        return self.preset.parameterization.pictures(parameters, self.size)

    def heights(self, parameters: Tensor, views: Views | None) -> Tensor:
        """What is climbed, (N,): the units' scores in the views, downwards if they are to be minimized."""
        pictures = self.pictures(parameters)
        seen = resized(pictures, self.network.input_size) if views is None else views.of(pictures)
        photographs = _photographs(self.network, self.units, views, pictures)
        return self.sign * unit_scores(self.network, seen, self.units, photographs, diversity=self.diversity)

    def moved(self, x: Tensor, change: Tensor, gradient: Tensor, number: int, *, last: bool) -> Tensor:
        """The parameters after step `number`. The last is not regularized, as in Yosinski's toolbox."""
        x = x + change
        regularizer = self.preset.regularizer
        if regularizer is not None and not last:
            x = regularizer.applied(x, gradient, number)
        return self.preset.parameterization.bounded(x)


def _photographs(network: Network, units: Sequence[Objective], views: Views | None, like: Tensor) -> dict[int, Tensor]:
    """What the dreams among the objectives are dreamt of, (1, 3, S, S) each, in the same views and of `like`'s type."""
    dreamt = {i: network.tensor(unit.image).to(like) for i, unit in enumerate(units) if isinstance(unit, Dream)}
    return dreamt if views is None else {i: views.one(i).of(picture) for i, picture in dreamt.items()}


def _ascents(climb: _Climb, seeds: Sequence[int], steps: int, start: Image | None) -> Iterator[Ascent]:
    form, transform = climb.preset.parameterization, climb.preset.transform
    change = climb.preset.optimizer.begin()
    sources = [Generator().manual_seed(seed) for seed in seeds]
    with _gradients(False):
        x = torch.stack([form.start(climb.size, source) for source in sources]).to(climb.network.device)
        if start is not None:
            x = form.of(_square(start, climb)).expand_as(x)
        ascent = Ascent(0, climb.pictures(x), torch.zeros(len(x), dtype=torch.bool))
    yield ascent
    for number in range(1, steps + 1):
        views = None if transform is None else transform.draw(sources, climb.network.input_size)
        with heavy(), _gradients(False):
            gradient, flat = _gradient(climb, x, views, redirect=number <= REDIRECTED_STEPS)
            x = climb.moved(x, change(gradient), gradient, number, last=number == steps)
            ascent = Ascent(number, climb.pictures(x), flat.cpu())
        yield ascent


def _square(start: Image, climb: _Climb) -> Tensor:
    return to_tensor(resize_crop(start, climb.size, climb.size).pixels[None], climb.network.device)


def _gradient(climb: _Climb, x: Tensor, views: Views | None, *, redirect: bool) -> tuple[Tensor, Tensor]:
    """The gradient of each picture's height by its parameters, and for which it was all zero before redirection."""
    x = x.detach().requires_grad_()
    with _gradients(True):
        height = climb.heights(x, views).sum()
    gradient = _derivative(height, x)
    flat = gradient.flatten(1).abs().amax(1) == 0
    if redirect and flat.any():
        with OpenGates():
            opened = _derivative(height, x)
        gradient = torch.where(flat.view(-1, *[1] * (x.ndim - 1)), opened, gradient)
    return gradient, flat


def _derivative(height: Tensor, x: Tensor) -> Tensor:
    if not height.requires_grad:  # a layer that no gradient passes
        return torch.zeros_like(x)
    (gradient,) = torch.autograd.grad(height, x, retain_graph=True)
    return gradient.nan_to_num(0, 0, 0)  # a visitor's network may divide by zero


def _gradients(on: bool) -> ExitStack:
    """Recording gradients or not in this block, whatever the caller has switched on for its thread."""
    stack = ExitStack()
    stack.enter_context(torch.inference_mode(False))
    stack.enter_context(torch.set_grad_enabled(on))
    return stack


def scores(network: Network, pictures: Tensor, units: Sequence[Objective]) -> Tensor:
    """The score (N,), on the CPU, of objective i in picture i of (N, 3, S, S), resized to the network's input size."""
    with heavy(), torch.inference_mode():
        seen = resized(pictures, network.input_size)
        return unit_scores(network, seen, units, _photographs(network, units, None, seen)).cpu()
