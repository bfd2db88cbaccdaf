"""Gradient ascent on the pictures of many objectives at once: the loop, and beneath it what a step is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Generator, Tensor

from explorer.compute import compute_slot, in_parallel, passes_at_once
from explorer.maximization.ensemble import Member, ensemble_of, penalized_scores, scores_of_views
from explorer.maximization.objectives import Objective, check_objective, layers_of
from explorer.maximization.redirected_relu import ascent_gradient
from explorer.maximization.settings import MaximizationSettings
from explorer.maximization.transforms import Views, resized
from explorer.networks.gradients.derivatives import derivative
from explorer.networks.loading import Network, to_tensor
from explorer.networks.normalized import in_grey
from explorer.pictures.crops import resize_crop

REDIRECTED_STEPS = 16  #: during the first so many steps, dead units get the gradients that their shut gates block


@dataclass(frozen=True, eq=False)
class Ascent:
    """One step of a batch: pictures (N, 3, S, S) in [0, 1], and for which (N,) of them the gradient was all zero.

    `mattered` (N, S, S) is the size of the gradient at each pixel, summed over the steps so far.
    """

    number: int
    pictures: Tensor
    zero_gradient: Tensor
    mattered: Tensor


def ascend(
    network: Network,
    objectives: Sequence[Objective],
    seeds: Sequence[int],
    settings: MaximizationSettings,
    *,
    diversity: float = 0.0,
) -> Iterator[Ascent]:
    """Maximize many objectives at once, of any layers. Picture i is made for objective i from seed i.

    Without diversity each comes out as it would alone, up to rounding. Raises NetworkError at once for a unit the
    network lacks.
    """
    assert len(objectives) == len(seeds)
    for objective in objectives:
        check_objective(network, objective)
    if diversity or len(objectives) == 1 or network.device.type != "cpu" or passes_at_once() == 1:
        return gradient_ascent(network, objectives, seeds, settings, diversity)
    alone = [gradient_ascent(network, [one], [seed], settings) for one, seed in zip(objectives, seeds, strict=True)]
    return _ascend_in_parallel(alone, settings.steps)


def _ascend_in_parallel(ascents: Sequence[Iterator[Ascent]], steps: int) -> Iterator[Ascent]:
    """Ascents that know nothing of each other, so that each step of theirs is done at the same time on another core."""
    for number in range(steps + 1):
        several = in_parallel([partial(next, one) for one in ascents])
        with gradients(False):
            pictures, flat, mattered = (
                torch.cat(parts)
                for parts in zip(*[(one.pictures, one.zero_gradient, one.mattered) for one in several], strict=True)
            )
        yield Ascent(number, pictures, flat, mattered)


def gradient_ascent(
    network: Network,
    objectives: Sequence[Objective],
    seeds: Sequence[int],
    settings: MaximizationSettings,
    diversity: float = 0.0,
) -> Iterator[Ascent]:
    """Step by step: draw views, score what the network sees in them, and follow the gradient of the scores.

    Olah, Mordvintsev & Schubert, "Feature Visualization", Distill 2017. The last step is not regularized, as in
    Yosinski's toolbox.
    """
    preset, size, steps = settings.preset, settings.size, settings.steps
    form, regularizer = preset.parameterization, preset.regularizer
    ensemble = ensemble_of(network, objectives, preset)
    sources = [Generator().manual_seed(seed) for seed in seeds]
    with gradients(False):
        optimizer = preset.optimizer.begin(steps)
        x = start_parameters(network, settings, sources)
        pictures = as_seen(network, form.pictures(x, size))
        flat, mattered = torch.zeros(len(x), dtype=torch.bool), torch.zeros_like(pictures[:, 0])
    yield Ascent(0, pictures, flat, mattered)
    for number in range(1, steps + 1):
        early = number <= REDIRECTED_STEPS
        # At first without the prior, whose gradient would hide that a unit is dead.
        members = [replace(one, prior=None) for one in ensemble] if early else ensemble
        views = [_views(settings, sources, one.network, number) for one in members]
        with compute_slot(len(x) * preset.views):
            with gradients(True):
                x = x.detach().requires_grad_()
                total = ascended(members, settings, _followed(form.pictures(x, size), mattered), views, diversity).sum()
                if not total.requires_grad and _see_the_picture(network, objectives):
                    derivative(total, x)  # says why there is no gradient
            with gradients(False):
                gradient, without = ascent_gradient(total, x, redirect=early)
                flat = without.cpu() if early or preset.prior is None else flat
                del total  # with its graph, which an ascent that waits for its turn would hold: up to 100 MB
                x = x.detach() + optimizer(gradient)
                if regularizer is not None and number < steps:
                    x = regularizer.applied(x, gradient, number)
                x = form.bounded(x)
                pictures = as_seen(network, form.pictures(x, size))
        yield Ascent(number, pictures, flat, mattered.clone())


def _views(
    settings: MaximizationSettings, sources: Sequence[Generator], network: Network, number: int
) -> Views | None:  # fmt: skip
    """The views in which a network sees the pictures at a step; None: as they are."""
    preset = settings.preset
    if preset.transform is None:
        return None
    return preset.transform.draw(sources, network.input_size, preset.views, (number - 1) / settings.steps)


def _followed(pictures: Tensor, mattered: Tensor) -> Tensor:
    """The same pictures; the size of their gradient, when it is taken, is added to `mattered` (N, S, S)."""

    def add(gradient: Tensor) -> None:
        mattered.add_(gradient.detach().abs().mean(1).nan_to_num(0, 0, 0))

    if pictures.requires_grad:
        pictures.register_hook(add)
    return pictures


def as_seen(network: Network, pictures: Tensor) -> Tensor:
    """Pictures (N, 3, S, S) as a network sees them: grey where it sees no colour."""
    return in_grey(pictures) if network.channels == 1 else pictures


def _see_the_picture(network: Network, objectives: Sequence[Objective]) -> bool:
    """Whether any layer that is asked depends on the picture."""
    return any(network.sees_the_picture(name) for one in objectives for name in layers_of(one))


def start_parameters(network: Network, settings: MaximizationSettings, sources: Sequence[Generator]) -> Tensor:
    """The parameters x (N, …) of the first pictures: the settings' `start`, or noise from each source."""
    form, size = settings.preset.parameterization, settings.size
    x = torch.stack([form.start(size, source) for source in sources]).to(network.device)
    if settings.start is None:
        return x
    pixels = resize_crop(settings.start, size, size).pixels[None]
    return form.of(to_tensor(pixels, network.device)).expand_as(x)


def ascended(
    ensemble: Sequence[Member],
    settings: MaximizationSettings,
    pictures: Tensor,
    views: Sequence[Views | None],
    diversity: float = 0.0,
) -> Tensor:
    """What the gradient ascends, (N,): from pictures to each member's views of them, to what is recorded, to scores.

    Minus the scores if the objectives are to be minimized; differentiable.
    """
    scores = []
    for member, drawn in zip(ensemble, views, strict=True):
        seen = resized(pictures, member.network.input_size) if drawn is None else drawn.of(pictures)
        scores.append(penalized_scores(member, seen, drawn, diversity, settings.sign))
    return torch.stack(scores).sum(0)


def scores(network: Network, pictures: Tensor, objectives: Sequence[Objective]) -> Tensor:
    """The score (N,), on the CPU, of objective i in picture i of (N, 3, S, S), resized to the network's input size."""
    with compute_slot(len(pictures)), torch.inference_mode():
        return scores_of_views(network, resized(pictures, network.input_size), objectives).cpu()


def gradients(on: bool) -> ExitStack:
    """Recording gradients or not in this block, whatever the caller has switched on for its thread."""
    stack = ExitStack()
    stack.enter_context(torch.inference_mode(False))
    stack.enter_context(torch.set_grad_enabled(on))
    return stack
