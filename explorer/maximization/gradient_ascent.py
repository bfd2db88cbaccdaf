"""The climb itself: gradient ascent on the pictures of many objectives at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from explorer.compute import compute_slot, passes_at_once
from explorer.maximization.objectives import Caricature, Objective, check_objective, unit_scores
from explorer.maximization.presets import Preset
from explorer.maximization.redirected_relu import RedirectedReLU
from explorer.maximization.settings import MaximizationSettings
from explorer.maximization.transforms import Views, resized
from explorer.networks.loading import Network, to_tensor
from explorer.pictures.images import resize_crop

REDIRECTED_STEPS = 16  #: during the first so many steps, dead units get the gradients that their shut gates block


@dataclass(frozen=True, eq=False)
class Ascent:
    """One step of a batch: pictures (N, 3, S, S) in [0, 1], and for which (N,) of them the gradient was all zero."""

    number: int
    pictures: Tensor
    flat: Tensor


def ascend(
    network: Network,
    units: Sequence[Objective],
    seeds: Sequence[int],
    settings: MaximizationSettings,
    *,
    diversity: float = 0.0,
) -> Iterator[Ascent]:
    """Climb for many objectives at once, of any layers: a pass stops after the last. Picture i is unit i's from seed i.

    Without diversity each comes out as it would alone, up to rounding. Raises NetworkError at once for a unit the
    network lacks.
    """
    assert len(units) == len(seeds)
    for unit in units:
        check_objective(network, unit)
    if diversity or network.device.type != "cpu" or passes_at_once() == 1:
        return _ascents(Climb(network, tuple(units), settings, diversity), seeds)
    climbs = [_ascents(Climb(network, (unit,), settings), [seed]) for unit, seed in zip(units, seeds, strict=True)]
    return _abreast(climbs, settings.steps)


def _abreast(climbs: Sequence[Iterator[Ascent]], steps: int) -> Iterator[Ascent]:
    """Climbs that know nothing of each other, so that each step of theirs is done at the same time on another core."""
    with ThreadPoolExecutor(passes_at_once()) as pool:
        for number in range(steps + 1):
            ascents = list(pool.map(next, climbs))
            with gradients(False):
                pictures = torch.cat([ascent.pictures for ascent in ascents])
            yield Ascent(number, pictures, torch.cat([ascent.flat for ascent in ascents]))


def _ascents(climb: Climb, seeds: Sequence[int]) -> Iterator[Ascent]:
    sources = [Generator().manual_seed(seed) for seed in seeds]
    change = climb.preset.optimizer.begin()
    with gradients(False):
        x = climb.begin(sources)
        ascent = Ascent(0, climb.pictures(x), torch.zeros(len(x), dtype=torch.bool))
    yield ascent
    for number in range(1, climb.settings.steps + 1):
        views = climb.draw(sources)
        with compute_slot(len(x)), gradients(False):
            gradient, flat = climb.gradient(x, views, redirect=number <= REDIRECTED_STEPS)
            x = climb.moved(x, change(gradient), gradient, number)
            ascent = Ascent(number, climb.pictures(x), flat.cpu())
        yield ascent


@dataclass(frozen=True)
class Climb:
    """What stays the same from step to step. The parameters x (N, …) are what a parameterization makes pictures of."""

    network: Network
    units: tuple[Objective, ...]
    settings: MaximizationSettings
    diversity: float = 0.0

    @property
    def preset(self) -> Preset:
        return self.settings.preset

    def begin(self, sources: Sequence[Generator]) -> Tensor:
        """The parameters of the start pictures."""
        form, size, start = self.preset.parameterization, self.settings.size, self.settings.start
        x = torch.stack([form.start(size, source) for source in sources]).to(self.network.device)
        if start is None:
            return x
        pixels = resize_crop(start, size, size).pixels[None]
        return form.of(to_tensor(pixels, self.network.device)).expand_as(x)

    def draw(self, sources: Sequence[Generator]) -> Views | None:
        """This step's views, if the method has them."""
        transform = self.preset.transform
        return None if transform is None else transform.draw(sources, self.network.input_size)

    def pictures(self, x: Tensor) -> Tensor:
        return self.preset.parameterization.pictures(x, self.settings.size)

    def heights(self, x: Tensor, views: Views | None) -> Tensor:
        """What is climbed, (N,): the units' scores in the views, downwards if they are to be minimized."""
        pictures = self.pictures(x)
        seen = resized(pictures, self.network.input_size) if views is None else views.of(pictures)
        photographs = _photographs(self.network, self.units, views, pictures)
        return self.settings.sign * unit_scores(self.network, seen, self.units, photographs, diversity=self.diversity)

    def gradient(self, x: Tensor, views: Views | None, *, redirect: bool) -> tuple[Tensor, Tensor]:
        """The gradient of each height by its parameters, and for which (N,) it was all zero before redirection."""
        x = x.detach().requires_grad_()
        with gradients(True):
            height = self.heights(x, views).sum()
        gradient = _derivative(height, x, again=redirect)
        flat = gradient.flatten(1).abs().amax(1) == 0
        if redirect and flat.any():
            with RedirectedReLU():
                opened = _derivative(height, x, again=False)
            gradient = torch.where(flat.view(-1, *[1] * (x.ndim - 1)), opened, gradient)
        return gradient, flat

    def moved(self, x: Tensor, change: Tensor, gradient: Tensor, number: int) -> Tensor:
        """The parameters after step `number`. The last is not regularized, as in Yosinski's toolbox."""
        x = x + change
        if self.preset.regularizer is not None and number < self.settings.steps:
            x = self.preset.regularizer.applied(x, gradient, number)
        return self.preset.parameterization.bounded(x)


def scores(network: Network, pictures: Tensor, units: Sequence[Objective]) -> Tensor:
    """The score (N,), on the CPU, of objective i in picture i of (N, 3, S, S), resized to the network's input size."""
    with compute_slot(len(pictures)), torch.inference_mode():
        seen = resized(pictures, network.input_size)
        return unit_scores(network, seen, units, _photographs(network, units, None, seen)).cpu()


def _photographs(
    network: Network, units: Sequence[Objective], views: Views | None, like: Tensor
) -> Mapping[int, Tensor]:
    """What the dreams among the objectives are dreamt of, (1, 3, S, S) each, in the same views and of `like`'s type."""
    dreamt = {i: network.tensor(unit.image).to(like) for i, unit in enumerate(units) if isinstance(unit, Caricature)}
    return dreamt if views is None else {i: views.one(i).of(picture) for i, picture in dreamt.items()}


def _derivative(height: Tensor, x: Tensor, *, again: bool) -> Tensor:
    """The gradient of the sum of the heights; `again`: it will be asked for once more, so what it needs is kept."""
    if not height.requires_grad:  # a layer that no gradient passes
        return torch.zeros_like(x)
    (gradient,) = torch.autograd.grad(height, x, retain_graph=again)
    return gradient.nan_to_num(0, 0, 0)  # a visitor's network may divide by zero


def gradients(on: bool) -> ExitStack:
    """Recording gradients or not in this block, whatever the caller has switched on for its thread."""
    stack = ExitStack()
    stack.enter_context(torch.inference_mode(False))
    stack.enter_context(torch.set_grad_enabled(on))
    return stack
