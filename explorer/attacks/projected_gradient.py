"""Projected gradient steps: the loop itself, for one picture or many, and the iterates that a page draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor
from torch.nn import functional

from explorer.attacks.goals import Goal, check
from explorer.attacks.norms import normalize, project, random_point
from explorer.compute import compute_slot
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
        return float(self._shares[self.goal.label])

    @property
    def target_probability(self) -> float | None:
        return None if self.goal.target is None else float(self._shares[self.goal.target])

    @property
    def reached(self) -> bool:
        """Whether the goal is reached before rounding."""
        return self.goal.reached(int(self.logits.argmax()))

    @cached_property
    def _shares(self) -> Tensor:
        return self.logits.softmax(1)[0].cpu()


@dataclass(frozen=True)
class Steps:
    """How an attack walks: the ball it stays in, the size of a step, and how much of the past it keeps going."""

    norm: str
    epsilon: float
    size: float
    momentum: float = 0.0

    def forward(self, x: Tensor, direction: Tensor, start: Tensor) -> Tensor:
        """One step from x along `direction`, back into the ball around `start` and into [0, 1]."""
        return project(x + self.size * normalize(direction, self.norm), start, self.norm, self.epsilon).clamp(0, 1)

    def gather(self, past: Tensor, gradient: Tensor) -> Tensor:
        """Dong et al. 2018, eq. 6: the gradient, each one's absolute values summing to 1, on top of the past."""
        if not self.momentum:
            return gradient
        sizes = gradient.flatten(1).abs().sum(1).clamp(min=_TINY).view(-1, 1, 1, 1)
        return self.momentum * past + gradient / sizes


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
    """Projected gradient steps, one at a time: number 0 is the start."""
    check(norm, epsilon, steps, step_size)
    walk = Steps(norm, epsilon, epsilon / 8 if step_size is None else step_size, momentum)
    start = network.tensor(image)
    x = random_point(start, norm, epsilon, seed) if random_start else start
    classes, past = torch.tensor([goal.followed], device=x.device), torch.zeros_like(x)
    for number in range(steps):
        scores, gradient = loss_gradient(network.module, x, classes)
        yield Iterate(number, x, scores, goal)
        past = walk.gather(past, gradient if goal.target is None else -gradient)
        x = walk.forward(x, past, start)
    yield Iterate(steps, x, logits(network.module, x), goal)


def descend(
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
    walk = Steps(norm, epsilon, epsilon / 8 if step_size is None else step_size, momentum)
    x = random_point(pictures, norm, epsilon, seed) if random_start else pictures
    past = torch.zeros_like(x)
    for _ in range(steps):
        _, gradient = loss_gradient(model, x, classes)
        past = walk.gather(past, -gradient if targeted else gradient)
        x = walk.forward(x, past, pictures)
    return x


def loss_gradient(model: Model, x: Tensor, classes: Tensor) -> tuple[Tensor, Tensor]:
    """Logits (N, classes) at x, and each picture's gradient of its cross-entropy with its class."""
    with compute_slot(len(x)), torch.inference_mode(False), torch.enable_grad():
        x = x.detach().clone().requires_grad_()
        scores = model(x)
        (gradient,) = torch.autograd.grad(functional.cross_entropy(scores, classes, reduction="sum"), x)
    return scores.detach(), gradient


def logits(model: Model, x: Tensor) -> Tensor:
    """The logits (N, classes) of pictures (N, 3, S, S), without gradients."""
    with compute_slot(len(x)), torch.inference_mode():
        return model(x)
