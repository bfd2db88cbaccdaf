"""Adversarial perturbations: the small change that gradient steps find, and the control that has none.

Everything is in pixel units at the network's input size, and is judged on the rounded 8-bit picture a visitor can save.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from explorer.cache import memoised
from explorer.compute import heavy
from explorer.images import Image, from_array
from explorer.networks import Network, probabilities, top_labels

METHODS = ("fgsm", "pgd")
NORMS = ("linf", "l2")
_TINY = 1e-12  # keeps a norm of zero from dividing


class AttackError(ValueError):
    """Settings of an attack that can't be used: one sentence says why and what to do."""


@dataclass(frozen=True, eq=False)
class Attack:
    """An original, what it became, and what the network says of both; all measured on 8-bit pictures."""

    original: Image
    adversarial: Image
    perturbation: NDArray[np.float32]  #: (H, W, 3), adversarial − original
    before: list[tuple[str, float]]  #: top 5, highest first
    after: list[tuple[str, float]]
    label: str
    target: str | None
    linf: float  #: largest change of any value
    l2: float  #: square root of the sum of squared changes
    success: bool  #: the target is first or, without a target, the label no longer is


@dataclass(frozen=True)
class Goal:
    """What an attack wants: the loss it climbs, as class numbers."""

    label: int
    target: int | None


@dataclass(frozen=True, eq=False)
class Iterate:
    """One step of an attack: `x` (1, 3, S, S) before rounding, and what the network says of it."""

    number: int
    x: Tensor
    logits: Tensor  #: (1, classes)
    goal: Goal

    @property
    def label_probability(self) -> float:
        return float(self.logits.softmax(1)[0, self.goal.label])

    @property
    def target_probability(self) -> float | None:
        return None if self.goal.target is None else float(self.logits.softmax(1)[0, self.goal.target])


@memoised
def attack(
    network: Network,
    image: Image,
    *,
    method: str = "pgd",
    norm: str = "linf",
    epsilon: float = 2 / 255,
    target: int | str | None = None,
    label: int | str | None = None,
    steps: int = 20,
    step_size: float | None = None,
    random_start: bool = False,
    seed: int = 0,
) -> Attack:
    """Find a perturbation of size at most `epsilon` that makes the network wrong, or makes it say `target`.

    "fgsm" is one step of size ε along the gradient's sign (Goodfellow et al. 2015, eq. 1), "pgd" many small ones, each
    projected back into the ball around the picture (Madry et al. 2018, eq. 1). `norm` "linf" bounds every value's
    change, "l2" the root of their summed squares; `epsilon` and `step_size` (ε/8 unless given) are in units of pixels
    in [0, 1]. The label is the network's own clean prediction unless given. Raises AttackError, or NetworkError for an
    unknown class.
    """
    goal = find_goal(network, image, target, label)
    if method == "fgsm":
        steps, step_size, random_start = 1, epsilon, False
    elif method != "pgd":
        raise AttackError(f"The method is one of {', '.join(METHODS)}, not {method!r}.")
    *_, last = iterates(
        network, image, goal, norm=norm, epsilon=epsilon, steps=steps, step_size=step_size,
        random_start=random_start, seed=seed,
    )  # fmt: skip
    return measure(network, image, last.x, goal, norm=norm, epsilon=epsilon)


def find_goal(network: Network, image: Image, target: int | str | None = None, label: int | str | None = None) -> Goal:
    """The classes an attack moves between. Raises AttackError when label and target are the same."""
    shares = probabilities(network, network.prepare(image))
    start = int(shares.argmax()) if label is None else network.class_index(label)
    end = None if target is None else network.class_index(target)
    if start == end:
        raise AttackError(f"The network already sees “{network.labels[start]}” here: choose another target.")
    return Goal(start, end)


def iterates(
    network: Network,
    image: Image,
    goal: Goal,
    *,
    norm: str,
    epsilon: float,
    steps: int,
    step_size: float | None = None,
    random_start: bool = False,
    seed: int = 0,
) -> Iterator[Iterate]:
    """Projected gradient steps, one at a time: number 0 is the start."""
    _check(norm, epsilon, steps, step_size)
    start = network.tensor(image)
    step = epsilon / 8 if step_size is None else step_size
    x = _random_start(start, norm, epsilon, seed) if random_start else start
    for number in range(steps):
        logits, direction = _ascent(network, x, goal)
        yield Iterate(number, x, logits, goal)
        x = project(x + step * _unit(direction, norm), start, norm, epsilon).clamp(0, 1)
    with heavy(), torch.inference_mode():
        logits = network.module(x)
    yield Iterate(steps, x, logits, goal)


def _ascent(network: Network, x: Tensor, goal: Goal) -> tuple[Tensor, Tensor]:
    """Logits at x, and the gradient that raises the label's cross-entropy or lowers the target's."""
    wanted = goal.label if goal.target is None else goal.target
    classes = torch.tensor([wanted], device=x.device)
    with heavy(), torch.enable_grad():
        x = x.detach().clone().requires_grad_()
        logits = network.module(x)
        (gradient,) = torch.autograd.grad(functional.cross_entropy(logits, classes, reduction="sum"), x)
    return logits.detach(), gradient if goal.target is None else -gradient


def project(x: Tensor, center: Tensor, norm: str, epsilon: float) -> Tensor:
    """The nearest point to x (N, …) within `epsilon` of `center`."""
    change = x - center
    if norm == "linf":
        return center + change.clamp(-epsilon, epsilon)
    return center + change * (epsilon / _l2(change).clamp(min=_TINY)).clamp(max=1)


def _unit(direction: Tensor, norm: str) -> Tensor:
    """The step of size one that climbs fastest: the sign for L∞, the normalized gradient for L2."""
    return direction.sign() if norm == "linf" else direction * (1 / _l2(direction).clamp(min=_TINY))


def _l2(x: Tensor) -> Tensor:
    return x.flatten(1).square().sum(1).sqrt().view(-1, 1, 1, 1)


def _random_start(start: Tensor, norm: str, epsilon: float, seed: int) -> Tensor:
    """A point drawn evenly from the ball around `start`."""
    source = torch.Generator().manual_seed(seed)
    if norm == "linf":
        change = (torch.rand(start.shape, generator=source) * 2 - 1) * epsilon
    else:
        change = _unit(torch.randn(start.shape, generator=source), norm)
        # the share of a ball's volume within radius r is r^n
        change = change * epsilon * torch.rand(1, generator=source) ** (1 / start[0].numel())
    return (start + change.to(start.device)).clamp(0, 1)


def measure(network: Network, image: Image, x: Tensor, goal: Goal, *, norm: str, epsilon: float) -> Attack:
    """Round a perturbed picture (1, 3, S, S) to 8 bits within `epsilon` and see what the network says of the result."""
    original = network.prepare(image)
    change = x[0].permute(1, 2, 0).cpu().numpy().astype(np.float64) - original.pixels
    start = original.uint8.astype(np.int16)
    levels = np.clip(start + to_lattice(change, norm, epsilon), 0, 255)
    adversarial = from_array(levels.astype(np.uint8), original.name)
    difference = (levels - start) / 255
    before, after = probabilities(network, original), probabilities(network, adversarial)
    said = int(after.argmax())
    return Attack(
        original, adversarial, _frozen(difference),
        top_labels(network.labels, before, 5), top_labels(network.labels, after, 5),
        network.labels[goal.label], None if goal.target is None else network.labels[goal.target],
        float(np.abs(difference).max()), float(np.sqrt(np.square(difference).sum())),
        said == goal.target if goal.target is not None else said != goal.label,
    )  # fmt: skip


def to_lattice(change: NDArray[np.float64], norm: str, epsilon: float) -> NDArray[np.int16]:
    """A change in [−1, 1] as whole 8-bit levels whose norm is still at most `epsilon`.

    For L∞ it is rounded, then cut at ⌊255 ε⌋. For L2, plain rounding would lose the many values below half a level, or
    overstep: the change is scaled by the largest factor for which what is rounded fits.
    """
    levels = change * 255
    budget = epsilon * 255 * (1 + 1e-6)  # ε = 2/255 is meant to be exactly two levels
    if norm == "linf":
        return np.clip(np.rint(levels), -np.floor(budget), np.floor(budget)).astype(np.int16)
    low, high = 0.0, max(1.0, 255 / max(_TINY, float(np.abs(levels).max())))
    for _ in range(40):
        middle = (low + high) / 2
        fits = np.sqrt(np.square(np.rint(levels * middle)).sum()) <= budget
        low, high = (middle, high) if fits else (low, middle)
    return np.rint(levels * low).astype(np.int16)


@memoised
def random_perturbation(network: Network, image: Image, *, norm: str, epsilon: float, seed: int = 0) -> Attack:
    """The control: a change of the same size with no gradient in it.

    For "linf" every value goes ε up or down by a coin's toss; for "l2" the direction is drawn evenly from all.
    """
    _check(norm, epsilon, 1, None)
    start = network.tensor(image)
    noise = torch.randn(start.shape, generator=torch.Generator().manual_seed(seed)).to(start.device)
    x = start + epsilon * _unit(noise, norm)
    return measure(network, image, x, find_goal(network, image), norm=norm, epsilon=epsilon)


def _check(norm: str, epsilon: float, steps: int, step_size: float | None) -> None:
    if norm not in NORMS:
        raise AttackError(f"The norm is one of {', '.join(NORMS)}, not {norm!r}.")
    if not 0 <= epsilon < np.inf:
        raise AttackError(f"ε must be a number from 0 on, in pixel units (2/255 is two levels), not {epsilon}.")
    if steps < 1:
        raise AttackError(f"An attack takes at least one step, not {steps}.")
    if step_size is not None and not 0 < step_size < np.inf:
        raise AttackError(f"The step size must be a number above 0, not {step_size}.")


def _frozen(values: NDArray[Any]) -> NDArray[np.float32]:
    frozen = values.astype(np.float32)
    frozen.flags.writeable = False
    return frozen
