"""The attacks by name, each a walk of iterates, and `attack`, which takes one to its end and measures it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from explorer.attacks.balls import random_border
from explorer.attacks.deepfool import deepfool
from explorer.attacks.descent import Iterate, iterates
from explorer.attacks.goals import AttackError, Goal, check, find_goal
from explorer.attacks.measured import Attack, measure
from explorer.attacks.minimal import minimal_norm
from explorer.attacks.sparse import best_patch, few_pixels, patch
from explorer.cache import memoised
from explorer.networks.loading import Network
from explorer.pictures.images import Image


@dataclass(frozen=True)
class Method:
    """What is told of an attack. `bounded`: ε bounds the change; else it is as large as it has to be."""

    title: str
    summary: str
    bounded: bool = True


METHODS = {
    "fgsm": Method("FGSM", "One step of size ε along the sign of the gradient (Goodfellow et al. 2015)."),
    "pgd": Method("PGD", "Many small steps, each brought back to within ε (Madry et al. 2018)."),
    "momentum": Method("PGD with momentum", "As PGD, along the sum of the gradients so far (Dong et al. 2018)."),
    "deepfool": Method(
        "DeepFool", "Straight to the nearest border between classes (Moosavi-Dezfooli et al. 2016): the smallest "
        "change before rounding, and often lost by rounding.", bounded=False,
    ),
    "minimal": Method(
        "Smallest that can be saved", "Shrink the change while it fools, grow it when not, always in whole levels "
        "(after Rony et al. 2019).", bounded=False,
    ),
    "pixels": Method("Few pixels", "Only so many pixels may change, each to any colour (Croce & Hein 2019).", False),
    "patch": Method(
        "A patch", "Only one square may change, to any colours, where the gradient is largest (as Brown et al. 2017, "
        "for one picture).", bounded=False,
    ),
}  # fmt: skip

RESTARTED = ("pgd", "momentum")  #: those that a random start can help


def walk(
    network: Network,
    image: Image,
    goal: Goal,
    *,
    method: str = "pgd",
    norm: str = "linf",
    epsilon: float = 2 / 255,
    steps: int = 20,
    step_size: float | None = None,
    random_start: bool = False,
    seed: int = 0,
    pixels: int = 16,
) -> Iterator[Iterate]:
    """The iterates of one attack by name. `pixels` is how many may change, or the side of the patch.

    Settings that a method has no use for are ignored. Raises AttackError.
    """
    if method not in METHODS:
        raise AttackError(f"The method is one of {', '.join(METHODS)}, not {method!r}.")
    if method == "deepfool":
        return deepfool(network, image, goal, norm=norm, steps=steps)
    if method == "minimal":
        return minimal_norm(network, image, goal, steps=steps)
    if method == "pixels":
        return few_pixels(network, image, goal, pixels=pixels, steps=steps)
    if method == "patch":
        return patch(network, image, goal, box=best_patch(network, image, goal, pixels), steps=steps)
    if method == "fgsm":
        return iterates(network, image, goal, norm=norm, epsilon=epsilon, steps=1, step_size=epsilon or None)
    return iterates(
        network, image, goal, norm=norm, epsilon=epsilon, steps=steps, step_size=step_size,
        momentum=1.0 if method == "momentum" else 0.0, random_start=random_start, seed=seed,
    )  # fmt: skip


def measured(network: Network, image: Image, iterate: Iterate, *, method: str, norm: str, epsilon: float) -> Attack:
    """An iterate of that method, rounded: to within ε, or plainly where no ε bounds it."""
    size = epsilon if METHODS[method].bounded else np.inf
    return measure(network, image, iterate.x, iterate.goal, norm=norm, epsilon=size)


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

    `method` is one of METHODS, which say what each does. `norm` "linf" bounds every value's change, "l2" the root of
    their summed squares; `epsilon` and `step_size` (ε/8 unless given) are in units of pixels in [0, 1]. After a run
    that fails come up to `restarts` − 1 more, from random starts; the best is kept. `pixels` is for "pixels" and
    "patch". The label is the network's own clean prediction unless given. Raises AttackError, or NetworkError for an
    unknown class.
    """
    goal = find_goal(network, image, target, label)
    check(norm, epsilon, steps, step_size)
    *_, last = walks(
        network, image, goal, restarts=restarts, method=method, norm=norm, epsilon=epsilon, steps=steps,
        step_size=step_size, random_start=random_start, seed=seed, pixels=pixels,
    )  # fmt: skip
    return measured(network, image, last, method=method, norm=norm, epsilon=epsilon)


def walks(
    network: Network,
    image: Image,
    goal: Goal,
    *,
    restarts: int = 1,
    method: str = "pgd",
    norm: str = "linf",
    epsilon: float = 2 / 255,
    steps: int = 20,
    step_size: float | None = None,
    random_start: bool = False,
    seed: int = 0,
    pixels: int = 16,
) -> Iterator[Iterate]:
    """The iterates of one run after another, until one fools once rounded; the last iterate is that of the best run.

    Methods without chance in them run once. Raises AttackError.
    """
    if restarts < 1:
        raise AttackError(f"An attack runs at least once, not {restarts} times.")
    best: Iterate | None = None
    for run in range(restarts if method in RESTARTED else 1):
        for last in walk(
            network, image, goal, method=method, norm=norm, epsilon=epsilon, steps=steps, step_size=step_size,
            random_start=random_start or run > 0, seed=seed + run, pixels=pixels,
        ):  # fmt: skip
            yield last
        if measured(network, image, last, method=method, norm=norm, epsilon=epsilon).success:
            return
        if best is None or _height(last) > _height(best):
            best = last
    if best is not None and best is not last:
        yield best


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
