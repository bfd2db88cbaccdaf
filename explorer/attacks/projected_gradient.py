"""Projected gradient descent (PGD; Madry et al. 2018), for one picture or many, and its single step, FGSM."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from torch import Tensor

from explorer.attacks.goals import Goal, check_settings
from explorer.attacks.gradient_steps import GradientStep, gradient_steps, points
from explorer.attacks.iterates import Iterate, as_iterates
from explorer.attacks.losses import away_from, towards
from explorer.attacks.norms import normalize, project, random_point
from explorer.attacks.passes import GradientAt, Model, goal_gradient, loss_gradient
from explorer.networks.loading import Network
from explorer.pictures.images import Image


def projected_gradient_steps(
    gradient_at: GradientAt,
    pictures: Tensor,
    *,
    norm: str,
    epsilon: float,
    steps: int,
    step_size: float | None = None,
    momentum: float = 0.0,
    start: Tensor | None = None,
) -> Iterator[GradientStep]:
    """Steps of `step_size` (ε/8) along the gradient, each projected back into the ball and cut to [0, 1].

    Madry et al. 2018, section 2.1. For pictures (N, …) at once, each by itself, from `start` or from themselves.
    """
    size = epsilon / 8 if step_size is None else step_size

    def update(x: Tensor, direction: Tensor, _number: int) -> Tensor:
        return project(x + size * normalize(direction, norm), pictures, norm, epsilon).clamp(0, 1)

    return gradient_steps(gradient_at, pictures if start is None else start, update, steps=steps, momentum=momentum)


def fgsm(network: Network, image: Image, goal: Goal, *, norm: str, epsilon: float) -> Iterator[Iterate]:
    """The fast gradient sign method (Goodfellow et al. 2015): one step of the whole ε. Raises AttackError."""
    return pgd(network, image, goal, norm=norm, epsilon=epsilon, steps=1, step_size=epsilon or None)


def pgd(
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
    """Projected gradient descent on one picture, an iterate at a time: number 0 is the start.

    `epsilon` and `step_size` (ε/8) are in pixel units; with momentum it is Dong et al. 2018. Raises AttackError.
    """
    check_settings(norm, epsilon, steps, step_size)
    picture = network.tensor(image)
    walk = projected_gradient_steps(
        goal_gradient(network, goal), picture,
        norm=norm, epsilon=epsilon, steps=steps, step_size=step_size, momentum=momentum,
        start=random_point(picture, norm, epsilon, seed) if random_start else None,
    )  # fmt: skip
    yield from as_iterates(walk, network, goal)


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
    """PGD on many pictures (N, 3, S, S) at once, away from `classes` (N,) or, when targeted, towards them.

    The pictures that come out are within `epsilon` and in [0, 1], not rounded. `model` gives logits and must be in
    eval mode; each pass waits for a `compute_slot`, so don't hold one. Raises AttackError.
    """
    check_settings(norm, epsilon, steps, step_size)
    *_, last = points(projected_gradient_steps(
        partial(loss_gradient, model, loss=towards(classes) if targeted else away_from(classes)), pictures,
        norm=norm, epsilon=epsilon, steps=steps, step_size=step_size, momentum=momentum,
        start=random_point(pictures, norm, epsilon, seed) if random_start else None,
    ))  # fmt: skip
    return last
