"""The climb itself: many units at once, one picture each; `maximize` is the case of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import torch
from torch import Generator, Tensor

from explorer.compute import heavy
from explorer.images import Image, from_array
from explorer.maximize.objectives import Unit, check_unit, unit_scores
from explorer.maximize.presets import DEFAULT, METHODS, Preset
from explorer.maximize.redirect import OpenGates
from explorer.maximize.transforms import Views, resized
from explorer.networks import Network

SIZES = (4, 2048)  #: sides that a picture may have, in pixels
REDIRECTED_STEPS = 16  #: during the first so many steps, dead units get the gradients that their shut gates block


class MaximizeError(ValueError):
    """Settings of a maximization that can't be used: one sentence says why and what to do."""


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
    unit: Unit,
    *,
    size: int = 128,
    steps: int = 128,
    seed: int = 0,
    method: str | Preset = DEFAULT,
    minimize: bool = False,
) -> Iterator[Step]:
    """Climb from noise to a size × size picture that excites `unit` most (or least), one `Step` at a time.

    `method` is a name in METHODS or a Preset of your own. The network sees the whole picture, enlarged or reduced to
    its input size. On the CPU, the same seed gives the same bits. To stop, close the iterator. Raises, here and not at
    step 0, NetworkError for a unit the network lacks and MaximizeError for other settings.
    """
    preset = _checked(size, steps, method)
    climb = ascend(network, [unit], seeds=[seed], size=size, steps=steps, preset=preset, minimize=minimize)
    return _steps(network, unit, climb, -1 if minimize else 1)


def _steps(network: Network, unit: Unit, climb: Iterator[Ascent], sign: int) -> Iterator[Step]:
    start: float | None = None
    for ascent in climb:
        score = float(scores(network, ascent.pictures, [unit])[0])
        start = score if start is None else start
        dead = bool(ascent.flat[0]) and sign * score <= sign * start
        yield Step(ascent.number, to_image(ascent.pictures[0], unit), score, dead)


def to_image(picture: Tensor, unit: Unit) -> Image:
    """A picture (3, S, S) rounded to 8-bit values."""
    levels = (picture.permute(1, 2, 0).cpu().numpy() * np.float32(255)).round()
    return from_array(levels.astype(np.uint8), f"{unit.layer} {unit.channel}")


def _checked(size: int, steps: int, method: str | Preset) -> Preset:
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
    units: Sequence[Unit],
    *,
    seeds: Sequence[int],
    size: int,
    steps: int,
    preset: Preset,
    minimize: bool = False,
) -> Iterator[Ascent]:
    """Climb for many units at once, of any layers: a pass stops after the last. Picture i is unit i's from seed i.

    Each comes out as it would alone, up to rounding. Raises NetworkError at once for a unit the network lacks.
    """
    assert len(units) == len(seeds)
    for unit in units:
        check_unit(network, unit)
    return _ascents(_Climb(network, tuple(units), size, preset, -1 if minimize else 1), seeds, steps)


@dataclass(frozen=True)
class _Climb:
    """What stays the same from step to step."""

    network: Network
    units: tuple[Unit, ...]
    size: int
    preset: Preset
    sign: int

    def pictures(self, parameters: Tensor) -> Tensor:
        return self.preset.parameterization.pictures(parameters, self.size)

    def heights(self, parameters: Tensor, views: Views | None) -> Tensor:
        """What is climbed, (N,): the units' scores in the views, downwards if they are to be minimized."""
        pictures = self.pictures(parameters)
        seen = resized(pictures, self.network.input_size) if views is None else views.of(pictures)
        return self.sign * unit_scores(self.network, seen, self.units)


def _ascents(climb: _Climb, seeds: Sequence[int], steps: int) -> Iterator[Ascent]:
    form, transform = climb.preset.parameterization, climb.preset.transform
    change = climb.preset.optimizer.begin()
    sources = [Generator().manual_seed(seed) for seed in seeds]
    with _gradients(False):
        x = torch.stack([form.start(climb.size, source) for source in sources]).to(climb.network.device)
        ascent = Ascent(0, climb.pictures(x), torch.zeros(len(x), dtype=torch.bool))
    yield ascent
    for number in range(1, steps + 1):
        views = None if transform is None else transform.draw(sources, climb.network.input_size)
        with heavy(), _gradients(False):
            gradient, flat = _gradient(climb, x, views, redirect=number <= REDIRECTED_STEPS)
            x = form.bounded(x + change(gradient))
            ascent = Ascent(number, climb.pictures(x), flat.cpu())
        yield ascent


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


def scores(network: Network, pictures: Tensor, units: Sequence[Unit]) -> Tensor:
    """The score (N,), on the CPU, of unit i in picture i of (N, 3, S, S), resized to the network's input size."""
    with heavy(), torch.inference_mode():
        return unit_scores(network, resized(pictures, network.input_size), units).cpu()
