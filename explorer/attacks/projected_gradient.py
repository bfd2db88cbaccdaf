"""Projected gradient steps: the one loop, for one picture or many, and the iterates that a page draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

import torch
from torch import Tensor

from explorer.attacks.goals import Goal, check
from explorer.attacks.losses import Loss, away_from, loss_of, towards
from explorer.attacks.norms import normalize, project, random_point
from explorer.compute import compute_slot
from explorer.networks.gradients.derivatives import derivative
from explorer.networks.gradients.folded import for_gradients
from explorer.networks.loading import Network
from explorer.pictures.images import Image

Model = Callable[[Tensor], Tensor]  #: pictures (N, 3, S, S) in [0, 1] to logits (N, classes)
_TINY = 1e-12


@dataclass(frozen=True, eq=False)
class Iterate:
    """One step of an attack: `x` (1, 3, S, S) before rounding, and what the network says of it."""

    number: int
    x: Tensor
    logits: Tensor  #: (1, classes)
    goal: Goal

    @property
    def label_probability(self) -> float:
        """What the network gives the label, 0 to 1."""
        return float(self._shares[self.goal.label])

    @property
    def target_probability(self) -> float | None:
        """What it gives the target, 0 to 1; None without a target."""
        return None if self.goal.target is None else float(self._shares[self.goal.target])

    @property
    def progress(self) -> float:
        """How near the goal is: what the network gives the target or, without one, minus what it gives the label."""
        towards = self.target_probability
        return -self.label_probability if towards is None else towards

    @property
    def reached(self) -> bool:
        """Whether the goal is reached before rounding."""
        return self.goal.reached(int(self.logits.argmax()))

    @cached_property
    def _shares(self) -> Tensor:
        return self.logits.softmax(1)[0].cpu()


class GradientStep(NamedTuple):
    """A point (N, …), the logits (N, classes) there, and the point that the step moved to."""

    x: Tensor
    logits: Tensor
    moved: Tensor


def projected_gradient(
    gradient_at: Callable[[Tensor], tuple[Tensor, Tensor]],
    pictures: Tensor,
    *,
    norm: str,
    epsilon: float,
    steps: int,
    step_size: float,
    momentum: float = 0.0,
    start: Tensor | None = None,
) -> Iterator[GradientStep]:
    """The one loop: steps of `step_size` along the gradient, each brought back into the ball and into [0, 1].

    Madry et al. 2018, section 2.1. For pictures (N, …) at once, each for itself, from `start` or from themselves.
    `gradient_at` gives logits and gradient at a point.
    """
    x = pictures if start is None else start
    past = torch.zeros_like(x)
    for _ in range(steps):
        scores, gradient = gradient_at(x)
        past = with_momentum(past, gradient, momentum)
        moved = project(x + step_size * normalize(past, norm), pictures, norm, epsilon).clamp(0, 1)
        yield GradientStep(x, scores, moved)
        x = moved


def with_momentum(past: Tensor, gradient: Tensor, momentum: float) -> Tensor:
    """Dong et al. 2018, eq. 6: the gradient, each one's absolute values summing to 1, on top of the past."""
    if not momentum:
        return gradient
    sizes = gradient.flatten(1).abs().sum(1).clamp(min=_TINY).view(-1, 1, 1, 1)
    return momentum * past + gradient / sizes


def fgsm(network: Network, image: Image, goal: Goal, *, norm: str, epsilon: float) -> Iterator[Iterate]:
    """The fast gradient sign method (Goodfellow et al. 2015): one step of the whole ε. Raises AttackError."""
    return iterates(network, image, goal, norm=norm, epsilon=epsilon, steps=1, step_size=epsilon or None)


def iterates(
    network: Network,
    image: Image,
    goal: Goal,
    *,
    norm: str,
    epsilon: float,
    steps: int,
    step_size: float | None = None,
    momentum: float = 0.0,
    random_start: bool = False,
    seed: int = 0,
) -> Iterator[Iterate]:
    """Projected gradient steps for one picture, one at a time: number 0 is the start. Raises AttackError."""
    check(norm, epsilon, steps, step_size)
    start = network.tensor(image)
    loop = projected_gradient(
        partial(loss_gradient, for_gradients(network), loss=loss_of(goal)), start,
        norm=norm, epsilon=epsilon, steps=steps, step_size=epsilon / 8 if step_size is None else step_size,
        momentum=momentum, start=random_point(start, norm, epsilon, seed) if random_start else None,
    )  # fmt: skip
    yield from told(loop, network, goal)


def told(loop: Iterator[GradientStep], network: Network, goal: Goal) -> Iterator[Iterate]:
    """The loop's pictures, each with what the network says of it: number 0 is the start, the last where it ended."""
    for number, step in enumerate(loop):
        yield Iterate(number, step.x, step.logits, goal)
    yield Iterate(number + 1, step.moved, logits(network.module, step.moved), goal)


def attack_batch(
    model: Model,
    pictures: Tensor,
    classes: Tensor,
    *,
    norm: str,
    epsilon: float,
    steps: int,
    step_size: float | None = None,
    targeted: bool = False,
    momentum: float = 0.0,
    random_start: bool = False,
    seed: int = 0,
) -> Tensor:
    """Attack many pictures (N, 3, S, S) at once, away from `classes` (N,) or, when targeted, towards them.

    The pictures that come out are within `epsilon` and in [0, 1], not rounded. `model` gives logits and must be in
    eval mode; each pass waits for its turn (`compute_slot`), so don't hold one. Raises AttackError.
    """
    check(norm, epsilon, steps, step_size)
    loop = projected_gradient(
        partial(loss_gradient, model, loss=towards(classes) if targeted else away_from(classes)), pictures,
        norm=norm, epsilon=epsilon, steps=steps, step_size=epsilon / 8 if step_size is None else step_size,
        momentum=momentum, start=random_point(pictures, norm, epsilon, seed) if random_start else None,
    )  # fmt: skip
    *_, last = loop
    return last.moved


def loss_gradient(model: Model, x: Tensor, loss: Loss) -> tuple[Tensor, Tensor]:
    """Logits (N, classes) at x, and each picture's gradient of its loss. Waits for its turn (`compute_slot`)."""
    with compute_slot(len(x)):
        return bare_loss_gradient(model, x, loss)


def bare_loss_gradient(model: Model, x: Tensor, loss: Loss) -> tuple[Tensor, Tensor]:
    """As `loss_gradient`, for who has the turn."""
    with torch.inference_mode(False), torch.enable_grad():
        x = x.detach().clone().requires_grad_()
        scores = model(x)
        gradient = derivative(loss(scores).sum(), x)
    return scores.detach(), gradient


def logits(model: Model, x: Tensor) -> Tensor:
    """The logits (N, classes) of pictures (N, 3, S, S), without gradients."""
    with compute_slot(len(x)), torch.inference_mode():
        return model(x)
