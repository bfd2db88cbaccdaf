"""The attacks by name, each a walk of iterates, and `attack`, which takes one to its end and measures it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from explorer.attacks.deepfool import deepfool
from explorer.attacks.goals import AttackError, Goal, check, find_goal
from explorer.attacks.measured import Attack, measure
from explorer.attacks.minimal import minimal_norm
from explorer.attacks.norms import random_border
from explorer.attacks.projected_gradient import Iterate, iterates
from explorer.attacks.sparse import best_patch, few_pixels, patch
from explorer.cache import memoised
from explorer.networks.loading import Network
from explorer.pictures.images import Image


@dataclass(frozen=True)
class AttackSettings:
    """How an attack goes about it. A method ignores what it has no use for."""

    method: str = "pgd"  #: one of METHODS
    norm: str = "linf"  #: bounds every value's change; "l2" the root of their summed squares
    epsilon: float = 2 / 255  #: as `step_size` in units of pixels in [0, 1]
    steps: int = 20
    step_size: float | None = None  #: ε/8 unless given
    random_start: bool = False
    restarts: int = 1  #: runs in all; those after the first begin at random
    seed: int = 0
    pixels: int = 16  #: how many may change, or the side of the patch


Walk = Callable[[Network, Image, Goal, AttackSettings], Iterator[Iterate]]


def _one_step(network: Network, image: Image, goal: Goal, how: AttackSettings) -> Iterator[Iterate]:
    whole = how.epsilon or None
    return iterates(network, image, goal, norm=how.norm, epsilon=how.epsilon, steps=1, step_size=whole)


def _many_steps(
    network: Network, image: Image, goal: Goal, how: AttackSettings, momentum: float = 0.0
) -> Iterator[Iterate]:
    return iterates(
        network, image, goal, norm=how.norm, epsilon=how.epsilon, steps=how.steps, step_size=how.step_size,
        momentum=momentum, random_start=how.random_start, seed=how.seed,
    )  # fmt: skip


def _with_momentum(network: Network, image: Image, goal: Goal, how: AttackSettings) -> Iterator[Iterate]:
    return _many_steps(network, image, goal, how, momentum=1.0)


def _to_the_border(network: Network, image: Image, goal: Goal, how: AttackSettings) -> Iterator[Iterate]:
    return deepfool(network, image, goal, norm=how.norm, steps=how.steps)


def _minimal(network: Network, image: Image, goal: Goal, how: AttackSettings) -> Iterator[Iterate]:
    return minimal_norm(network, image, goal, steps=how.steps)


def _few_pixels(network: Network, image: Image, goal: Goal, how: AttackSettings) -> Iterator[Iterate]:
    return few_pixels(network, image, goal, pixels=how.pixels, steps=how.steps)


def _patch(network: Network, image: Image, goal: Goal, how: AttackSettings) -> Iterator[Iterate]:
    return patch(network, image, goal, box=best_patch(network, image, goal, how.pixels), steps=how.steps)


@dataclass(frozen=True)
class Method:
    """What is told of an attack, and its walk. `bounded`: ε bounds the change; else it is as large as it has to be."""

    title: str
    summary: str
    walk: Walk
    bounded: bool = True
    restarted: bool = False  #: whether another start can help


METHODS = {
    "fgsm": Method("FGSM", "One step of size ε along the sign of the gradient (Goodfellow et al. 2015).", _one_step),
    "pgd": Method(
        "PGD", "Many small steps, each brought back to within ε (Madry et al. 2018).", _many_steps, restarted=True
    ),
    "momentum": Method(
        "PGD with momentum", "As PGD, along the sum of the gradients so far (Dong et al. 2018).", _with_momentum,
        restarted=True,
    ),
    "deepfool": Method(
        "DeepFool", "Straight to the nearest border between classes (Moosavi-Dezfooli et al. 2016): the smallest "
        "change before rounding, and often lost by rounding.", _to_the_border, bounded=False,
    ),
    "minimal": Method(
        "Smallest that can be saved", "Shrink the change while it fools, grow it when not, always in whole levels "
        "(after Rony et al. 2019).", _minimal, bounded=False,
    ),
    "pixels": Method(
        "Few pixels", "Only so many pixels may change, each to any colour (Croce & Hein 2019).", _few_pixels,
        bounded=False,
    ),
    "patch": Method(
        "A patch", "Only one square may change, to any colours, where the gradient is largest (as Brown et al. 2017, "
        "for one picture).", _patch, bounded=False,
    ),
}  # fmt: skip


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
    restarts: int = 1,
    seed: int = 0,
    pixels: int = 16,
) -> Attack:
    """Find a perturbation of size at most `epsilon` that makes the network wrong, or makes it say `target`.

    METHODS say what each `method` does, AttackSettings what the numbers are. After a run that fails come up to
    `restarts` − 1 more, from random starts; the best is kept. The label is the network's own clean prediction unless
    given. Raises AttackError, or NetworkError for an unknown class.
    """
    how = AttackSettings(method, norm, epsilon, steps, step_size, random_start, restarts, seed, pixels)
    goal = find_goal(network, image, target, label)
    check(norm, epsilon, steps, step_size)
    *_, last = walks(network, image, goal, how)
    return measured(network, image, last, how)


def walks(network: Network, image: Image, goal: Goal, how: AttackSettings) -> Iterator[Iterate]:
    """The iterates of one run after another, until one fools once rounded; the last iterate is that of the best run.

    Methods without chance in them run once. Raises AttackError.
    """
    if how.method not in METHODS:
        raise AttackError(f"The method is one of {', '.join(METHODS)}, not {how.method!r}.")
    if how.restarts < 1:
        raise AttackError(f"An attack runs at least once, not {how.restarts} times.")
    method = METHODS[how.method]
    best: Iterate | None = None
    for run in range(how.restarts if method.restarted else 1):
        again = replace(how, random_start=how.random_start or run > 0, seed=how.seed + run)
        for last in method.walk(network, image, goal, again):
            yield last
        if measured(network, image, last, how).success:
            return
        if best is None or _height(last) > _height(best):
            best = last
    if best is not None and best is not last:
        yield best


def measured(network: Network, image: Image, iterate: Iterate, how: AttackSettings) -> Attack:
    """An iterate on the way, rounded: to within ε, or plainly where no ε bounds the method."""
    size = how.epsilon if METHODS[how.method].bounded else np.inf
    return measure(network, image, iterate.x, iterate.goal, norm=how.norm, epsilon=size)


def _height(iterate: Iterate) -> float:
    """How far an attack has climbed."""
    towards = iterate.target_probability
    return -iterate.label_probability if towards is None else towards


@memoised
def random_perturbation(network: Network, image: Image, *, norm: str, epsilon: float, seed: int = 0) -> Attack:
    """The control: a change of the same size with no gradient in it.

    For "linf" every value goes ε up or down by a coin's toss; for "l2" the direction is drawn evenly from all.
    """
    check(norm, epsilon)
    x = random_border(network.tensor(image), norm, epsilon, seed)
    return measure(network, image, x, find_goal(network, image), norm=norm, epsilon=epsilon)


def equal_noise(network: Network, image: Image, found: Attack, goal: Goal, *, norm: str, seed: int = 0) -> Attack:
    """The control for an attack as it was measured: noise of the same L∞ or L2 norm, judged by the same goal."""
    size = found.linf if norm == "linf" else found.l2
    x = random_border(network.tensor(image), norm, size, seed)
    return measure(network, image, x, goal, norm=norm, epsilon=size)
