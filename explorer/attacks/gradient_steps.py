"""The one loop of all gradient attacks: the gradient at a point, then the step that the attack makes of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from explorer.attacks.passes import GradientAt

#: a point, the direction there and the step's number to the next point
Update = Callable[[Tensor, Tensor, int], Tensor]
_TINY = 1e-12


class GradientStep(NamedTuple):
    """A point (N, …), the logits (N, classes) there, and the point that the step leads to."""

    x: Tensor
    logits: Tensor
    next_x: Tensor


def gradient_steps(
    gradient_at: GradientAt, start: Tensor, update: Update, *, steps: int, momentum: float = 0.0
) -> Iterator[GradientStep]:
    """Steps from `start`: `update` takes a point, the gradient there and the step's number to the next point.

    What attacks differ in is `update`: how long a step is, and onto what it is projected. With momentum it gets the
    decayed sum of the gradients so far (`with_momentum`). Steps are numbered from 0.
    """
    x, direction = start, torch.zeros_like(start)
    for number in range(steps):
        scores, gradient = gradient_at(x)
        direction = with_momentum(direction, gradient, momentum)
        next_x = update(x, direction, number)
        yield GradientStep(x, scores, next_x)
        x = next_x


def points(walk: Iterator[GradientStep]) -> Iterator[Tensor]:
    """The points of a walk: the start, and where each step led."""
    for step in walk:
        yield step.x
    yield step.next_x


def with_momentum(past: Tensor, gradient: Tensor, momentum: float) -> Tensor:
    """Dong et al. 2018, eq. 6: the gradient over its L1 norm, picture by picture, on top of the decayed past."""
    if not momentum:
        return gradient
    sizes = gradient.flatten(1).abs().sum(1).clamp(min=_TINY).view(-1, 1, 1, 1)
    return momentum * past + gradient / sizes


def cosine_decay(first: float, last: float, number: int, steps: int) -> float:
    """The length of step `number`: `first` at 0, `last` at `steps`, half a cosine between them."""
    return last + (first - last) * (1 + math.cos(math.pi * number / steps)) / 2
